"""The hours of one person in an apply file."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from store.apply import WrongFile
from store.db import Database
from store.tables import staff
from tests.store.clinic_files import MAPLE, apply_text, changed

ROLES = 'roles = ["coordinator"]'


def with_hours(hours: str) -> str:
    return changed(ROLES, f"{ROLES}\nhours = {hours}")


def hours_of_ana(database: Database) -> Any:
    with database.read() as connection:
        ana = staff.c.email == "ana@maple.example"
        return connection.execute(select(staff.c.hours).where(ana)).scalar_one()


def test_a_person_can_have_hours_of_their_own_and_give_them_back(
    sqlite_database: Database, tmp_path: Path
) -> None:
    own = with_hours('{ wed = ["13:00-17:00", "08:00-12:00"] }')
    apply_text(sqlite_database, tmp_path, own)
    kept = hours_of_ana(sqlite_database)
    assert kept == {"wed": [["08:00", "12:00"], ["13:00", "17:00"]]}
    apply_text(sqlite_database, tmp_path, MAPLE)
    assert hours_of_ana(sqlite_database) == kept
    applied = apply_text(sqlite_database, tmp_path, with_hours("{}"))
    assert applied.changes == ("staff ana@maple.example: hours changed",)
    assert hours_of_ana(sqlite_database) is None


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        (
            '{ mon = ["09:00-12:00", "11:00-13:00"] }',
            "staff[0].hours.mon[1]: '11:00-13:00' overlaps with mon 09:00-12:00.",
        ),
        (
            '{ mon = ["9-12"] }',
            "staff[0].hours.mon[0]: '9-12' is not a stretch of time. Write it like 08:30-12:00.",
        ),
    ],
)
def test_wrong_hours_of_a_person_are_one_line_with_their_place(
    sqlite_database: Database, tmp_path: Path, hours: str, sentence: str
) -> None:
    text = with_hours(hours)
    line = text[: text.index(hours)].count("\n") + 1
    with pytest.raises(WrongFile) as refused:
        apply_text(sqlite_database, tmp_path, text)
    (said,) = refused.value.faults
    assert said.endswith(f":{line}: {sentence}")
