"""Test messages go the whole way through a hidden clinic, and are missed when they do not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.auditor import Auditor
from app.prober import Prober
from bot.channels.sink import Sink
from bot.intake import Intake
from bot.sending import Sender
from routing.types import DeliveryState, StaffChannel, Urgency
from store import tables
from store.db import Database
from store.inbox.open_episodes import open_episodes
from store.playbook import Playbook
from store.probes import LATE
from store.upkeep import checkup
from store.upkeep.audit import Wrong, violations
from tests import factories
from tests.clock import MovableClock
from tests.store.clinic import Clinic

EVERY = timedelta(minutes=5)


class Installation:
    """Maple with test messages every five minutes, an intake, a worker and a prober."""

    def __init__(self, database: Database) -> None:
        self.maple = Clinic(database)
        self.maple.set_clinic(probe_minutes=5)
        self.clock = MovableClock(self.maple.now)
        self.intake = Intake(self.maple.conductor, self.clock, threads=1)
        self.worker = Sender(
            database, self.maple.conductor, {"sink": Sink()}, self.clock, self.maple.live
        )
        self.prober = Prober(database, self.intake.enqueue, self.clock)

    def found(self) -> set[Wrong]:
        with self.maple.database.read() as connection:
            return {one.wrong for one in violations(connection, self.clock())}

    def answers(self) -> list[str]:
        """List how the answers to the test message stand."""
        return [
            row.state
            for row in self.maple.rows(tables.deliveries)
            if row.channel == "sink" and row.purpose == "safety.call_emergency"
        ]


@pytest.fixture
def here(database: Database) -> Iterator[Installation]:
    """On each kind of database."""
    installation = Installation(database)
    installation.intake.start()
    yield installation
    installation.intake.stop(10)


def test_a_test_message_is_taken_in_judged_answered_and_seen_by_nobody(here: Installation) -> None:
    assert here.prober.run_once() == 1
    assert here.prober.run_once() == 0, "the next one in five minutes"
    (episode,) = here.maple.rows(tables.episodes)
    assert (episode.urgency, episode.state) == (Urgency.EMERGENCY, "open")
    here.worker.run_once()
    assert here.answers() == [DeliveryState.DELIVERED]
    assert {row.channel for row in here.maple.rows(tables.deliveries)}.isdisjoint(StaffChannel)
    here.clock.advance(LATE + EVERY / 10)
    assert here.found() == set()

    with here.maple.database.read() as connection:
        assert list(open_episodes(connection, None)) == []
        assert [one.key for one in checkup.clinics(connection, here.clock())] == ["maple"]
        assert checkup.load(connection, here.clock()).open_episodes == {}
        book = Playbook(here.maple.database).current(connection)
        assert book.at("webchat:maple~test") is None
    assert episode.clinic_id != here.maple.id


def test_the_next_test_message_finds_a_clean_place(here: Installation) -> None:
    for _ in range(4):
        assert here.prober.run_once() == 1
        here.worker.run_once()
        here.clock.advance(EVERY)
    assert here.answers() == [DeliveryState.DELIVERED], "said again, as to a new emergency"
    assert len(here.maple.rows(tables.messages)) == 2
    assert len(here.maple.rows(tables.alerts)) == 1


def test_an_answer_that_does_not_leave_is_missed(here: Installation) -> None:
    here.prober.run_once()
    here.clock.advance(LATE + EVERY / 10)
    assert Wrong.TEST_MESSAGE_LOST in here.found(), "no worker sends"
    here.worker.run_once()
    assert Wrong.TEST_MESSAGE_LOST not in here.found()


def test_a_message_that_is_not_sent_or_not_kept_is_missed(here: Installation) -> None:
    here.prober.run_once()
    here.worker.run_once()
    here.clock.advance(EVERY + LATE + EVERY / 10)
    here.worker.run_once()
    assert here.found() == {Wrong.TEST_MESSAGE_LOST}, "nobody sends test messages any more"
    here.maple.set_clinic(probe_minutes=None)
    assert here.found() == set(), "it was switched off"


def test_a_clinic_that_does_not_want_them_gets_none(here: Installation) -> None:
    here.maple.set_clinic(probe_minutes=None)
    with here.maple.database.write() as connection:
        factories.clinic(connection, key="oak")
    assert here.prober.run_once() == 0
    assert here.maple.rows(tables.messages) == []


def test_the_auditor_calls_when_a_test_message_is_lost(sqlite_database: Database) -> None:
    here = Installation(sqlite_database)
    with sqlite_database.write() as connection:
        connection.execute(
            tables.clinics.update()
            .where(tables.clinics.c.id == here.maple.id)
            .values(probe_due_at=here.clock() - LATE - EVERY)
        )
    auditor = Auditor(sqlite_database, here.clock)
    assert [one.wrong for one in auditor.look()] == [Wrong.TEST_MESSAGE_LOST]
