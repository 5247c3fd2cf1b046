"""Where one way to staff is broken the next people are told sooner, and nobody in a rush."""

from collections.abc import Collection
from datetime import timedelta

import pytest

from store import tables
from store.db import Database
from tests.app.days import CHANNELS, OFFICE, Days
from tests.store.clinic import ELEVEN_AT_NIGHT, NILS, Clinic

MINUTE = timedelta(minutes=1)
MOST_OF_AN_HOUR = 60 // 5 + 1  # once at each step's own time (routing/steps.py, AGAIN)


def an_hour(maple: Clinic, broken: Collection[str]) -> Days:
    days = Days(maple, broken)
    maple.text("mi hijo no puede respirar")
    end = maple.now + timedelta(hours=1)
    while maple.now < end:
        days.work()
        days.until_next(at_least=timedelta(seconds=1))
        (alert,) = maple.rows(tables.alerts)
        assert alert.state == "open"
        assert alert.next_step_at <= maple.now + 5 * MINUTE, "it never waits longer for it"
    return days


@pytest.mark.timeout(0)
@pytest.mark.parametrize("working", [name for name in CHANNELS if name != "sms"])
def test_while_texts_fail_the_ways_that_work_keep_their_own_time(
    database: Database, working: str
) -> None:
    days = an_hour(Clinic(database, ELEVEN_AT_NIGHT), ["sms"])
    brought = days.lines[working].brought
    assert max(brought.values(), default=0) <= MOST_OF_AN_HOUR


@pytest.mark.timeout(0)
def test_while_texts_fail_the_telephones_that_ring_still_ring_at_each_step(
    database: Database,
) -> None:
    days = an_hour(Clinic(database, ELEVEN_AT_NIGHT), ["sms"])
    for phone in (NILS, OFFICE):
        assert days.lines["call"].brought[phone] >= MOST_OF_AN_HOUR - 2


@pytest.mark.timeout(0)
def test_where_texts_and_calls_fail_all_telephones_are_tried_again_within_a_minute_i11(
    database: Database,
) -> None:
    days = an_hour(Clinic(database, ELEVEN_AT_NIGHT), ["sms", "call"])
    assert days.lines["call"].asked[NILS] > MOST_OF_AN_HOUR
