"""Up to when the provider's records of each number were read: nothing there is missed (I-03).

A number begins with the moment in which it is first looked at: what families wrote before they
wrote to Kinline is no message to it. A restored backup goes on where it was made.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from store.tables import clinic_numbers, clinics, messages, provider_reports

ANSWERED = "answered_by_us"
"""How a call to us is reported that Kinline has answered, whoever picked up afterwards."""
EVERY = timedelta(seconds=45)
LEASE = timedelta(minutes=2)
NOT_BEFORE = timedelta(days=7)  # of a very old backup: older words would only confuse


@dataclass(frozen=True, slots=True)
class Line:
    """A number whose records are read now, from `since` on; `account_sid` is empty for our own."""

    id: int
    clinic_id: int
    number: str
    account_sid: str
    since: datetime


def is_due(connection: Connection, now: datetime) -> bool:
    """Look, without a lock, whether there may be something to claim."""
    found = connection.execute(select(clinic_numbers.c.id).where(_due(now)).limit(1))
    return found.first() is not None


def claim_due(connection: Connection, now: datetime) -> Line | None:
    """Lease the number that has waited longest; the caller commits before anybody is asked.

    None where nothing is due, and for a number that begins now.
    """
    found = connection.execute(
        select(clinic_numbers, clinics.c.twilio_account_sid)
        .join(clinics, clinics.c.id == clinic_numbers.c.clinic_id)
        .where(_due(now))
        .order_by(clinic_numbers.c.heard_due_at, clinic_numbers.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=clinic_numbers)
    ).first()
    if found is None:
        return None
    since = found.heard_until
    line = Line(found.id, found.clinic_id, found.number, found.twilio_account_sid or "",
                max(since or now, now - NOT_BEFORE))  # fmt: skip
    if since is None:
        heard(connection, line, now, now)
        return None
    _set(connection, line, heard_due_at=now + LEASE)
    return line


def heard(connection: Connection, line: Line, until: datetime, now: datetime) -> None:
    """Remember that everything up to a moment is known."""
    _set(connection, line, heard_until=until, heard_due_at=now + EVERY)


def not_heard(connection: Connection, line: Line, now: datetime) -> None:
    """Look again soon, from the same moment on."""
    _set(connection, line, heard_due_at=now + EVERY)


def known(connection: Connection, provider: str, account: str, ids: Collection[str]) -> set[str]:
    """Tell which messages of an account are here already, whoever they are for."""
    rows = connection.execute(
        select(messages.c.provider_id).where(
            messages.c.provider == provider,
            messages.c.provider_account == account,
            messages.c.provider_id.in_(ids),
        )
    )
    return {row.provider_id for row in rows}


@dataclass(frozen=True, slots=True)
class KnownCalls:
    """Which of some calls are here as messages, and which Kinline answered at least."""

    kept: frozenset[str]
    answered: frozenset[str]


def known_calls(
    connection: Connection, provider: str, account: str, ids: Collection[str]
) -> KnownCalls:
    """Tell what is known of some calls of an account."""
    r = provider_reports.c
    answered = connection.execute(
        select(r.provider_id).where(
            r.provider == provider,
            r.provider_account == account,
            r.provider_id.in_(ids),
            r.status == ANSWERED,
        )
    ).scalars()
    kept = known(connection, provider, account, ids)
    return KnownCalls(frozenset(kept), frozenset(str(one) for one in answered))


def found_since(connection: Connection, clinic_id: int, since: datetime) -> int:
    """Count what nobody had told us of: a webhook that fails."""
    return connection.execute(
        select(func.count()).where(
            messages.c.clinic_id == clinic_id,
            messages.c.written_at.is_not(None),
            messages.c.at >= since,
        )
    ).scalar_one()


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(clinic_numbers.c.heard_due_at.is_(None), clinic_numbers.c.heard_due_at <= now)


def _set(connection: Connection, line: Line, **values: datetime) -> None:
    connection.execute(
        update(clinic_numbers)
        .where(clinic_numbers.c.id == line.id, clinic_numbers.c.clinic_id == line.clinic_id)
        .values(**values)
    )
