"""When somebody works: their own week, the clinic's closed days, their absences, and turns."""

from datetime import UTC, date, datetime, timedelta

import pytest

from routing.cover import Absence
from routing.hours import WEEKDAYS, Closing, Day, Schedule, week_of, window_at
from routing.oncall import Override, Roster
from routing.shifts import day_began, next_day, next_start, of_person
from tests.routing.people import ANA, NEVER, NIGHT, NILS, NOW, OPENING, WEEK, maple

MORNINGS = week_of({"mon": [["09:30", "13:00"]], "wed": [["09:30", "13:00"]]})
"""Ana comes on Monday and Wednesday mornings only."""


def chicago(day: int, clock: str) -> datetime:
    """Give a moment of November 2026 by the clock of Chicago."""
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=6)


def test_without_hours_of_her_own_ana_has_the_clinics() -> None:
    assert of_person(WEEK, None) is WEEK
    assert not maple().is_off(ANA.id, NOW)
    assert maple().is_off(ANA.id, NIGHT)


def test_with_her_own_hours_the_clinics_week_does_not_count() -> None:
    hers = of_person(WEEK, MORNINGS)
    assert not window_at(hers, chicago(18, "09:00")).is_open
    assert window_at(hers, chicago(18, "12:15")).is_open, "the clinic has its break, she has not"
    assert next_start(hers, chicago(18, "14:00")) == chicago(23, "09:30")
    assert next_start(hers, chicago(18, "10:00")) is None


def test_a_closed_date_and_a_closing_hold_for_everybody() -> None:
    holiday = Day(date(2026, 11, 23), "Holiday")
    snow = Closing(chicago(18, "10:00"), None, "snow")
    hers = of_person(
        Schedule(WEEK.week, (holiday,), "America/Chicago", (snow,)), MORNINGS
    )  # fmt: skip
    assert window_at(hers, chicago(18, "09:45")).is_open
    assert not window_at(hers, chicago(18, "10:30")).is_open
    assert not window_at(hers, chicago(23, "10:00")).is_open


def test_on_a_date_with_its_own_hours_those_work_who_work_on_that_weekday() -> None:
    days = (Day(date(2026, 11, 18), "", (("15:00", "18:00"),)),
            Day(date(2026, 11, 19), "", (("15:00", "18:00"),)))  # fmt: skip
    hers = of_person(Schedule(WEEK.week, days, "America/Chicago"), MORNINGS)
    assert window_at(hers, chicago(18, "16:00")).is_open
    assert not window_at(hers, chicago(18, "10:00")).is_open
    assert not window_at(hers, chicago(19, "16:00")).is_open


def test_whoever_is_away_has_no_hours_until_they_are_back() -> None:
    away = Absence(ANA.id, chicago(18, "00:00"), chicago(24, "00:00"), NILS.id)
    clinic = maple(absences=(away,))
    assert clinic.is_off(ANA.id, NOW)
    assert not clinic.is_off(NILS.id, NOW)
    assert next_start(clinic.hours_of(ANA.id), NOW) == chicago(24, "08:30")


def test_a_break_is_no_going_home() -> None:
    assert day_began(WEEK, chicago(18, "14:00")) == chicago(18, "08:30")
    assert day_began(WEEK, chicago(18, "12:10")) == chicago(18, "08:30"), "she is at lunch"
    assert day_began(WEEK, chicago(18, "08:30")) == chicago(18, "08:30")
    assert day_began(WEEK, chicago(18, "08:29")) is None
    assert day_began(WEEK, NIGHT) is None


@pytest.mark.parametrize("at", ["00:10", "08:29"])
def test_before_work_the_next_day_is_today(at: str) -> None:
    assert next_day(WEEK, chicago(18, at)) == chicago(18, "08:30")


@pytest.mark.parametrize("at", ["08:30", "12:10", "16:59"])
def test_during_work_the_next_day_is_tomorrow(at: str) -> None:
    assert next_day(WEEK, chicago(18, at)) == OPENING


def test_who_never_works_has_no_day() -> None:
    assert (day_began(NEVER, NOW), next_day(NEVER, NOW), next_start(NEVER, NOW)) == (None,) * 3


@pytest.mark.parametrize("stretch", [["00:00", "24:00"], ["00:00", "22:00"]])
def test_an_office_that_has_nothing_but_breaks_has_no_day(stretch: list[str]) -> None:
    always = Schedule.read({day: [stretch] for day in WEEKDAYS}, (), "America/Chicago")
    assert day_began(always, NOW) is None
    assert next_day(always, NOW) is None


def test_on_call_is_whose_turn_it_is_and_without_turns_who_is_listed() -> None:
    assert maple().has_duty(NILS.id, NIGHT)
    assert not maple().has_duty(ANA.id, NIGHT)
    hers = Roster("America/Chicago", None, (Override(ANA.id, NOW, NIGHT + timedelta(hours=9)),))
    turns = maple(rosters=(hers,))
    assert turns.has_duty(ANA.id, NIGHT)
    assert not turns.has_duty(NILS.id, NIGHT), "he is only told after her"
    assert turns.has_duty(NILS.id, NIGHT + timedelta(days=1)), "it is nobody's turn"
