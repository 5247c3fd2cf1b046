"""What holds for every message, not only for those that somebody thought of (I-08, B-08)."""

import string
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine import lexicons, packaged_engine
from routing.triage.scrutiny import alarming
from routing.types import Assessment, ChildFlag, Note, Urgency
from tests.routing.triage.disguises import DISGUISES

LANGUAGES = sorted(lexicons())
PER_LANGUAGE = 40
"""How many danger messages of each language are disguised in every way."""
ASKED = 800
"""How many forms of each language are asked at most, or little more: some have ten thousands."""
NEUTRAL = (
    "My sister helps me to write this.", "This is Ana, Leo's mother.", "Our number has changed.",
    "We live on Oak Street.", "Mi hermana escribe esto conmigo.", "Soy la mamá de Leo.",
    "Je suis la maman de Léo.", "Eu sou a mãe do Leo.", "Mwen se manman Leo.",
    "Ako po ang nanay ni Leo.", "Это мама Лёвы.", "我是小明的妈妈。", "저는 민수 엄마입니다.",
    "أنا أم ليو.", "Tôi là mẹ của Leo.", "Waxaan ahay hooyada Leo.", "Jestem mamą Leona.", "🙂",
)  # fmt: skip
# Signs that end a sentence, and what may stand between two messages.
JOINTS = (". ", "! ", "\n", ".\n\n", "。")


def _assess(text: str, flags: frozenset[ChildFlag] = frozenset()) -> Assessment:
    return packaged_engine().assess(Note(text, flags))


@cache
def dangers(tag: str) -> tuple[str, ...]:
    """Give exact forms of a language that alone make a message urgent, spread over all topics."""
    found = alarming(tag, _documents()[tag], packaged_engine().book)
    forms = tuple(dict.fromkeys(form.replace("*", "") for form in found))
    spread = forms[:: max(1, len(forms) // ASKED)]
    return tuple(form for form in spread if _assess(form).urgency >= Urgency.URGENT)


@cache
def _documents() -> Mapping[str, Mapping[str, object]]:
    return lexicons()


def _some(tag: str) -> tuple[str, ...]:
    found = dangers(tag)
    return found[:: max(1, len(found) // PER_LANGUAGE)]


def _variants(tag: str) -> Iterator[tuple[str, str, str]]:
    for text in _some(tag):
        for name, disguise in DISGUISES.items():
            variant = disguise(text)
            if variant != text:
                yield name, text, variant


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_disguise_lowers_a_danger(tag: str) -> None:
    tried = list(_variants(tag))
    lower = [
        (name, text, variant)
        for name, text, variant in tried
        if _assess(variant).urgency < _assess(text).urgency
    ]
    assert lower == []


def test_at_least_twelve_thousand_disguised_dangers_are_tried() -> None:
    assert sum(1 for tag in LANGUAGES for _variant in _variants(tag)) >= 12_000


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_sentence_before_or_after_does_not_lower_a_danger(tag: str) -> None:
    lower: list[str] = []
    for number, text in enumerate(_some(tag)):
        level = _assess(text).urgency
        for shift in range(4):
            sentence = NEUTRAL[(number + 5 * shift) % len(NEUTRAL)]
            joint = JOINTS[(number + shift) % len(JOINTS)]
            lower.extend(
                both
                for both in (f"{sentence}{joint}{text}", f"{text}{joint}{sentence}")
                if _assess(both).urgency < level
            )
    assert lower == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_two_messages_in_one_are_as_urgent_as_the_worse(tag: str) -> None:
    other = dangers("en")
    lower: list[str] = []
    for number, text in enumerate(_some(tag)):
        second = other[number * 7 % len(other)]
        least = max(_assess(text).urgency, _assess(second).urgency)
        both = f"{text}{JOINTS[number % len(JOINTS)]}{second}"
        if _assess(both).urgency < least:
            lower.append(both)
    assert lower == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_words_that_count_stand_where_the_danger_stands(tag: str) -> None:
    """The danger comes after words that say nothing; every mark lies inside it."""
    for text in _some(tag):
        before = "🙂 ☂️ "
        whole = before + text
        result = _assess(whole)
        places = [
            span
            for reason in result.reasons
            if reason.urgency is result.urgency
            for span in reason.spans
        ]
        assert places, whole
        assert all(len(before) <= start < end <= len(whole) for start, end in places), whole


_FORMS = st.sampled_from(LANGUAGES).flatmap(lambda tag: st.sampled_from(dangers(tag) or ("help",)))
_NOISE = st.text(
    st.one_of(st.characters(codec=None), st.sampled_from(string.printable + "\u200b\u202eа́ё٣３")),
    max_size=30,
)
_MESSAGES = st.lists(st.one_of(_FORMS, _NOISE, st.sampled_from(NEUTRAL)), max_size=5).map(" ".join)
_FLAGS = st.frozensets(st.sampled_from(sorted(ChildFlag)), max_size=3)
_RUNS = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    # The first messages of a process are slow, and a busy machine slower still: no fault of theirs.
    suppress_health_check=[HealthCheck.too_slow],
)


@_RUNS
@given(_MESSAGES, _FLAGS)
def test_spans_always_point_at_the_matched_words(text: str, flags: frozenset[ChildFlag]) -> None:
    for reason in _assess(text, flags).reasons:
        behind = 0
        for start, end in reason.spans:
            assert behind <= start < end <= len(text) or (start, end) == (0, len(text))
            behind = end
        if reason.spans:
            first, last = reason.spans[0][0], reason.spans[-1][1]
            parts = " … ".join(text[start:end] for start, end in reason.spans)
            assert reason.text in {text[first:last], parts[:200]}


@_RUNS
@given(_MESSAGES, _FLAGS)
def test_the_level_is_that_of_the_worst_reason(text: str, flags: frozenset[ChildFlag]) -> None:
    result = _assess(text, flags)
    assert result.urgency is max(reason.urgency for reason in result.reasons)
    assert "triage.failed" not in {reason.rule for reason in result.reasons}


@_RUNS
@given(_MESSAGES, _FLAGS)
def test_the_same_message_gets_the_same_answer(text: str, flags: frozenset[ChildFlag]) -> None:
    assert _assess(text, flags) == _assess(text, flags)


@_RUNS
@given(_FORMS, _MESSAGES, st.sampled_from(["before", "after"]))
def test_nothing_that_is_not_understood_lowers_a_danger(danger: str, text: str, place: str) -> None:
    """Words without meaning beside a danger, in a sentence of their own."""
    noise = "".join(c for c in text if not c.isalnum())
    both = f"{noise}\n{danger}" if place == "before" else f"{danger}\n{noise}"
    assert _assess(both).urgency >= _assess(danger).urgency
