"""Who is on call, now and in the coming weeks; the list of who is told; who is away."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound, Ports, render
from admin.foreseeing import LEVELS, OTHERWISE, Asked, AskedFor, foreseen
from admin.playbook import MAY_LOOK
from admin.turns import faces, standing, weeks
from routing.watch import bare_ahead, gaps_ahead
from store import manage
from store.feed import has_feed
from store.people import Person
from store.playbook import Playbook
from store.removed_lines import removed_lately
from store.rotations import watch_of
from store.team import names_of

ANNOUNCED = 6
"""So many gaps are told in the banner; further ones stand below the calendar."""

router = APIRouter()
Words = Annotated[str, Form(max_length=400)]


@router.get("/playbook/duty")
def duty_page(
    request: Request, ports: At, me: Me, asked: AskedFor,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Show who is on call, who is next, the coming eight weeks, and who is away."""
    return _show(request, ports, me, asked, done=done)


@router.post("/playbook/on-call")
def on_call(
    request: Request,
    ports: At,
    me: Me,
    people: Annotated[list[str] | None, Form(alias="staff")] = None,
    seen: Annotated[str | None, Form(max_length=2000)] = None,
) -> Response:
    """Set the on-call list in the order of the form; empty places are left out."""
    change = _change(ports, me)
    chosen = [one for one in people or () if one]
    ids = [number for one in chosen if (number := number_of(one)) is not None]
    if len(ids) < len(chosen):  # never a shorter list than somebody meant
        raise NotFound
    with ports.database.write() as connection:
        refusal = manage.set_on_call(connection, change, ids, seen)
    if refusal == "not_here":
        raise NotFound
    if refusal:
        return _show(request, ports, me, list_typed=ids)
    return _saved()


@router.post("/playbook/away")
def away(
    request: Request,
    ports: At,
    me: Me,
    *,
    who: Words = "",
    cover: Words = "",
    first: Words = "",
    last: Words = "",
) -> Response:
    """Say that somebody is away, both days included, and who answers meanwhile."""
    change = _change(ports, me)
    staff_id, cover_id = number_of(who), number_of(cover)
    span, problems = _days(first, last, ZoneInfo(me.timezone))
    if staff_id is None:
        problems["who"] = "who"
    if cover and (cover_id is None or cover_id == staff_id):
        problems["cover"] = "cover"
    if not problems and span and staff_id is not None:
        with ports.database.write() as connection:
            is_done = manage.add_absence(connection, change, staff_id, cover_id, span)
        if is_done:
            return _saved()
        problems["who"] = "who"
    typed = {"who": staff_id, "cover": cover_id, "first": first, "last": last}
    return _show(request, ports, me, away_typed=typed, problems=problems)


@router.post("/playbook/away/{absence_id:int}/end")
def back(ports: At, me: Me, absence_id: int) -> Response:
    """Take an absence back."""
    change = _change(ports, me)
    if absence_id > LARGEST_ID:
        raise NotFound
    with ports.database.write() as connection:
        manage.end_absence(connection, change, absence_id)
    return _saved()


def number_of(digits: str) -> int | None:
    """Read an id out of a form; None for anything else."""
    is_number = digits.isascii() and digits.isdigit() and len(digits) < len(str(LARGEST_ID))
    return int(digits) if is_number else None


def _show(
    request: Request, ports: Ports, me: Person, asked: Asked | None = None, *, done: str = "",
    **typed: Any,
) -> Response:  # fmt: skip
    if not MAY_LOOK & set(me.roles):
        raise NotFound
    now = ports.clock()
    with ports.database.read() as connection:
        found = manage.settings_of(connection, me.clinic_id, now)
        watch = watch_of(connection, me.clinic_id)
        names = names_of(connection, me.clinic_id)
        is_fed = has_feed(connection, me.clinic_id)
        removed = removed_lately(connection, me.clinic_id, now)
        clinic = Playbook(ports.database).current(connection).by_id[me.clinic_id]
    shown = faces(watch, names)
    defaults: dict[str, Any] = {"away_typed": None, "problems": {}, "list_typed": None}
    return render(
        request,
        "duty.html",
        status=422 if typed else 200,
        found=found,
        may_change="admin" in me.roles,
        done=done,
        has_feed=is_fed,
        removed=removed,
        watch=watch,
        faces=shown,
        seen=manage.named([one.staff_id for one in found.on_call]),
        standing=standing(watch, now),
        weeks=weeks(watch, shown, now, ZoneInfo(me.timezone)),
        bare=bare_ahead(watch, now)[:ANNOUNCED],
        gaps=gaps_ahead(watch, now),
        announced=ANNOUNCED,
        foreseen=foreseen(clinic, asked or Asked(), now),
        levels=LEVELS,
        otherwise=OTHERWISE,
        **(defaults | typed),
    )


def _days(
    first: str, last: str, zone: ZoneInfo
) -> tuple[tuple[datetime, datetime] | None, dict[str, str]]:
    """Read the first and the last day of an absence, both included."""
    problems: dict[str, str] = {}
    read: dict[str, date] = {}
    for name, typed in (("first", first), ("last", last)):
        try:
            read[name] = date.fromisoformat(typed)
        except ValueError:
            problems[name] = "date"
    if problems:
        return None, problems
    if read["last"] < read["first"]:
        return None, {"last": "last"}
    try:
        after = read["last"] + timedelta(days=1)
        begins = datetime.combine(read["first"], time(0), zone).astimezone(UTC)
        return (begins, datetime.combine(after, time(0), zone).astimezone(UTC)), problems
    except OverflowError:  # the last day of the year 9999
        return None, {"last": "date"}


def _change(ports: Ports, me: Person) -> manage.Change:
    if "admin" not in me.roles:
        raise NotFound
    return manage.Change(me.clinic_id, me.staff_id, ports.clock())


def _saved() -> Response:
    return RedirectResponse("/playbook/duty?done=changed", status_code=303)
