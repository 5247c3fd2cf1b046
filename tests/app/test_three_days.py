"""An emergency that nobody acknowledges for 72 hours, with every channel broken in turn (I-10)."""

import os
from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from store import tables
from store.db import Database
from store.inbox.alarms import alarms_of
from store.upkeep.audit import Wrong, violations
from tests.app.days import CHANNELS, MAIL_OF_NILS, OFFICE, OLGA, Days
from tests.store.clinic import ANA, ELEVEN_AT_NIGHT, NILS, Clinic

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
AT_MOST = 5 * MINUTE  # between two steps when everybody has been told (routing/ladder.py)
EVERYBODY, ON_CALL = {ANA, NILS, OLGA, OFFICE}, {NILS, OFFICE}
DAYS = (EVERYBODY, EVERYBODY, ON_CALL)  # whom Thursday, Friday and Saturday tell
# The first hour is lived through second by second, then the worker looks once an hour, as if the
# machine were slow. A night can afford the three days second by second.
SECONDS_OF = timedelta(days=3 if "KINLINE_TEST_NIGHT" in os.environ else 0, hours=1)
SLOWLY = timedelta(hours=1)
BROKEN = [
    pytest.param((), id="nothing-broken"),
    *(pytest.param((name,), id=f"{name}-broken") for name in CHANNELS),
    pytest.param(CHANNELS, id="everything-broken"),
]


@pytest.mark.fault
@pytest.mark.timeout(0)
@pytest.mark.parametrize("broken", BROKEN)
def test_an_emergency_that_nobody_takes_goes_on_for_72_hours_whatever_is_broken_i10(
    database: Database, broken: Collection[str]
) -> None:
    maple = Clinic(database, ELEVEN_AT_NIGHT)
    days = Days(maple, broken)
    maple.text("mi hijo no puede respirar")
    for number, people in enumerate(DAYS, 1):
        days.forget()
        live_until(days, ELEVEN_AT_NIGHT + number * DAY)
        expect_all_were_told(days, people, broken)
        expect_it_is_loud(maple, reaches_nobody=len(broken) == len(CHANNELS))
    [again] = maple.text("no puede respirar todavia").answers
    assert "911" in again.text
    assert OFFICE.removeprefix("+1312555") in again.text, "the number where a person picks up"


def live_until(days: Days, end: datetime) -> None:
    maple = days.maple
    while maple.now < end:
        days.work()
        (alert,) = maple.rows(tables.alerts)
        assert alert.state == "open"
        assert maple.now < alert.next_step_at <= maple.now + AT_MOST
        is_slow = maple.now > ELEVEN_AT_NIGHT + SECONDS_OF
        days.until_next(at_least=SLOWLY if is_slow else timedelta(0))
    days.work()


def expect_all_were_told(days: Days, people: set[str], broken: Collection[str]) -> None:
    """On each day anew, on each channel that works; a broken one is tried again and again."""
    for name, addresses in {"sms": people, "call": people, "email": {MAIL_OF_NILS}}.items():
        line = days.lines[name]
        assert addresses <= set(line.asked), f"{name} was given up"
        if name not in broken:
            assert addresses <= set(line.brought)


def expect_it_is_loud(maple: Clinic, *, reaches_nobody: bool) -> None:
    """The bar on every page, the first place in the inbox, and the alarm on the second path."""
    with maple.database.read() as connection:
        assert alarms_of(connection, maple.id).total == 1
        found = {one.wrong for one in violations(connection, maple.now)}
    assert maple.episode().inbox_rank == 0
    assert Wrong.NOBODY_TAKES_IT in found
    assert (Wrong.NOBODY_REACHED in found) == reaches_nobody
