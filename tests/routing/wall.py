"""An independent oracle of office hours: it walks along the clock on the wall, step by step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from routing.hours import WEEKDAYS, Day, Schedule, Stretch, window_at

DAY = timedelta(days=1)
# Every offset, change and stretch here is a multiple of it: the oracle may walk in such steps.
QUARTER = timedelta(minutes=15)
STEPS_A_DAY = DAY // QUARTER
DAYS_LOOKED_AT = 2  # on each side of the day in question

# Ends at midnight both ways, begins and ends in the odd hour, passes midnight, meets the next day.
HARD_DAY: tuple[Stretch, ...] = (
    ("00:00", "01:00"),
    ("01:15", "01:30"),
    ("02:00", "02:15"),
    ("02:30", "09:00"),
    ("12:00", "18:45"),
    ("22:00", "24:00"),
)


@dataclass(frozen=True)
class Oracle:
    """Walks along the clock on the wall, step by step, and says when the office is open.

    A stretch of the wall clock is open from the first step that it names to the last one,
    whatever the clock does in between.
    """

    steps: tuple[datetime, ...]
    is_open: tuple[bool, ...]

    @classmethod
    def of(cls, schedule: Schedule, day: date) -> "Oracle":
        steps, walls = clock_on_the_wall(schedule.timezone, day)
        is_open = [False] * len(steps)
        for first, end in _stretches(schedule, day):
            shown = [index for index, wall in enumerate(walls) if first <= wall < end]
            if shown:
                hull = range(shown[0], shown[-1] + 1)
                is_open[shown[0] : shown[-1] + 1] = [True] * len(hull)
        return cls(steps, tuple(is_open))

    def check(self, schedule: Schedule, index: int) -> str:
        """Compare with `window_at` at one step; give the window's id."""
        at, inside = self.steps[index], self.is_open[index]
        window = window_at(schedule, at)
        assert window.is_open == inside, f"{at} is {'open' if inside else 'closed'}"
        first, end = index, index
        while first > 0 and self.is_open[first - 1] == inside:
            first -= 1
        while end < len(self.steps) and self.is_open[end] == inside:
            end += 1
        if first > 0:
            assert window.starts == self.steps[first]
        if end < len(self.steps):
            assert window.ends == self.steps[end]
        assert window.starts is None or window.starts <= at
        assert window.ends is None or at < window.ends
        return window.id

    def open_time(self, index: int, amount: timedelta) -> datetime | None:
        left = amount
        for at, is_open in zip(self.steps[index:], self.is_open[index:], strict=True):
            if is_open and left <= QUARTER:
                return at + left
            left -= QUARTER if is_open else timedelta(0)
        return None


@lru_cache(maxsize=64)
def clock_on_the_wall(
    timezone: str, day: date
) -> tuple[tuple[datetime, ...], tuple[datetime, ...]]:
    zone = ZoneInfo(timezone)
    begin = datetime.combine(day, time(12), UTC) - DAYS_LOOKED_AT * DAY
    steps = tuple(begin + n * QUARTER for n in range(2 * DAYS_LOOKED_AT * STEPS_A_DAY))
    return steps, tuple(at.astimezone(zone).replace(tzinfo=None) for at in steps)


def _stretches(schedule: Schedule, day: date) -> Iterator[tuple[datetime, datetime]]:
    closed = {own.date for own in schedule.days}
    for offset in range(-DAYS_LOOKED_AT - 2, DAYS_LOOKED_AT + 3):
        today = day + offset * DAY
        for opens, closes in schedule.week[today.weekday()] if today not in closed else ():
            first = datetime.combine(today, time.fromisoformat(opens))
            midnight = datetime.combine(today + DAY, time(0))
            if closes == "24:00":
                yield first, midnight
                continue
            end = datetime.combine(today, time.fromisoformat(closes))
            if end <= first:
                end = midnight if (today + DAY) in closed else end + DAY
            yield first, end


def every_day(*stretches: Sequence[str], closed: Sequence[date] = (), zone: str) -> Schedule:
    return Schedule.read(dict.fromkeys(WEEKDAYS, stretches), map(Day, closed), zone)
