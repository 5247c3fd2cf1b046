"""Looks for what must never be: an alert that nobody moves, a danger without one, words that wait.

Reads with a connection of its own and shares nothing with what it watches but the tables.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from routing.situation import AlertState
from routing.types import Automation, DeliveryState, EpisodeState, Lane, Urgency
from store import tables
from store.ahead import alert_is_ahead, words_are_ahead
from store.probes import is_seen, lost

# A worker looks every second; these leave room for a slow moment and none for a dead worker.
STEP_LATE = timedelta(seconds=90)
SAFETY_LATE = timedelta(seconds=60)
TIMER_LATE = timedelta(minutes=3)
# Everybody is told within fifteen minutes (routing/ladder.py), twice as long is an alarm.
TAKEN_LATE = timedelta(minutes=30)
# At least two steps of each ladder lie in it.
REACHED_LATE = {Urgency.EMERGENCY: timedelta(minutes=20), Urgency.URGENT: timedelta(minutes=90)}
# They are read about every 45 seconds (store/gathering.py).
RECORDS_LATE = timedelta(minutes=10)
LEFT = (DeliveryState.SENT, DeliveryState.DELIVERED)


class Wrong(StrEnum):
    """What can be found; each breaks an invariant."""

    ALERT_STANDS_STILL = "alert_stands_still"  # I-10: its next step is overdue
    DANGER_WITHOUT_ALERT = "danger_without_alert"  # C2
    SAFETY_WORDS_WAIT = "safety_words_wait"  # I-11: nobody has taken them up to send
    TIMER_STANDS_STILL = "timer_stands_still"  # I-27
    NOBODY_REACHED = "nobody_reached"  # I-11: whatever was sent to staff has failed
    NOBODY_TAKES_IT = "nobody_takes_it"  # I-10: everybody was told, and it is still open
    TEST_MESSAGE_LOST = "test_message_lost"  # it did not go the whole way in time
    RECORDS_NOT_READ = "records_not_read"  # I-03: what a webhook lost would not come in
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
    Wrong.NOBODY_REACHED: "An alert reaches nobody: are texts and calls going out?",
    Wrong.NOBODY_TAKES_IT: "An emergency waits for half an hour: everybody was told, take it.",
    Wrong.TEST_MESSAGE_LOST: "A test message was not taken in or not answered: text the number.",
    Wrong.RECORDS_NOT_READ: "Twilio's records of a number cannot be read: is its account right?",
    Wrong.NO_DATABASE: "The database does not answer: nothing is taken in or sent.",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One kind of wrong and how often it was found."""

    wrong: Wrong
    count: int


def violations(connection: Connection, now: datetime) -> tuple[Violation, ...]:
    """Look at every clinic at once; eight counts, all over little."""
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
                or_(
                    alerts.c.next_step_at.is_(None),
                    alerts.c.next_step_at < now - STEP_LATE,
                    alert_is_ahead(now),  # a clock was set back, and nobody has put it right
                ),
            ),
        ),
        (Wrong.DANGER_WITHOUT_ALERT, _dangers()),
        (
            Wrong.SAFETY_WORDS_WAIT,
            select(func.count())
            .select_from(deliveries)
            .where(
                deliveries.c.lane == int(Lane.SAFETY),
                or_(deliveries.c.due_at < now - SAFETY_LATE, words_are_ahead(now)),
                deliveries.c.state == DeliveryState.QUEUED,
                or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until < now),
            ),
        ),
        (
            Wrong.TIMER_STANDS_STILL,
            select(func.count()).select_from(timers).where(timers.c.due_at < now - TIMER_LATE),
        ),
        (Wrong.NOBODY_REACHED, _unreached(now)),
        (Wrong.NOBODY_TAKES_IT, _open_alerts().where(_is_emergency(), _freed_before(now))),
        (Wrong.TEST_MESSAGE_LOST, lost(now)),
        (Wrong.RECORDS_NOT_READ, _unread(now)),
    )


def _unread(now: datetime) -> Select[int]:
    """Count numbers of live clinics whose records nobody could read for a while."""
    numbers, clinics = tables.clinic_numbers, tables.clinics
    return (
        select(func.count())
        .select_from(numbers.join(clinics, clinics.c.id == numbers.c.clinic_id))
        .where(numbers.c.heard_until < now - RECORDS_LATE, clinics.c.automation == Automation.ON)
    )


def _open_alerts() -> Select[int]:
    """Count alerts that nobody has taken, of clinics that are live (C22)."""
    alerts, clinics = tables.alerts, tables.clinics
    return (
        select(func.count())
        .select_from(alerts.join(clinics, clinics.c.id == alerts.c.clinic_id))
        .where(alerts.c.state == AlertState.OPEN, clinics.c.automation == Automation.ON, is_seen())
    )


def _is_emergency() -> ColumnElement[bool]:
    return tables.alerts.c.urgency == int(Urgency.EMERGENCY)


def _freed_before(now: datetime) -> ColumnElement[bool]:
    """Say in SQL that it has been open for long, counted anew where somebody had taken it."""
    alerts = tables.alerts
    return func.coalesce(alerts.c.acknowledged_at, alerts.c.opened_at) < now - TAKEN_LATE


def _unreached(now: datetime) -> Select[int]:
    """Count open alerts of which lately nothing has left for anybody of the staff."""
    alerts = tables.alerts
    emergency, urgent = (
        now - REACHED_LATE[urgency] for urgency in (Urgency.EMERGENCY, Urgency.URGENT)
    )
    return _open_alerts().where(
        or_(
            and_(_is_emergency(), alerts.c.opened_at < emergency, ~_told_since(emergency)),
            and_(~_is_emergency(), alerts.c.opened_at < urgent, ~_told_since(urgent)),
        )
    )


def _told_since(moment: datetime) -> ColumnElement[bool]:
    alerts, deliveries = tables.alerts, tables.deliveries
    return exists().where(
        deliveries.c.clinic_id == alerts.c.clinic_id,
        deliveries.c.episode_id == alerts.c.episode_id,
        deliveries.c.purpose.startswith("staff."),
        deliveries.c.created_at >= moment,
        or_(
            deliveries.c.state.in_(LEFT),
            and_(
                deliveries.c.state == DeliveryState.SENDING, deliveries.c.provider_id.is_not(None)
            ),
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
