"""What the page's script asks for: a token, to keep a message, what is new, that it was shown."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.channels import webchat
from bot.webchat import tokens
from bot.webchat.faults import Fault, Faulty
from bot.webchat.guard import HEADERS, body_of
from bot.webchat.ports import Room, visitor_of
from bot.webchat.words import Words, chosen, offered
from routing.situation import ClinicView
from store import chat
from store.chat import By, Line
from store.outcomes import Answer, Outcome, StoreUnavailable

LONGEST_TEXT = 1600  # characters, as a text on the telephone (FACTS A3)
MOST_REFS = 50
_LONGEST_ID = 18  # digits: what fits into eight bytes
CALL_BACK = "Call-back number: "
"""Staff read this in front of a number that was given after a safety text (C13)."""


async def start(room: Room, request: Request) -> Response:
    """Give a token; nothing is kept until somebody writes with it."""
    await room.clinic(request)
    return _json({"token": tokens.new_token()})


async def send(room: Room, request: Request) -> Response:
    """Keep one message, and give back at once what there is to say (safety words first of all)."""
    clinic = await room.clinic(request)
    asked = _object(await body_of(request))
    visitor = visitor_of(request, clinic)
    if visitor is None:
        raise Faulty(Fault.NO_TOKEN)
    outcome = await keep(room, request, clinic, visitor, _word(asked, "id"), _word(asked, "text"))
    lines = await _lines_after(room, clinic, visitor, id_of(asked.get("after", 0)), outcome)
    return _json({"id": outcome.message_id, **_told(room, request, clinic, lines)})


async def keep(
    room: Room, request: Request, clinic: ClinicView, visitor: str, message_id: str, text: str
) -> Outcome:
    """Keep one message of a visitor exactly once, however often it is sent.

    Other words under the same name are another message: a page without scripts that was gone
    back to, or that came back with words which were kept all the same, sends them so.

    Raises:
        Faulty: empty, too long, or one of too many new conversations (never a dangerous one).
        StoreUnavailable: it was not kept; the same message may be sent again.
    """
    if not tokens.is_message_id(message_id):
        raise Faulty(Fault.UNREADABLE)
    if not text.strip():
        raise Faulty(Fault.EMPTY)
    if len(text) > LONGEST_TEXT:
        raise Faulty(Fault.TOO_LONG)
    if not await run_in_threadpool(_is_welcome, room, request, clinic, visitor, text):
        raise Faulty(Fault.TOO_MANY)
    name = tokens.message_name(visitor, message_id, text)
    language = language_of(room, request, clinic)
    return await room.ports.submit(webchat.inbound(clinic.key, visitor, name, text, language))


async def read(room: Room, request: Request) -> Response:
    """Give what is new to a visitor; to one who has not written only whether somebody is there."""
    clinic = await room.clinic(request)
    visitor = visitor_of(request, clinic)
    after = id_of(request.query_params.get("after", "0"))
    lines = await run_in_threadpool(read_lines, room, clinic, visitor, after) if visitor else ()
    return _json(_told(room, request, clinic, lines))


async def shown(room: Room, request: Request) -> Response:
    """Take the page's word for what stands on the screen: it has arrived (C13)."""
    clinic = await room.clinic(request)
    visitor = visitor_of(request, clinic)
    refs = _object(await body_of(request)).get("refs")
    if visitor is None or not isinstance(refs, list):
        raise Faulty(Fault.NO_TOKEN if visitor is None else Fault.UNREADABLE)
    await report_shown(room, clinic, visitor, [str(ref) for ref in refs[:MOST_REFS]])
    return Response(status_code=204, headers=dict(HEADERS))


async def events(room: Room, request: Request) -> Response:
    """Open a stream that says when there is something to fetch, and nothing else."""
    clinic = await room.clinic(request)
    visitor = visitor_of(request, clinic)
    if visitor is None:
        raise Faulty(Fault.NO_TOKEN)
    if room.news.is_full:
        raise Faulty(Fault.NOT_KEPT)
    return StreamingResponse(
        room.news.stream(clinic.id, visitor),
        media_type="text/event-stream",
        headers={**HEADERS, "X-Accel-Buffering": "no"},
    )


def read_lines(room: Room, clinic: ClinicView, visitor: str, after: int = 0) -> tuple[Line, ...]:
    """Read a visitor's thread from an id on; in a thread of its own."""
    with room.ports.database.read() as connection:
        return chat.lines(connection, clinic.id, visitor, after)


async def report_shown(room: Room, clinic: ClinicView, visitor: str, refs: list[str]) -> None:
    """Report deliveries of this visitor as shown; names of anybody else's change nothing."""

    def theirs() -> tuple[str, ...]:
        with room.ports.database.read() as connection:
            return chat.unshown(connection, clinic.id, visitor, refs)

    for ref in await run_in_threadpool(theirs) if refs else ():
        await room.ports.submit(webchat.shown(ref))


def language_of(room: Room, request: Request, clinic: ClinicView) -> str:
    """Choose the language of the page."""
    accepted = request.headers.get("accept-language", "")
    return chosen(languages_of(room, clinic), request.query_params.get("lang", ""), accepted)


def languages_of(room: Room, clinic: ClinicView) -> tuple[str, ...]:
    """List the languages that the page may be shown in."""
    return offered(room.ports.speaker.catalogs, clinic)


def is_number(line: Line) -> bool:
    """Tell whether a line is a call-back number."""
    return line.by is By.VISITOR and line.text.startswith(CALL_BACK)


def _is_welcome(room: Room, request: Request, clinic: ClinicView, visitor: str, text: str) -> bool:
    """Let everybody on who has written before, and every danger; count the others (B-14)."""
    with room.ports.database.read() as connection:
        if chat.is_known(connection, clinic.id, visitor):
            return True
    place = request.client.host if request.client else ""
    if room.admission.admits(clinic.id, place, room.ports.clock()):
        return True
    return room.ports.is_danger(clinic, text)


async def _lines_after(
    room: Room, clinic: ClinicView, visitor: str, after: int, outcome: Outcome
) -> tuple[Line, ...]:
    try:
        return await run_in_threadpool(read_lines, room, clinic, visitor, after)
    except StoreUnavailable:
        # It was kept a moment ago: the safety words must not wait for the database to come back.
        now = room.ports.clock()
        return tuple(_unread(answer, now) for answer in outcome.answers)


def _unread(answer: Answer, now: datetime) -> Line:
    return Line(0, By.SAFETY, answer.text, now, answer.ref)


def _told(
    room: Room, request: Request, clinic: ClinicView, lines: tuple[Line, ...]
) -> dict[str, Any]:
    words = Words(room.ports.speaker, clinic, language_of(room, request, clinic))
    return {
        "messages": [_shape(line) for line in lines],
        "standing": words.standing(room.ports.clock()),
    }


def _shape(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "by": line.by,
        "text": line.text,
        "at": line.at.astimezone(UTC).isoformat(timespec="seconds"),
        "ref": line.ref,
        "number": is_number(line),
    }


def _object(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise Faulty(Fault.UNREADABLE)
    return asked


def _word(asked: Mapping[str, Any], name: str) -> str:
    word = asked.get(name)
    if not isinstance(word, str):
        raise Faulty(Fault.UNREADABLE)
    return word


def id_of(value: object) -> int:
    """Read an id; anything else means from the beginning."""
    word = str(value)
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= _LONGEST_ID else 0


def _json(told: dict[str, Any]) -> JSONResponse:
    return JSONResponse(told, headers=dict(HEADERS))
