"""Triage never fails on any text, stays linear, and shows a failure as urgent (I-09, A-32)."""

import gc
import time
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import packaged_engine
from benchmarks import labelled
from routing.triage.index import Index
from routing.triage.matcher import Matcher, Sighting
from routing.types import ChildFlag, Mark, Note, ReplyKey, Urgency

WORDS = st.sampled_from(
    ["not", "breathing", "blue", "lips", "no", "fever", "38,4", "104F", "8 min", "seizure", "la",
     "sonda", "ya", "sat", "8", "2 meses", ".", ",", "\u200b", "\x00", "\ud800", "🆘", "é", "\n"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(), max_size=200),
    st.lists(WORDS, max_size=60).map(" ".join),
    st.lists(WORDS, max_size=60).map("".join),
)


@given(text=TEXTS, flags=st.frozensets(st.sampled_from(ChildFlag)), media=st.integers(0, 2))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_triage_fail_and_spans_lie_within_it(
    text: str, flags: frozenset[ChildFlag], media: int
) -> None:
    result = packaged_engine().assess(Note(text, flags, media=media))
    assert Mark.FAILED not in result.marks
    assert result.reasons
    assert result.urgency == max(reason.urgency for reason in result.reasons)
    for reason in result.reasons:
        assert all(0 <= start <= end <= len(text) for start, end in reason.spans)


@pytest.mark.parametrize(
    "text",
    [
        "\ud800\udfff" * 30_000,
        "\x00" * 65_536,
        "a" * 65_536,
        "🚑" * 20_000,
        "e\u0301\u0335" * 20_000,
    ],
    ids=["surrogates", "nul", "one word", "emoji", "marks"],
)
def test_sixty_four_kilobytes_of_anything_are_assessed(text: str) -> None:
    assert Mark.FAILED not in packaged_engine().assess(Note(text)).marks


@pytest.mark.parametrize(
    "unit",
    [
        "no fever or seizure or ",
        "cannot breathe blue lips not breathing ",
        "trach trach trach out out ",
        "38.4 ",
        "h e l p ",
        "nooooo ",
        "can't wont not no never ",
        "he is not not not ",
    ],
)
def test_time_grows_with_the_size_of_the_text_alone(unit: str) -> None:
    """A-32: eight times the text takes at most about twenty times as long."""
    engine = packaged_engine()
    small, large = (Note((unit * 65_536)[:size]) for size in (8_192, 65_536))
    engine.assess(small)
    fast = min(_seconds(small) for _ in range(5))
    slow = min(_seconds(large) for _ in range(3))
    assert slow < 20 * fast


def _seconds(note: Note) -> float:
    # The collector's work grows with the whole test process, not with the text.
    gc.collect()
    gc.disable()
    begin = time.process_time()
    packaged_engine().assess(note)
    end = time.process_time()
    gc.enable()
    return end - begin


class _Broken(Matcher):
    """A matcher with a fault, as an error in our own code would be."""

    def see(self, text: str, tongues: object = None) -> Sighting:
        """Fail on every text."""
        raise RuntimeError(text, tongues)


def test_an_error_inside_triage_is_urgent_and_says_so() -> None:
    """I-09."""
    engine = replace(packaged_engine(), matcher=_Broken(Index.of(())))
    result = engine.assess(Note("he has a cough"))
    assert result.urgency is Urgency.URGENT
    assert not result.understood
    assert result.marks == {Mark.FAILED}
    assert [reason.rule for reason in result.reasons] == ["triage.failed"]
    assert result.reply is ReplyKey.CALL_NURSE


def test_a_message_costs_the_same_when_the_lexicon_is_larger() -> None:
    """Goal: ten times the words, at most about a quarter more time (here with room for noise)."""
    small = _engine_with(200)
    large = _engine_with(4_000)
    note = Note("he is coughing and his nose runs but we are fine with the plan " * 4)
    for _ in range(3):
        small.see(note.text)
        large.see(note.text)
    few = min(_see_seconds(small, note.text) for _ in range(20))
    many = min(_see_seconds(large, note.text) for _ in range(20))
    assert many < 3 * few


def _engine_with(words: int) -> Matcher:
    from routing.triage import lexicon  # noqa: PLC0415

    table: Mapping[str, object] = {
        "meta": {"shortest_typo": 5},
        "cough": {
            "words": ["coughing"],
            "phrases": [f"zz{i} yy{i} coughing" for i in range(words)],
        },
    }
    return Matcher(Index.of((lexicon.read("xx", {"a.toml": table}),)))


def _see_seconds(matcher: Matcher, text: str) -> float:
    begin = time.process_time()
    matcher.see(text)
    return time.process_time() - begin


def test_a_rule_that_a_message_does_not_start_could_not_have_held() -> None:
    engine = packaged_engine()
    asking_more = replace(engine, needs=[()] * len(engine.needs))
    for one in labelled.own()[::7]:
        assert engine.assess(one.note) == asking_more.assess(one.note)
