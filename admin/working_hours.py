"""The hours of one person: everybody sets their own, administrators those of others."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound, Ports, clinic_of, render
from admin.overtime import HEIGHT, own
from admin.playbook import MAY_LOOK
from routing.hours import WEEKDAYS, window_at
from store.clinicfile.week import read_week, typed_week
from store.manage import Change
from store.people import Person
from store.working_hours import HoursSet, hours_set, set_hours

OWN = "/hours"

router = APIRouter()
Words = Annotated[str, Form(max_length=400)]
Done = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class WeekTyped:
    """A week as somebody typed it, with the name of what stood on their screen."""

    days: dict[str, str]
    stamp: str


def _typed(
    *,
    mon: Words = "",
    tue: Words = "",
    wed: Words = "",
    thu: Words = "",
    fri: Words = "",
    sat: Words = "",
    sun: Words = "",
    stamp: Annotated[str, Form(max_length=40)] = "",
) -> WeekTyped:
    return WeekTyped(dict(zip(WEEKDAYS, (mon, tue, wed, thu, fri, sat, sun), strict=True)), stamp)


WeekForm = Annotated[WeekTyped, Depends(_typed)]


@router.get("/hours")
def own_page(request: Request, ports: At, me: Me, done: Done = "") -> Response:
    """Show one's own hours."""
    return _show(request, ports, me, me.staff_id, done=done)


@router.post("/hours")
def set_own(request: Request, ports: At, me: Me, typed: WeekForm) -> Response:
    """Set one's own hours; who did it is on record, as for all changes."""
    return _set(request, ports, me, me.staff_id, typed)


@router.get("/playbook/staff/{staff_id:int}/hours")
def page_of(request: Request, ports: At, me: Me, staff_id: int, done: Done = "") -> Response:
    """Show the hours of somebody to administrators and supervisors."""
    if not MAY_LOOK & set(me.roles):
        raise NotFound
    return _show(request, ports, me, staff_id, done=done)


@router.post("/playbook/staff/{staff_id:int}/hours")
def set_of(request: Request, ports: At, me: Me, staff_id: int, typed: WeekForm) -> Response:
    """Set the hours of somebody."""
    if "admin" not in me.roles:
        raise NotFound
    return _set(request, ports, me, staff_id, typed)


def _set(request: Request, ports: Ports, me: Person, staff_id: int, typed: WeekTyped) -> Response:
    _known(ports, me, staff_id)
    week, problems = read_week(typed.days)
    if problems:
        return _show(request, ports, me, staff_id, typed=typed.days, problems=problems)
    change = Change(me.clinic_id, me.staff_id, ports.clock())
    with ports.database.write() as connection:
        is_done = set_hours(connection, change, staff_id, week, typed.stamp)
    if not is_done:
        return _show(request, ports, me, staff_id, typed=typed.days, is_stale=True)
    return RedirectResponse(f"{request.url.path}?done=changed", status_code=303)


def _show(
    request: Request, ports: Ports, me: Person, staff_id: int, *, done: str = "", **typed: Any
) -> Response:
    found, now = _known(ports, me, staff_id), ports.clock()
    clinic, is_own = clinic_of(ports, me), request.url.path == OWN
    kept = typed_week(found.own)
    defaults: dict[str, Any] = {"typed": kept, "problems": {}, "is_stale": False}
    return render(
        request,
        "working_hours.html",
        status=422 if typed else 200,
        found=found,
        is_own=is_own,
        may_change="admin" in me.roles or is_own,
        after=own(ports, me) if is_own else None,
        height=HEIGHT,
        kept=kept,
        clinics=typed_week(found.clinics),
        window=window_at(clinic.hours_of(staff_id), now),
        has_duty=clinic.has_duty(staff_id, now),
        done=done,
        **(defaults | typed),
    )


def _known(ports: Ports, me: Person, staff_id: int) -> HoursSet:
    if staff_id > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = hours_set(connection, me.clinic_id, staff_id)
    if found is None:
        raise NotFound
    return found
