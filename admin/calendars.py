"""Calendars by address: closed days that keep themselves up to date, and what went wrong."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from admin.calendar_file import read_calendar
from admin.closures import change_of, show
from admin.desk import LARGEST_ID, At, Me, NotFound
from store import calendars

LONGEST_TYPED = 4000
FOR_CALENDARS = "webcal"  # how calendar programs write an address that is fetched by https

router = APIRouter()


def days_of(content: bytes, first: date, last: date) -> Sequence[tuple[date, str]]:
    """Read the whole days of a calendar with their names; `Unreadable` if it is none."""
    return tuple((one.date, one.name) for one in read_calendar(content, first, last).days)


@router.post("/playbook/calendars")
def subscribe(
    request: Request,
    ports: At,
    me: Me,
    address: Annotated[str, Form(max_length=LONGEST_TYPED)] = "",
) -> Response:
    """Read a calendar from now on, once a day."""
    change = change_of(ports, me)
    wanted = _https(address.strip())
    if wanted is None:
        return show(request, ports, me, "", refused="not_https", typed=address)
    with ports.database.write() as connection:
        if not calendars.subscribe(connection, change, wanted):
            return show(request, ports, me, "", refused="too_many", typed=address)
    return _saved()


@router.post("/playbook/calendars/{calendar_id:int}/again")
def read_again(ports: At, me: Me, calendar_id: int) -> Response:
    """Let the worker read it now."""
    change = change_of(ports, me)
    with ports.database.write() as connection:
        calendars.read_again(connection, change, calendar_id=_known(calendar_id))
    return _saved()


@router.post("/playbook/calendars/{calendar_id:int}/remove")
def unsubscribe(ports: At, me: Me, calendar_id: int) -> Response:
    """Read it no more; its days stay closed."""
    change = change_of(ports, me)
    with ports.database.write() as connection:
        calendars.unsubscribe(connection, change, _known(calendar_id))
    return _saved()


def _https(typed: str) -> str | None:
    """Give the address to fetch; None for one that is not https, or carries a name and password."""
    try:
        parts = urlsplit(typed)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"https", FOR_CALENDARS} or not parts.hostname:
        return None
    is_plain = parts.username is None and port in {None, 443} and typed.isprintable()
    wanted = parts._replace(scheme="https", fragment="").geturl()
    return wanted if is_plain and len(wanted) <= calendars.LONGEST_ADDRESS else None


def _known(calendar_id: int) -> int:
    if calendar_id > LARGEST_ID:
        raise NotFound
    return calendar_id


def _saved() -> Response:
    return RedirectResponse("/playbook/holidays?done=changed", status_code=303)
