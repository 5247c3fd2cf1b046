"""Reads what a call to staff about an alert needs, and what a pressed key does."""

from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection, func, select

from routing.decision import Joins
from routing.events import ActionKind, StaffAction
from routing.interpreting import speaks
from routing.situation import AlertState
from routing.types import Urgency
from store.conferences import leg_of, name_of
from store.db import AnyRow
from store.inbox.seen import CONFIDENTIAL
from store.rehearsal import TEST
from store.tables import alerts, caregivers, clinics, contacts, deliveries, episodes, staff, threads

LONGEST_ID = 64
TEXTED = "sms"
THROUGH_THE_ALERT = "Called from the call of the alert (key 3)."
WITH_INTERPRETER = "Called from the call of the alert (key 3); the interpreter line was called too."


class Standing(StrEnum):
    """How the alert stands for the person who is called."""

    WAITS = "waits"
    MINE = "mine"  # they have taken it
    OVER = "over"  # somebody else has, or it is closed, or there is no such call
    TEST = "test"  # somebody tries whether calls reach them
    JOINS = "joins"  # the family or an interpreter is called into a talk (C18)


@dataclass(frozen=True, slots=True)
class AlertCall:
    """One call. `staff_id` is None for the clinic's own telephone: nobody can take it there.

    `family_phone` is whom one more key connects to (C18); empty where they are not called at once:
    they wrote in the chat, or somebody near them must not know (C11). `from_phone` is ours.
    """

    standing: Standing
    clinic_name: str = ""
    language: str = "en"
    is_emergency: bool = True
    clinic_id: int = 0
    staff_id: int | None = None
    episode_id: int = 0
    words: str = ""  # of a test, as its page has worded them in `language`
    family_phone: str = field(default="", repr=False)
    from_phone: str = ""
    ref: str = field(default="", repr=False)
    # The family's language, where the person who is called speaks it not; of an interpreter's call
    # the one that is asked for.
    reads: str = ""
    has_interpreter: bool = False  # the clinic has a line of them
    conference: str = ""  # of JOINS: the opaque name of the talk; empty: it is over

    @property
    def connects(self) -> bool:
        """Tell whether the person who took it can be connected with the family now."""
        return self.standing is Standing.MINE and bool(self.family_phone)

    def talk(self, call_id: str) -> str:
        """Name the talk of three that this call leads, or give nothing where two are enough."""
        return name_of(self.ref, call_id) if self.reads and self.has_interpreter else ""

    def connected(self, call_id: str) -> StaffAction:
        """Make the key that connects an act: a call is logged, whoever picks up (C23)."""
        key, talk = f"call:{call_id[:LONGEST_ID]}:{ActionKind.CALLED}", self.talk(call_id)
        return StaffAction(
            ActionKind.CALLED, self.clinic_id, self.staff_id or 0, self.episode_id, key,
            text=WITH_INTERPRETER if talk else THROUGH_THE_ALERT, conference=talk,
        )  # fmt: skip

    def left(self, call_id: str) -> StaffAction:
        """Make the end of a talk an act: whoever led it has hung up."""
        key = f"call:{call_id[:LONGEST_ID]}:{ActionKind.HANG_UP}"
        return StaffAction(
            ActionKind.HANG_UP, self.clinic_id, self.staff_id or 0, self.episode_id, key,
            conference=name_of(self.ref, call_id),
        )  # fmt: skip

    def act(self, kind: ActionKind, call_id: str) -> StaffAction | None:
        """Make a pressed key an act of the person who was called; the same key is one act."""
        if self.staff_id is None or self.standing is Standing.TEST:
            return None
        key = f"call:{call_id[:LONGEST_ID]}:{kind}"
        return StaffAction(kind, self.clinic_id, self.staff_id, self.episode_id, key)


NO_CALL = AlertCall(Standing.OVER)


def call_of(connection: Connection, ref: str) -> AlertCall:
    """Read the call of a delivery by its opaque name; `NO_CALL` where there is none."""
    row = connection.execute(
        select(
            deliveries.c.clinic_id,
            deliveries.c.staff_id,
            deliveries.c.episode_id,
            deliveries.c.urgency,
            clinics.c.name,
            clinics.c.languages,
            staff.c.languages.label("spoken"),
            alerts.c.state,
            alerts.c.acknowledged_by,
            deliveries.c.from_address,
            episodes.c.hazard,
            contacts.c.channel,
            contacts.c.address,
            clinics.c.interpreter_phone,
            func.coalesce(caregivers.c.language, contacts.c.language).label("reads"),
        )
        .join(clinics, clinics.c.id == deliveries.c.clinic_id)
        .outerjoin(staff, staff.c.id == deliveries.c.staff_id)
        .join(alerts, alerts.c.episode_id == deliveries.c.episode_id)
        .join(episodes, episodes.c.id == deliveries.c.episode_id)
        .join(threads, threads.c.id == episodes.c.thread_id)
        .join(contacts, contacts.c.id == threads.c.contact_id)
        .outerjoin(caregivers, caregivers.c.id == contacts.c.caregiver_id)
        .where(
            deliveries.c.ref == ref,
            deliveries.c.channel == "call",
            deliveries.c.purpose.not_in(list(Joins)),
        )
        .order_by(alerts.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return _joining(connection, ref) or _test(connection, ref)
    standing = Standing.WAITS if row.state == AlertState.OPEN else Standing.OVER
    if row.state == AlertState.ACKNOWLEDGED and row.acknowledged_by == row.staff_id:
        standing = Standing.MINE
    return AlertCall(
        standing,
        row.name,
        (row.spoken or row.languages)[0],
        row.urgency == Urgency.EMERGENCY,
        row.clinic_id,
        row.staff_id,
        row.episode_id,
        family_phone=row.address if _may_ring(row) else "",
        from_phone=row.from_address,
        ref=ref,
        reads="" if speaks(row.spoken or (), row.reads) else row.reads,
        has_interpreter=bool(row.interpreter_phone),
    )


def _joining(connection: Connection, ref: str) -> AlertCall | None:
    row = leg_of(connection, ref)
    if row is None:
        return None
    is_asked = row.purpose == Joins.INTERPRETER
    return AlertCall(
        Standing.JOINS, row.name, row.languages[0], clinic_id=row.clinic_id,
        reads=row.reads if is_asked else "", conference=row.conference,
    )  # fmt: skip


def _may_ring(row: AnyRow) -> bool:
    """Tell whether the family may be rung at once: they text, and nobody near must not know."""
    return row.channel == TEXTED and row.hazard not in CONFIDENTIAL


def _test(connection: Connection, ref: str) -> AlertCall:
    d = deliveries.c
    query = select(d.clinic_id, d.notification, d.purpose).where(
        d.ref == ref, d.channel == "call", d.purpose.startswith(TEST)
    )
    row = connection.execute(query).first()
    if row is None:
        return NO_CALL
    return AlertCall(
        Standing.TEST, language=row.purpose.removeprefix(TEST), clinic_id=row.clinic_id,
        words=row.notification,
    )  # fmt: skip
