"""Office hours: which window a moment lies in, and when a stretch of open time has passed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from routing.wallclock import MIDNIGHT_AFTER, clock, closing, minutes, opening

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# How many days around a moment are looked at, in turn, until both ends of its window are found.
HORIZONS = (3, 10, 40, 400)

Stretch = tuple[str, str]
Week = tuple[tuple[Stretch, ...], ...]
"""Monday first, the stretches of each day."""
Interval = tuple[datetime, datetime]


class WhyClosed(StrEnum):
    """What a family is told about a closed window."""

    NIGHT = "night"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # a date of the list of closures, with its name
    CLOSING = "closing"  # closed now for a time: snow, water, a burst pipe


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of open or closed time. `starts` and `ends` are None beyond a year away.

    `id` is the same for every moment of the window, so that one notice per window can be counted.
    """

    is_open: bool
    id: str
    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Day:
    """One date that is not like its weekday; without stretches it is closed. `name` is told."""

    date: date
    name: str = ""
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """Closed from one instant to another, or until somebody ends it (`ends` None)."""

    starts: datetime
    ends: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A week (Monday first, each day's stretches), the dates that differ, and closings."""

    week: Week
    days: tuple[Day, ...]
    timezone: str
    closings: tuple[Closing, ...] = ()

    @classmethod
    def read(
        cls,
        hours: Mapping[str, Sequence[Sequence[str]]],
        days: Iterable[Day],
        timezone: str,
        closings: Iterable[Closing] = (),
    ) -> "Schedule":
        """Build from `{"mon": [["08:30", "12:00"], …]}`; an absent day is closed."""
        return cls(week_of(hours), tuple(days), timezone, tuple(closings))

    @property
    def never_opens(self) -> bool:
        """Tell whether there is no open stretch in any week and on no date."""
        return not any(self.week) and not any(day.stretches for day in self.days)

    def on(self, day: date) -> tuple[Stretch, ...]:
        """Give the stretches of a date: its own where it has some entry, else its weekday's."""
        own = _days(self).get(day)
        return self.week[day.weekday()] if own is None else own.stretches


def week_of(hours: Mapping[str, Sequence[Sequence[str]]]) -> Week:
    """Turn `{"mon": [["08:30", "12:00"], …]}`, as it is stored, into a week."""
    return tuple(stretches(hours.get(day, ())) for day in WEEKDAYS)


def stretches(pairs: Iterable[Sequence[str]]) -> tuple[Stretch, ...]:
    """Turn `[["08:30", "12:00"], …]`, as it is stored, into stretches."""
    return tuple((pair[0], pair[1]) for pair in pairs)


@lru_cache(maxsize=64)
def _days(schedule: Schedule) -> Mapping[date, Day]:
    return {day.date: day for day in schedule.days}


def window_at(schedule: Schedule, at: datetime) -> Window:
    """Tell which window the moment `at` lies in: the one question about hours (DESIGN 7.1)."""
    if schedule.never_opens:
        return Window(is_open=False, id="closed:always", starts=None, ends=None)
    day = at.astimezone(ZoneInfo(schedule.timezone)).date()
    window = _window_within(schedule, at, day, HORIZONS[0])
    for horizon in HORIZONS[1:]:
        if window.starts is not None and window.ends is not None:
            return window
        window = _window_within(schedule, at, day, horizon)
    return window


def notice_window(schedule: Schedule, at: datetime) -> Window:
    """Give the window that a notice at `at` speaks of.

    A closing that begins while it is closed anyway (snow, before the morning) begins another:
    the opening that families were told of in the evening no longer holds.
    """
    window = window_at(schedule, at)
    begun = [shut.starts for shut in schedule.closings if _is_on(shut, at)]
    if window.is_open or window.starts is None or not begun or min(begun) <= window.starts:
        return window
    starts = min(begun)
    return replace(window, id=f"closed:{starts.astimezone(UTC):%Y%m%dT%H%MZ}", starts=starts)


def _is_on(shut: Closing, at: datetime) -> bool:
    return shut.starts <= at and (shut.ends is None or at < shut.ends)


def why_closed(schedule: Schedule, at: datetime) -> tuple[WhyClosed, str]:
    """Tell why the office is closed at a moment, and the name of the holiday or the reason.

    A closing that is on comes first, then a named date that would have been open, then a window
    that holds a Saturday or Sunday, or lasts a day; all else is the night.
    """
    for shut in schedule.closings:
        if _is_on(shut, at):
            return WhyClosed.CLOSING, shut.reason
    dates = tuple(_dates(schedule, at))
    for day in dates:
        own = _days(schedule).get(day)
        if own is not None and not own.stretches and schedule.week[day.weekday()]:
            return WhyClosed.HOLIDAY, own.name
    is_weekend = len(dates) > 1 or any(day.weekday() in _WEEKEND for day in dates)
    return WhyClosed.WEEKEND if is_weekend else WhyClosed.NIGHT, ""


_WEEKEND = (5, 6)
_MOST_DATES = 14


def _dates(schedule: Schedule, at: datetime) -> Iterator[date]:
    """List the dates, from this one on, on which the closed window of `at` leaves no open hour."""
    window = window_at(schedule, at)
    day = at.astimezone(ZoneInfo(schedule.timezone)).date()
    for offset in range(_MOST_DATES):
        today = day + timedelta(days=offset)
        ends = _midnight(schedule, today + timedelta(days=1))
        starts = _midnight(schedule, today)
        begins = window.starts is None or window.starts <= starts
        if begins and (window.ends is None or window.ends >= ends):
            yield today
        elif offset:
            return


def _midnight(schedule: Schedule, day: date) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(schedule.timezone)).astimezone(UTC)


