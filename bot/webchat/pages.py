"""The addresses of the chat, and its page, which also works in a browser without scripts."""

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.webchat import talk, tokens
from bot.webchat.faults import Fault, Faulty
from bot.webchat.guard import (
    ANYWHERE,
    HEADERS,
    NOWHERE,
    OURSELVES,
    Answering,
    Explaining,
    body_of,
    explain_as_json,
    guarded,
    page_headers,
)
from bot.webchat.ports import COOKIE, ChatPorts, Room, visitor_of
from bot.webchat.words import Words, chosen, own_name, widget_words
from locales.catalogs import direction
from locales.replies import phone_for_text
from routing.situation import ClinicView
from store.chat import By, Line
from store.outcomes import StoreUnavailable

HERE = Path(__file__).parent
STATIC = HERE / "static"
LOOK_SECONDS = 15  # a page without scripts looks this often whether there is something new
_SCRIPT, _STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"

Of = Callable[[Room, Request], Any]


def routes(ports: ChatPorts) -> list[Route]:
    """Give the routes of DESIGN 8, `/chat` and `/chat/widget.js`, and what they talk to."""
    room = Room.of(ports)
    as_page = partial(_explained, room)

    def route(path: str, of: Of, method: str, explain: Explaining = explain_as_json) -> Route:
        answer: Answering = partial(of, room)
        return Route(path, guarded(ports, answer, explain), methods=[method])

    return [
        route("/chat", _page, "GET", as_page),
        route("/chat", _posted, "POST", as_page),
        route("/chat/panel", partial(_page, is_panel=True), "GET", as_page),
        route("/chat/news", _news, "GET", as_page),
        route("/chat/leave", _leave, "POST", as_page),
        route("/chat/start", talk.start, "POST"),
        route("/chat/messages", talk.send, "POST"),
        route("/chat/messages", talk.read, "GET"),
        route("/chat/shown", talk.shown, "POST"),
        route("/chat/events", talk.events, "GET"),
        route("/chat/widget.js", _widget, "GET"),
        route("/chat/chat.js", partial(_file, name="chat.js", kind=_SCRIPT), "GET"),
        route("/chat/icon.svg", partial(_file, name="icon.svg", kind="image/svg+xml"), "GET"),
        route("/chat/view.js", partial(_file, name="view.js", kind=_SCRIPT), "GET"),
        route("/chat/chat.css", partial(_file, name="chat.css", kind=_STYLE), "GET"),
    ]


async def _page(room: Room, request: Request, *, is_panel: bool = False) -> Response:
    """Show the page. What a page without scripts shows has been seen, and is reported so (C13)."""
    clinic = await room.clinic(request)
    visitor = visitor_of(request, clinic) if not is_panel else None
    lines = await _seen(room, clinic, visitor)
    return _shown(room, request, clinic, lines=lines, is_known=bool(lines), is_panel=is_panel)


async def _seen(room: Room, clinic: ClinicView, visitor: str | None) -> tuple[Line, ...]:
    """Read what stands on the page, and report it as shown; nothing without a database."""
    if visitor is None:
        return ()
    try:
        lines = await run_in_threadpool(talk.read_lines, room, clinic, visitor)
        await talk.report_shown(room, clinic, visitor, [line.ref for line in lines if line.ref])
    except StoreUnavailable:
        return ()
    return lines


async def _posted(room: Room, request: Request) -> Response:
    """Keep a message that a page without scripts has sent."""
    clinic = await room.clinic(request)
    form = parse_qs((await body_of(request)).decode("utf-8", "replace"), keep_blank_values=True)
    number = form.get("number", [""])[0].strip()
    # A browser sends each line break of a text as two characters.
    text = form.get("text", [""])[0].replace("\r\n", "\n")
    text = f"{talk.CALL_BACK}{number}" if number else text
    cookie = request.cookies.get(COOKIE, "")
    token = cookie if tokens.is_token(cookie) else tokens.new_token()
    visitor = tokens.address_of(token, clinic.key)
    try:
        await talk.keep(room, request, clinic, visitor, form.get("id", [""])[0], text)
    except (Faulty, StoreUnavailable) as error:
        fault = error.fault if isinstance(error, Faulty) else Fault.NOT_KEPT
        lines = await _seen(room, clinic, visitor)
        return _shown(
            room, request, clinic, lines=lines, is_known=bool(lines), fault=fault, typed=text,
            again=form.get("id", [""])[0],
        )  # fmt: skip
    answer = RedirectResponse(f"{_address(room, request, clinic)}#end", 303, dict(HEADERS))
    answer.set_cookie(
        COOKIE, token, path="/chat", httponly=True, samesite="lax", secure=room.ports.is_https
    )
    return answer


