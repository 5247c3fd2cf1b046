"""A danger in disguise is judged no lower than the plain words (INVARIANTS B-08)."""

import unicodedata
from collections.abc import Callable

import pytest

from app.engine import packaged_engine
from routing.types import Note
from tests.routing.triage.casebook import Case, cases

CYRILLIC = str.maketrans("aceopxyis", "асеорхуіѕ")
LEET = str.maketrans("aeio", "4310")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _zero_width(text: str) -> str:
    return "\u200b".join(text)


def _bidi(text: str) -> str:
    return "\u202e" + text.replace(" ", " \u2066") + "\u202c"


def _repeated(text: str) -> str:
    """Stretch the last letter of every word, as in "helppp"."""
    return " ".join(w + w[-1] * 3 if w.isalpha() and len(w) > 3 else w for w in text.split(" "))


def _no_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(c for c in apart if not unicodedata.combining(c))


def _leet(text: str) -> str:
    return " ".join(w.translate(LEET) if w.isalpha() and len(w) > 3 else w for w in text.split(" "))


def _zalgo(text: str) -> str:
    return "".join(c + "\u0335\u0322" if c.isalpha() else c for c in text)


def _cyrillic(text: str) -> str:
    return text.lower().translate(CYRILLIC)


DISGUISES: list[Callable[[str], str]] = [
    _zero_width,
    _bidi,
    _repeated,
    _no_accents,
    _leet,
    _zalgo,
    _cyrillic,
    str.upper,
    str.lower,
    lambda text: text.translate(FULL_WIDTH),
    lambda text: "  ".join(text.split(" ")) + "   ",
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: "\x00".join(text.split("e")).replace("\x00", "\x00e"),
]
NAMES = [
    "zero-width", "bidi", "repeated letters", "no accents", "leet", "zalgo", "cyrillic", "capitals",
    "small letters", "full-width", "extra spaces", "decomposed", "nul",
]  # fmt: skip


@pytest.mark.parametrize("disguise", DISGUISES, ids=NAMES)
def test_a_disguise_never_lowers_a_danger(disguise: Callable[[str], str]) -> None:
    engine = packaged_engine()
    lower = [
        (case.note.text, result.urgency.word, [reason.rule for reason in result.reasons])
        for case in cases("crisis")
        if (result := engine.assess(_disguised(case, disguise))).urgency < case.least
    ]
    assert lower == []


def _disguised(case: Case, disguise: Callable[[str], str]) -> Note:
    return Note(disguise(case.note.text), case.note.flags, case.note.age_months)


@pytest.mark.parametrize(
    "text",
    [
        "he is not braething", "she is nott breathing", "he is unresponsve",
        "hes havng a siezure",
        "blleeding wont stop", "she is chokng", "no puede repsirar", "le dio convlusion",
        "hecantbreathe", "nopuederespirar", "c a n t  b r e a t h e", "he cant br3ath3",
        "8lue lips",
        "he is uncoscious", "shes overdsed on pills", "lip's are blu", "cant breathee",
        "wont wakeup",
    ],
)  # fmt: skip
def test_a_misspelled_danger_is_still_a_danger(text: str) -> None:
    assert packaged_engine().assess(Note(text)).urgency.word == "emergency"


@pytest.mark.parametrize(
    "text",
    ["never mind the form", "I am joking about the form", "paint on the form", "smoking form"],
)
def test_a_harmless_word_one_letter_off_is_not_taken_for_a_danger(text: str) -> None:
    assert packaged_engine().assess(Note(text)).urgency.word == "routine"
