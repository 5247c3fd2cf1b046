"""What a telephone of one clinic would show: the pretend phone of the demo reads this."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from routing.types import ContactKind, DeliveryState, EpisodeState, Urgency
from store.conducting.unsent import NEVER_LEFT
from store.tables import (
    caregivers,
    clinics,
    contacts,
    deliveries,
    episodes,
    families,
    messages,
    staff,
    threads,
)


@dataclass(frozen=True, slots=True)
class Phone:
    """One telephone that can be held: whose it is, and which language its owner reads."""

    address: str
    owner: str
    family: str
    language: str
    is_staff: bool


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on the screen. `state` is that of a delivery; empty for what the owner wrote."""

    text: str = field(repr=False)
    at: datetime
    is_ours: bool
    language: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far people have come with the last dangerous text of one telephone."""

    has_texted: bool = False
    is_opened: bool = False
    is_answered: bool = False
    is_resolved: bool = False


def progress(connection: Connection, clinic: str, address: str, since: datetime) -> Progress:
    """Tell how far people have come with the newest urgent episode of a telephone.

    Args:
        connection: of a reading transaction.
        clinic: its key.
        address: of the telephone.
        since: episodes that were opened before this are left out.
    """
    e = episodes.c
    found = connection.execute(
        select(e.id, e.clinic_id, e.looked_at, e.state, e.outcome)
        .join(threads, threads.c.id == e.thread_id)
        .join(contacts, contacts.c.id == threads.c.contact_id)
        .join(clinics, clinics.c.id == e.clinic_id)
        .where(
            clinics.c.key == clinic,
            contacts.c.address == address,
            e.opened_at >= since,
            e.urgency >= Urgency.URGENT,
        )
        .order_by(e.id.desc())
    ).first()
    if found is None:
        return Progress()
    answers = (
        select(messages.c.id)
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(
            messages.c.clinic_id == found.clinic_id,
            messages.c.episode_id == found.id,
            messages.c.author_id.is_not(None),
            deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.DELIVERED)),
        )
    )
    return Progress(
        has_texted=True,
        is_opened=found.looked_at is not None,
        is_answered=connection.execute(answers).first() is not None,
        is_resolved=found.state == EpisodeState.RESOLVED and found.outcome is not None,
    )


def phones(connection: Connection, clinic: str) -> tuple[Phone, ...]:
    """List the telephones of a clinic: families first, in the order of the file, then staff."""
    families_first = connection.execute(
        select(
            contacts.c.address,
            caregivers.c.name.label("owner"),
            families.c.name.label("family"),
            caregivers.c.language,
        )
        .join(families, families.c.id == contacts.c.family_id)
        .join(clinics, clinics.c.id == families.c.clinic_id)
        .outerjoin(caregivers, caregivers.c.id == contacts.c.caregiver_id)
        .where(clinics.c.key == clinic, families.c.kind != ContactKind.STAFF.value)
        .order_by(families.c.id, contacts.c.id)
    )
    people = connection.execute(
        select(staff.c.phone, staff.c.name, staff.c.languages)
        .join(clinics, clinics.c.id == staff.c.clinic_id)
        .where(clinics.c.key == clinic, staff.c.phone.is_not(None), staff.c.active)
        .order_by(staff.c.id)
    )
    return (
        *(
            Phone(row.address, row.owner or "", row.family, row.language or "", is_staff=False)
            for row in families_first
        ),
        *(
            Phone(row.phone, row.name, "staff", (*row.languages, "")[0], is_staff=True)
            for row in people
        ),
    )


def screen(connection: Connection, clinic: str, address: str, limit: int) -> tuple[Bubble, ...]:
    """Give the last texts that a telephone has sent and got, oldest first."""
    oldest_first = [
        *_said(connection, clinic, address, limit),
        *_notified(connection, clinic, address, limit),
    ]
    # An answer has the same moment as its question: sorting keeps such rows as they came.
    return tuple(sorted(oldest_first, key=lambda bubble: bubble.at)[-limit:])


def _said(connection: Connection, clinic: str, address: str, limit: int) -> Iterator[Bubble]:
    rows = connection.execute(
        select(
            messages.c.text,
            messages.c.at,
            messages.c.direction,
            messages.c.language,
            deliveries.c.state,
        )
        .join(threads, threads.c.id == messages.c.thread_id)
        .join(contacts, contacts.c.id == threads.c.contact_id)
        .join(clinics, clinics.c.id == messages.c.clinic_id)
        .outerjoin(deliveries, deliveries.c.message_id == messages.c.id)
        .where(
            clinics.c.key == clinic,
            contacts.c.clinic_id == clinics.c.id,
            contacts.c.address == address,
            messages.c.direction.in_(("in", "out")),
            messages.c.kind.not_in(NEVER_LEFT),
        )
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    for row in reversed(rows.all()):
        is_ours = row.direction == "out"
        yield Bubble(row.text, row.at, is_ours, row.language or "", row.state or "")


def _notified(connection: Connection, clinic: str, address: str, limit: int) -> Iterator[Bubble]:
    rows = connection.execute(
        select(deliveries.c.notification, deliveries.c.created_at, deliveries.c.state)
        .join(clinics, clinics.c.id == deliveries.c.clinic_id)
        .where(
            clinics.c.key == clinic,
            deliveries.c.to_address == address,
            deliveries.c.notification.is_not(None),
        )
        .order_by(deliveries.c.id.desc())
        .limit(limit)
    )
    for row in reversed(rows.all()):
        yield Bubble(row.notification, row.created_at, is_ours=True, language="", state=row.state)
