"""A served clinic whose chat is open, its own web site, and what the tests do in both."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import structlog
from playwright.sync_api import Page
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.compose import Kinline, compose
from bot.channels.webchat import WebChat
from routing.events import ActionKind, StaffAction
from store import tables
from store.settings import Settings
from tests import factories
from tests.browser.serving import free_port, served
from tests.clock import MovableClock

HOST_PAGE = """<!doctype html><html lang="en"><title>Maple</title>
<style>* { font-size: 40px } button, div { display: none }</style>
<main><h1>Maple Complex Care</h1></main>
<script src="%s/chat/widget.js" data-clinic="maple" defer></script>"""


@dataclass(frozen=True, slots=True)
class House:
    """A served Kinline with a working sender; `address` is where its pages are."""

    address: str
    kinline: Kinline
    clinic_id: int
    ana_id: int

    @property
    def page(self) -> str:
        """Give the address of the chat in English."""
        return f"{self.address}/chat?clinic=maple&lang=en"

    def said(self) -> list[str]:
        """List what families wrote, oldest first."""
        with self.kinline.database.read() as connection:
            words = connection.execute(
                select(tables.messages.c.text)
                .where(tables.messages.c.direction == "in")
                .order_by(tables.messages.c.id)
            )
            return list(words.scalars())

    def state_of(self, purpose: str) -> str:
        """Tell how the newest delivery of one purpose stands."""
        with self.kinline.database.read() as connection:
            row = connection.execute(
                select(tables.deliveries.c.state)
                .where(tables.deliveries.c.purpose == purpose)
                .order_by(tables.deliveries.c.id.desc())
            )
            return str(row.scalars().first())

    def reply(self, text: str) -> None:
        """Let Ana answer the newest episode."""
        with self.kinline.database.read() as connection:
            newest = select(tables.episodes.c.id).order_by(tables.episodes.c.id.desc())
            episode = connection.execute(newest).scalars().first()
        assert episode is not None
        act = StaffAction(
            ActionKind.REPLY, self.clinic_id, self.ana_id, episode, secrets.token_hex(8), text
        )
        self.kinline.conductor.conduct([act], self.kinline.clock())


@dataclass
class Site:
    """A page that is not ours; `body` may be changed."""

    body: str
    address: str = ""


@pytest.fixture
def house(sqlite_url: str, clock: MovableClock) -> Iterator[House]:
    """Maple Complex Care in office hours, with its chat open."""
    structlog.reset_defaults()  # another test may have sent the log to a closed stream
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = Settings(
        database_url=sqlite_url, redis_url=None, public_url=address, twilio_account_sid=None,
        twilio_auth_tokens=(), secret_key=None,
    )  # fmt: skip
    kinline = compose(settings, clock, channels={"webchat": WebChat()})
    with kinline.database.write() as connection:
        factories.clinic(connection, key="system", is_system=True, name="Unknown")
        clinic_id = factories.clinic(connection, languages=["en", "es", "ar"])
        factories.clinic_number(connection, clinic_id)
        ana_id = factories.staff_member(connection, clinic_id, name="Ana")
    kinline.start()
    with served(kinline.web, port):
        yield House(address, kinline, clinic_id, ana_id)
    kinline.stop()


@pytest.fixture
def site(house: House) -> Iterator[Site]:
    """The clinic's own web site, which is another site for the browser."""
    site = Site(HOST_PAGE % house.address)

    async def show(_request: Request) -> HTMLResponse:
        return HTMLResponse(site.body)

    port = free_port()
    with served(Starlette(routes=[Route("/", show)]), port):
        site.address = f"http://localhost:{port}/"
        yield site


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def bubbles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#messages .text").all_inner_texts()]
