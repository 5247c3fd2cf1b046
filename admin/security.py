"""What every answer and every form of the staff pages must meet, in one piece of middleware."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_FORM = 64 * 1024
FILES = {"/playbook/holidays/file": 1024 * 1024}
"""Forms with a file may be larger; the page that reads it has its own, lower bound."""
STATIC = "/static/"

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; manifest-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Cookie",
}
HTTPS_HEADERS: Mapping[str, str] = {"Strict-Transport-Security": "max-age=31536000"}


class Guard:
    """Refuses forms of other sites (A-22) and too large ones; sets the headers of A-08 and A-38.

    Args:
        app: what is guarded.
        public_url: the outside address, for browsers behind a proxy that changes the host.
    """

    def __init__(self, app: ASGIApp, public_url: str | None) -> None:
        self._app = app
        self._public_host = urlsplit(public_url).netloc if public_url else None
        is_https = bool(public_url and public_url.startswith("https:"))
        self._headers = {**HEADERS, **(HTTPS_HEADERS if is_https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        refused = self._refusal(scope)
        await (refused or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if scope["method"] in SAFE_METHODS:
            return None
        headers = Headers(scope=scope)
        if not self._is_same_origin(headers):
            return PlainTextResponse("This form came from another site.\n", status_code=403)
        length = headers.get("content-length", "")
        if not length.isdecimal():
            return PlainTextResponse("The length of the form is missing.\n", status_code=411)
        if int(length) > FILES.get(scope["path"], LARGEST_FORM):
            return PlainTextResponse("This form is too large.\n", status_code=413)
        return None

    def _is_same_origin(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        origin = headers.get("origin")
        # Without either header it is not a browser, and carries nobody's cookie by accident.
        if origin is None:
            return True
        return urlsplit(origin).netloc in {headers.get("host"), self._public_host} - {None, ""}

    def _add_headers(self, headers: MutableHeaders, path: str) -> None:
        for name, value in self._headers.items():
            if name not in headers:
                headers[name] = value
        if STATIC in path and "etag" in headers:
            headers["Cache-Control"] = "public, max-age=3600"
