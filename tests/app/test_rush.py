"""Two hundred emergencies at once, and one that comes while three hundred calm texts wait."""

import threading
from collections import Counter
from dataclasses import dataclass, field

import pytest

from bot.intake import LARGEST_BATCH
from bot.sending import Sender
from routing.events import Inbound, Receipt, ReceiptSource
from routing.types import DeliveryState, Lane, Urgency
from store import tables
from store.db import AnyRow, Database
from store.outgoing import Outgoing
from tests import factories
from tests.clock import MovableClock
from tests.journeys.waiting import eventually
from tests.store.clinic import ANA, ELEVEN_AT_NIGHT, NILS, ROSA, Clinic

EMERGENCIES, CALM = 200, 300
NEWS = "mi hijo no puede respirar"
THREADS = 4


@dataclass
class Provider:
    """Takes texts in the order in which they come; calm ones only while the gate is open."""

    taken: list[Outgoing] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def send(self, outgoing: Outgoing) -> Receipt:
        """Take a text."""
        if outgoing.lane is not Lane.SAFETY:
            self.gate.wait(60)
        self.taken.append(outgoing)
        return Receipt(
            ReceiptSource.ATTEMPT, "twilio", DeliveryState.SENT, "sent",
            provider_id=f"SM{outgoing.delivery_id:032x}", ref=outgoing.ref, fence=outgoing.fence,
        )  # fmt: skip

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Never needed: every answer was seen."""
        raise AssertionError(f"{outgoing.delivery_id} was looked up")

    @property
    def name(self) -> str:
        """Be the channel of texts."""
        return "sms"


@dataclass
class Rush:
    """Maple at night with two hundred families."""

    maple: Clinic
    provider: Provider = field(default_factory=Provider)

    def __post_init__(self) -> None:
        self.phones = [f"+1312556{number:04d}" for number in range(EMERGENCIES)]
        with self.maple.database.write() as connection:
            for phone in self.phones:
                factories.household(connection, self.maple.id, name=f"Garcia {phone}", phone=phone)

    def worker(self) -> Sender:
        """Make the real worker, whose clock stands still at this moment."""
        clock = MovableClock(self.maple.now)
        return Sender(
            self.maple.database, self.maple.conductor, {"sms": self.provider}, clock,
            self.maple.live, threads=THREADS,
        )  # fmt: skip

    def everybody_texts(self) -> None:
        """Let all families text the same words at once, taken in by full batches."""
        texts: list[Inbound] = [self.maple.message(NEWS, phone) for phone in self.phones]
        for first in range(0, len(texts), LARGEST_BATCH):
            for outcome in self.maple.conduct(*texts[first : first + LARGEST_BATCH]):
                assert "911" in outcome.answers[0].text, "each family has its answer at once"

    def queue_calm_texts(self) -> None:
        """Let three hundred automatic texts wait since before."""
        maple = self.maple
        with maple.database.write() as connection:
            episode = factories.episode(
                connection, maple.id, maple.garcias.family_id, maple.garcias.thread_id,
                urgency=Urgency.ROUTINE,
            )  # fmt: skip
            for number in range(CALM):
                words = factories.message(
                    connection, maple.id, maple.garcias.thread_id, episode, f"Reminder {number}",
                    direction="out",
                )  # fmt: skip
                factories.delivery(
                    connection, maple.id, message_id=words, episode_id=episode,
                    contact_id=maple.garcias.contact_id, purpose="auto.received",
                    lane=int(Lane.AUTOMATIC), due_at=maple.now,
                    expires_at=maple.now.replace(year=2027),
                )  # fmt: skip


@pytest.fixture
def rush(database: Database) -> Rush:
    """On each kind of database."""
    return Rush(Clinic(database, ELEVEN_AT_NIGHT))


def test_the_first_step_of_two_hundred_emergencies_is_out_before_anything_else_in_their_order(
    rush: Rush,
) -> None:
    rush.queue_calm_texts()
    rush.everybody_texts()
    rush.provider.gate.set()
    rush.worker().run_once()
    first = rush.provider.taken[:EMERGENCIES]
    assert {text.to for text in first} == {NILS}
    assert [text.delivery_id for text in first] == sorted(text.delivery_id for text in first)
    told = Counter(row.episode_id for row in _told(rush.maple))
    assert len(told) == EMERGENCIES
    assert set(told.values()) == {1}, "each alert has told its first person, once"
    (state,) = {row.state for row in rush.maple.rows(tables.alerts)}
    assert state == "open"


def test_four_threads_bring_the_first_step_of_two_hundred_emergencies_once_each(
    rush: Rush,
) -> None:
    rush.everybody_texts()
    worker = rush.worker()
    worker.start()
    try:
        eventually(lambda: len(rush.provider.taken) >= EMERGENCIES, within=100)
    finally:
        assert worker.stop(30)
    assert Counter(text.ref for text in rush.provider.taken).most_common(1)[0][1] == 1
    assert len(rush.provider.taken) == EMERGENCIES
    assert {row.state for row in _told(rush.maple)} == {"sent"}


def test_a_new_emergency_is_claimed_before_three_hundred_calm_texts_that_wait(rush: Rush) -> None:
    rush.queue_calm_texts()
    rush.maple.later(minutes=1)
    rush.maple.text(NEWS, rush.phones[0])
    claimed = rush.maple.claim()
    assert [one.to for one in claimed[:2]] == [NILS, ROSA]
    assert claimed[0].lane is Lane.SAFETY
    assert {one.lane for one in claimed[1:]} == {Lane.AUTOMATIC}


def test_an_emergency_overtakes_three_hundred_calm_texts_while_the_provider_is_stuck(
    rush: Rush,
) -> None:
    """Every thread that takes calm texts hangs with one; the alert leaves all the same."""
    rush.queue_calm_texts()
    worker = rush.worker()
    worker.start()
    try:
        eventually(lambda: _on_their_way(rush.maple) == THREADS - 1, within=30)
        rush.maple.text(NEWS, rush.phones[0])
        eventually(lambda: rush.provider.taken, within=30)
        assert [text.to for text in rush.provider.taken] == [NILS]
        rush.provider.gate.set()
        eventually(lambda: len(rush.provider.taken) == CALM + 1, within=100)
    finally:
        rush.provider.gate.set()
        assert worker.stop(30)
    assert ANA not in {text.to for text in rush.provider.taken}


def _told(maple: Clinic) -> list[AnyRow]:
    return [row for row in maple.rows(tables.deliveries) if row.purpose == "staff.alert"]


def _on_their_way(maple: Clinic) -> int:
    return sum(row.state == DeliveryState.SENDING for row in maple.rows(tables.deliveries))
