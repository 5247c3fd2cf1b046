"""Words to many families at once, by a condition of the child: written, read again, approved."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound, Ports, render
from admin.typed import LONGEST_KEY
from routing.announcing import MAY_APPROVE
from routing.starting import LONGEST_REPLY
from routing.types import ChildFlag, Problem
from store.audience import Audience, audience
from store.broadcasts import approve, broadcasts_of, stop
from store.manage import Change
from store.people import Person

PAGE = "/playbook/broadcast"

router = APIRouter()
Flags = Annotated[list[str] | None, Query()]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has chosen and written so far; `words` by language, empty ones left out."""

    flags: tuple[ChildFlag, ...]
    words: Mapping[str, str]
    key: str


def _known(flags: Sequence[str] | None) -> tuple[ChildFlag, ...]:
    return tuple(flag for flag in ChildFlag if flag.value in (flags or ()))


async def _draft(request: Request) -> Draft:
    """Read the form: a field of words for each language, `words:es`."""
    form = await request.form()
    words = {
        name.removeprefix("words:")[:16]: str(text).replace("\r\n", "\n").strip()
        for name, text in form.items()
        if name.startswith("words:")
    }
    key = str(form.get("key", ""))
    return Draft(
        _known([str(flag) for flag in form.getlist("flags")]),
        {language: text for language, text in words.items() if text},
        key if 0 < len(key) <= LONGEST_KEY else secrets.token_urlsafe(16),
    )


DraftForm = Annotated[Draft, Depends(_draft)]


@router.get(PAGE)
def page(
    request: Request,
    ports: At,
    me: Me,
    flags: Flags = None,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Choose conditions, see whom they reach, write; below, what was said before."""
    _supervises(me)
    draft = Draft(_known(flags), {}, secrets.token_urlsafe(16))
    return _show(request, ports, me, draft, done=done)


@router.post(f"{PAGE}/look")
def look(request: Request, ports: At, me: Me, draft: DraftForm) -> Response:
    """Show the words as they will go out and whom they do not reach; nothing is sent yet."""
    _supervises(me)
    problem = _wrong(draft)
    if problem is not None:
        return _show(request, ports, me, draft, problem=problem)
    return _show(request, ports, me, draft, is_last_look=True)


@router.post(f"{PAGE}/write")
def write_on(request: Request, ports: At, me: Me, draft: DraftForm) -> Response:
    """Go back from the last look to the words."""
    _supervises(me)
    return _show(request, ports, me, draft)


@router.post(PAGE)
def send(request: Request, ports: At, me: Me, draft: DraftForm) -> Response:
    """Approve the words: they leave half a minute later, and can be stopped until then."""
    _supervises(me)
    problem = _wrong(draft)
    if problem is not None:
        return _show(request, ports, me, draft, problem=problem)
    change = Change(me.clinic_id, me.staff_id, ports.clock())
    with ports.database.write() as connection:
        approve(connection, change, draft.key, draft.flags, draft.words)
    return RedirectResponse(f"{PAGE}?done=broadcast", status_code=303)


@router.post(f"{PAGE}/{{broadcast_id:int}}/stop")
def halt(ports: At, me: Me, broadcast_id: int) -> Response:
    """Stop what has not left yet."""
    _supervises(me)
    if broadcast_id > LARGEST_ID:
        raise NotFound
    change = Change(me.clinic_id, me.staff_id, ports.clock())
    with ports.database.write() as connection:
        is_done = stop(connection, change, broadcast_id)
    return RedirectResponse(f"{PAGE}{'?done=stopped' if is_done else ''}", status_code=303)


def _supervises(me: Person) -> None:
    if not MAY_APPROVE & set(me.roles):
        raise NotFound


def _wrong(draft: Draft) -> Problem | None:
    if not draft.words:
        return Problem.EMPTY_TEXT
    if any(len(text) > LONGEST_REPLY for text in draft.words.values()):
        return Problem.TOO_LONG
    return None if draft.flags else Problem.NOT_FOUND


def _show(
    request: Request,
    ports: Ports,
    me: Person,
    draft: Draft,
    *,
    done: str = "",
    problem: Problem | None = None,
    is_last_look: bool = False,
) -> Response:
    with ports.database.read() as connection:
        everybody = audience(connection, me.clinic_id, draft.flags, ())
        found: Audience = (
            audience(connection, me.clinic_id, draft.flags, draft.words)
            if is_last_look else everybody
        )  # fmt: skip
        before = broadcasts_of(connection, me.clinic_id)
    return render(
        request, "broadcast.html", status=422 if problem else 200, draft=draft, found=found,
        languages=everybody.languages, before=before, done=done, problem=problem,
        is_last_look=is_last_look, flags=tuple(ChildFlag), longest=LONGEST_REPLY,
    )  # fmt: skip
