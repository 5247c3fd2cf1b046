"""Families: the list with its search, and one family with what staff may change."""

from typing import Annotated
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound, render
from routing.types import ChildFlag
from store.families import (
    change_caregiver,
    change_child,
    change_family,
    families_of,
    family_of,
)
from store.people import colleagues

STATUSES = ("active", "admitted", "moved", "deceased")
OFFERED = (
    "en", "es", "zh", "vi", "ar", "ko", "fil", "ru", "ht", "pt", "fr", "so",
    "pl", "uk", "fa", "hi", "ur", "sw", "ne", "am", "bn", "id",
)  # fmt: skip

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
    if family_id > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = family_of(connection, me.clinic_id, family_id)
        people = colleagues(connection, me.clinic_id)
    if found is None:
        raise NotFound
    return render(
        request, "family.html", family=found, colleagues=people, flags=tuple(ChildFlag),
        statuses=STATUSES, languages=OFFERED, done=done,
    )  # fmt: skip


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
    flags: Annotated[list[str] | None, Form()] = None,
    status: Annotated[str, Form()] = "active",
) -> Response:
    """Set a child's conditions and whether it is at home."""
    chosen = tuple(flag for flag in ChildFlag if flag.value in (flags or ()))
    with ports.database.write() as connection:
        is_done = (
            child_id <= LARGEST_ID
            and status in STATUSES
            and change_child(
                connection, (me.clinic_id, me.staff_id), child_id, chosen, status, ports.clock()
            )
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


def _back(family_id: int, *, is_done: bool) -> Response:
    if not is_done:
        raise NotFound
    return RedirectResponse(f"/families/{family_id}?done=changed", status_code=303)


def _number(digits: str) -> int | None:
    is_number = digits.isascii() and digits.isdigit() and int(digits) <= LARGEST_ID
    return int(digits) if is_number else None


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return len(tag) <= 16  # noqa: PLR2004  the width of the column
