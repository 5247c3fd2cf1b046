"""A clinic whose outbox is sent from, with a conductor that can be made to stumble."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.channels.twilio.client import TwilioSms
from bot.sending import Sender
from locales import catalogs
from locales.replies import Speaker
from routing.events import Event, Receipt
from routing.types import Assessment, DeliveryClass, Lane, Note, Urgency
from store import deliveries as outbox
from store import tables
from store.conduct import Conductor
from store.db import Database
from store.live import Live
from store.outcomes import Outcome, StoreUnavailable
from store.outgoing import Outgoing
from store.playbook import Playbook
from store.settings import TwilioAccount
from tests import factories
from tests.clock import MovableClock
from tests.faketwilio.account import ACCOUNT, TOKEN
from tests.faketwilio.client import FakeTwilio

ROSA, NILS = "+13125550131", "+13125550122"
WORDS = "Luis can come at ten. Ana"
ALERT = "Kinline: somebody waits for you."
OURS = {ACCOUNT: TwilioAccount(ACCOUNT, (TOKEN,))}


def nothing_is_read(_: Note) -> Assessment:
    raise AssertionError("the sending worker reads no words of families")


class Unsteady(Conductor):
    """A conductor whose database goes away for a while, or that chokes on an event or drops it."""

    away_for = 0
    chokes_on: Callable[[Event], bool] | None = None
    forgets: Callable[[Event], bool] | None = None

    def conduct(self, events: Sequence[Event], now: datetime) -> list[Outcome]:
        if self.away_for > 0 and isinstance(events[0], Receipt):
            self.away_for -= 1
            raise StoreUnavailable("gone")
        if self.chokes_on and self.chokes_on(events[0]):
            raise ZeroDivisionError("words of a family: no respira")
        if self.forgets and self.forgets(events[0]):
            return [Outcome()]
        return super().conduct(events, now)


@dataclass
class Maple:
    """A clinic with Rosa's family, a fake Twilio and a sending worker."""

    database: Database
    clock: MovableClock
    live: Live
    conductor: Unsteady
    channel: TwilioSms
    clinic_id: int
    home: factories.Household
    episode_id: int

    def sender(self, **options: Any) -> Sender:
        return Sender(self.database, self.conductor, {"sms": self.channel}, self.clock,
                      self.live, **options)  # fmt: skip

    def queue(self, words: str = WORDS, **columns: Any) -> int:
        """Queue words to Rosa."""
        with self.database.write() as connection:
            message = factories.message(
                connection, self.clinic_id, self.home.thread_id, self.episode_id, words,
                direction="out",
            )  # fmt: skip
            return self._delivery(connection, message_id=message, **columns)

    def queue_alert(
        self, words: str = ALERT, *, to: str = NILS, in_lane: Lane = Lane.SAFETY, **columns: Any
    ) -> int:
        """Queue a notification to Nils, or to a service."""
        with self.database.write() as connection:
            return self._delivery(
                connection, notification=words, to_address=to, contact_id=None,
                lane=int(in_lane), purpose="staff.alert",
                delivery_class=DeliveryClass.AT_LEAST_ONCE, **columns,
            )  # fmt: skip

    def _delivery(self, connection: Any, **columns: Any) -> int:
        now = self.clock()
        defaults: dict[str, Any] = {
            "contact_id": self.home.contact_id,
            "episode_id": self.episode_id,
            "created_at": now,
            "due_at": now,
            "expires_at": now + timedelta(hours=1),
        }
        return factories.delivery(connection, self.clinic_id, **(defaults | columns))

    def row(self, delivery_id: int) -> Any:
        query = select(tables.deliveries).where(
            tables.deliveries.c.clinic_id == self.clinic_id,
            tables.deliveries.c.id == delivery_id,
        )
        with self.database.read() as connection:
            return connection.execute(query).one()

    def claim(self) -> list[Outgoing]:
        with self.database.write() as connection:
            return outbox.claim(
                connection, self.clock(), limit=9, lease_seconds=30, lanes=tuple(Lane)
            )


def maple_on(database: Database, clock: MovableClock, twilio: FakeTwilio) -> Maple:
    with database.write() as connection:
        clinic_id = factories.clinic(connection)
        factories.clinic_number(connection, clinic_id)
        home = factories.household(connection, clinic_id)
        episode_id = factories.episode(
            connection, clinic_id, home.family_id, home.thread_id, urgency=Urgency.SOON
        )
    live = Live()
    conductor = Unsteady(
        database, live, Playbook(database, OURS), nothing_is_read, Speaker(catalogs.load()), None
    )
    twilio.set_clock(clock())
    channel = TwilioSms(twilio.url, OURS.get, None, own_account=ACCOUNT)
    return Maple(database, clock, live, conductor, channel, clinic_id, home, episode_id)
