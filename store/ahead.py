"""Dates anew what waits for an instant that no right clock has written (I-31, F-21).

A machine's clock that was ahead and is set back leaves rows that are due in an hour, or next year,
though they were to be done at once. Each row tells by itself: it was written in the future, or
waits longer than anything like it may. It waits anew, from now on and as long as it was to; what
was promised for an hour of the day stands. Nobody has to have seen the clock jump, so it holds
over restarts, for a restored database, and where another machine's clock is wrong.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select, update

from routing.alerts import ASK_AFTER, REOPEN_AFTER_ASKING, SECOND_DANGER_AFTER
from routing.clocks import CLOCKS_DIFFER, is_ahead
from routing.events import TimerKind
from routing.reports import LONGEST_ASKED, LONGEST_PAUSE
from routing.situation import AlertState
from routing.types import DeliveryState, Urgency
from store.attachments import AttachmentState
from store.broadcasts import TIME_TO_STOP
from store.calendars import READ_EVERY
from store.db import AnyRow
from store.gathering import LEASE as READING
from store.tables import (
    alerts,
    attachments,
    broadcast_recipients,
    calendars,
    clinic_numbers,
    clinics,
    deliveries,
    second_readings,
    timers,
)

A_LEASE = timedelta(minutes=1)  # twice as long as one of a text or a reading, as long as the others
A_MOMENT = timedelta(minutes=1)  # in which words can be taken back; longer is a wait for an hour
LOOKED_BACK = timedelta(hours=1)  # for a text whose try has no right time
# The others are due at an hour that somebody was told, or has chosen.
WAITS = (TimerKind.UNOPENED, TimerKind.DRAFT, TimerKind.MISSING, TimerKind.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class Ahead:
    """One row that was dated by another clock, as it was found, and what becomes of it."""

    table: Table
    row: AnyRow
    seen: str  # a column that nobody may have changed since
    becomes: dict[str, Any]


def found(connection: Connection, now: datetime) -> tuple[Ahead, ...]:
    """Look, without a lock, for everything that is dated too far ahead."""
    return (
        *_alerts(connection, now),
        *_timers(connection, now),
        *_deliveries(connection, now),
        *_leased(connection, now, second_readings, second_readings.c.due_at.is_not(None)),
        *_leased(connection, now, attachments,
                 attachments.c.state == AttachmentState.RECORDED.value),
        *_far(connection, now, broadcast_recipients, A_LEASE, TIME_TO_STOP),
        *_far(connection, now, calendars, READ_EVERY, timedelta(0)),
        *_numbers(connection, now),
        *_test_messages(connection, now),
    )  # fmt: skip


def put_right(connection: Connection, rows: Collection[Ahead]) -> None:
    """Date them anew, unless somebody has done it, or dealt with them, since they were found."""
    for one in rows:
        clinic = one.table.c.id if one.table is clinics else one.table.c.clinic_id
        connection.execute(
            update(one.table)
            .where(
                clinic == getattr(one.row, clinic.name),
                one.table.c.id == one.row.id,
                one.table.c[one.seen].is_not_distinct_from(getattr(one.row, one.seen)),
            )
            .values(**one.becomes)
        )


def alert_is_ahead(now: datetime) -> ColumnElement[bool]:
    """Say in SQL which alerts stand still: told in a future, or with a step too far away."""
    a, latest = alerts.c, now + CLOCKS_DIFFER
    is_taken = a.state == AlertState.ACKNOWLEDGED
    is_emergency = a.urgency == int(Urgency.EMERGENCY)
    return or_(
        and_(a.state == AlertState.OPEN, a.round_at > latest),
        and_(a.state == AlertState.OPEN, a.round_at.is_(None),
             a.next_step_at > latest + SECOND_DANGER_AFTER),
        and_(is_taken, a.asked, a.next_step_at > latest + REOPEN_AFTER_ASKING),
        and_(is_taken, is_emergency, a.next_step_at > latest + ASK_AFTER[Urgency.EMERGENCY]),
        and_(is_taken, a.next_step_at > latest + ASK_AFTER[Urgency.URGENT]),
    )  # fmt: skip


def words_are_ahead(now: datetime) -> ColumnElement[bool]:
    """Say in SQL which deliveries stand still; of a person's words the hour may be chosen."""
    d, latest = deliveries.c, now + CLOCKS_DIFFER
    longest = latest + LONGEST_PAUSE
    return and_(
        d.due_at.is_not(None),
        or_(
            d.lease_until > latest + A_LEASE,
            and_(d.due_at > latest, d.attempts == 0, d.created_at > latest),
            and_(d.due_at > latest, d.first_tried_at > latest),
            and_(d.due_at > longest, d.attempts > 0, d.state != DeliveryState.SENT),
            and_(d.due_at > latest + LONGEST_ASKED, d.state == DeliveryState.SENT),
        ),
    )


