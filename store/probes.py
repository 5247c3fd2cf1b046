"""Test messages: one after the other goes the whole way of an emergency, in a clinic of its own.

The companion of a clinic is hidden: it is in no list, no inbox and no count, has no staff and no
telephone, and what a test message left there is gone when the next one comes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from routing.types import Automation, Consent, ContactKind, DeliveryState
from store.db import AnyRow
from store.tables import clinics, contacts, deliveries, families, metadata, threads

SINK = "sink"  # the channel that brings words to nobody
WORDS = "My child is not breathing"
KEPT = frozenset({"families", "contacts", "threads"})
"""What of a companion lasts from one test message to the next."""
LATE = timedelta(minutes=2)  # until an answer has left; a worker looks every second


@dataclass(frozen=True, slots=True)
class Probe:
    """One test message: the hidden clinic that it belongs to, and a name for ever."""

    clinic_id: int
    message_id: str


def is_seen() -> ColumnElement[bool]:
    """Say in SQL that a clinic is one of people, and no companion."""
    return clinics.c.tests_for.is_(None)


def hidden() -> Select[int]:
    """Select the ids of all companions."""
    return select(clinics.c.id).where(clinics.c.tests_for.is_not(None))


def is_due(connection: Connection, now: datetime) -> bool:
    """Look, without a lock, whether a test message is to be sent."""
    return connection.execute(select(clinics.c.id).where(_due(now)).limit(1)).first() is not None


def claim_due(connection: Connection, now: datetime) -> Probe | None:
    """Take the next test message; clears away what the last one left."""
    row = connection.execute(
        select(clinics)
        .where(_due(now))
        .order_by(clinics.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    connection.execute(
        update(clinics)
        .where(clinics.c.id == row.id)
        .values(probe_due_at=now + timedelta(minutes=row.probe_minutes), probe_sent_at=now)
    )
    companion = _companion(connection, row, now)
    for table in reversed(metadata.sorted_tables):
        if "clinic_id" in table.c and table.name not in KEPT:
            connection.execute(delete(table).where(table.c.clinic_id == companion))
    return Probe(companion, f"test-{row.key}-{now:%Y%m%dT%H%M%S%fZ}")


def lost(now: datetime) -> Select[int]:
    """Count clinics whose test message is not sent, or whose answer has not left in time."""
    companions = clinics.alias("companions")
    answered = exists().where(
        companions.c.tests_for == clinics.c.id,
        deliveries.c.clinic_id == companions.c.id,
        deliveries.c.created_at >= clinics.c.probe_sent_at,
        deliveries.c.state == DeliveryState.DELIVERED,
    )
    return (
        select(func.count())
        .select_from(clinics)
        .where(
            is_seen(),
            clinics.c.probe_minutes.is_not(None),
            or_(
                clinics.c.probe_due_at < now - LATE,
                and_(clinics.c.probe_sent_at < now - LATE, ~answered),
            ),
        )
    )


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        is_seen(),
        clinics.c.probe_minutes.is_not(None),
        or_(clinics.c.probe_due_at.is_(None), clinics.c.probe_due_at <= now),
    )


def _companion(connection: Connection, row: AnyRow, now: datetime) -> int:
    found = connection.execute(select(clinics.c.id).where(clinics.c.tests_for == row.id)).scalar()
    return int(found) if found is not None else _made(connection, row, now)


def _made(connection: Connection, row: AnyRow, now: datetime) -> int:
    """Make the companion with one family that can only be answered into the sink."""
    clinic_id = connection.execute(
        insert(clinics)
        .values(
            key=f"{row.key}~test", name=row.name, timezone=row.timezone, country=row.country,
            languages=["en"], template_policy=row.template_policy,
            emergency_number=row.emergency_number, on_call_phone="", automation=Automation.ON,
            hours={}, opt_out=row.opt_out, is_system=False, revision=1, tests_for=row.id,
        )
        .returning(clinics.c.id)
    ).scalar_one()  # fmt: skip
    ours = {"clinic_id": clinic_id}
    family_id = connection.execute(
        insert(families)
        .values(**ours, name="Test", kind=ContactKind.FAMILY, created_at=now)
        .returning(families.c.id)
    ).scalar_one()
    contact_id = connection.execute(
        insert(contacts)
        .values(
            **ours, family_id=family_id, channel=SINK, address=SINK, consent=Consent.GRANTED,
            language="en", created_at=now,
        )
        .returning(contacts.c.id)
    ).scalar_one()  # fmt: skip
    connection.execute(
        insert(threads).values(**ours, family_id=family_id, contact_id=contact_id, our_address=SINK)
    )
    return int(clinic_id)
