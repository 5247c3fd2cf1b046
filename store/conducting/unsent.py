"""Replies of people that have not left yet: their writer takes them back, or they are kept back."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from routing.situation import Held
from routing.types import DeliveryState
from store.tables import deliveries, messages, threads

TAKEN_BACK = "taken_back"  # the kind of a reply that its writer kept from leaving
KEPT_BACK = "kept_back"  # … that waited to leave when the family wrote of something more urgent
LEFT_OUT = "left_out"  # … that a colleague kept back for good when they resolved the episode
NEVER_LEFT = (TAKEN_BACK, KEPT_BACK, LEFT_OUT)


def take_back(
    connection: Connection, clinic_id: int, episode_id: int | None, message_id: int
) -> bool:
    """Keep a person's reply from leaving; False when it has left or is on its way.

    A second press finds it taken back already, which is what was asked for.
    """
    theirs = (deliveries.c.episode_id == episode_id, deliveries.c.message_id == message_id)
    if _stop(connection, clinic_id, {"kind": TAKEN_BACK}, *theirs):
        return True
    before = select(messages.c.id).where(
        messages.c.clinic_id == clinic_id,
        messages.c.id == message_id,
        messages.c.episode_id == episode_id,
        messages.c.kind == TAKEN_BACK,
    )
    return connection.execute(before).first() is not None


def keep_back(
    connection: Connection, clinic_id: int, contact_id: int, episode_id: int | None, now: datetime
) -> None:
    """Keep what still waits for a contact from leaving; a person must look at it again (C5).

    What was written for an earlier episode comes over to the one that is open now, where it is
    seen.
    """
    waits = (deliveries.c.contact_id == contact_id, deliveries.c.due_at > now)
    _stop(connection, clinic_id, {"kind": KEPT_BACK, "episode_id": episode_id}, *waits)


def leave_out(
    connection: Connection, clinic_id: int, episode_id: int | None, now: datetime
) -> None:  # fmt: skip
    """Keep what still waits in an episode back for good: it was resolved without it."""
    waits = (deliveries.c.episode_id == episode_id, deliveries.c.due_at > now)
    _stop(connection, clinic_id, {"kind": LEFT_OUT}, *waits)


def held_in(
    connection: Connection, clinic_id: int, episode_id: int, now: datetime
) -> tuple[Held, ...]:
    """List the replies of people that wait to leave in an episode."""
    rows = connection.execute(
        select(messages.c.author_id, deliveries.c.due_at)
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(
            *_waiting(clinic_id), deliveries.c.episode_id == episode_id, deliveries.c.due_at > now
        )
    )
    return tuple(Held(row.author_id, row.due_at) for row in rows)


def _waiting(clinic_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        deliveries.c.clinic_id == clinic_id,
        deliveries.c.purpose == "reply",
        deliveries.c.state == DeliveryState.QUEUED,
        deliveries.c.attempts == 0,
        deliveries.c.lease_until.is_(None),
    )


def _stop(
    connection: Connection, clinic_id: int, becomes: dict[str, Any], *which: ColumnElement[bool]
) -> bool:
    stopped = connection.execute(
        update(deliveries)
        .where(*_waiting(clinic_id), *which)
        .values(state=DeliveryState.EXPIRED, due_at=None)
        .returning(deliveries.c.message_id)
    ).scalars()
    ids = list(stopped)
    if not ids:
        return False
    thread_id = connection.execute(
        update(messages)
        .where(messages.c.clinic_id == clinic_id, messages.c.id.in_(ids))
        .values(**becomes)
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
