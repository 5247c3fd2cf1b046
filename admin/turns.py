"""The turns of on-call as a page shows them: faces with colours, and weeks like a calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.watch import AHEAD, DAY, Line, Stretch, Watch, calendar, stretches

COLOURS = 6
FURTHEST = timedelta(days=400)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Face:
    """How one person is shown: the name, two letters of it, a colour that is theirs."""

    name: str
    letters: str
    colour: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch within one day of the calendar; `says`: here the name is written out."""

    stretch: Stretch
    says: bool
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the calendar: its bars, one row of them for each line."""

    date: date
    is_past: bool
    is_today: bool
    lines: tuple[tuple[Bar, ...], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A line with who has it now and who comes next; `then` is None where nothing changes."""

    line: Line
    now: Stretch
    then: Stretch | None


def faces(watch: Watch, names: Mapping[int, str]) -> dict[int, Face]:
    """Give everybody of the lines a face; the first six differ in colour, names tell the rest."""
    people = dict.fromkeys(
        staff_id
        for line in watch.lines
        if line.roster.rotation
        for staff_id in (
            *line.roster.rotation.people,
            *(one.staff_id for one in line.roster.overrides if one.staff_id is not None),
        )
    )
    return {
        staff_id: Face(names.get(staff_id, "?"), _letters(names.get(staff_id, "?")), n % COLOURS)
        for n, staff_id in enumerate(people)
    }


def standing(watch: Watch, now: datetime) -> tuple[Standing, ...]:
    """Tell for each line who has it now and who is next."""
    found = []
    for line in watch.lines:
        first, *rest = stretches(watch, line, now, now + FURTHEST)
        found.append(Standing(line, first, rest[0] if rest else None))
    return tuple(found)


def weeks(
    watch: Watch, shown: Mapping[int, Face], now: datetime, zone: ZoneInfo
) -> tuple[tuple[Cell, ...], ...]:
    """Lay the coming weeks out, Monday to Sunday, the present one first."""
    if not shown:
        return ()
    today = now.astimezone(zone).date()
    monday = today - today.weekday() * DAY
    count = AHEAD.days + WEEK
    days = calendar(watch, monday - DAY, count + 2)
    cells = [
        Cell(
            day.date,
            is_past=day.date < today,
            is_today=day.date == today,
            lines=tuple(
                _bars(
                    before.lines[n],
                    day.lines[n],
                    after.lines[n],
                    says=number % WEEK == 0 or day.date == today,
                )
                for n in range(len(watch.lines))
            ),
        )
        for number, (before, day, after) in enumerate(zip(days, days[1:], days[2:], strict=False))
    ]
    return tuple(tuple(cells[n : n + WEEK]) for n in range(0, count, WEEK))


def _bars(
    before: tuple[Stretch, ...],
    here: tuple[Stretch, ...],
    after: tuple[Stretch, ...],
    *,
    says: bool,
) -> tuple[Bar, ...]:
    bars = []
    for n, stretch in enumerate(here):
        begins = n > 0 or not _is_same(before[-1], stretch)
        ends = n < len(here) - 1 or not _is_same(after[0], stretch)
        bars.append(Bar(stretch, says=begins or says, begins=begins, ends=ends))
    return tuple(bars)


def _is_same(one: Stretch, other: Stretch) -> bool:
    return (one.staff_id, one.lack) == (other.staff_id, other.lack)


def _letters(name: str) -> str:
    """Take the first letters of the first and the last name."""
    parts = name.split() or ["?"]
    return (parts[0][:1] + parts[-1][:1] if len(parts) > 1 else parts[0][:2]).upper()