async def _news(room: Room, request: Request) -> Response:
    """Show in a small frame whether there is something newer than what the page shows.

    The frame looks again by itself, so that the page around it need not be loaded again while
    somebody types in it.
    """
    clinic = await room.clinic(request)
    visitor = visitor_of(request, clinic)
    after = talk.id_of(request.query_params.get("after", "0"))
    lines = await run_in_threadpool(talk.read_lines, room, clinic, visitor) if visitor else ()
    words = _words(room, request, clinic)
    page = (
        _environment()
        .get_template("news.html")
        .render(
            words=words,
            is_news=any(line.ref or line.id > after for line in lines if line.by is not By.VISITOR),
            page=_address(room, request, clinic),
            seconds=LOOK_SECONDS,
            version=_version(),
        )
    )
    return HTMLResponse(page, headers=page_headers(OURSELVES))


async def _leave(room: Room, request: Request) -> Response:
    """Forget on this device which chat it was."""
    clinic = await room.clinic(request)
    answer = RedirectResponse(_address(room, request, clinic), 303, dict(HEADERS))
    answer.delete_cookie(
        COOKIE, path="/chat", httponly=True, samesite="lax", secure=room.ports.is_https
    )
    return answer


async def _widget(room: Room, _request: Request) -> Response:
    words = json.dumps(widget_words(room.ports.speaker.catalogs), ensure_ascii=False)
    script = (STATIC / "widget.js").read_text(encoding="utf-8").replace("__WORDS__", words)
    return _static(script, _SCRIPT, policy="cross-origin")


async def _file(_room: Room, _request: Request, *, name: str, kind: str) -> Response:
    return _static((STATIC / name).read_text(encoding="utf-8"), kind, policy="same-origin")


def _static(content: str, kind: str, policy: str) -> Response:
    headers = {
        "Cache-Control": "public, max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": policy,
    }
    return Response(content, media_type=kind, headers=headers)


async def _explained(room: Room, request: Request, fault: Fault) -> Response:
    """Show a page for a fault that leaves no chat to show; it names no clinic (A-10)."""
    speaker = room.ports.speaker
    tag = chosen(speaker.catalogs.tags, request.query_params.get("lang", ""),
                 request.headers.get("accept-language", ""))  # fmt: skip
    said = speaker.catalogs.text
    page = (
        _environment()
        .get_template("trouble.html")
        .render(
            tag=tag,
            direction=direction(tag),
            title=said("chat.trouble", tag),
            sentence=said("chat.no_clinic" if fault is Fault.NO_CLINIC else "chat.down", tag),
            call=said("safety.call_local_emergency", tag),
            version=_version(),
        )
    )
    return HTMLResponse(page, status_code=fault.status, headers=page_headers(NOWHERE))


def _shown(
    room: Room,
    request: Request,
    clinic: ClinicView,
    *,
    lines: tuple[Line, ...] = (),
    is_known: bool = False,
    is_panel: bool = False,
    fault: Fault | None = None,
    typed: str = "",
    again: str = "",
) -> Response:
    words = _words(room, request, clinic)
    is_number = typed.startswith(talk.CALL_BACK)
    page = (
        _environment()
        .get_template("chat.html")
        .render(
            words=words,
            clinic=clinic,
            lines=lines,
            last=max((line.id for line in lines), default=0),
            wants_number=is_number or wants_number(lines),
            is_known=is_known,
            is_panel=is_panel,
            problem=words.say(fault.words.removeprefix("chat.")) if fault else "",
            typed="" if is_number else typed,
            typed_number=typed.removeprefix(talk.CALL_BACK) if is_number else "",
            message_id=again if tokens.is_message_id(again) else tokens.new_message_id(),
            number_id=tokens.new_message_id(),
            standing=words.standing(room.ports.clock()),
            languages=[(tag, own_name(tag)) for tag in talk.languages_of(room, clinic)],
            key=quote(clinic.key),
            version=_version(),
            by=By,
        )
    )
    homes = " ".join(clinic.chat_sites) or ANYWHERE
    headers = page_headers(homes if is_panel else NOWHERE)
    return HTMLResponse(page, status_code=fault.status if fault else 200, headers=headers)


def wants_number(lines: tuple[Line, ...]) -> bool:
    """Tell whether to ask for a call-back number: after safety words, until one came (C13)."""
    safety = max((line.id for line in lines if line.by is By.SAFETY), default=0)
    return safety > max((line.id for line in lines if talk.is_number(line)), default=0)


def _words(room: Room, request: Request, clinic: ClinicView) -> Words:
    return Words(room.ports.speaker, clinic, talk.language_of(room, request, clinic))


def _address(room: Room, request: Request, clinic: ClinicView) -> str:
    return f"/chat?clinic={quote(clinic.key)}&lang={talk.language_of(room, request, clinic)}"


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(HERE / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(telephone=phone_for_text)
    return environment


@lru_cache
def _version() -> str:
    """Name the state of script and style, so that a new version is never met by an old half."""
    content = b"".join((STATIC / name).read_bytes() for name in ("view.js", "chat.js", "chat.css"))
    return hashlib.sha256(content).hexdigest()[:12]
