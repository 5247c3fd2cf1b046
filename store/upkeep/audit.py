"""Looks for what must never be: an alert that nobody moves, a danger without one, words that wait.

Reads with a connection of its own and shares nothing with what it watches but the tables.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from routing.situation import AlertState
from routing.types import DeliveryState, EpisodeState, Lane, Urgency
from store import tables

# A worker looks every second; these leave room for a slow moment and none for a dead worker.
STEP_LATE = timedelta(seconds=90)
SAFETY_LATE = timedelta(seconds=60)
TIMER_LATE = timedelta(minutes=3)


class Wrong(StrEnum):
    """What can be found; each breaks an invariant."""

    ALERT_STANDS_STILL = "alert_stands_still"  # I-10: its next step is overdue
    DANGER_WITHOUT_ALERT = "danger_without_alert"  # C2
    SAFETY_WORDS_WAIT = "safety_words_wait"  # I-11: nobody has taken them up to send
    TIMER_STANDS_STILL = "timer_stands_still"  # I-27
    NO_DATABASE = "no_database"

    @property
    def sentence(self) -> str:
        """Say it to whoever is called out of bed."""
        return _SENTENCES[self]


_SENTENCES = {
    Wrong.ALERT_STANDS_STILL: "An alert is not passed on: is a worker running?",
    Wrong.DANGER_WITHOUT_ALERT: "An open danger has no alert: look at the inbox.",
    Wrong.SAFETY_WORDS_WAIT: "Safety words or alerts are not being sent: is a worker running?",
    Wrong.TIMER_STANDS_STILL: "What has come due is not done: is a worker running?",
    Wrong.NO_DATABASE: "The database does not answer: nothing is taken in or sent.",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One kind of wrong and how often it was found."""

    wrong: Wrong
    count: int


def violations(connection: Connection, now: datetime) -> tuple[Violation, ...]:
    """Look at every clinic at once; five counts over partial indexes."""
    counts = ((wrong, connection.execute(query).scalar_one()) for wrong, query in _queries(now))
    return tuple(Violation(wrong, count) for wrong, count in counts if count)


def _queries(now: datetime) -> tuple[tuple[Wrong, Select[int]], ...]:
    alerts, deliveries, timers = tables.alerts, tables.deliveries, tables.timers
    return (
        (
            Wrong.ALERT_STANDS_STILL,
            select(func.count())
            .select_from(alerts)
            .where(
                alerts.c.state != AlertState.CLOSED,
                or_(alerts.c.next_step_at.is_(None), alerts.c.next_step_at < now - STEP_LATE),
            ),
        ),
        (Wrong.DANGER_WITHOUT_ALERT, _dangers()),
        (
            Wrong.SAFETY_WORDS_WAIT,
            select(func.count())
            .select_from(deliveries)
            .where(
                deliveries.c.lane == int(Lane.SAFETY),
                deliveries.c.due_at < now - SAFETY_LATE,
                deliveries.c.state == DeliveryState.QUEUED,
                or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until < now),
            ),
        ),
        (
            Wrong.TIMER_STANDS_STILL,
            select(func.count()).select_from(timers).where(timers.c.due_at < now - TIMER_LATE),
        ),
    )


def _dangers() -> Select[int]:
    """Count open episodes that are dangers and have no alert; the system clinic has nobody."""
    episodes, alerts, clinics = tables.episodes, tables.alerts, tables.clinics
    has_alert = exists().where(
        alerts.c.episode_id == episodes.c.id, alerts.c.state != AlertState.CLOSED
    )
    return (
        select(func.count())
        .select_from(episodes.join(clinics, clinics.c.id == episodes.c.clinic_id))
        .where(
            and_(
                ~clinics.c.is_system,
                episodes.c.state != EpisodeState.RESOLVED,
                episodes.c.urgency >= int(Urgency.URGENT),
                ~has_alert,
            )
        )
    )
