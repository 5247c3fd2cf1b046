"""A clinic with an open web chat, no worker, and visitors who write in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from app.compose import Kinline, compose
from bot.channels.webchat import WebChat
from store import tables
from store.db import AnyRow
from store.settings import Settings
from tests import factories
from tests.bot.webchat.visitor import SITE, Visitor
from tests.clock import MovableClock
from tests.factories import NOW

EMERGENCY = "My son can't breathe and his lips are blue"
FORMS = "Can you send the school forms again please?"


@dataclass(frozen=True, slots=True)
class Lobby:
    """A Kinline that takes messages but has no worker running; `work` lets one look once."""

    kinline: Kinline
    clock: MovableClock
    clinic_id: int
    ana_id: int

    def visitor(self, clinic: str = "maple", place: str = "203.0.113.7") -> Visitor:
        """Give somebody who opens the chat of a clinic for the first time."""
        return Visitor(self.kinline.web, clinic, place)

    def work(self) -> None:
        """Let a worker do what is due now."""
        self.kinline.worker.run_once()

    def wait(self, seconds: float) -> None:
        """Let time pass, and a worker do what has come due."""
        self.clock.advance(timedelta(seconds=seconds))
        self.work()

    def rows(self, table: Any, **columns: Any) -> list[AnyRow]:
        """Read rows of a table, oldest first."""
        wanted = (table.c[name] == value for name, value in columns.items())
        with self.kinline.database.read() as connection:
            return list(connection.execute(select(table).where(*wanted).order_by(table.c.id)))

    def deliveries(self) -> list[AnyRow]:
        """Read what was to be brought to families."""
        return [row for row in self.rows(tables.deliveries) if row.message_id]


@pytest.fixture(autouse=True)
def _logs_of_this_test() -> None:
    # Another test may have sent the log to a stream that is closed by now.
    structlog.reset_defaults()


@pytest.fixture
def lobby(sqlite_url: str, clock: MovableClock) -> Iterator[Lobby]:
    """The web chat of Maple Complex Care, in office hours, on SQLite."""
    yield from _lobby(sqlite_url, clock)


@pytest.fixture
def any_lobby(database_url: str, clock: MovableClock) -> Iterator[Lobby]:
    """The same, once on SQLite and once on PostgreSQL."""
    yield from _lobby(database_url, clock)


def _lobby(url: str, clock: MovableClock) -> Iterator[Lobby]:
    clock.set(NOW)
    settings = Settings(
        database_url=url, redis_url=None, public_url=SITE, twilio_account_sid=None,
        twilio_auth_tokens=(), secret_key=None,
    )  # fmt: skip
    kinline = compose(settings, clock, channels={"webchat": WebChat()})
    with kinline.database.write() as connection:
        factories.clinic(connection, key="system", is_system=True, name="Unknown")
        clinic_id = factories.clinic(connection, languages=["en", "es", "ar"])
        factories.clinic_number(connection, clinic_id)
        ana_id = factories.staff_member(connection, clinic_id, name="Ana", phone="+13125550121")
    kinline.intake.start()
    try:
        yield Lobby(kinline, clock, clinic_id, ana_id)
    finally:
        kinline.stop()