def _alerts(connection: Connection, now: datetime) -> Iterator[Ahead]:
    """Let an open alert go on at once: nobody knows how long people have been told.

    Whoever has taken one is asked, and the second danger passed on, as long after now as ever.
    """
    a, latest = alerts.c, now + CLOCKS_DIFFER
    dated = or_(alert_is_ahead(now), a.opened_at > latest, a.acknowledged_at > latest)
    for row in connection.execute(select(alerts).where(a.state != AlertState.CLOSED, dated)):
        becomes: dict[str, Any] = {
            name: now
            for name in ("opened_at", "acknowledged_at")
            if (at := getattr(row, name)) is not None and is_ahead(at, now)
        }
        if row.state == AlertState.OPEN and row.round_at is not None:
            if is_ahead(row.round_at, now):
                becomes |= {"next_step_at": now, "round_at": None, "round_ends_at": None}
        else:
            becomes["next_step_at"] = min(row.next_step_at, now + _step_of(row))
        yield Ahead(alerts, row, "next_step_at", becomes)


def _step_of(row: AnyRow) -> timedelta:
    """Tell how long an alert waits that is in no round of telling people."""
    if row.state == AlertState.OPEN:
        return SECOND_DANGER_AFTER
    return REOPEN_AFTER_ASKING if row.asked else ASK_AFTER.get(
        Urgency(row.urgency), ASK_AFTER[Urgency.URGENT]
    )  # fmt: skip


def _timers(connection: Connection, now: datetime) -> Iterator[Ahead]:
    planned = select(timers).where(
        timers.c.planned_at > now + CLOCKS_DIFFER, timers.c.kind.in_(WAITS)
    )
    for row in connection.execute(planned):
        due = now + (row.due_at - row.planned_at)
        yield Ahead(timers, row, "due_at", {"due_at": due, "planned_at": now})


def _deliveries(connection: Connection, now: datetime) -> Iterator[Ahead]:
    """Let words leave now, and be too old as long after that as ever."""
    for row in connection.execute(select(deliveries).where(words_are_ahead(now))):
        becomes: dict[str, Any] = {}
        if row.lease_until is not None and row.lease_until > now + A_LEASE + CLOCKS_DIFFER:
            becomes["lease_until"] = now + A_LEASE
        if row.attempts > 0 and is_ahead(row.due_at, now):
            becomes["due_at"] = now
        elif is_ahead(row.due_at, now) and row.due_at - row.created_at <= A_MOMENT:
            becomes["due_at"] = now + (row.due_at - row.created_at)
        if row.first_tried_at is not None and is_ahead(row.first_tried_at, now):
            becomes["first_tried_at"] = now - LOOKED_BACK
        if becomes and is_ahead(row.created_at, now):
            becomes["expires_at"] = now + (row.expires_at - row.created_at)
        if becomes:
            yield Ahead(deliveries, row, "due_at", becomes)


def _leased(
    connection: Connection, now: datetime, table: Table, waits: ColumnElement[bool]
) -> Iterator[Ahead]:
    """Let what nobody has begun be done now, and the rest after one lease."""
    for row in connection.execute(select(table).where(waits, _is_far(table, now, A_LEASE))):
        due = now if row.tries == 0 else now + A_LEASE
        yield Ahead(table, row, "due_at", {"due_at": due})


def _far(
    connection: Connection, now: datetime, table: Table, longest: timedelta, anew: timedelta
) -> Iterator[Ahead]:
    for row in connection.execute(select(table).where(_is_far(table, now, longest))):
        yield Ahead(table, row, "due_at", {"due_at": now + anew})


def _is_far(table: Table, now: datetime, longest: timedelta) -> ColumnElement[bool]:
    due_at: ColumnElement[datetime] = table.c.due_at
    return due_at > now + longest + CLOCKS_DIFFER


def _numbers(connection: Connection, now: datetime) -> Iterator[Ahead]:
    """Read the provider's records on from now: all that had come by then was read (I-03)."""
    n, latest = clinic_numbers.c, now + CLOCKS_DIFFER
    dated = or_(n.heard_until > latest, n.heard_due_at > latest + READING)
    for row in connection.execute(select(clinic_numbers).where(dated)):
        heard = {"heard_until": now} if is_ahead(row.heard_until or now, now) else {}
        yield Ahead(clinic_numbers, row, "heard_due_at", {"heard_due_at": now, **heard})


def _test_messages(connection: Connection, now: datetime) -> Iterator[Ahead]:
    """Send the next test message: that they stop is what nobody would notice (store/probes.py)."""
    latest = now + CLOCKS_DIFFER
    waits = and_(clinics.c.probe_sent_at > latest, clinics.c.probe_due_at > latest)
    for row in connection.execute(select(clinics).where(waits)):
        yield Ahead(clinics, row, "probe_due_at", {"probe_due_at": now})
