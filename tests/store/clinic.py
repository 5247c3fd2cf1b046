"""The clinic that the conductor's tests happen in: Maple, with Ana, Nils and the Garcias."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Table, select, update

from app import engine
from locales import catalogs
from locales.replies import Speaker
from routing.arrivals import Triage
from routing.events import (
    ActionKind,
    Event,
    Inbound,
    Media,
    Receipt,
    ReceiptSource,
    StaffAction,
)
from routing.types import DeliveryState, Lane
from store import ahead, tables, timers
from store import deliveries as outbox
from store.conduct import Conductor
from store.db import AnyRow, Database
from store.live import Change, Live
from store.outcomes import Outcome
from store.outgoing import Outgoing
from store.playbook import Playbook
from tests import factories

CLINIC_NUMBER = "+13125550111"
ROSA, ANA, NILS = "+13125550131", "+13125550121", "+13125550122"
STRANGER = "+13125550999"
ACCOUNT = "AC" + "0" * 32
LINK = "https://texts.maple.example"
NINE_IN_THE_MORNING = factories.NOW
ELEVEN_AT_NIGHT = factories.NOW + timedelta(hours=14)


@cache
def triage() -> Triage:
    """Load rules and lexicons once for all tests."""
    return engine.packaged_engine().assess


@cache
def speaker() -> Speaker:
    """Load the catalogs once for all tests."""
    return Speaker(catalogs.load())


@dataclass
class Clinic:
    """Maple, over a real database, at a time that the test moves."""

    database: Database
    now: datetime = NINE_IN_THE_MORNING
    live: Live = field(default_factory=Live)
    sids: "count[int]" = field(default_factory=lambda: count(1))
    second_readers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.conductor = Conductor(
            self.database, self.live, Playbook(self.database), triage(), speaker(), LINK,
            self.second_readers,
        )  # fmt: skip
        with self.database.write() as connection:
            self.id = factories.clinic(connection)
            factories.clinic_number(connection, self.id, CLINIC_NUMBER)
            self.ana = factories.staff_member(connection, self.id, name="Ana", phone=ANA)
            self.nils = factories.staff_member(
                connection, self.id, name="Nils", phone=NILS, roles=["nurse"]
            )
            factories.on_call(connection, self.id, self.nils)
            self.garcias = factories.household(
                connection, self.id, flags=("g_tube",), coordinator_id=self.ana
            )

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    def conduct(self, *events: Event) -> list[Outcome]:
        return self.conductor.conduct(events, self.now)

    def message(self, text: str, sender: str = ROSA, **fields: Any) -> Inbound:
        number = next(self.sids)
        defaults = {
            "provider": "twilio",
            "account": ACCOUNT,
            "provider_id": f"SM{number:032x}",
            "channel": "sms",
            "sender": sender,
            "recipient": CLINIC_NUMBER,
            "text": text,
            "raw": f"Body={number}".encode(),
        }
        return Inbound(**(defaults | fields))

    def text(self, text: str, sender: str = ROSA, **fields: Any) -> Outcome:
        return self.conduct(self.message(text, sender, **fields))[0]

    def picture(self, text: str) -> Outcome:
        return self.text(text, media=(Media("https://api.twilio.com/ME1", "image/jpeg"),))

    def act(self, kind: ActionKind, episode_id: int | None, who: int, **fields: Any) -> Outcome:
        key = fields.pop("key", f"act-{next(self.sids)}")
        return self.conduct(StaffAction(kind, self.id, who, episode_id or 0, key, **fields))[0]

    def reply(self, episode_id: int | None, text: str) -> Outcome:
        return self.act(ActionKind.REPLY, episode_id, self.ana, text=text)

    def claim(self, lanes: tuple[Lane, ...] = tuple(Lane)) -> list[Outgoing]:
        with self.database.write() as connection:
            return outbox.claim(connection, self.now, limit=50, lease_seconds=30, lanes=lanes)

    def attempt(self, sent: Outgoing, state: DeliveryState, **fields: Any) -> Outcome:
        defaults = {"provider_id": None, "error": None, "fence": sent.fence}
        receipt = Receipt(ReceiptSource.ATTEMPT, "twilio", state, str(state), ref=sent.ref,
                          **(defaults | fields))  # fmt: skip
        return self.conduct(receipt)[0]

    def callback(self, provider_id: str, status: str, **fields: Any) -> Outcome:
        state = DeliveryState(fields.pop("state", status))
        receipt = Receipt(ReceiptSource.CALLBACK, "twilio", state, status,
                          provider_id=provider_id, account=ACCOUNT, **fields)  # fmt: skip
        return self.conduct(receipt)[0]

    def wake(self) -> list[Outcome]:
        with self.database.write() as connection:
            ahead.put_right(connection, ahead.found(connection, self.now))
        return self.wake_only()

    def wake_only(self) -> list[Outcome]:
        """Hand over what is due by the clock as it is."""
        with self.database.read() as connection:
            due = timers.due(connection, self.now)
        return [outcome for event in due for outcome in self.conduct(event)]

    def rows(self, table: Table) -> list[AnyRow]:
        with self.database.read() as connection:
            return list(connection.execute(select(table).order_by(table.c.id)))

    def set_clinic(self, **columns: Any) -> None:
        revision = tables.clinics.c.revision + 1
        with self.database.write() as connection:
            connection.execute(
                update(tables.clinics)
                .where(tables.clinics.c.id == self.id)
                .values(revision=revision, **columns)
            )

    def episode(self) -> AnyRow:
        return self.rows(tables.episodes)[-1]

    def texts_to(self, address: str) -> list[str]:
        words = {row.id: row.text for row in self.rows(tables.messages)}
        return [
            words[row.message_id] if row.message_id else row.notification
            for row in self.rows(tables.deliveries)
            if row.to_address == address
        ]

    def announced(self, *events: Event) -> tuple[Change, ...]:
        with self.live.listen() as listener:
            self.conduct(*events)
            return listener.wait(1)
