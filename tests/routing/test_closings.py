"""Dates that are not like their weekday, closings that begin now, and why it is closed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from routing.hours import WEEKDAYS, Closing, Day, Schedule, WhyClosed, why_closed, window_at
from tests.routing.people import MINUTE


def chicago(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo("America/Chicago")).astimezone(UTC)


CHRISTMAS = date(2026, 12, 25)  # a Friday


def maples_week(*days: Day, closings: Sequence[Closing] = ()) -> Schedule:
    week = {day: [("08:30", "17:00")] for day in WEEKDAYS[:5]}
    return Schedule.read(week, days, "America/Chicago", closings)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-12-15T22:00", (WhyClosed.NIGHT, "")),
        ("2026-12-18T18:00", (WhyClosed.WEEKEND, "")),
        ("2026-12-20T23:00", (WhyClosed.WEEKEND, "")),
        ("2026-12-24T20:00", (WhyClosed.HOLIDAY, "Christmas")),
        ("2026-12-25T10:00", (WhyClosed.HOLIDAY, "Christmas")),
        ("2026-12-26T10:00", (WhyClosed.WEEKEND, "")),
    ],
)
def test_a_closed_window_says_why(at: str, why: tuple[WhyClosed, str]) -> None:
    assert why_closed(maples_week(Day(CHRISTMAS, "Christmas")), chicago(at)) == why


def test_a_date_may_have_hours_of_its_own() -> None:
    half = Day(date(2026, 12, 24), "Christmas Eve", (("09:00", "12:00"),))
    schedule = maples_week(half)
    window = window_at(schedule, chicago("2026-12-24T10:00"))
    assert (window.is_open, window.ends) == (True, chicago("2026-12-24T12:00"))
    assert not window_at(schedule, chicago("2026-12-24T13:00")).is_open
    saturday = Day(date(2026, 12, 19), "", (("09:00", "12:00"),))
    assert window_at(maples_week(saturday), chicago("2026-12-19T09:00")).is_open


def test_a_snow_day_closes_now_and_opens_again_when_somebody_ends_it() -> None:
    begins, ended = chicago("2026-12-15T10:00"), chicago("2026-12-15T13:00")
    snow = Closing(begins, None, "Snow")
    shut = window_at(maples_week(closings=[snow]), chicago("2026-12-15T11:00"))
    assert (shut.is_open, shut.starts, shut.ends) == (False, begins, None)
    again = Closing(begins, ended, "Snow")
    later = window_at(maples_week(closings=[again]), chicago("2026-12-15T11:00"))
    assert (later.id, later.ends) == (shut.id, ended), "one notice, not two"
    assert window_at(maples_week(closings=[again]), ended).is_open
    assert window_at(maples_week(closings=[again]), begins - MINUTE).ends == begins
    why = why_closed(maples_week(closings=[again]), chicago("2026-12-15T11:00"))
    assert why == (WhyClosed.CLOSING, "Snow")


def test_a_closing_that_begins_at_night_joins_the_night() -> None:
    """One notice a window: who was told at nine in the evening is not told again at ten."""
    snow = Closing(chicago("2026-12-15T22:00"), chicago("2026-12-16T12:00"), "Snow")
    night = window_at(maples_week(), chicago("2026-12-15T21:00"))
    snowed = window_at(maples_week(closings=[snow]), chicago("2026-12-15T23:00"))
    assert (snowed.id, snowed.ends) == (night.id, snow.ends)
