"""The `[[templates]]` of an apply file: a clinic's own words for automatic texts."""

from pathlib import Path

import pytest
from sqlalchemy import select

from store.apply import WrongFile
from store.db import Database
from store.playbook import Playbook
from store.tables import wordings
from tests.store.clinic_files import MAPLE, apply_text

WORDS = "Closed. Emergency? Call {emergency}. Nurse: {on_call}. We open {when}. {clinic}"
TEMPLATE = f"""
[[templates]]
key = "auto.closed"
language = "en"
text = "{WORDS}"
"""
REVIEW = """reviewed_by = "Dr. Lee"
qualification = "clinical lead"
reviewed_on = 2026-11-20
"""


def kept(database: Database) -> list[tuple[str, str, str, str | None]]:
    with database.read() as connection:
        rows = connection.execute(select(wordings).order_by(wordings.c.id)).all()
    return [(row.key, row.language, row.text, row.reviewed_by) for row in rows]


def test_own_words_are_written_once_changed_and_taken_back_as_a_set(
    database: Database, tmp_path: Path
) -> None:
    first = apply_text(database, tmp_path, MAPLE + TEMPLATE)
    assert "templates: auto.closed (en) added" in first.changes
    assert kept(database) == [("auto.closed", "en", WORDS, None)]
    assert apply_text(database, tmp_path, MAPLE + TEMPLATE).changes == ()
    reviewed = apply_text(database, tmp_path, MAPLE + TEMPLATE + REVIEW)
    assert reviewed.changes == ("templates: auto.closed (en) changed",)
    assert kept(database) == [("auto.closed", "en", WORDS, "Dr. Lee")]
    assert apply_text(database, tmp_path, MAPLE).changes == ()
    assert len(kept(database)) == 1
    gone = apply_text(database, tmp_path, f"templates = []\n{MAPLE}")
    assert gone.changes == ("templates: auto.closed (en) removed",)
    assert kept(database) == []


def test_the_clinics_book_has_them(database: Database, tmp_path: Path) -> None:
    apply_text(database, tmp_path, MAPLE + TEMPLATE + REVIEW)
    with database.read() as connection:
        book = Playbook(database).current(connection)
    [maple] = [one for one in book.by_id.values() if one.key == "maple"]
    assert dict(maple.own_words) == {("en", "auto.closed"): (WORDS, True)}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("auto.closed", "auto.close", "is no text that a clinic words itself. Did you mean"),
        ("{when}", "soon", "must name exactly these values: {clinic}, {emergency}, {on_call}"),
        ("{when}", "{when", "has a brace too many or too few"),
        (WORDS, "", "is missing"),
        ('language = "en"', 'language = "xx-nowhere"', "is not a language tag"),
        ("reviewed_on = 2026-11-20\n", "", "a review needs reviewed_by"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_kept(
    database: Database, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    file = MAPLE + TEMPLATE + REVIEW
    assert old in file
    with pytest.raises(WrongFile) as caught:
        apply_text(database, tmp_path, MAPLE + (TEMPLATE + REVIEW).replace(old, new))
    [line] = caught.value.faults
    assert sentence in line
    assert kept(database) == []
