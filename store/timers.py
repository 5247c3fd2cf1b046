"""Finds what has come due; everything is in SQL, so that a restart forgets nothing (I-10, I-27)."""

from datetime import datetime

from sqlalchemy import Connection, select

from routing.events import Event, TimerDue, TimerKind
from routing.situation import AlertState
from store.deliveries import expired
from store.tables import alerts, timers


def due(connection: Connection, now: datetime, limit: int = 50) -> list[Event]:
    """List events for the conductor, the most overdue first; each is decided once, under lock.

    Two workers may find the same one: the second decides on what the first has left, which is
    nothing.
    """
    steps = connection.execute(
        select(alerts.c.clinic_id, alerts.c.episode_id, alerts.c.next_step_at.label("due_at"))
        .where(alerts.c.state != AlertState.CLOSED, alerts.c.next_step_at <= now)
        .order_by(alerts.c.next_step_at)
        .limit(limit)
    )
    events: list[Event] = [
        TimerDue(TimerKind.ALERT_STEP, row.clinic_id, row.episode_id, row.due_at) for row in steps
    ]
    events += expired(connection, now, limit)
    planned = connection.execute(
        select(timers).where(timers.c.due_at <= now).order_by(timers.c.due_at).limit(limit)
    )
    events += [
        TimerDue(TimerKind(row.kind), row.clinic_id, row.episode_id, row.due_at) for row in planned
    ]
    return events


def is_still_due(connection: Connection, event: TimerDue) -> bool:
    """Tell, under the family's lock, whether nobody has dealt with a timer since it was found."""
    found = connection.execute(
        select(timers.c.id).where(
            timers.c.clinic_id == event.clinic_id,
            timers.c.episode_id == event.episode_id,
            timers.c.kind == event.kind,
            timers.c.due_at <= event.due_at,
        )
    )
    return found.first() is not None
