"""The `[[rotations]]` of an apply file: lines of on-call turns, replaced as a set."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from routing.oncall import Override
from store import rotations, tables
from store.apply import WrongFile
from store.db import Database
from store.manage import Change
from store.playbook import Playbook
from tests.store.clinic_files import MAPLE, NILS, NOW, apply_text

NIGHTS = """
[[rotations]]
name = "First call"
staff = ["nils@maple.example", "ana@maple.example"]
first = 2026-11-16
"""
SECOND = """
[[rotations]]
name = "Second call"
staff = ["ana@maple.example"]
first = 2026-11-02
days = 14
handover = "17:00"
"""


def lines(database: Database) -> list[tuple[str, int, str]]:
    with database.read() as connection:
        query = select(tables.rotations).order_by(tables.rotations.c.position)
        return [(row.name, row.days, row.handover) for row in connection.execute(query)]


def test_turns_come_from_the_file_and_a_second_run_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    text = MAPLE + NILS + NIGHTS + SECOND
    applied = apply_text(database, tmp_path, text)
    assert applied.changes[-3:-1] == (
        "on-call turns First call: added",
        "on-call turns Second call: added",
    )
    assert lines(database) == [("First call", 7, "08:00"), ("Second call", 14, "17:00")]
    assert apply_text(database, tmp_path, text).changes == ()
    with database.read() as connection:
        book = Playbook(database).current(connection)
        maple = next(one for one in book.by_id.values() if one.key == "maple")
    assert [person.name for person in maple.on_call_at(NOW)] == ["Nils", "Ana"]


def test_a_line_that_changes_keeps_what_lies_over_it_and_the_order_is_that_of_the_file(
    database: Database, tmp_path: Path
) -> None:
    apply_text(database, tmp_path, MAPLE + NILS + NIGHTS + SECOND)
    with database.write() as connection:
        row = connection.execute(select(tables.rotations)).first()
        assert row is not None
        found = rotations.line_of(connection, row.clinic_id, row.id, NOW)
        assert found is not None
        empty = Override(None, NOW, NOW + timedelta(days=1))
        change = Change(row.clinic_id, 1, NOW)
        assert rotations.lay(connection, change, row.id, found.stamp, [empty]) is None
    daily = NIGHTS.replace("first = 2026-11-16", "first = 2026-11-16\ndays = 1")
    applied = apply_text(database, tmp_path, MAPLE + NILS + SECOND + daily)
    assert applied.changes == (
        "on-call turns First call: days changed",
        "on-call turns: Second call, First call",
    )
    assert lines(database) == [("Second call", 14, "17:00"), ("First call", 1, "08:00")]
    with database.read() as connection:
        found = rotations.line_of(connection, row.clinic_id, row.id, NOW)
    assert found is not None
    assert len(found.laid) == 1
    assert found.rotation.first == date(2026, 11, 16)


def test_a_line_that_the_file_does_not_have_is_gone_and_an_absent_section_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    apply_text(database, tmp_path, MAPLE + NILS + NIGHTS + SECOND)
    assert apply_text(database, tmp_path, MAPLE + NILS).changes == ()
    assert apply_text(database, tmp_path, MAPLE + NILS + SECOND).changes == (
        "on-call turns First call: removed",
    )
    assert apply_text(database, tmp_path, "rotations = []\n" + MAPLE).changes == (
        "on-call turns Second call: removed",
    )
    assert lines(database) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("nils@", "nil@", "'nil@maple.example' is not a member of staff of this clinic."),
        ('name = "First call"', "", "name: is missing."),
        ("first = 2026-11-16", "", "first: is missing."),
        ("first = 2026-11-16", 'first = "Monday"', "'Monday' is not a date."),
        ("first = 2026-11-16", "first = 2026-11-16\ndays = 0", "A turn has 1 to 91."),
        ("first = 2026-11-16", 'first = 2026-11-16\nhandover = "8"', "Write it like 08:00."),
        ("First call", "Second call", "'Second call': this line stands here twice."),
    ],
)
def test_turns_that_cannot_be_are_named_with_their_line(
    sqlite_database: Database, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(WrongFile) as wrong:
        apply_text(sqlite_database, tmp_path, MAPLE + NILS + NIGHTS.replace(old, new) + SECOND)
    (fault,) = wrong.value.faults
    assert "rotations[" in fault
    assert sentence in fault
    with sqlite_database.read() as connection:
        assert connection.execute(select(tables.staff)).all() == []
