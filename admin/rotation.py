"""One line of on-call: who takes turns, and the overrides and swaps that lie over them."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound, Ports, render
from admin.duty import number_of
from admin.playbook import MAY_LOOK
from admin.rotation_form import (
    LineForm,
    LineTyped,
    OverrideForm,
    OverrideTyped,
    read_line,
    read_override,
)
from routing.oncall import Turn, turns
from routing.watch import swapped
from store import removed_lines, rotations
from store.manage import Change, settings_of
from store.people import Person
from store.rotations import LineSet, Refusal
from store.team import names_of

SWAPS_AHEAD = timedelta(weeks=26)
LOOK_BACK = timedelta(days=100)
"""Longer than any turn, so that the one that is running is named by its true beginning."""
MORE_PLACES = 3

router = APIRouter()
Stamp = Annotated[str, Form(max_length=40)]
Done = Annotated[str, Query(max_length=20)]


@router.get("/playbook/duty/lines/new")
def new_line(request: Request, ports: At, me: Me) -> Response:
    """Show the empty form of a line."""
    _change(ports, me)
    return _show_new(request, ports, me, LineTyped(days="7", handover="08:00"), {})


@router.post("/playbook/duty/lines")
def add_line(request: Request, ports: At, me: Me, typed: LineForm) -> Response:
    """Add a line after the others."""
    change = _change(ports, me)
    rotation, problems = read_line(typed)
    if problems or rotation is None:
        return _show_new(request, ports, me, typed, problems)
    with ports.database.write() as connection:
        made = rotations.add_line(connection, change, typed.name, rotation)
    if isinstance(made, Refusal):
        return _show_new(request, ports, me, typed, {"people": "people"})
    return _saved(made)


@router.get("/playbook/duty/lines/{line_id:int}")
def line_page(request: Request, ports: At, me: Me, line_id: int, done: Done = "") -> Response:
    """Show one line: its turns, what lies over them, what was changed."""
    return _show(request, ports, me, line_id, done=done)


@router.post("/playbook/duty/lines/{line_id:int}")
def change_line(
    request: Request, ports: At, me: Me, line_id: int, typed: LineForm, stamp: Stamp = ""
) -> Response:
    """Set name, people, first day, length of a turn and handover."""
    change = _change(ports, me)
    rotation, problems = read_line(typed)
    if problems or rotation is None:
        return _show(request, ports, me, line_id, typed=typed, problems=problems)
    with ports.database.write() as connection:
        refusal = rotations.change_line(connection, change, line_id, stamp, typed.name, rotation)
    if refusal is Refusal.PEOPLE:
        return _show(request, ports, me, line_id, typed=typed, problems={"people": "people"})
    if refusal:
        return _show(request, ports, me, line_id, typed=typed, stale="line")
    return _saved(line_id)


@router.post("/playbook/duty/lines/{line_id:int}/remove")
def remove_line(ports: At, me: Me, line_id: int) -> Response:
    """Take a line away."""
    change = _change(ports, me, line_id)
    with ports.database.write() as connection:
        removed_lines.remove_line(connection, change, line_id)
    return RedirectResponse("/playbook/duty?done=changed", status_code=303)


@router.post("/playbook/duty/lines/restore")
def restore_line(ports: At, me: Me, event: Annotated[str, Form(max_length=20)] = "") -> Response:
    """Bring a line back that was taken away by mistake."""
    change = _change(ports, me)
    with ports.database.write() as connection:
        line_id = removed_lines.restore_line(connection, change, number_of(event) or 0)
    if line_id is None:
        raise NotFound
    return _saved(line_id)


@router.post("/playbook/duty/lines/{line_id:int}/up")
def move_up(ports: At, me: Me, line_id: int) -> Response:
    """Let a line be told before the one above it."""
    change = _change(ports, me, line_id)
    with ports.database.write() as connection:
        rotations.move_up(connection, change, line_id)
    return RedirectResponse("/playbook/duty?done=changed", status_code=303)


@router.post("/playbook/duty/lines/{line_id:int}/overrides")
def lay(
    request: Request, ports: At, me: Me, line_id: int, typed: OverrideForm, stamp: Stamp = ""
) -> Response:
    """Let somebody, or nobody, take a stretch."""
    change = _change(ports, me, line_id)
    override, problems = read_override(typed, change.now, ZoneInfo(me.timezone))
    if problems or override is None:
        return _show(request, ports, me, line_id, over=typed, problems=problems)
    with ports.database.write() as connection:
        refusal = rotations.lay(connection, change, line_id, stamp, [override])
    if refusal is Refusal.PEOPLE:
        return _show(request, ports, me, line_id, over=typed, problems={"who": "who"})
    if refusal:
        return _show(request, ports, me, line_id, over=typed, stale="over")
    return _saved(line_id)


@router.post("/playbook/duty/lines/{line_id:int}/swap")
def swap(
    request: Request,
    ports: At,
    me: Me,
    line_id: int,
    *,
    one: Annotated[str, Form(max_length=100)] = "",
    other: Annotated[str, Form(max_length=100)] = "",
    stamp: Stamp = "",
) -> Response:
    """Let two people take each other's turn; what has begun is swapped from now on."""
    change = _change(ports, me, line_id)
    typed = (one, other)
    ahead = {key_of(turn): turn for turn in _turns(ports, _line(ports, me, line_id))}
    problems = {
        name: "turn"
        for name, key in (("one", one), ("other", other))
        if key not in ahead or ahead[key].staff_id is None
    }
    halves = None if problems else swapped(ahead[one], ahead[other])
    if halves is None:
        problems = problems or {"other": "swap"}
        return _show(request, ports, me, line_id, swap=typed, problems=problems)
    laid = [replace(half, starts=max(half.starts, change.now)) for half in halves]
    with ports.database.write() as connection:
        refusal = rotations.lay(connection, change, line_id, stamp, laid)
    if refusal is Refusal.PEOPLE:
        return _show(request, ports, me, line_id, swap=typed, problems={"one": "who"})
    if refusal:
        return _show(request, ports, me, line_id, swap=typed, stale="swap")
    return _saved(line_id)


