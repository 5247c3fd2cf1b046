"""The outbox of Maple, on SQLite and on both kinds of database."""

from collections.abc import Iterator

import pytest

from store.db import Database
from tests.bot.outbox import Maple, maple_on
from tests.clock import MovableClock
from tests.faketwilio.client import FakeTwilio


@pytest.fixture
def maple(sqlite_database: Database, clock: MovableClock, twilio: FakeTwilio) -> Iterator[Maple]:
    """The clinic on SQLite."""
    clinic = maple_on(sqlite_database, clock, twilio)
    yield clinic
    clinic.channel.close()


@pytest.fixture
def maple_on_both(database: Database, clock: MovableClock, twilio: FakeTwilio) -> Iterator[Maple]:
    """The clinic once on each database."""
    clinic = maple_on(database, clock, twilio)
    yield clinic
    clinic.channel.close()
