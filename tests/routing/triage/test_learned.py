"""Two readers that have learned: one weighs pieces of words, one compares what words mean."""

import json
from array import array
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import packaged_engine
from app.readers import learned
from benchmarks import labelled
from routing.triage.linear import Linear, Weights, features
from routing.triage.meaning import STEPS, Landmarks, Meaning, kept
from routing.triage.second import LONGEST_WHY, heard
from routing.types import Hazard, Note, Urgency
from tests.routing.people import judged

SOON = judged(Urgency.SOON)
GREY = Weights({"piece:grey ": 4.0, "piece: gre": 1.0, "idea:baby": 1.0, "piece:soup ": -9.0},
               bias=-1.0, threshold=0.0)  # fmt: skip


def reader(*ideas: str) -> Linear:
    return Linear(GREY, lambda _: ideas)


def test_a_word_of_danger_raises_and_is_named() -> None:
    opinion = reader("baby").read(Note("She looks Grey to me"), SOON)
    assert opinion.urgency is Urgency.URGENT
    assert opinion.why == "reads like messages that were dangers, most of all “Grey”."
    assert heard(SOON, opinion).hazard is Hazard.MEDICAL


def test_the_same_word_beside_one_that_speaks_against_it_does_not() -> None:
    opinion = reader("baby").read(Note("the grey soup"), SOON)
    assert opinion.urgency is Urgency.ROUTINE
    assert heard(SOON, opinion) == SOON


def test_words_that_it_has_never_seen_say_nothing() -> None:
    assert reader().read(Note("xyzzy"), SOON).urgency is Urgency.ROUTINE
    assert reader().read(Note(""), SOON).urgency is Urgency.ROUTINE


@pytest.mark.parametrize(
    ("one", "other"),
    [("Él está GRIS", "el esta gris"), ("39,5 °C", "38,4 °C"), ("ﬁebre", "fiebre")],
)
def test_case_accents_and_digits_make_no_difference(one: str, other: str) -> None:
    assert features(one, ()) == features(other, ())


def test_a_long_message_counts_no_more_than_a_short_one() -> None:
    for words in ("grey", "grey " * 90, "the cat sat on the mat and was grey"):
        assert sum(value * value for value in features(words, ()).values()) == pytest.approx(1)


@settings(deadline=None)  # the first one loads the words of all languages
@given(st.text(max_size=300), st.sampled_from(Urgency))
def test_what_is_shipped_reads_anything_and_lowers_nothing(text: str, level: Urgency) -> None:
    first = judged(level)
    opinion = learned("linear").read(Note(text), first)
    assert 0 <= opinion.confidence <= 1
    assert len(opinion.why) <= LONGEST_WHY
    assert opinion.urgency in {Urgency.ROUTINE, Urgency.URGENT}
    assert heard(first, opinion).urgency >= level


def test_what_is_shipped_knows_the_words_of_today() -> None:
    """It weighs the ideas of the lexicons: after many new words it must learn anew.

    Once it had not, and rang at every second routine message: `make second-readers`.
    """
    linear, engine = learned("linear"), packaged_engine()
    calm = [one.note for one in labelled.own() if one.gold is Urgency.ROUTINE]
    first = [engine.assess(note) for note in calm]
    opinions = [linear.read(note, was) for note, was in zip(calm, first, strict=True)]
    rung = sum(
        opinion.urgency is Urgency.URGENT > was.urgency
        for opinion, was in zip(opinions, first, strict=True)
    )
    assert rung <= len(calm) / 50


def test_what_is_shipped_tells_a_danger_from_a_letter() -> None:
    linear = learned("linear")
    danger = "she is limp and grey and I can't wake her up, she is barely breathing"
    assert linear.read(Note(danger), SOON).urgency is Urgency.URGENT
    letter = "could you send the letter for school and the refill to the pharmacy please"
    assert linear.read(Note(letter), SOON).urgency is Urgency.ROUTINE


def test_what_is_shipped_holds_no_text_of_anybody() -> None:
    """Pieces of at most five letters and names of ideas: no message can be read out of them."""
    document = json.loads((files("routing.triage") / "learned" / "linear.json").read_text())
    assert set(document) == {"threshold", "bias", "features"}
    for name in document["features"]:
        kind, _, rest = name.partition(":")
        assert kind in {"piece", "idea"}
        assert kind == "idea" or len(rest) <= 5


# Two directions: the first is danger, the second is paper work.
PLAIN = {"middle": [0.0, 0.0], "spread": [1.0, 1.0], "gamma": 1.0, "bias": 0.0, "threshold": 0.2,
         "weights": [1.0, -1.0]}  # fmt: skip
ROWS = kept([(1.0, 0.0), (0.0, 1.0)])


def landmarks(**more: object) -> Landmarks:
    return Landmarks.of(PLAIN | more, ROWS, lambda vector: [STEPS * value for value in vector])


@pytest.mark.parametrize(
    ("vector", "urgency"),
    [
        ((0.9, 0.1), Urgency.URGENT),
        ((0.1, 0.9), Urgency.ROUTINE),
        ((0.5, 0.5), Urgency.ROUTINE),  # between the two: no danger is shown
        ((9.0, 9.0), Urgency.ROUTINE),  # far from everything that it knows
    ],
)
def test_what_lies_near_a_danger_raises(vector: tuple[float, float], urgency: Urgency) -> None:
    meaning = Meaning(landmarks(), lambda _: vector)
    assert meaning.read(Note("…"), SOON).urgency is urgency


def test_the_score_is_that_of_a_gaussian_kernel() -> None:
    known = landmarks(middle=[1.0, 1.0], spread=[2.0, 2.0], bias=0.25)
    # (3, 1) becomes (1, 0): on the first landmark, and √2 away from the second.
    assert known.score((3.0, 1.0)) == pytest.approx(0.25 + 1 - 0.1353, abs=1e-3)


def test_vectors_are_kept_as_whole_numbers_within_bounds() -> None:
    assert array("b", kept([(0.5, -9.0)])).tolist() == [STEPS // 2, -127]


def test_a_very_long_message_is_cut_before_it_is_given_to_a_model() -> None:
    given_to_it: list[str] = []

    def embed(text: str) -> tuple[float, float]:
        given_to_it.append(text)
        return 1.0, 0.0

    Meaning(landmarks(), embed).read(Note("a" * 100_000), SOON)
    assert [len(text) for text in given_to_it] == [2_000]
