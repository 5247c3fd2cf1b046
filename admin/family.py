"""Families: the list with its search, and one family with what staff may change."""

import re
from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from admin.acts import HOLD
from admin.desk import LARGEST_ID, At, Me, NotFound, Ports, render
from admin.episode import held_until, hours_ahead
from admin.typed import NOTHING_USUAL, Typed, TypedForm, UsualTyped, fresh
from admin.words import OFFERED
from routing.baselines import NAMED
from routing.events import ActionKind, StaffAction
from routing.ladder import NURSES
from routing.leaving import WhyNow
from routing.starting import LONGEST_REPLY
from routing.types import ChildFlag, Problem
from store.baselines import baselines_of
from store.families import (
    Conditions,
    change_caregiver,
    change_child,
    change_family,
    families_of,
    family_of,
)
from store.people import Person, colleagues

FAMILY_PATH = re.compile(r"/families/(?P<id>[0-9]{1,18})")
STATUSES = ("active", "admitted", "moved", "deceased")

router = APIRouter()


@router.get("/families")
def families(
    request: Request,
    ports: At,
    me: Me,
    words: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """List families by name; search by name, child or the end of a telephone number."""
    with ports.database.read() as connection:
        rows, has_more = families_of(connection, me.clinic_id, words.strip(), after)
    following = None
    if has_more:
        last = f"{rows[-1].name}|{rows[-1].family_id}"
        following = f"/families?{urlencode({'words': words, 'after': last})}"
    return render(
        request, "families.html", rows=rows, words=words.strip(), following=following,
        is_first=not after,
    )  # fmt: skip


@router.get("/families/{family_id:int}")
def family(
    request: Request,
    ports: At,
    me: Me,
    family_id: int,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show one family."""
    return show_family(request, ports, me, family_id, done=done)


@router.post("/families/{family_id:int}/contacts/{contact_id:int}/write")
def write_first(
    request: Request, ports: At, typed: TypedForm, me: Me, family_id: int, contact_id: int
) -> Response:
    """Write to somebody of the family first; by night it waits for the morning (C20, C23)."""
    if max(family_id, contact_id) > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = family_of(connection, me.clinic_id, family_id)
    # A page that still shows somebody who has gone to another family writes to nobody.
    if found is None or contact_id not in {one.contact_id for one in found.caregivers}:
        raise NotFound
    action = StaffAction(
        kind=ActionKind.START, clinic_id=me.clinic_id, staff_id=me.staff_id, episode_id=0,
        key=typed.key, contact_id=contact_id, text=typed.text, hold=HOLD,
        now_because=typed.now_because, at_once=typed.at_once, why_now=typed.why_now,
    )  # fmt: skip
    outcome = ports.conductor.conduct([action], ports.clock())[0]
    if outcome.problem is not None:
        kept = replace(typed, contact_id=contact_id)
        return show_family(request, ports, me, family_id, typed=kept, problem=outcome.problem)
    sent = f"done=replied&sent={outcome.message_id or 0}"
    return RedirectResponse(f"/episodes/{outcome.episode_id}?{sent}", status_code=303)


@router.post("/families/{family_id:int}")
def change(ports: At, me: Me, family_id: int, coordinator: Annotated[str, Form()] = "") -> Response:
    """Give a family to a coordinator, or to the team."""
    with ports.database.write() as connection:
        is_done = family_id <= LARGEST_ID and change_family(
            connection, (me.clinic_id, me.staff_id), family_id, _number(coordinator), ports.clock()
        )
    return _back(family_id, is_done=is_done)


@router.post("/families/{family_id:int}/children/{child_id:int}")
def child(
    ports: At,
    me: Me,
    family_id: int,
    child_id: int,
    *,
    flags: Annotated[list[str] | None, Form()] = None,
    status: Annotated[str, Form()] = "active",
    seen: Annotated[list[str] | None, Form()] = None,
    seen_status: Annotated[str, Form()] = "",
) -> Response:
    """Set a child's conditions and whether it is at home; `seen` is what stood on the page."""
    who, wanted = (me.clinic_id, me.staff_id), Conditions(_flags(flags), status)
    shown = Conditions(_flags(seen), seen_status) if seen_status else None
    with ports.database.write() as connection:
        is_done = (
            child_id <= LARGEST_ID
            and status in STATUSES
            and change_child(connection, who, child_id, wanted, ports.clock(), seen=shown)
        )
    return _back(family_id, is_done=is_done)


@router.post("/families/{family_id:int}/caregivers/{caregiver_id:int}")
def caregiver(
    ports: At, me: Me, family_id: int, caregiver_id: int, language: Annotated[str, Form()] = ""
) -> Response:
    """Set the language in which a caregiver is answered."""
    with ports.database.write() as connection:
        is_done = (
            caregiver_id <= LARGEST_ID
            and _is_language(language)
            and change_caregiver(
                connection, (me.clinic_id, me.staff_id), caregiver_id, language, ports.clock()
            )
        )
    return _back(family_id, is_done=is_done)


def show_family(
    request: Request,
    ports: Ports,
    me: Person,
    family_id: int,
    *,
    done: str = "",
    typed: Typed | None = None,
    problem: Problem | None = None,
    usual: UsualTyped = NOTHING_USUAL,
) -> HTMLResponse:
    """Render a family.

    `problem` says why the contact that `typed` names was not written to; `usual` is what was
    typed for one child and cannot be called usual.
    """
    if family_id > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = family_of(connection, me.clinic_id, family_id)
        people = colleagues(connection, me.clinic_id)
        baselines = baselines_of(connection, me.clinic_id, family_id, ports.clock())
    if found is None:
        raise NotFound
    return render(
        request, "family.html", status=422 if problem or usual.child_id else 200,
        fresh_from=f"/families/{family_id}", family=found, colleagues=people,
        flags=tuple(ChildFlag), statuses=STATUSES, languages=OFFERED, done=done,
        typed=fresh(typed), problem=problem, usual_typed=usual, longest_text=LONGEST_REPLY,
        waits=held_until(ports, me, None), starts=hours_ahead(ports, me, None),
        whys=tuple(WhyNow), baselines=baselines, named=NAMED, is_nurse=bool(NURSES & set(me.roles)),
    )  # fmt: skip


def _back(family_id: int, *, is_done: bool) -> Response:
    if not is_done:
        raise NotFound
    return RedirectResponse(f"/families/{family_id}?done=changed", status_code=303)


def _flags(named: list[str] | None) -> frozenset[ChildFlag]:
    return frozenset(flag for flag in ChildFlag if flag.value in (named or ()))


def _number(digits: str) -> int | None:
    is_number = digits.isascii() and digits.isdigit() and int(digits) <= LARGEST_ID
    return int(digits) if is_number else None


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return len(tag) <= 16  # noqa: PLR2004  the width of the column
