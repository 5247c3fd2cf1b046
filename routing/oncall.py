"""Who is on call: rotations that go round by the week, overrides and swaps, and the gaps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.wallclock import clock, opening

LONGEST_LOOK = timedelta(days=400)
LONGEST_TURN = 91  # days: a quarter of a year; a longer one is no turn but a post


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns of `days` days each, handed over at a time on the wall.

    The first of `people` begins on the date `first`; before it nobody is on call by this
    rotation. `handover` is such as `08:00`, in the clinic's time zone.
    """

    people: tuple[int, ...]
    first: date
    days: int = 7
    handover: str = "08:00"


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody takes a stretch of a rotation; None leaves it empty, which shows as a gap."""

    staff_id: int | None
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One person on call from one instant to another; `staff_id` None: nobody is."""

    staff_id: int | None
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """One line of on-call: a rotation, or none, and what differs from it (the latest wins)."""

    timezone: str
    rotation: Rotation | None = None
    overrides: tuple[Override, ...] = ()


def on_call_at(roster: Roster, at: datetime) -> int | None:
    """Tell who is on call at a moment; None where nobody is."""
    (turn,) = turns(roster, at, at + timedelta(seconds=1))
    return turn.staff_id


def next_turn(roster: Roster, at: datetime) -> Turn | None:
    """Tell whose turn comes after the one at a moment, within a year."""
    ahead = turns(roster, at, at + LONGEST_LOOK)
    return ahead[1] if len(ahead) > 1 else None


def gaps(roster: Roster, start: datetime, end: datetime) -> tuple[Turn, ...]:
    """List the stretches in which nobody is on call."""
    return tuple(turn for turn in turns(roster, start, end) if turn.staff_id is None)


def turns(roster: Roster, start: datetime, end: datetime) -> tuple[Turn, ...]:
    """List who is on call from `start` to `end`, without a break and without overlaps.

    Two turns of one person that meet are one.
    """
    found = list(_by_rotation(roster, start, end))
    for override in roster.overrides:
        found = _with(found, override, start, end)
    joined: list[Turn] = []
    for turn in found:
        if joined and joined[-1].staff_id == turn.staff_id:
            joined[-1] = Turn(turn.staff_id, joined[-1].starts, turn.ends)
        else:
            joined.append(turn)
    return tuple(joined)


def periods(
    roster: Roster, start: datetime, end: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """List the turns of a rotation between two moments, each whole, whoever has them.

    Their limits stay where they are, whatever is laid over them: a calendar can name them.
    """
    rotation = roster.rotation
    if rotation is None or not rotation.people:
        return ()
    return tuple((begins, ends) for _, begins, ends in _periods(roster, rotation, start, end))


def handover_on(roster: Roster, day: date) -> datetime:
    """Tell at which moment of a day a line is handed over; midnight where nothing goes round."""
    rotation = roster.rotation or Rotation((), day, handover="00:00")
    return _handover(rotation, day, ZoneInfo(roster.timezone))


def _by_rotation(roster: Roster, start: datetime, end: datetime) -> Iterable[Turn]:
    rotation = roster.rotation
    if rotation is None or not rotation.people:
        yield Turn(None, start, end)
        return
    first = handover_on(roster, rotation.first)
    if start < first:
        yield Turn(None, start, min(first, end))
    for index, begins, ends in _periods(roster, rotation, start, end):
        person = rotation.people[index % len(rotation.people)]
        yield Turn(person, max(begins, start), min(ends, end))


def _periods(
    roster: Roster, rotation: Rotation, start: datetime, end: datetime
) -> Iterable[tuple[int, datetime, datetime]]:
    """Count the turns that a rotation has between two moments, each whole."""
    zone = ZoneInfo(roster.timezone)
    days_gone = (start.astimezone(zone).date() - rotation.first).days
    index = max(0, days_gone // rotation.days - 1)
    while True:
        begins = _handover(rotation, _day(rotation, index), zone)
        ends = _handover(rotation, _day(rotation, index + 1), zone)
        if begins >= end:
            return
        if ends > start:
            yield index, begins, ends
        index += 1


def _day(rotation: Rotation, index: int) -> date:
    return rotation.first + index * timedelta(days=rotation.days)


def _handover(rotation: Rotation, day: date, zone: ZoneInfo) -> datetime:
    wall: time = clock(rotation.handover)
    return opening(datetime.combine(day, wall), zone).astimezone(UTC)


def _with(found: Sequence[Turn], override: Override, start: datetime, end: datetime) -> list[Turn]:
    """Lay an override over what was there."""
    begins, ends = max(override.starts, start), min(override.ends, end)
    if begins >= ends:
        return list(found)
    kept: list[Turn] = []
    for turn in found:
        if turn.starts < begins:
            kept.append(Turn(turn.staff_id, turn.starts, min(turn.ends, begins)))
        if turn.ends > ends:
            kept.append(Turn(turn.staff_id, max(turn.starts, ends), turn.ends))
    kept.append(Turn(override.staff_id, begins, ends))
    return sorted(kept, key=lambda turn: turn.starts)
