"""Two rules of the trial's pages: no forms of other sites, and the inbox may stand in a frame."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "content-security-policy"


class SameSite:
    """Refuses forms of other sites: they must not text as a family, not even in a trial."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_form = scope["type"] == "http" and scope["method"] == "POST"
        if is_form and Headers(scope=scope).get("sec-fetch-site", "same-origin") != "same-origin":
            await PlainTextResponse("Not from another site.\n", 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class InFrame:
    """Lets the trial's own page show the staff pages beside the phone; no other page may."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if POLICY in headers:
                    headers[POLICY] = headers[POLICY].replace(
                        "frame-ancestors 'none'", "frame-ancestors 'self'"
                    )
            await send(message)

        await self._app(scope, receive, send_framed)
