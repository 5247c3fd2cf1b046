"""Adds to a situation what one kind of event asks beside the thread: loaded for it alone."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from routing.clocks import CLOCKS_DIFFER
from routing.events import ActionKind, Event, Receipt, StaffAction, TimerDue, TimerKind
from routing.situation import AlertState, Notified, Situation
from routing.telling import OF_ALERTS
from routing.types import DeliveryState, StaffChannel
from store.conducting.activity import last_seen
from store.conducting.drafts import open_drafts
from store.conducting.reopening import resolved
from store.conducting.unsent import held_in
from store.tables import deliveries

NOT_REACHED = frozenset({DeliveryState.FAILED, DeliveryState.BLOCKED, DeliveryState.EXPIRED})


def with_what_it_asks(
    connection: Connection,
    event: Event,
    thread: Situation,
    now: datetime,
    delivery_id: int | None = None,
) -> Situation:
    """Add what the event asks for.

    Args:
        event: about this thread.
        thread: as loaded.
        now: the moment of the event.
        delivery_id: whom a Receipt is about; it is judged by itself and left out.
    """
    match event:
        case TimerDue(kind=TimerKind.MISSING):
            owner_id = thread.episode.fields.owner_id if thread.episode else None
            return replace(thread, owner_seen_at=last_seen(connection, thread.clinic.id, owner_id))
        case TimerDue(kind=TimerKind.ALERT_STEP) | Receipt():
            return replace(thread, notified=_notified(connection, thread, now, delivery_id))
        case (
            TimerDue(kind=TimerKind.DRAFT)
            | StaffAction(kind=ActionKind.REPLY | ActionKind.DRAFT | ActionKind.WITHDRAW)
        ):
            waiting = open_drafts(connection, event.clinic_id, event.episode_id)
            return replace(thread, drafts=waiting)
        case StaffAction(kind=ActionKind.REOPEN):
            waiting = open_drafts(connection, event.clinic_id, event.episode_id)
            found = resolved(connection, thread, event.episode_id)
            return replace(thread, drafts=waiting, resolved=found)
        case StaffAction(kind=ActionKind.RESOLVE):
            held = held_in(connection, event.clinic_id, event.episode_id, now)
            return replace(thread, held=held)
        case _:
            return thread


def _notified(
    connection: Connection, thread: Situation, now: datetime, delivery_id: int | None
) -> tuple[Notified, ...]:
    """List who was told in this round of an open alert, and what surely came to nothing.

    A call that ended without a code of the provider's has rung: nobody pressed a key.
    """
    alert, episode = thread.alert, thread.episode
    if alert is None or episode is None or alert.state != AlertState.OPEN:
        return ()
    rows = connection.execute(
        select(
            deliveries.c.id,
            deliveries.c.staff_id,
            deliveries.c.to_address,
            deliveries.c.channel,
            deliveries.c.state,
            deliveries.c.error,
        ).where(
            deliveries.c.clinic_id == thread.clinic.id,
            deliveries.c.episode_id == episode.id,
            deliveries.c.message_id.is_(None),
            deliveries.c.purpose.in_(OF_ALERTS),
            deliveries.c.created_at >= (alert.round_at or alert.opened_at),
            deliveries.c.created_at <= now + CLOCKS_DIFFER,  # else told before a clock was set back
        )
    )
    return tuple(
        Notified(
            row.staff_id,
            row.to_address,
            channel := StaffChannel(row.channel),
            row.state in NOT_REACHED and not (channel is StaffChannel.CALL and row.error is None),
        )
        for row in rows
        if row.id != delivery_id
    )
