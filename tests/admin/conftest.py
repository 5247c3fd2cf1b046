"""A clinic at work: Ana the coordinator, Nils the night nurse, and the Garcias who text."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.types import ASGIApp

from admin import pages
from admin.desk import Ports, Preview
from app.engine import packaged_engine
from locales import catalogs
from locales.replies import Speaker
from routing.events import Event
from routing.triage import engine
from routing.types import Urgency
from store import people
from store.browsers import Pushing
from store.conduct import Conductor
from store.db import Database
from store.live import Live
from store.playbook import Playbook
from store.streams import Streams
from tests import factories
from tests.admin.visitor import SITE, Visitor
from tests.clock import MovableClock

PASSWORD = "luis-likes-trains"


@dataclass(frozen=True, slots=True)
class Desk:
    """The staff pages of one clinic, and the ids of who is there."""

    app: ASGIApp
    database: Database
    clock: MovableClock
    clinic_id: int
    ana_id: int
    nils_id: int
    garcia: factories.Household
    conductor: Conductor

    def conduct(self, *events: Event) -> None:
        """Let something happen now."""
        self.conductor.conduct(events, self.clock())

    def visitor(self, address: str = "203.0.113.7") -> Visitor:
        """Give somebody who is not signed in."""
        return Visitor(self.app, address=address)

    def ana(self) -> Visitor:
        """Give Ana, signed in."""
        return self.signed_in(self.clinic_id, self.ana_id, "ana")

    def signed_in(self, clinic_id: int, staff_id: int, token: str) -> Visitor:
        """Give a member of staff with an open session."""
        with self.database.write() as connection:
            factories.session(connection, clinic_id, staff_id, token, at=self.clock())
        visitor = self.visitor()
        visitor.cookies.set("__Host-kinline", token, domain="desk.maple.example")
        return visitor

    def episode(self, text: str = "Luis tiene fiebre", urgency: Urgency = Urgency.SOON) -> int:
        """Let Rosa write something that opens an episode."""
        with self.database.write() as connection:
            episode_id = factories.episode(
                connection,
                self.clinic_id,
                self.garcia.family_id,
                self.garcia.thread_id,
                urgency=urgency,
            )
            message_id = factories.message(
                connection, self.clinic_id, self.garcia.thread_id, episode_id, text
            )
            factories.assessment(connection, self.clinic_id, message_id, urgency=urgency)
        return episode_id

    def say(self, episode_id: int, text: str, **columns: Any) -> int:
        """Add a message of Rosa to an episode."""
        with self.database.write() as connection:
            return factories.message(
                connection, self.clinic_id, self.garcia.thread_id, episode_id, text, **columns
            )


@lru_cache
def _speaker() -> Speaker:
    return Speaker(catalogs.load())


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    # The same algorithm with the least work: these tests check a hundred passwords.
    monkeypatch.setattr(people, "_hasher", PasswordHasher(time_cost=1, memory_cost=64))


@pytest.fixture
def desk(sqlite_database: Database, clock: MovableClock) -> Iterator[Desk]:
    """The staff pages over a fresh SQLite database, connected to the real conductor."""
    with opened_desk(sqlite_database, clock) as desk:
        yield desk


@pytest.fixture
def any_desk(database: Database, clock: MovableClock) -> Iterator[Desk]:
    """The same, once on SQLite and once on PostgreSQL."""
    with opened_desk(database, clock) as desk:
        yield desk


@contextmanager
def opened_desk(
    database: Database, clock: MovableClock, public_url: str = SITE, pushing: Pushing | None = None
) -> Iterator[Desk]:
    """Furnish a clinic and open its staff pages."""
    with database.write() as connection:
        clinic_id = factories.clinic(connection)
        factories.clinic_number(connection, clinic_id)
        ana_id = factories.staff_member(
            connection, clinic_id, name="Ana", email="ana@maple.example", password=PASSWORD
        )
        nils_id = factories.staff_member(
            connection, clinic_id, name="Nils", email="nils@maple.example", roles=["nurse"]
        )
        garcia = factories.household(connection, clinic_id, coordinator_id=ana_id)
    live = Live()
    conductor = Conductor(
        database,
        live,
        Playbook(database),
        engine.build([], {}).assess,
        _speaker(),
        public_url,
    )
    tools = Preview(Playbook(database), packaged_engine().assess, _speaker())
    app = pages.build(Ports(database, conductor, clock, public_url, Streams(live), tools, pushing))
    yield Desk(app, database, clock, clinic_id, ana_id, nils_id, garcia, conductor)
    live.close()
