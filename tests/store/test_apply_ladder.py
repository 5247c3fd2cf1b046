"""Steps of an alert from the clinic's file: set, changed, taken back, and never damaged."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from routing.steps import DEFAULT, MINUTE, Group, Ladder
from routing.types import StaffChannel
from store.db import Database
from store.ladders import kept, ladder_of
from store.playbook import Playbook
from store.tables import clinics
from tests.store.clinic_files import MAPLE, apply_text

STEPS = """
[[ladder.day]]
who = ["supervisors", "owner"]

[[ladder.day]]
who = ["staff"]
after = 4
after_urgent = 30
channels = ["call", "email"]
"""
KEY = '[clinic]\nkey = "maple"\n'


def steps(database: Database) -> Ladder:
    with database.read() as connection:
        found = Playbook(database).current(connection).by_id.values()
    return next(one.ladder for one in found if one.key == "maple")


def test_steps_by_day_are_the_clinics_and_those_by_night_stay_the_usual_ones(
    database: Database, tmp_path: Path
) -> None:
    assert "ladder: steps changed" in apply_text(database, tmp_path, MAPLE + STEPS).changes
    first, last = steps(database).day
    assert first.groups == (Group.SUPERVISORS, Group.OWNER)
    assert (first.after, first.channels) == (timedelta(0), None)
    assert (last.after, last.after_urgent) == (4 * MINUTE, 30 * MINUTE)
    assert last.channels == frozenset({StaffChannel.CALL, StaffChannel.EMAIL})
    assert steps(database).night == DEFAULT.night
    assert apply_text(database, tmp_path, MAPLE + STEPS).changes == ()


def test_a_file_without_steps_leaves_them_and_an_empty_section_takes_them_back(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE + STEPS)
    assert apply_text(sqlite_database, tmp_path, KEY).changes == ()
    assert steps(sqlite_database) != DEFAULT
    said = apply_text(sqlite_database, tmp_path, f"{KEY}[ladder]\n").changes
    assert said == ("ladder: the usual steps",)
    assert steps(sqlite_database) == DEFAULT


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"day": [], "night": []},
        {"day": [{"who": ["ghost"], "after": 0, "after_urgent": 0}], "night": []},
        {"day": "soon", "night": "never"},
        {"day": [{"who": ["staff"], "after": 99, "after_urgent": 99}], "night": [{}]},
    ],
)
def test_steps_that_were_damaged_become_the_usual_ones_so_that_an_alert_always_climbs_i10(
    sqlite_database: Database, tmp_path: Path, damaged: dict[str, Any]
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    with sqlite_database.write() as connection:
        connection.execute(
            update(clinics).where(clinics.c.key == "maple").values(ladder=damaged, revision=99)
        )
    assert steps(sqlite_database) == DEFAULT


def test_the_usual_steps_are_not_kept_so_that_they_may_improve(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    with sqlite_database.read() as connection:
        assert connection.execute(select(clinics.c.ladder)).scalars().all() == [None, None]
    assert kept(DEFAULT) is None
    assert ladder_of(None) == DEFAULT
