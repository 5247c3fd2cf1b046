"""How staff are told of a danger: the clinic's steps and ways, and what would happen now."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import At, Me, NotFound, Ports, clinic_of, render
from admin.foreseeing import LEVELS, OTHERWISE, Asked, AskedFor, foreseen
from admin.person_form import telephone
from admin.playbook import MAY_LOOK
from admin.steps_form import PARTS, StepsForm, StepsTyped, read_steps
from routing.steps import DEFAULT, EVERYBODY_BY, EVERYBODY_BY_URGENT, MINUTE, Group
from routing.types import StaffChannel
from store.conferences import set_line
from store.ladders import set_ladder, set_ways, stamp
from store.manage import Change
from store.people import Person
from store.playbook import Playbook

PAGE = "/playbook/duty/alerts"
WAYS = tuple(way for way in StaffChannel if way is not StaffChannel.SMS)

router = APIRouter()
Seen = Annotated[str, Form(max_length=40)]


@router.get(PAGE)
def alerts_page(
    request: Request, ports: At, me: Me, asked: AskedFor,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Show the steps, the ways, and the time line of a danger that came now."""
    return _show(request, ports, me, asked, done=done)


@router.post("/playbook/duty/steps")
def steps(request: Request, ports: At, me: Me, typed: StepsForm, seen: Seen = "") -> Response:
    """Set the steps; what may not be comes back as it was typed, with a sentence beside it."""
    change = _change(ports, me)
    ladder, problems = read_steps(typed)
    if ladder is None:
        return _show(request, ports, me, Asked(), typed=typed, problems=problems)
    with ports.database.write() as connection:
        is_done = set_ladder(connection, change, ladder, seen)
    if not is_done:
        return _show(request, ports, me, Asked(), typed=typed, is_stale=True)
    return _saved()


@router.post("/playbook/duty/steps/usual")
def usual(request: Request, ports: At, me: Me, seen: Seen = "") -> Response:
    """Take the steps of the product again."""
    change = _change(ports, me)
    with ports.database.write() as connection:
        is_done = set_ladder(connection, change, DEFAULT, seen)
    return _saved() if is_done else _show(request, ports, me, Asked(), is_stale=True)


@router.post("/playbook/duty/ways")
def ways(
    request: Request,
    ports: At,
    me: Me,
    chosen: Annotated[list[str] | None, Form(alias="way")] = None,
    seen: Seen = "",
) -> Response:
    """Set in which ways staff are told beside the text."""
    change = _change(ports, me)
    wanted = [way for way in WAYS if way.value in (chosen or ())]
    with ports.database.write() as connection:
        is_done = set_ways(connection, change, wanted, seen.split())
    return _saved() if is_done else _show(request, ports, me, Asked(), wanted=wanted)


@router.post("/playbook/duty/interpreter")
def interpreter(
    request: Request, ports: At, me: Me, number: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Set the line of interpreters, or have none any more."""
    change, typed = _change(ports, me), number.strip()
    clinic = clinic_of(ports, me)
    phone = telephone(typed, clinic.country)
    if (typed and phone is None) or phone in clinic.numbers:
        return _show(request, ports, me, Asked(), line=typed)
    with ports.database.write() as connection:
        set_line(connection, change, phone)
    return _saved()


def _show(
    request: Request, ports: Ports, me: Person, asked: Asked, *, done: str = "", **typed: Any
) -> Response:
    if not MAY_LOOK & set(me.roles):
        raise NotFound
    with ports.database.read() as connection:
        book = Playbook(ports.database).current(connection)
    clinic = book.by_id[me.clinic_id]
    defaults: dict[str, Any] = {
        "typed": StepsTyped.of(clinic.ladder), "problems": {}, "is_stale": False,
        "wanted": None, "line": None,
    }  # fmt: skip
    shown = defaults | typed
    return render(
        request,
        "alerting.html",
        status=422 if typed else 200,
        clinic=clinic,
        seen=stamp(clinic.ladder),
        foreseen=foreseen(clinic, asked, ports.clock()),
        levels=LEVELS,
        otherwise=OTHERWISE,
        parts=PARTS,
        groups=tuple(Group),
        ways=WAYS,
        latest=(EVERYBODY_BY // MINUTE, EVERYBODY_BY_URGENT // MINUTE),
        has_push=ports.pushing is not None,
        is_usual=clinic.ladder == DEFAULT,
        may_change="admin" in me.roles,
        done=done,
        wrong_places={"-".join(key.split("-")[:2]) for key in shown["problems"]},
        **shown,
    )


def _change(ports: Ports, me: Person) -> Change:
    if "admin" not in me.roles:
        raise NotFound
    return Change(me.clinic_id, me.staff_id, ports.clock())


def _saved() -> Response:
    return RedirectResponse(f"{PAGE}?done=changed", status_code=303)
