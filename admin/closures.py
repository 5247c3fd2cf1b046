"""Closed days, many at once: the public holidays of a state, or a calendar file."""

from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from admin.calendar_file import LARGEST, MOST_DAYS, CalendarRead, Unreadable, read_calendar
from admin.desk import At, Me, NotFound, Ports, render
from admin.playbook import MAY_LOOK
from admin.public_holidays import public_holidays
from store.calendars import calendars_of
from store.closures import close_days, closures_between
from store.manage import Change, place_of
from store.people import Person

AHEAD = timedelta(days=365)
LONGEST_PICK = 240

router = APIRouter()
State = Annotated[str, Query(max_length=10)]
Picks = Annotated[list[str] | None, Form()]


@router.get("/playbook/holidays")
def holidays_page(
    request: Request,
    ports: At,
    me: Me,
    state: State = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the public holidays of the coming twelve months; those that are closed are ticked."""
    return show(request, ports, me, state, done=done)


@router.post("/playbook/holidays")
def set_holidays(
    ports: At, me: Me, state: State = "", pick: Picks = None, shown: Picks = None
) -> Response:
    """Close what is ticked; what was shown, is closed by this name and is not ticked, opens."""
    change = change_of(ports, me)
    first, last = _span(ports, me)
    with ports.database.read() as connection:
        place = place_of(connection, me.clinic_id)
    known = public_holidays(place.country, state, place.languages, first, last)
    if known is None:
        raise NotFound
    picked, seen = set(pick or ()), set(shown or ())
    names = [(one.date, one.name) for one in known.days if one.date.isoformat() in seen]
    wanted = [(day, name) for day, name in names if day.isoformat() in picked]
    reopened = [(day, name) for day, name in names if day.isoformat() not in picked]
    with ports.database.write() as connection:
        close_days(connection, change, wanted, reopened)
    return _saved("/playbook/holidays", state, "changed")


@router.post("/playbook/holidays/file")
def read_file(
    request: Request,
    ports: At,
    me: Me,
    calendar: Annotated[UploadFile | None, File()] = None,
    state: State = "",
) -> Response:
    """Show which days a calendar file would close; nothing is kept yet."""
    change_of(ports, me)
    first, last = _span(ports, me)
    content = calendar.file.read(LARGEST + 1) if calendar else b""
    name = (calendar.filename or "")[:100] if calendar else ""
    try:
        found = read_calendar(content, first, last)
    except Unreadable as problem:
        return show(request, ports, me, state, problem=problem, file_name=name)
    return show(request, ports, me, state, found=found, file_name=name)


@router.post("/playbook/closures")
def close_many(ports: At, me: Me, pick: Picks = None) -> Response:
    """Close the days that were ticked under a file: all of them, or none."""
    change = change_of(ports, me)
    first, last = _span(ports, me)
    wanted = [_picked(one, first, last) for one in (pick or ())[:MOST_DAYS]]
    with ports.database.write() as connection:
        left = close_days(connection, change, wanted)
    return _saved("/playbook", "", "some_left" if left else "changed")


def _picked(typed: str, first: date, last: date) -> tuple[date, str]:
    day, _, name = typed[:LONGEST_PICK].partition("|")
    try:
        when = date.fromisoformat(day)
    except ValueError as error:
        raise NotFound from error
    if not first <= when <= last:
        raise NotFound
    return when, name.strip()


def show(
    request: Request,
    ports: Ports,
    me: Person,
    state: str,
    *,
    done: str = "",
    problem: Unreadable | None = None,
    found: CalendarRead | None = None,
    file_name: str = "",
    refused: str = "",
    typed: str = "",
) -> Response:
    """Show the page; with the days of a file, or with what is wrong with a file or an address."""
    if not MAY_LOOK & set(me.roles):
        raise NotFound
    first, last = _span(ports, me)
    with ports.database.read() as connection:
        place = place_of(connection, me.clinic_id)
        closed = closures_between(connection, me.clinic_id, first, last)
        subscribed = calendars_of(connection, me.clinic_id)
    context: dict[str, Any] = {
        "holidays": public_holidays(place.country, state, place.languages, first, last),
        "country": place.country,
        "state": state,
        "closed": closed,
        "found": found,
        "problem": problem,
        "file_name": file_name,
        "may_change": "admin" in me.roles,
        "done": done,
        "largest": LARGEST // 1024,
        "calendars": subscribed,
        "refused": refused,
        "typed": typed,
    }
    is_wrong = bool(problem or refused)
    return render(request, "closures.html", status=422 if is_wrong else 200, **context)


def _span(ports: Ports, me: Person) -> tuple[date, date]:
    today = ports.clock().astimezone(ZoneInfo(me.timezone)).date()
    return today, today + AHEAD


def change_of(ports: Ports, me: Person) -> Change:
    """Say who changes closed days; only an administrator may."""
    if "admin" not in me.roles:
        raise NotFound
    return Change(me.clinic_id, me.staff_id, ports.clock())


def _saved(path: str, state: str, done: str) -> Response:
    wanted = f"&state={state}" if state.isalnum() else ""
    return RedirectResponse(f"{path}?done={done}{wanted}", status_code=303)
