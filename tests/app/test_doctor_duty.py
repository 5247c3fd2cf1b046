"""`kinline doctor` announces the gaps of on-call turns before an emergency finds them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app.__main__ import main
from routing.oncall import Override, Rotation
from store import rotations, tables
from store.clock import system_clock
from store.db import Database
from store.manage import Change

Said = pytest.CaptureFixture[str]


def _set_turns(folder: Path, *, is_listed: bool) -> None:
    """Give Ana the nights, but nobody from the day after tomorrow for a day."""
    database = Database(f"sqlite:///{folder / 'kinline.db'}")
    now = system_clock()
    with database.write() as connection:
        ana = connection.execute(
            select(tables.staff).where(tables.staff.c.email == "ana@maple.example")
        ).one()
        change = Change(ana.clinic_id, ana.id, now)
        first = (now - timedelta(days=3)).date()
        line = rotations.add_line(connection, change, "Nights", Rotation((ana.id,), first))
        assert isinstance(line, int)
        found = rotations.line_of(connection, ana.clinic_id, line, now)
        assert found is not None
        empty = Override(None, now + timedelta(days=2), now + timedelta(days=3))
        assert rotations.lay(connection, change, line, found.stamp, [empty]) is None
        if not is_listed:
            connection.execute(delete(tables.on_call))
    database.close()


def test_a_stretch_in_which_nobody_can_be_told_must_be_fixed(texting: Path, capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    _set_turns(texting, is_listed=False)
    capsys.readouterr()
    assert main(["doctor"]) == 1
    (fault,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("fix")]
    assert "maple: nobody on call can be told from 2" in fault
    assert "Give the turn to somebody under Playbook, Duty." in fault


def test_a_gap_for_which_the_list_stands_in_is_a_warning(texting: Path, capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    _set_turns(texting, is_listed=True)
    capsys.readouterr()
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "maple: the line “Nights” has a gap from 2" in said
    assert "(nobody). The next on call is told instead" in said
