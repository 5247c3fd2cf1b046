"""The pretend phone: a page that texts the clinic as one of its families, and shows the answers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.console import PROVIDER, arrived
from bot.intake import Intake
from locales.catalogs import direction
from routing.events import Inbound
from store.clock import Clock
from store.db import Database
from store.outcomes import Outcome
from store.phone import Phone, phones, screen

HERE = Path(__file__).parent
SHOWN = 40  # texts on the screen
SECONDS_BETWEEN_LOOKS = 3
STRANGER = Phone("+13125550198", "Somebody unknown", "nobody's number yet", "", is_staff=False)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class PhonePorts:
    """What the phone is connected to: the same intake as a real channel."""

    database: Database
    intake: Intake
    clock: Clock
    clinic: str
    number: str
    timezone: str
    sign_in: tuple[str, str]


def build(ports: PhonePorts) -> FastAPI:
    """Build the app; mount it at `/demo`. It has no sign-in and is for a loopback address only."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @app.get("/phone")
    def phone(who: str = "") -> Response:
        held, all_phones = _held(ports, who)
        return _page(pages, "phone.html", held=held, phones=all_phones, ports=ports)

    @app.get("/screen")
    def shown(who: str = "") -> Response:
        held, _ = _held(ports, who)
        with ports.database.read() as connection:
            bubbles = screen(connection, ports.clinic, held.address, SHOWN)
        return _page(
            pages,
            "screen.html",
            bubbles=bubbles,
            direction=direction,
            zone=ZoneInfo(ports.timezone),
            seconds=SECONDS_BETWEEN_LOOKS,
        )

    @app.post("/send")
    async def send(
        request: Request, who: Annotated[str, Form()], text: Annotated[str, Form()] = ""
    ) -> Response:
        # A page of another site must not text as a family, not even in a trial.
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return Response("Not from another site.\n", status_code=403, headers=dict(HEADERS))
        held, _ = _held(ports, who)
        await text_clinic(ports, held.address, text)
        return RedirectResponse(f"/demo/phone?who={held.address[1:]}", status_code=303)

    @app.get("/phone.css")
    def style() -> Response:
        return FileResponse(HERE / "phone.css", media_type="text/css", headers=dict(HEADERS))

    return app


async def text_clinic(ports: PhonePorts, sender: str, text: str) -> Outcome:
    """Text the clinic, and confirm at once the safety words that come back with the answer."""
    outcome = await ports.intake.submit(message(sender, ports.number, text))
    for answer in outcome.answers:
        await ports.intake.submit(arrived(answer.ref))
    return outcome


def message(sender: str, recipient: str, text: str) -> Inbound:
    """Make the message that a real channel would have read from its provider's form."""
    return Inbound(
        provider=PROVIDER,
        account="",
        provider_id=f"console-{secrets.token_hex(16)}",
        # The families of the trial are known by their telephone numbers.
        channel="sms",
        sender=sender,
        recipient=recipient,
        text=text,
        raw=text.encode("utf-8", "surrogatepass"),
    )


def _held(ports: PhonePorts, who: str) -> tuple[Phone, tuple[Phone, ...]]:
    """Find the phone by its digits; the first one for any other word."""
    with ports.database.read() as connection:
        known = phones(connection, ports.clinic)
    listed = known if any(p.address == STRANGER.address for p in known) else (*known, STRANGER)
    wanted = f"+{who.lstrip('+ ')}"
    return next((phone for phone in listed if phone.address == wanted), listed[0]), listed


def _page(pages: Environment, name: str, **context: object) -> HTMLResponse:
    return HTMLResponse(pages.get_template(name).render(context), headers=dict(HEADERS))
