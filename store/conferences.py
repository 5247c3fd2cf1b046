"""Calls into a talk of a nurse with a family and an interpreter: who joins, and its end (C18).

A talk has an opaque name: Twilio shows names of conferences in its records.
"""

import hashlib

from sqlalchemy import Connection, func, select, update

from routing.decision import Joins
from routing.types import DeliveryState
from store.db import AnyRow
from store.manage import Change, touched
from store.tables import caregivers, clinics, contacts, deliveries, episodes, threads


def name_of(ref: str, call_id: str) -> str:
    """Name the talk that begins in one call; a repeated request gives the same name."""
    return hashlib.sha256(f"{ref}:{call_id}".encode()).hexdigest()[:32]


def leg_of(connection: Connection, ref: str) -> AnyRow | None:
    """Read a call into a talk: `clinic_id`, `name`, `languages`, `purpose`, `conference`, `reads`.

    An empty `conference` is over: whoever led it has hung up.
    """
    d = deliveries.c
    return connection.execute(
        select(
            d.clinic_id,
            d.purpose,
            d.notification.label("conference"),
            clinics.c.name,
            clinics.c.languages,
            func.coalesce(caregivers.c.language, contacts.c.language).label("reads"),
        )
        .join(clinics, clinics.c.id == d.clinic_id)
        .join(episodes, episodes.c.id == d.episode_id)
        .join(threads, threads.c.id == episodes.c.thread_id)
        .join(contacts, contacts.c.id == threads.c.contact_id)
        .outerjoin(caregivers, caregivers.c.id == contacts.c.caregiver_id)
        .where(d.ref == ref, d.channel == "call", d.purpose.in_(list(Joins)))
    ).first()


def set_line(connection: Connection, change: Change, phone: str | None) -> None:
    """Set the telephone of the clinic's line of interpreters; None: it has none."""
    connection.execute(
        update(clinics).where(clinics.c.id == change.clinic_id).values(interpreter_phone=phone)
    )
    touched(connection, change, "interpreter_line.changed", {"has_one": phone is not None})


def end(connection: Connection, clinic_id: int, conference: str) -> None:
    """Call nobody any more into a talk that is over; who picks up now joins nothing."""
    ours = (
        deliveries.c.clinic_id == clinic_id,
        deliveries.c.purpose.in_(list(Joins)),
        deliveries.c.notification == conference,
    )
    connection.execute(
        update(deliveries)
        .where(*ours, deliveries.c.state == DeliveryState.QUEUED)
        .values(state=DeliveryState.EXPIRED, due_at=None)
    )
    connection.execute(update(deliveries).where(*ours).values(notification=""))
