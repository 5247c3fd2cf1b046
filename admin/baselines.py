"""What is usual for a child: a nurse names a rule, writes it down, and says until when (C21)."""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound, Ports
from admin.family import show_family
from admin.typed import UsualTyped
from routing.baselines import LONGEST_DAYS, LONGEST_WORDS, SATURATION, Usual
from routing.ladder import NURSES
from store.baselines import end_baseline, set_baseline
from store.people import Person

router = APIRouter()
Rule = Annotated[str, Form(max_length=60)]


@router.post("/families/{family_id:int}/children/{child_id:int}/usual")
def call_usual(
    request: Request,
    ports: At,
    me: Me,
    family_id: int,
    child_id: int,
    *,
    rule: Rule = "",
    says: Annotated[str, Form(max_length=LONGEST_WORDS)] = "",
    lowest: Annotated[str, Form(max_length=3)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Call a rule usual for a child until the end of a day."""
    who, ends = _nurse(me, child_id), _end(ports, me, until)
    value = int(lowest) if lowest.isascii() and lowest.isdigit() and rule in SATURATION else None
    usual = Usual(rule, " ".join(says.split()), value)
    if not usual.is_complete or ends is None:
        typed = UsualTyped(child_id, rule, says, lowest, until)
        return show_family(request, ports, me, family_id, usual=typed)
    with ports.database.write() as connection:
        if not set_baseline(connection, who, child_id, usual, ends, ports.clock()):
            raise NotFound
    return _back(family_id)


@router.post("/families/{family_id:int}/children/{child_id:int}/usual/end")
def end_usual(ports: At, me: Me, family_id: int, child_id: int, rule: Rule = "") -> Response:
    """Let the rule count again."""
    who = _nurse(me, child_id)
    with ports.database.write() as connection:
        end_baseline(connection, who, child_id, rule, ports.clock())
    return _back(family_id)


def _nurse(me: Person, child_id: int) -> tuple[int, int]:
    if not NURSES & set(me.roles) or child_id > LARGEST_ID:
        raise NotFound
    return me.clinic_id, me.staff_id


def _end(ports: Ports, me: Person, typed: str) -> datetime | None:
    """Read the last day; None where it is none, is over, or lies more than a year ahead."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    zone = ZoneInfo(me.timezone)
    today = ports.clock().astimezone(zone).date()
    if not today <= day <= today + timedelta(days=LONGEST_DAYS):
        return None
    return datetime.combine(day + timedelta(days=1), time(0), zone)


def _back(family_id: int) -> Response:
    if family_id > LARGEST_ID:
        raise NotFound
    return RedirectResponse(f"/families/{family_id}?done=changed", status_code=303)
