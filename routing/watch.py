"""Who can be told in the coming weeks, line by line, and the stretches in which nobody can.

A gap is announced before it comes (issue of hours and alerts, 13): an emergency must not be the
first to find it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from routing.cover import Absence
from routing.oncall import Override, Roster, Turn, handover_on, turns

AHEAD = timedelta(weeks=8)
"""How far gaps are looked for and turns are shown."""
DAY = timedelta(days=1)

Span = tuple[datetime, datetime]


class Lack(StrEnum):
    """Why a stretch is a gap although somebody may stand in it."""

    NOBODY = "nobody"
    LEFT = "left"  # does not work here any more
    NO_PHONE = "no_phone"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of on-call: the first is told first."""

    id: int
    name: str
    roster: Roster


@dataclass(frozen=True, slots=True)
class Watch:
    """What a clinic has set: lines in their order, then the list of those who are told after them.

    `phones` has every active member of staff, and whether they have a telephone.
    """

    lines: tuple[Line, ...]
    listed: tuple[int, ...]
    phones: Mapping[int, bool]
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """One person from one instant to another, and what keeps them from being told."""

    staff_id: int | None
    starts: datetime
    ends: datetime
    lack: Lack | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a line in which nobody can be told; `is_bare`: nor can anybody else."""

    line: Line
    stretch: Stretch
    is_bare: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A date from its handover to the next; for each line who has it, mostly one."""

    date: date
    lines: tuple[tuple[Stretch, ...], ...]


def stretches(watch: Watch, line: Line, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """List who has a line from `start` to `end`, cut where somebody goes away or comes back."""
    return tuple(
        part for turn in turns(line.roster, start, end) for part in _judged(watch, turn)
    )  # fmt: skip


def gaps_ahead(watch: Watch, now: datetime, ahead: timedelta = AHEAD) -> tuple[Gap, ...]:
    """List the gaps of all lines, the next one first."""
    bare = bare_ahead(watch, now, ahead)
    found = (
        Gap(line, stretch, any(_meet(stretch, span) for span in bare))
        for line in watch.lines
        for stretch in stretches(watch, line, now, now + ahead)
        if stretch.lack
    )
    return tuple(sorted(found, key=lambda gap: (gap.stretch.starts, gap.line.id)))


def bare_ahead(watch: Watch, now: datetime, ahead: timedelta = AHEAD) -> tuple[Span, ...]:
    """List the stretches in which nobody can be told, neither of a line nor of the list."""
    end = now + ahead
    told = [
        (one.starts, one.ends)
        for line in watch.lines
        for one in stretches(watch, line, now, end)
        if one.lack is None
    ]
    for staff_id in watch.listed:
        alone = Turn(staff_id, now, end)
        told += [(one.starts, one.ends) for one in _judged(watch, alone) if one.lack is None]
    left: list[Span] = []
    moment = now
    for starts, ends in sorted(told):
        if starts > moment:
            left.append((moment, starts))
        moment = max(moment, ends)
    return (*left, (moment, end)) if moment < end else tuple(left)


def calendar(watch: Watch, first: date, days: int) -> tuple[Day, ...]:
    """Show who has which date, from handover to handover."""
    return tuple(_day(watch, first + n * DAY) for n in range(days))


def swapped(one: Turn, other: Turn) -> tuple[Override, Override] | None:
    """Let two people take each other's turn; None where that makes no sense."""
    is_apart = one.ends <= other.starts or other.ends <= one.starts
    if not is_apart or one.staff_id is None or other.staff_id is None:
        return None
    if one.staff_id == other.staff_id:
        return None
    return (
        Override(other.staff_id, one.starts, one.ends),
        Override(one.staff_id, other.starts, other.ends),
    )


def _day(watch: Watch, day: date) -> Day:
    return Day(
        day,
        tuple(
            stretches(
                watch, line, handover_on(line.roster, day), handover_on(line.roster, day + DAY)
            )
            for line in watch.lines
        ),
    )


def _judged(watch: Watch, turn: Turn) -> Iterable[Stretch]:
    lack = None
    if turn.staff_id is None:
        lack = Lack.NOBODY
    elif turn.staff_id not in watch.phones:
        lack = Lack.LEFT
    elif not watch.phones[turn.staff_id]:
        lack = Lack.NO_PHONE
    if lack:
        return (Stretch(turn.staff_id, turn.starts, turn.ends, lack),)
    return _around(watch.absences, turn)


def _around(absences: Iterable[Absence], turn: Turn) -> Iterator[Stretch]:
    """Cut a turn where the person of it is away."""
    moment = turn.starts
    theirs = (one for one in absences if one.staff_id == turn.staff_id)
    for one in sorted(theirs, key=lambda absence: absence.starts):
        begins, ends = max(one.starts, moment), min(one.ends, turn.ends)
        if begins >= ends:
            continue
        if begins > moment:
            yield Stretch(turn.staff_id, moment, begins)
        yield Stretch(turn.staff_id, begins, ends, Lack.AWAY)
        moment = ends
    if moment < turn.ends:
        yield Stretch(turn.staff_id, moment, turn.ends)


def _meet(stretch: Stretch, span: Span) -> bool:
    return stretch.starts < span[1] and span[0] < stretch.ends
