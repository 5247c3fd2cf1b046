"""What an administrator sets without being a programmer: hours, closed days, mode."""

from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin import later
from admin.desk import At, Me, NotFound, Ports, render
from routing.hours import WEEKDAYS, why_closed, window_at
from store import manage
from store.clinicfile.week import read_week, typed_week
from store.db import AnyRow
from store.people import Person
from store.schedules import schedules

MODES = ("on", "shadow", "off")
LONGEST_REASON = 200
MAY_LOOK = frozenset({"admin", "supervisor"})

router = APIRouter()
Words = Annotated[str, Form(max_length=400)]


@router.get("/playbook")
def hours_page(
    request: Request, ports: At, me: Me, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Show the week, the dates that differ, closing now, and the mode."""
    return _show(request, ports, me, "hours.html", done=done)


@router.post("/playbook/week")
def week(
    request: Request,
    ports: At,
    me: Me,
    *,
    mon: Words = "",
    tue: Words = "",
    wed: Words = "",
    thu: Words = "",
    fri: Words = "",
    sat: Words = "",
    sun: Words = "",
    revision: Annotated[int, Form()] = 0,
) -> Response:
    """Set the week; what cannot be read comes back as it was typed, with a sentence beside it."""
    change = _change(ports, me, revision)
    typed = dict(zip(WEEKDAYS, (mon, tue, wed, thu, fri, sat, sun), strict=True))
    wanted, problems = read_week(typed)
    if problems:
        return _show(request, ports, me, "hours.html", typed=typed, problems=problems)
    with ports.database.write() as connection:
        is_done = manage.set_week(connection, change, wanted)
    if not is_done:
        return _show(request, ports, me, "hours.html", typed=typed, is_stale=True)
    return _saved("/playbook")


@router.post("/playbook/day")
def day(
    request: Request,
    ports: At,
    me: Me,
    *,
    on: Annotated[str, Form(alias="date", max_length=10)] = "",
    reason: Words = "",
    hours: Words = "",
) -> Response:
    """Give a date its own hours, or close it."""
    change = _change(ports, me)
    wanted, wrong_hours = read_week({"mon": hours})
    problems = {"hours": wrong_hours["mon"]} if wrong_hours else {}
    if len(reason.strip()) > LONGEST_REASON:
        problems["reason"] = "reason"
    try:
        when = date.fromisoformat(on)
        # A slip of the year would be kept, be seen nowhere, and leave the clinic open that day.
        if when < change.now.astimezone(ZoneInfo(me.timezone)).date():
            problems["date"] = "over"
    except ValueError:
        problems["date"] = "date"
    if problems:
        typed = {"date": on, "reason": reason, "hours": hours}
        return _show(request, ports, me, "hours.html", day_typed=typed, day_problems=problems)
    with ports.database.write() as connection:
        manage.set_day(connection, change, when, reason.strip(), wanted.get("mon", []))
    return _saved("/playbook")


@router.post("/playbook/day/forget")
def forget(
    request: Request, ports: At, me: Me, on: Annotated[str, Form(alias="date", max_length=10)]
) -> Response:
    """Let a date be like its weekday again; the page offers to bring back what was set."""
    change = _change(ports, me)
    try:
        when = date.fromisoformat(on)
    except ValueError as error:
        raise NotFound from error
    with ports.database.write() as connection:
        gone = manage.forget_day(connection, change, when)
    if gone is None:
        return _saved("/playbook")
    return _show(request, ports, me, "hours.html", done="removed", gone=gone)


@router.post("/playbook/close")
def close(ports: At, me: Me, reason: Words = "", until: Words = "") -> Response:
    """Close now: for a few hours, until tomorrow, or until somebody opens again."""
    change = _change(ports, me)
    ends = later.moment(until, change.now, me.timezone) if until else None
    with ports.database.write() as connection:
        manage.close_now(connection, change, ends, reason.strip()[:LONGEST_REASON])
    return _saved("/playbook")


@router.post("/playbook/open")
def reopen(ports: At, me: Me) -> Response:
    """Open again."""
    change = _change(ports, me)
    with ports.database.write() as connection:
        manage.open_again(connection, change)
    return _saved("/playbook")


@router.post("/playbook/mode")
def mode(ports: At, me: Me, wanted: Annotated[str, Form(alias="mode")] = "") -> Response:
    """Switch automatic answers on, to shadow, or off (C22)."""
    change = _change(ports, me)
    if wanted not in MODES:
        raise NotFound
    with ports.database.write() as connection:
        manage.set_automation(connection, change, wanted)
    return _saved("/playbook")


def _show(
    request: Request, ports: Ports, me: Person, template: str, *, done: str = "",
    gone: AnyRow | None = None, **typed: Any,
) -> Response:  # fmt: skip
    if not MAY_LOOK & set(me.roles):
        raise NotFound
    now = ports.clock()
    with ports.database.read() as connection:
        found = manage.settings_of(connection, me.clinic_id, now)
        schedule = schedules(connection, me.clinic_id)[me.clinic_id]
    week = typed_week(found.hours)
    window = window_at(schedule, now)
    defaults: dict[str, Any] = {
        "typed": week, "kept": week, "problems": {}, "is_stale": False,
        "day_typed": {}, "day_problems": {},
    }  # fmt: skip
    return render(
        request,
        template,
        status=422 if typed else 200,
        found=found,
        window=window,
        why=None if window.is_open else why_closed(schedule, now),
        may_change="admin" in me.roles,
        modes=MODES,
        later=later.CHOICES,
        done=done,
        gone=gone,
        **(defaults | typed),
    )


def _change(ports: Ports, me: Person, revision: int | None = None) -> manage.Change:
    """Begin a change; only administrators make one."""
    if "admin" not in me.roles:
        raise NotFound
    return manage.Change(me.clinic_id, me.staff_id, ports.clock(), revision)


def _saved(path: str) -> Response:
    return RedirectResponse(f"{path}?done=changed", status_code=303)
