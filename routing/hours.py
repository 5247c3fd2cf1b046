"""Office hours: which window a moment lies in, and when a stretch of open time has passed."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# How many days around a moment are looked at, in turn, until both ends of its window are found.
HORIZONS = (3, 10, 40, 400)
MIDNIGHT_AFTER = "24:00"
MINUTE = timedelta(minutes=1)

Stretch = tuple[str, str]
Interval = tuple[datetime, datetime]


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
class Schedule:
    """A clinic's week: for each weekday (Monday first) its stretches, plus closed dates."""

    week: tuple[tuple[Stretch, ...], ...]
    closed: frozenset[date]
    timezone: str

    @classmethod
    def read(
        cls, hours: Mapping[str, Sequence[Sequence[str]]], closures: Iterable[date], timezone: str
    ) -> "Schedule":
        """Build from `{"mon": [["08:30", "12:00"], …]}`; an absent day is closed."""
        week = tuple(tuple((s[0], s[1]) for s in hours.get(day, ())) for day in WEEKDAYS)
        return cls(week, frozenset(closures), timezone)

    @property
    def never_opens(self) -> bool:
        """Tell whether there is no open stretch in any week."""
        return not any(self.week)


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
    return tuple(merged)


def _intervals(schedule: Schedule, day: date, horizon: int) -> Iterator[Interval]:
    for offset in range(-horizon - 1, horizon + 2):
        today = day + timedelta(days=offset)
        if today in schedule.closed:
            continue
        for start, end in schedule.week[today.weekday()]:
            opens, closes = _interval(schedule, today, start, end)
            if opens < closes:  # a stretch inside the hour that is skipped in spring never comes
                yield opens, closes


def _interval(schedule: Schedule, today: date, start: str, end: str) -> Interval:
    tomorrow = today + timedelta(days=1)
    last = tomorrow if _minutes(end) <= _minutes(start) or end == MIDNIGHT_AFTER else today
    if last == tomorrow and tomorrow in schedule.closed:
        end = "00:00"  # a closed day also ends what began the evening before
    zone = ZoneInfo(schedule.timezone)
    return (
        _opening(datetime.combine(today, _clock(start)), zone),
        _closing(datetime.combine(last, _clock(end)), zone),
    )


def _opening(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the first moment at which the clock on the wall shows `wall` or has jumped over it."""
    return _moment(wall, zone, fold=0) or _jump_over(wall, zone)


def _closing(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the end of the last minute before `wall`.

    On the night the clocks go back an hour comes twice: it is open until its second. A closing
    time at the start of that hour (01:00 in Chicago, 00:00 in Havana) comes first, and counts.
    """
    last = _moment(wall - MINUTE, zone, fold=1)
    return last + MINUTE if last else _jump_over(wall - MINUTE, zone)


def _moment(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime | None:
    """Tell when the clock shows `wall`, the first or second time; None if it skips it."""
    at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == wall else None


def _jump_over(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the moment at which the clock jumps over `wall`."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    minutes = range((after - before) // MINUTE)
    jumped = bisect_left(
        minutes, 1, key=lambda m: (before + m * MINUTE).astimezone(zone).utcoffset() != offset
    )
    return before + jumped * MINUTE


def _minutes(words: str) -> int:
    hours, minutes = words.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(words: str) -> time:
    return time(0) if words == MIDNIGHT_AFTER else time.fromisoformat(words)
