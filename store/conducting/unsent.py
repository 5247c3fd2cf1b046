"""Replies of people that have not left yet: their writer takes them back, or they are kept back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from routing.types import DeliveryState
from store.tables import deliveries, messages, threads

TAKEN_BACK = "taken_back"  # the kind of a reply that its writer kept from leaving
KEPT_BACK = "kept_back"  # … that waited to leave when the family wrote of something more urgent
NEVER_LEFT = (TAKEN_BACK, KEPT_BACK)


def take_back(
    connection: Connection, clinic_id: int, episode_id: int | None, message_id: int
) -> bool:
    """Keep a person's reply from leaving; False when it has left or is on its way.

    A second press finds it taken back already, which is what was asked for.
    """
    if _stop(connection, clinic_id, episode_id, TAKEN_BACK, deliveries.c.message_id == message_id):
        return True
    before = select(messages.c.id).where(
        messages.c.clinic_id == clinic_id,
        messages.c.id == message_id,
        messages.c.episode_id == episode_id,
        messages.c.kind == TAKEN_BACK,
    )
    return connection.execute(before).first() is not None


def keep_back(
    connection: Connection, clinic_id: int, episode_id: int | None, now: datetime
) -> None:  # fmt: skip
    """Keep what still waits in an episode from leaving; a person must look at it again (C5)."""
    _stop(connection, clinic_id, episode_id, KEPT_BACK, deliveries.c.due_at > now)


def _stop(
    connection: Connection, clinic_id: int, episode_id: int | None, kind: str, which: Any
) -> bool:
    stopped = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.clinic_id == clinic_id,
            deliveries.c.episode_id == episode_id,
            deliveries.c.purpose == "reply",
            deliveries.c.state == DeliveryState.QUEUED,
            deliveries.c.attempts == 0,
            deliveries.c.lease_until.is_(None),
            which,
        )
        .values(state=DeliveryState.EXPIRED, due_at=None)
        .returning(deliveries.c.message_id)
    ).scalars()
    ids = list(stopped)
    if not ids:
        return False
    thread_id = connection.execute(
        update(messages)
        .where(messages.c.clinic_id == clinic_id, messages.c.id.in_(ids))
        .values(kind=kind)
        .returning(messages.c.thread_id)
    ).scalars()
    _forget(connection, clinic_id, next(iter(thread_id)))
    return True


def _forget(connection: Connection, clinic_id: int, thread_id: int) -> None:
    """C5, C15: what the family never got does not keep the next acknowledgement from them."""
    wrote = select(func.max(messages.c.at)).where(
        messages.c.clinic_id == clinic_id,
        messages.c.thread_id == thread_id,
        messages.c.direction == "out",
        messages.c.author_id.is_not(None),
        messages.c.kind.not_in(NEVER_LEFT),
    )
    connection.execute(
        update(threads)
        .where(and_(threads.c.clinic_id == clinic_id, threads.c.id == thread_id))
        .values(staff_wrote_at=wrote.scalar_subquery())
    )
