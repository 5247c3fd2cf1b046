"""What people do outside their hours: what is counted, and how much it was week by week.

Supervisors see who cannot go home (issue of hours and alerts, 4); no word of what was said is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)


class AfterHours(StrEnum):
    """What counts as work."""

    REPLY = "reply"  # written, whenever it leaves
    TAKE = "take"  # acknowledged
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Overtime:
    """One thing that somebody did outside their hours; `on_call`: it was their turn."""

    kind: AfterHours
    on_call: bool


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was counted: who, what, when."""

    staff_id: int
    what: Overtime
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What one person did outside their hours in the week that begins on the Monday `first`."""

    first: date
    kinds: Mapping[AfterHours, int] = field(default_factory=dict)
    on_call: int = 0

    @property
    def total(self) -> int:
        """Count everything, on call or not."""
        return sum(self.kinds.values())


def mondays(timezone: str, now: datetime, weeks: int) -> tuple[date, ...]:
    """List the Mondays of the last weeks by the clinic's calendar, this week's last."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    monday = today - timedelta(days=today.weekday())
    return tuple(monday - n * WEEK for n in reversed(range(weeks)))


def since(timezone: str, now: datetime, weeks: int) -> datetime:
    """Tell when the first of the last weeks began, in UTC."""
    first = mondays(timezone, now, weeks)[0]
    return datetime.combine(first, time(0), ZoneInfo(timezone)).astimezone(UTC)


def by_week(
    done: Iterable[Done], timezone: str, now: datetime, weeks: int
) -> Mapping[int, tuple[Counted, ...]]:
    """Count for each person who did anything, week by week; a week without anything is there."""
    firsts, zone = mondays(timezone, now, weeks), ZoneInfo(timezone)
    kinds: dict[tuple[int, date], Counter[AfterHours]] = defaultdict(Counter)
    on_call: Counter[tuple[int, date]] = Counter()
    for one in done:
        day = one.at.astimezone(zone).date()
        place = (one.staff_id, day - timedelta(days=day.weekday()))
        if place[1] in firsts:
            kinds[place][one.what.kind] += 1
            on_call[place] += one.what.on_call
    return {
        staff_id: tuple(
            Counted(first, kinds.get((staff_id, first), {}), on_call[staff_id, first])
            for first in firsts
        )
        for staff_id in dict.fromkeys(staff_id for staff_id, _ in kinds)
    }
