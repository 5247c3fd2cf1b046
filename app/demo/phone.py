"""The pretend phone: a page that texts the clinic as one of its families, and shows the answers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Form
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import ASGIApp

from app.demo import tour
from app.demo.doors import SameSite
from app.demo.story import ROSA
from app.demo.switches import Skip, Switches
from bot.channels.console import PROVIDER, arrived
from bot.intake import Intake
from locales.catalogs import direction
from routing.events import Inbound
from routing.types import Automation
from store.db import Database
from store.outcomes import Outcome
from store.phone import Phone, phones, screen

HERE = Path(__file__).parent
SHOWN = 40  # texts on the screen
SECONDS_BETWEEN_LOOKS = 3
STATIC = {"phone.css": "text/css", "tour.js": "text/javascript"}
STRANGER = Phone("+13125550198", "Somebody unknown", "nobody's number yet", "", is_staff=False)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-src 'self'; "
    "script-src 'self'; connect-src 'self'; "
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
    clinic: str
    number: str
    timezone: str
    switches: Switches


def build(ports: PhonePorts) -> ASGIApp:
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
        present = ports.switches.present()
        return _page(pages, "phone.html", held=held, phones=all_phones, present=present)

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
    async def send(who: Annotated[str, Form()], text: Annotated[str, Form()] = "") -> Response:
        held, _ = _held(ports, who)
        await text_clinic(ports, held.address, text)
        return _back_to(held.address)

    @app.post("/skip")
    def skip(to: Annotated[Skip, Form()], who: Annotated[str, Form()] = "") -> Response:
        ports.switches.skip(to)
        return _back_to(_held(ports, who)[0].address)

    @app.post("/mode")
    def mode(to: Annotated[Automation, Form()], who: Annotated[str, Form()] = "") -> Response:
        ports.switches.set_mode(to)
        return _back_to(_held(ports, who)[0].address)

    @app.get("/tour")
    def beside() -> Response:
        done = tour.done(ports.database, ports.clinic, ports.switches.present())
        return _page(
            pages,
            "tour.html",
            steps=tour.STEPS,
            people=tour.PEOPLE,
            done=done,
            now=next((step for step, has_happened in done.items() if not has_happened), ""),
            rosa=ROSA[1:],
            texts=tour.CANNOT_BREATHE,
            password=tour.PASSWORD,
        )

    @app.get("/progress")
    def progress() -> Response:
        done = tour.done(ports.database, ports.clinic, ports.switches.present())
        return JSONResponse(done, headers=dict(HEADERS))

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in STATIC:
            return Response("There is no such page.\n", status_code=404, headers=dict(HEADERS))
        return FileResponse(HERE / name, media_type=STATIC[name], headers=dict(HEADERS))

    return SameSite(app)


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


def _back_to(address: str) -> RedirectResponse:
    return RedirectResponse(f"/demo/phone?who={address[1:]}", status_code=303)


def _page(pages: Environment, name: str, **context: object) -> HTMLResponse:
    return HTMLResponse(pages.get_template(name).render(context), headers=dict(HEADERS))
