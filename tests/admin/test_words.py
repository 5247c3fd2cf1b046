"""The words of staff: complete in every language, and times and marks as people read them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from admin import translations, words
from admin.marking import Piece, pieces, preview
from admin.times import Times
from routing.types import Problem
from store.inbox.seen import ReasonSeen

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
CATALOGS = tuple(translations.catalogs())


def _times(tag: str = "en") -> Times:
    return Times(NOW, ZoneInfo("America/Chicago"), tag, words.translations(tag))


@pytest.mark.parametrize("catalog_file", CATALOGS, ids=lambda file: file.parent.parent.name)
def test_every_language_says_every_word_of_the_pages(catalog_file: Path) -> None:
    assert translations.gaps(catalog_file) == []
    assert catalog_file.read_bytes() == translations.updated(catalog_file), (
        "run python -m admin.translations"
    )


@pytest.mark.parametrize("catalog_file", CATALOGS, ids=lambda file: file.parent.parent.name)
def test_a_translation_names_the_same_values_as_the_english(catalog_file: Path) -> None:
    with catalog_file.open("rb") as opened:
        catalog = read_po(opened)
    for message in catalog:
        assert list(message.check(catalog)) == []


def test_a_word_that_nobody_translated_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    empty = folder / "staff.po"
    empty.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n')
    assert "Sign in" in translations.gaps(empty)


def test_every_problem_has_a_sentence() -> None:
    said = words.PHRASES["problem"]
    assert {p.value for p in Problem} - set(said) == {Problem.NOT_FOUND.value}


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [(("es-MX", "en"), "es"), (("vi", "es"), "es"), (("vi",), "en"), ((), "en"),
     (("../../etc",), "en"), (("",), "en")],
)  # fmt: skip
def test_the_pages_speak_the_first_language_they_can(wanted: tuple[str, ...], spoken: str) -> None:
    assert words.chosen(wanted) == spoken


@pytest.mark.parametrize(
    ("minutes", "english", "spanish"),
    [
        (0, "just now", "ahora mismo"),
        (12, "waiting 12 min", "espera desde hace 12 min"),
        (60, "waiting 1 h", "espera desde hace 1 h"),
        (65, "waiting 1 h 5 min", "espera desde hace 1 h 5 min"),
        (60 * 24, "waiting 1 day", "espera desde hace 1 día"),
        (60 * 50, "waiting 2 days", "espera desde hace 2 días"),
    ],
)
def test_waiting_is_said_in_words(minutes: int, english: str, spanish: str) -> None:
    since = NOW - timedelta(minutes=minutes)
    assert _times().waiting(since) == english
    assert _times("es").waiting(since) == spanish


@pytest.mark.parametrize(
    ("minutes", "words_said"),
    [(25, "reply due in 25 min"), (0, "reply due now"), (-12, "reply overdue by 12 min")],
)
def test_a_due_reply_is_said_in_words(minutes: int, words_said: str) -> None:
    assert _times().due(NOW + timedelta(minutes=minutes)) == words_said


def test_times_stand_as_on_the_wall_of_the_clinic() -> None:
    """22:30 UTC the evening before is still 16:30 in Chicago."""
    said = _times().at(datetime(2026, 11, 17, 22, 30, tzinfo=UTC)).replace("\u202f", " ")
    assert said == "Tue, Nov 17, 4:30 PM"
    assert _times("es").at(NOW) == "9:00"


@pytest.mark.parametrize(
    ("born", "age"),
    [("2026-11", "0 months"), ("2026-10", "1 month"), ("2024-12", "23 months"),
     ("2024-11", "2 years"), ("2021-03", "5 years"), (None, "")],
)  # fmt: skip
def test_a_child_is_counted_in_months_below_two_years(born: str | None, age: str) -> None:
    assert _times().age(born) == age


def _reason(text: str, *spans: tuple[int, int]) -> ReasonSeen:
    return ReasonSeen("rule", "why", text, spans)


@pytest.mark.parametrize(
    ("text", "reason", "marked"),
    [
        ("he is blue", _reason("blue", (6, 10)), ["blue"]),
        ("👨‍👩‍👧 is blue", _reason("blue", (9, 13)), ["blue"]),
        (
            "cannot, he cannot breathe",
            _reason("cannot … breathe", (11, 17), (18, 25)),
            ["cannot", "breathe"],
        ),
        # A NUL of the original is gone from the stored text: the span is one too far.
        ("he is blue", _reason("blue", (7, 11)), ["blue"]),
        ("he is blue", _reason("purple", (0, 4)), []),
        ("blue", _reason("blue", (-3, 99), (2, 1)), ["blue"]),
        ("", _reason("", (0, 0)), []),
    ],
    ids=["plain", "emoji before", "two spans", "shifted", "not there", "absurd", "empty"],
)
def test_the_matched_words_are_marked_where_they_stand(
    text: str, reason: ReasonSeen, marked: list[str]
) -> None:
    cut = pieces(text, (reason,))
    assert [piece.text for piece in cut if piece.is_marked] == marked
    assert "".join(piece.text for piece in cut) == text


def test_a_hidden_character_inside_marked_words_is_named() -> None:
    cut = pieces("bl\u202eue", (_reason("bl\u202eue", (0, 5)),))
    assert cut == (
        Piece("bl", is_marked=True),
        Piece("", is_marked=True, hidden="right-to-left override"),
        Piece("ue", is_marked=True),
    )


def test_a_preview_is_one_short_line() -> None:
    cut = preview("first\n\n second\t" + "x" * 5000)
    assert len(cut) == 1
    assert cut[0].text.startswith("first second x")
    assert len(cut[0].text) <= 141
