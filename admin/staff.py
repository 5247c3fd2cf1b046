"""Who works here: a list, a page for each person, invitations by link; for administrators."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound, Ports, render
from admin.person_form import ROLES, PersonForm, PersonTyped, read_email, read_person
from admin.playbook import MAY_LOOK
from admin.words import OFFERED, spoken
from routing.team import Refusal
from store import staffing, team
from store.manage import Change, place_of
from store.people import INVITED_FOR, Person, colleagues, new_invitation
from store.working_hours import hours_set

FIELDS = {
    Refusal.EMAIL_TAKEN: "email",
    Refusal.LAST_ADMIN: "roles",
    Refusal.PHONE_OF_STAFF: "phone",
    Refusal.PHONE_OF_CLINIC: "phone",
    Refusal.PHONE_OF_FAMILY: "phone",
    Refusal.NO_SUCH_BACKUP: "backup",
}
"""Beside which field a refusal stands; `CHANGED` stands above the form."""

router = APIRouter()
Done = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was typed, with the key of a sentence for each field that cannot be so."""

    typed: PersonTyped
    problems: dict[str, str] = field(default_factory=dict)
    is_stale: bool = False


@router.get("/playbook/staff")
def staff_page(request: Request, ports: At, me: Me, done: Done = "") -> Response:
    """List who works here and who did."""
    return _show_list(request, ports, me, None, done=done)


@router.post("/playbook/staff")
def invite(request: Request, ports: At, me: Me, typed: PersonForm) -> Response:
    """Add a person and show the link for their first password, this once."""
    change = _change(ports, me)
    email, problems = read_email(typed)
    wanted, more = read_person(typed, spoken(), _country(ports, me))
    problems |= more
    if problems:
        return _show_list(request, ports, me, Filled(typed, problems))
    token, kept = new_invitation()
    with ports.database.write() as connection:
        refusal = staffing.invite(connection, change, email, wanted, kept)
    if refusal:
        return _show_list(request, ports, me, Filled(typed, {FIELDS[refusal]: refusal.value}))
    return _show_link(request, ports, wanted.name, email, token)


@router.get("/playbook/staff/{staff_id:int}")
def person_page(request: Request, ports: At, me: Me, staff_id: int, done: Done = "") -> Response:
    """Show one person with what an administrator may change."""
    return _show_person(request, ports, me, staff_id, None, done=done)


@router.post("/playbook/staff/{staff_id:int}")
def change_person(
    request: Request,
    ports: At,
    me: Me,
    staff_id: int,
    typed: PersonForm,
    stamp: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Set name, roles, languages, telephone and backup."""
    change, before = _change(ports, me), _member(ports, me, staff_id)
    wanted, problems = read_person(typed, spoken(), _country(ports, me), before.set.languages)
    if problems:
        return _show_person(request, ports, me, staff_id, Filled(typed, problems))
    with ports.database.write() as connection:
        refusal = staffing.change_member(connection, change, staff_id, wanted, stamp)
    if refusal in FIELDS:
        filled = Filled(typed, {FIELDS[refusal]: refusal.value})
        return _show_person(request, ports, me, staff_id, filled)
    if refusal:
        return _show_person(request, ports, me, staff_id, Filled(typed, is_stale=True))
    return _saved(f"/playbook/staff/{staff_id}")


@router.post("/playbook/staff/{staff_id:int}/link")
def link(request: Request, ports: At, me: Me, staff_id: int) -> Response:
    """Show a new link for a password; an earlier one is no longer good."""
    change, _ = _change(ports, me), _member(ports, me, staff_id)
    token, kept = new_invitation()
    with ports.database.write() as connection:
        member = staffing.renew_invitation(connection, change, staff_id, kept)
    if member is None:
        raise NotFound
    return _show_link(request, ports, member.set.name, member.email, token)


@router.post("/playbook/staff/{staff_id:int}/leave")
def leave(request: Request, ports: At, me: Me, staff_id: int) -> Response:
    """End somebody's work here; what they had falls to the team."""
    change, member = _change(ports, me), _member(ports, me, staff_id)
    with ports.database.write() as connection:
        refusal = staffing.let_go(connection, change, staff_id)
    if refusal is Refusal.LAST_ADMIN:
        filled = Filled(PersonTyped.of(member, spoken()), {"leave": refusal.value})
        return _show_person(request, ports, me, staff_id, filled)
    return _saved("/playbook/staff" if staff_id != me.staff_id else "/login")


@router.post("/playbook/staff/{staff_id:int}/return")
def come_back(ports: At, me: Me, staff_id: int) -> Response:
    """Let somebody work here again."""
    change, _ = _change(ports, me), _member(ports, me, staff_id)
    with ports.database.write() as connection:
        staffing.take_back(connection, change, staff_id)
    return _saved(f"/playbook/staff/{staff_id}")


def _show_list(
    request: Request, ports: Ports, me: Person, filled: Filled | None, *, done: str = ""
) -> Response:
    if not MAY_LOOK & set(me.roles):
        raise NotFound
    with ports.database.read() as connection:
        everybody = team.members(connection, me.clinic_id)
        others = colleagues(connection, me.clinic_id)
    return render(
        request, "staff.html", status=422 if filled else 200, members=everybody, done=done,
        filled=filled or Filled(PersonTyped(roles=("coordinator",), pages=spoken()[0])),
        **_choices(me, others),
    )  # fmt: skip


def _show_person(
    request: Request, ports: Ports, me: Person, staff_id: int, filled: Filled | None, *,
    done: str = "",
) -> Response:  # fmt: skip
    member = _member(ports, me, staff_id)
    with ports.database.read() as connection:
        happened = team.history(connection, me.clinic_id, staff_id)
        others = colleagues(connection, me.clinic_id)
        hours = hours_set(connection, me.clinic_id, staff_id)
    now = PersonTyped.of(member, spoken())
    return render(
        request, "staff_person.html", status=422 if filled else 200, member=member, done=done,
        happened=happened, hours=hours, stands=now, filled=filled or Filled(now),
        **_choices(me, tuple(one for one in others if one[0] != staff_id), member.set.languages),
    )  # fmt: skip


def _choices(
    me: Person, others: tuple[tuple[int, str], ...], known: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "may_change": "admin" in me.roles,
        "roles": ROLES,
        "spoken": spoken(),
        "offered": tuple(dict.fromkeys((*OFFERED, *known))),
        "colleagues": others,
        "names": dict(others),
    }


def _show_link(request: Request, ports: Ports, name: str, email: str, token: str) -> Response:
    address = (ports.public_url or str(request.base_url)).rstrip("/")
    return render(
        request, "staff_link.html", name=name, email=email, link=f"{address}/invite/{token}",
        until=ports.clock() + INVITED_FOR,
    )  # fmt: skip


def _member(ports: Ports, me: Person, staff_id: int) -> team.Member:
    if not MAY_LOOK & set(me.roles) or staff_id > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = team.member(connection, me.clinic_id, staff_id)
    if found is None:
        raise NotFound
    return found


def _country(ports: Ports, me: Person) -> str:
    with ports.database.read() as connection:
        return str(place_of(connection, me.clinic_id).country)


def _change(ports: Ports, me: Person) -> Change:
    if "admin" not in me.roles:
        raise NotFound
    return Change(me.clinic_id, me.staff_id, ports.clock())


def _saved(path: str) -> Response:
    return RedirectResponse(f"{path}?done=changed", status_code=303)