def after_open_time(schedule: Schedule, at: datetime, amount: timedelta) -> datetime | None:
    """Tell when `amount` of open time has passed since `at`; None if that never happens.

    Reply promises count open time only (PRODUCT 4.4); emergency clocks never do.
    """
    moment, left = at, amount
    for _ in range(100):
        window = window_at(schedule, moment)
        if window.is_open:
            if window.ends is None or moment + left <= window.ends:
                return moment + left
            left -= window.ends - moment
        if window.ends is None:
            return None
        moment = window.ends
    return None


def _window_within(schedule: Schedule, at: datetime, day: date, horizon: int) -> Window:
    before: datetime | None = None
    for start, end in _merged(schedule, day, horizon):
        if start <= at < end:
            return _window(True, start, end, day, horizon)
        if at < start:
            return _window(False, before, start, day, horizon)
        before = end
    return _window(False, before, None, day, horizon)


def _window(
    is_open: bool, starts: datetime | None, ends: datetime | None, day: date, horizon: int
) -> Window:
    """Forget an end that is only the end of what was looked at."""
    reach = timedelta(days=horizon - 1)
    noon = datetime.combine(day, time(12), UTC)
    starts = starts if starts is not None and starts > noon - reach else None
    ends = ends if ends is not None and ends < noon + reach else None
    name = f"{starts:%Y%m%dT%H%MZ}" if starts else "always"
    return Window(is_open, f"{'open' if is_open else 'closed'}:{name}", starts, ends)


@lru_cache(maxsize=512)
def _merged(schedule: Schedule, day: date, horizon: int) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for start, end in sorted(_intervals(schedule, day, horizon)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    for shut in schedule.closings:
        merged = list(_without(merged, shut))
    return tuple(merged)


def _without(intervals: Iterable[Interval], shut: Closing) -> Iterator[Interval]:
    for start, end in intervals:
        if start < shut.starts:
            yield start, min(end, shut.starts)
        if shut.ends is not None and shut.ends < end:
            yield max(start, shut.ends), end


def _intervals(schedule: Schedule, day: date, horizon: int) -> Iterator[Interval]:
    for offset in range(-horizon - 1, horizon + 2):
        today = day + timedelta(days=offset)
        for start, end in schedule.on(today):
            opens, closes = _interval(schedule, today, start, end)
            if opens < closes:  # a stretch inside the hour that is skipped in spring never comes
                yield opens, closes


def _interval(schedule: Schedule, today: date, start: str, end: str) -> Interval:
    tomorrow = today + timedelta(days=1)
    last = tomorrow if minutes(end) <= minutes(start) or end == MIDNIGHT_AFTER else today
    if last == tomorrow and _is_closed(schedule, tomorrow):
        end = "00:00"  # a closed day also ends what began the evening before
    zone = ZoneInfo(schedule.timezone)
    return (
        opening(datetime.combine(today, clock(start)), zone),
        closing(datetime.combine(last, clock(end)), zone),
    )


def _is_closed(schedule: Schedule, day: date) -> bool:
    own = _days(schedule).get(day)
    return own is not None and not own.stretches
