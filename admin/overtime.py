"""How much people work outside their hours, week by week: for supervisors, and one's own."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from admin.desk import At, Me, NotFound, Ports, render
from admin.playbook import MAY_LOOK
from admin.review import guarded
from routing.overtime import AfterHours, Counted
from store.after_hours import weeks_of
from store.people import Person
from store.team import names_of

HEIGHT = 48
"""Of the highest bar, in units of its picture."""
COLUMNS = ("week", "name", "replies", "taken", "calls", "on_call")

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Bar:
    """One week of one person: how much, how much of it on call, and how high that is drawn."""

    first: date
    total: int
    on_call: int
    height: int
    height_on_call: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One person: a bar for each week, and the sums."""

    name: str
    bars: tuple[Bar, ...]
    kinds: Mapping[str, int]
    on_call: int
    total: int


@router.get("/playbook/after-hours")
def page(request: Request, ports: At, me: Me) -> Response:
    """Show who worked outside their hours in the last eight weeks, the most first."""
    counted, names = _everybody(ports, me)
    highest = max((week.total for weeks in counted.values() for week in weeks), default=0)
    people = [shown(names.get(who, "?"), weeks, highest) for who, weeks in counted.items()]
    people.sort(key=lambda one: (-one.total, one.name))
    return render(request, "overtime.html", people=people, height=HEIGHT)


@router.get("/playbook/after-hours.csv")
def file(ports: At, me: Me) -> Response:
    """Hand the same out as a table: counts and names of staff, no word of a family."""
    counted, names = _everybody(ports, me)
    return Response(
        table(counted, names),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="after-hours.csv"'},
    )


def own(ports: Ports, me: Person) -> Shown | None:
    """Count one's own work outside one's hours; None where there was none."""
    with ports.database.read() as connection:
        found = weeks_of(connection, me.clinic_id, me.timezone, ports.clock(), me.staff_id)
    weeks = found.get(me.staff_id)
    return shown(me.name, weeks, max(week.total for week in weeks)) if weeks else None


def shown(name: str, weeks: Sequence[Counted], highest: int) -> Shown:
    """Draw the weeks of one person; `highest` is the most that any week on the page has."""
    return Shown(
        name=name,
        bars=tuple(_bar(week, highest) for week in weeks),
        kinds={kind: sum(week.kinds.get(kind, 0) for week in weeks) for kind in AfterHours},
        on_call=sum(week.on_call for week in weeks),
        total=sum(week.total for week in weeks),
    )


def table(counted: Mapping[int, Sequence[Counted]], names: Mapping[int, str]) -> str:
    """Write one line for each person and week, with a head (RFC 4180)."""
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(COLUMNS)
    sheet.writerows(_lines(counted, names))
    return written.getvalue()


def _lines(
    counted: Mapping[int, Sequence[Counted]], names: Mapping[int, str]
) -> Iterator[list[object]]:
    for staff_id, weeks in counted.items():
        for week in weeks:
            kinds = [week.kinds.get(kind, 0) for kind in AfterHours]
            name = guarded(names.get(staff_id, "?"))
            yield [week.first.isoformat(), name, *kinds, week.on_call]


def _bar(week: Counted, highest: int) -> Bar:
    def drawn(number: int) -> int:
        return max(2, round(HEIGHT * number / highest)) if number else 0

    return Bar(week.first, week.total, week.on_call, drawn(week.total), drawn(week.on_call))


def _everybody(
    ports: Ports, me: Person
) -> tuple[Mapping[int, tuple[Counted, ...]], Mapping[int, str]]:
    if not MAY_LOOK & set(me.roles):
        raise NotFound
    with ports.database.read() as connection:
        counted = weeks_of(connection, me.clinic_id, me.timezone, ports.clock())
        return counted, names_of(connection, me.clinic_id)
