"""The hours of one person: their own week or the clinic's, its closed days, and when they are away.

Somebody may go home: what is outside these hours waits for them, or goes to who is on call
(issue of hours and alerts, 4).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from routing.cover import Absence
from routing.hours import Closing, Day, Schedule, Week, Window, window_at

BREAK = timedelta(hours=4)
"""A shorter gap between two stretches is a break in one working day, no going home."""


def of_person(
    clinic: Schedule, week: Week | None, absences: Iterable[Absence] = ()
) -> Schedule:  # fmt: skip
    """Give the hours of one person.

    Args:
        clinic: the clinic's hours; its time zone, closed dates and closings hold for everybody.
        week: the person's own week, Monday first; None: the clinic's.
        absences: theirs alone. Whoever is away is not in their hours.
    """
    away = tuple(Closing(one.starts, one.ends) for one in absences)
    closings = (*clinic.closings, *away)
    if week is None:
        return replace(clinic, closings=closings) if away else clinic
    # On a date with hours of its own those work who would work on that weekday.
    days = tuple(
        day if week[day.date.weekday()] else Day(day.date, day.name) for day in clinic.days
    )
    return Schedule(week, days, clinic.timezone, closings)


def next_start(hours: Schedule, at: datetime) -> datetime | None:
    """Tell when the next hours begin; None inside them, and where none ever come."""
    window = window_at(hours, at)
    return None if window.is_open else window.ends


def day_began(hours: Schedule, at: datetime) -> datetime | None:
    """Tell when the working day that holds a moment began, breaks included; None between days."""
    window = window_at(hours, at)
    if not window.is_open:
        if not _is_break(window):
            return None
        window = _before(hours, window)
    for _ in range(_MOST_WINDOWS):
        gap = _before(hours, window)
        if not _is_break(gap):
            return window.starts
        window = _before(hours, gap)
    return None


def next_day(hours: Schedule, at: datetime) -> datetime | None:
    """Tell when the next working day begins, after the one that holds a moment, if one does."""
    moment = at
    for _ in range(_MOST_WINDOWS):
        window = window_at(hours, moment)
        if window.ends is None:
            return None
        if not window.is_open and not _is_break(window):
            return window.ends
        moment = window.ends
    return None


_MOST_WINDOWS = 50  # who has nothing but breaks never goes home


def _before(hours: Schedule, window: Window) -> Window:
    """Give the window before one; the same again where it has no beginning."""
    if window.starts is None:
        return window
    return window_at(hours, window.starts - timedelta(microseconds=1))


def _is_break(window: Window) -> bool:
    if window.is_open or window.starts is None or window.ends is None:
        return False
    return window.ends - window.starts < BREAK
