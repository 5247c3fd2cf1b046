"""The reply time that a family is told (PRODUCT 4.4, FACTS F2)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.hours import Schedule
from routing.promises import reply_due
from routing.types import Urgency
from tests.routing.people import NEVER, WEEK

CHICAGO = ZoneInfo("America/Chicago")


def chicago(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=CHICAGO).astimezone(UTC)


@pytest.mark.parametrize(
    ("urgency", "now", "due"),
    [
        pytest.param(Urgency.SOON, "2026-11-18T09:00", "2026-11-18T13:30", id="same-day"),
        pytest.param(Urgency.SOON, "2026-11-18T09:10", "2026-11-18T14:00", id="half-hour-up"),
        pytest.param(Urgency.SOON, "2026-11-18T14:00", "2026-11-19T09:30", id="into-the-morning"),
        pytest.param(Urgency.ROUTINE, "2026-11-18T09:00", "2026-11-19T09:00", id="next-day"),
        pytest.param(Urgency.SOON, "2026-11-20T16:00", "2026-11-23T11:30", id="over-the-weekend"),
        pytest.param(Urgency.SOON, "2026-11-18T23:00", "2026-11-19T13:00", id="written-at-night"),
        pytest.param(Urgency.SOON, "2026-11-18T12:50", "2026-11-18T17:00", id="never-past-closing"),
        pytest.param(Urgency.SOON, "2026-11-18T12:30", "2026-11-18T16:30", id="at-lunch's-end"),
    ],
)
def test_a_promise_counts_open_time_and_ends_on_a_half_hour(
    urgency: Urgency, now: str, due: str
) -> None:
    assert reply_due(WEEK, urgency, chicago(now)) == chicago(due)


def test_a_promise_is_never_rounded_past_closing_time() -> None:
    schedule = Schedule.read({"wed": [["08:15", "16:45"]]}, (), "America/Chicago")
    due = reply_due(schedule, Urgency.SOON, chicago("2026-11-18T12:35"))
    assert due == chicago("2026-11-18T16:45")


def test_a_promise_that_runs_out_at_closing_time_is_not_rounded_past_it() -> None:
    schedule = Schedule.read({"wed": [["08:15", "12:15"]]}, (), "America/Chicago")
    at_opening = chicago("2026-11-18T08:15")
    assert reply_due(schedule, Urgency.SOON, at_opening) == chicago("2026-11-18T12:15")


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
def test_an_urgent_message_is_never_given_a_time_to_wait_for_c2(urgency: Urgency) -> None:
    assert reply_due(WEEK, urgency, chicago("2026-11-18T09:00")) is None


def test_a_clinic_that_never_opens_promises_nothing() -> None:
    assert reply_due(NEVER, Urgency.SOON, chicago("2026-11-18T09:00")) is None


def test_a_clinic_that_never_closes_promises_by_the_clock() -> None:
    every_day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    whole = Schedule.read({day: [["00:00", "24:00"]] for day in every_day}, (), "UTC")
    now = datetime(2026, 11, 18, 22, 5, tzinfo=UTC)
    assert reply_due(whole, Urgency.SOON, now) == now + timedelta(hours=4, minutes=25)
