"""Finds what opening a resolved episode again must know: asked for that act alone."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from routing.decision import PromiseChange
from routing.reopening import may_reopen
from routing.situation import EpisodeView, ResolvedView, Situation
from routing.types import DeliveryState, EpisodeState
from store.conducting.situations import episode_fields
from store.db import AnyRow
from store.tables import deliveries, episodes, messages, promises

ARRIVED = (DeliveryState.SENT, DeliveryState.DELIVERED)


def newest_of(connection: Connection, clinic_id: int, thread_id: int) -> int | None:
    """Name the newest episode of a thread."""
    return connection.execute(
        select(func.max(episodes.c.id)).where(
            episodes.c.clinic_id == clinic_id, episodes.c.thread_id == thread_id
        )
    ).scalar()


def is_reopenable(connection: Connection, clinic_id: int, episode_id: int, now: datetime) -> bool:
    """Tell whether a page offers to open an episode again: resolved lately, and nothing newer."""
    row = connection.execute(
        select(episodes.c.thread_id, episodes.c.resolved_at).where(
            episodes.c.clinic_id == clinic_id,
            episodes.c.id == episode_id,
            episodes.c.state == EpisodeState.RESOLVED,
        )
    ).first()
    if row is None or not may_reopen(row.resolved_at, now):
        return False
    return newest_of(connection, clinic_id, row.thread_id) == episode_id


def resolved(connection: Connection, thread: Situation, episode_id: int) -> ResolvedView | None:
    """Read a resolved episode; None where it is not, or where the thread has something newer."""
    clinic_id, thread_id = thread.clinic.id, thread.contact.thread_id
    row = connection.execute(
        select(episodes).where(
            episodes.c.clinic_id == clinic_id,
            episodes.c.thread_id == thread_id,
            episodes.c.id == episode_id,
            episodes.c.state == EpisodeState.RESOLVED,
        )
    ).first()
    if row is None or newest_of(connection, clinic_id, thread_id) != episode_id:
        return None
    wrote = connection.execute(
        select(func.max(messages.c.id).label("id"), func.max(messages.c.at).label("at")).where(
            messages.c.clinic_id == clinic_id,
            messages.c.episode_id == episode_id,
            messages.c.direction == "in",
            messages.c.at <= row.resolved_at,  # thanks that came later ask for nothing (C15)
        )
    ).one()
    view = EpisodeView(row.id, episode_fields(row), wrote.id or 0, wrote.at)
    return ResolvedView(
        view,
        _promise(connection, row),
        is_answered=_is_answered(connection, row, wrote.id),
        has_call=_has_call(connection, row, wrote.id),
    )


def _promise(connection: Connection, row: AnyRow) -> datetime | None:
    """Give the promise that was taken back in the moment of resolving."""
    return connection.execute(
        select(promises.c.due_at)
        .where(
            promises.c.clinic_id == row.clinic_id,
            promises.c.episode_id == row.id,
            promises.c.state == PromiseChange.WITHDRAWN,
            promises.c.settled_at == row.resolved_at,
        )
        .order_by(promises.c.id.desc())
        .limit(1)
    ).scalar()


def _is_answered(connection: Connection, row: AnyRow, wrote_id: int | None) -> bool:
    """Tell whether words of a person were sent after the family's last ones (C5)."""
    found = connection.execute(
        select(messages.c.id)
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(
            messages.c.clinic_id == row.clinic_id,
            messages.c.episode_id == row.id,
            messages.c.id > (wrote_id or 0),
            messages.c.author_id.is_not(None),
            messages.c.direction == "out",
            deliveries.c.state.in_(ARRIVED),
        )
        .limit(1)
    ).first()
    return found is not None or wrote_id is None


def _has_call(connection: Connection, row: AnyRow, wrote_id: int | None) -> bool:
    found = connection.execute(
        select(messages.c.id)
        .where(
            messages.c.clinic_id == row.clinic_id,
            messages.c.episode_id == row.id,
            messages.c.id > (wrote_id or 0),
            messages.c.kind == "call",
        )
        .limit(1)
    ).first()
    return found is not None
