"""Closed days that come many at once: public holidays, or a calendar that somebody uploaded."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from store.manage import Change, touched
from store.tables import clinics, closures


def closures_between(
    connection: Connection, clinic_id: int, first: date, last: date
) -> Mapping[date, tuple[str, bool]]:
    """Read the dates that differ from their weekday: the name, and whether it is closed all day."""
    rows = connection.execute(
        select(closures).where(
            closures.c.clinic_id == clinic_id, closures.c.date >= first, closures.c.date <= last
        )
    )
    return {row.date: (row.reason, not row.hours) for row in rows}


def close_days(
    connection: Connection,
    change: Change,
    wanted: Sequence[tuple[date, str]],
    reopened: Sequence[tuple[date, str]] = (),
) -> int:
    """Close dates by name, all in one; a date that has something set already stays as it is.

    Args:
        connection: of a writing transaction.
        change: who changes it, and when.
        wanted: dates and the names that families read.
        reopened: dates to be like their weekday again, if nothing but this name was set.

    Returns:
        How many of the wanted dates were left as they were.
    """
    # Whoever else sets dates now waits for this row: a date has one row.
    connection.execute(
        select(clinics.c.id).where(clinics.c.id == change.clinic_id).with_for_update()
    )
    days = [day for day, _ in (*wanted, *reopened)]
    if not days:
        return 0
    had = closures_between(connection, change.clinic_id, min(days), max(days))
    added = {day: name for day, name in wanted if day not in had}
    gone = [day for day, name in reopened if had.get(day) == (name, True)]
    if added:
        connection.execute(
            insert(closures),
            [
                {"clinic_id": change.clinic_id, "date": day, "reason": name, "hours": None}
                for day, name in sorted(added.items())
            ],
        )
    if gone:
        connection.execute(
            delete(closures).where(
                closures.c.clinic_id == change.clinic_id, closures.c.date.in_(gone)
            )
        )
    if added or gone:
        details = {
            "added": [day.isoformat() for day in sorted(added)],
            "removed": [day.isoformat() for day in sorted(gone)],
        }
        touched(connection, change, "closures.changed", details)
    return sum(day in had for day, _ in wanted)
