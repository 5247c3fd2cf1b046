"""Calendars on the internet: whose whole days are closed, and when each is read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from store.closures import close_days
from store.db import AnyRow
from store.manage import Change, touched
from store.tables import calendars, clinics

MOST = 5  # of a clinic
READ_EVERY = timedelta(days=1)
TRIED_AGAIN_AFTER = timedelta(hours=1)
LEASE = timedelta(minutes=2)  # more than one download takes
LONGEST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Due:
    """A calendar that is to be read now. `today` is the clinic's date."""

    calendar_id: int
    clinic_id: int
    added_by: int
    address: str
    timezone: str
    seen: frozenset[date]


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A calendar as its page shows it; `problem` says why it could not be read since."""

    calendar_id: int
    address: str
    read_at: datetime | None
    problem: str | None
    days: int


def calendars_of(connection: Connection, clinic_id: int) -> tuple[Subscribed, ...]:
    """List the calendars of a clinic, the oldest first."""
    rows = connection.execute(
        select(calendars).where(calendars.c.clinic_id == clinic_id).order_by(calendars.c.id)
    )
    return tuple(
        Subscribed(row.id, row.address, row.read_at, row.problem, len(row.seen)) for row in rows
    )


def subscribe(connection: Connection, change: Change, address: str) -> bool:
    """Read a calendar from now on; False where the clinic has as many as it may.

    An address that is there already is read again at once.
    """
    # Whoever else adds one now waits for this row, so that there are never too many.
    connection.execute(
        select(clinics.c.id).where(clinics.c.id == change.clinic_id).with_for_update()
    )
    if read_again(connection, change, address=address):
        return True
    ours = calendars.c.clinic_id == change.clinic_id
    if connection.execute(select(func.count()).where(ours)).scalar_one() >= MOST:
        return False
    connection.execute(
        insert(calendars).values(
            clinic_id=change.clinic_id, address=address, added_by=change.staff_id,
            due_at=change.now, seen=[],
        )
    )  # fmt: skip
    touched(connection, change, "calendar.added", {})
    return True


def read_again(
    connection: Connection, change: Change, *, calendar_id: int = 0, address: str = ""
) -> bool:
    """Let a calendar be read at once, named by its id or its address; False without one."""
    which = calendars.c.address == address if address else calendars.c.id == calendar_id
    done = connection.execute(
        update(calendars)
        .where(calendars.c.clinic_id == change.clinic_id, which)
        .values(due_at=change.now)
    )
    return bool(done.rowcount)


def unsubscribe(connection: Connection, change: Change, calendar_id: int) -> None:
    """Read a calendar no more; the days that it has closed stay closed."""
    gone = connection.execute(
        delete(calendars).where(
            calendars.c.clinic_id == change.clinic_id, calendars.c.id == calendar_id
        )
    )
    if gone.rowcount:
        touched(connection, change, "calendar.removed", {})


def is_due(connection: Connection, now: datetime) -> bool:
    """Look, without a lock, whether there may be something to claim."""
    found = connection.execute(select(calendars.c.id).where(calendars.c.due_at <= now).limit(1))
    return found.first() is not None


def claim_due(connection: Connection, now: datetime) -> Due | None:
    """Lease the calendar that has waited longest; the caller commits before anything is fetched."""
    found = connection.execute(
        select(calendars, clinics.c.timezone)
        .join(clinics, clinics.c.id == calendars.c.clinic_id)
        .where(calendars.c.due_at <= now)
        .order_by(calendars.c.due_at, calendars.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=calendars)
    ).first()
    if found is None:
        return None
    _set(connection, found, due_at=now + LEASE)
    return Due(
        found.id, found.clinic_id, found.added_by, found.address, found.timezone,
        frozenset(date.fromisoformat(day) for day in found.seen),
    )  # fmt: skip


def keep(connection: Connection, due: Due, days: Sequence[tuple[date, str]], now: datetime) -> None:
    """Close the days that the calendar names for the first time; it never opens one.

    The trace names whoever has added the address.
    """
    new = [(day, name) for day, name in days if day not in due.seen]
    close_days(connection, Change(due.clinic_id, due.added_by, now), new)
    # What is long past is forgotten; a calendar is read from today on.
    seen = {day for day in due.seen if day >= now.date() - READ_EVERY} | {day for day, _ in days}
    _set(
        connection, due, due_at=now + READ_EVERY, read_at=now, problem=None,
        seen=sorted(day.isoformat() for day in seen),
    )  # fmt: skip


def not_read(connection: Connection, due: Due, problem: str, now: datetime) -> None:
    """Say why it could not be read, and try again later; what it has closed stays closed."""
    _set(connection, due, due_at=now + TRIED_AGAIN_AFTER, problem=problem)


def _set(connection: Connection, which: Due | AnyRow, **values: object) -> None:
    calendar_id = which.calendar_id if isinstance(which, Due) else which.id
    connection.execute(
        update(calendars)
        .where(calendars.c.clinic_id == which.clinic_id, calendars.c.id == calendar_id)
        .values(**values)
    )
