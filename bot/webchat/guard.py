"""What every request to the chat must meet, and what every answer carries."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.webchat.faults import Fault, Faulty
from bot.webchat.ports import ChatPorts
from store.outcomes import StoreUnavailable

log = structlog.get_logger(__name__)

LARGEST_BODY = 64 * 1024
READ_SECONDS = 20.0  # a slow telephone network, and not a stuck connection
ANSWER_SECONDS = 30.0

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Cookie, Accept-Language, X-Chat-Token",
}
ANYWHERE, NOWHERE, OURSELVES = "*", "'none'", "'self'"

Answering = Callable[[Request], Awaitable[Response]]
Explaining = Callable[[Request, Fault], Awaitable[Response]]


def page_headers(may_be_framed_by: str) -> dict[str, str]:
    """Give the headers of a page: no script or style but ours, framed by nobody else (A-13)."""
    policy = f"{_POLICY}; frame-ancestors {may_be_framed_by}"
    return {**HEADERS, "Content-Security-Policy": policy}


def guarded(ports: ChatPorts, answer: Answering, explain: Explaining) -> Answering:
    """Refuse what comes from pages of others; turn every fault into an answer of ours."""

    async def endpoint(request: Request) -> Response:
        try:
            _refuse_foreign_forms(request, ports)
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer(request)
        except Exception as error:  # noqa: BLE001  the words of any error may quote the message
            fault = _fault(error)
            log.info("chat.refused", code=fault.code, error=type(error).__name__)
        return await explain(request, fault)

    return endpoint


async def explain_as_json(_request: Request, fault: Fault) -> Response:
    """Say what is wrong to the page's script, which has the words."""
    told = {"error": fault.code, "retry": fault.can_retry, "words": fault.words}
    return JSONResponse(told, status_code=fault.status, headers=dict(HEADERS))


async def body_of(request: Request) -> bytes:
    """Read the body of a request, up to its limit in size and time.

    Raises:
        Faulty: it is too large.
    """
    body = bytearray()
    async with asyncio.timeout(READ_SECONDS):
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise Faulty(Fault.TOO_LARGE)
    return bytes(body)


def _refuse_foreign_forms(request: Request, ports: ChatPorts) -> None:
    if request.method == "POST" and not _is_from_here(request, ports):
        raise Faulty(Fault.NOT_FROM_HERE)


def _is_from_here(request: Request, ports: ChatPorts) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    # Without either header it is no browser, and carries nobody's cookie by accident.
    return origin is None or ports.is_ours(urlsplit(origin).netloc, request.headers.get("host"))


def _fault(error: Exception) -> Fault:
    match error:
        case Faulty():
            return error.fault
        case StoreUnavailable() | TimeoutError() | ClientDisconnect():
            return Fault.NOT_KEPT
        case _:
            log.error("chat.failed", error=type(error).__name__)
            return Fault.NOT_KEPT