@router.post("/playbook/duty/lines/{line_id:int}/overrides/{override_id:int}/remove")
def lift(ports: At, me: Me, line_id: int, override_id: int) -> Response:
    """Take an override away again, of a swap both halves."""
    change = _change(ports, me, line_id)
    if override_id > LARGEST_ID:
        raise NotFound
    with ports.database.write() as connection:
        rotations.lift(connection, change, line_id, override_id)
    return _saved(line_id)


def key_of(turn: Turn) -> str:
    """Name a turn in a form: it is another one when anything of it has changed."""
    return f"{turn.staff_id or 0}|{turn.starts:%Y%m%dT%H%M}|{turn.ends:%Y%m%dT%H%M}"


def _show_new(
    request: Request, ports: Ports, me: Person, typed: LineTyped, problems: dict[str, str]
) -> Response:
    with ports.database.read() as connection:
        people = settings_of(connection, me.clinic_id, ports.clock()).staff
    return render(
        request, "rotation_new.html", status=422 if problems else 200, typed=typed, people=people,
        problems=problems, stale="", kept=None, may_change=True, former={},
        slots=max(len(typed.people) + MORE_PLACES, 2 * MORE_PLACES),
    )  # fmt: skip


def _show(
    request: Request, ports: Ports, me: Person, line_id: int, *, done: str = "", **typed: Any
) -> Response:
    found, now = _line(ports, me, line_id), ports.clock()
    with ports.database.read() as connection:
        people = settings_of(connection, me.clinic_id, now).staff
        names = names_of(connection, me.clinic_id)
        happened = rotations.history(connection, me.clinic_id, line_id)
    kept = LineTyped.of(found.line.name, found.rotation)
    here = {one.id for one in people}
    defaults: dict[str, Any] = {
        "typed": kept, "over": OverrideTyped(), "swap": ("", ""), "problems": {}, "stale": "",
    }  # fmt: skip
    shown = defaults | typed
    ahead = _turns(ports, found)
    return render(
        request, "rotation.html", status=422 if typed else 200, done=done, found=found, kept=kept,
        people=people, names=names, happened=happened, may_change="admin" in me.roles,
        former={i: names.get(i, "?") for i in found.rotation.people if i not in here}, here=here,
        ahead=ahead, key_of=key_of, slots=len(shown["typed"].people) + MORE_PLACES, **shown,
    )  # fmt: skip


def _turns(ports: Ports, found: LineSet) -> tuple[Turn, ...]:
    """List the turns that are not over, the one that is running with its true beginning."""
    now = ports.clock()
    # Looking further than is shown keeps the last turn whole as well.
    ahead = turns(found.line.roster, now - LOOK_BACK, now + SWAPS_AHEAD + LOOK_BACK)
    return tuple(turn for turn in ahead if turn.ends > now and turn.starts < now + SWAPS_AHEAD)


def _line(ports: Ports, me: Person, line_id: int) -> LineSet:
    if not MAY_LOOK & set(me.roles) or line_id > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = rotations.line_of(connection, me.clinic_id, line_id, ports.clock())
    if found is None:
        raise NotFound
    return found


def _change(ports: Ports, me: Person, line_id: int | None = None) -> Change:
    if "admin" not in me.roles:
        raise NotFound
    if line_id is not None:
        _line(ports, me, line_id)
    return Change(me.clinic_id, me.staff_id, ports.clock())


def _saved(line_id: int) -> Response:
    return RedirectResponse(f"/playbook/duty/lines/{line_id}?done=changed", status_code=303)
