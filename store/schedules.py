"""The hours of clinics as the core reads them: week, dates that differ, closings."""

from collections import defaultdict

from sqlalchemy import Connection, select

from routing.hours import Closing, Day, Schedule, stretches
from store.tables import clinics, closings, closures


def schedules(connection: Connection, clinic_id: int | None = None) -> dict[int, Schedule]:
    """Read the schedule of one clinic, or of each."""
    days: dict[int, list[Day]] = defaultdict(list)
    shut: dict[int, list[Closing]] = defaultdict(list)
    queries = (
        select(closures).order_by(closures.c.date),
        select(closings).order_by(closings.c.starts_at),
        select(clinics.c.id, clinics.c.hours, clinics.c.timezone),
    )
    if clinic_id is not None:
        by_date, by_moment, of_week = queries
        queries = (
            by_date.where(closures.c.clinic_id == clinic_id),
            by_moment.where(closings.c.clinic_id == clinic_id),
            of_week.where(clinics.c.id == clinic_id),
        )
    for row in connection.execute(queries[0]):
        days[row.clinic_id].append(Day(row.date, row.reason, stretches(row.hours or ())))
    for row in connection.execute(queries[1]):
        shut[row.clinic_id].append(Closing(row.starts_at, row.ends_at, row.reason))
    return {
        row.id: Schedule.read(row.hours, days[row.id], row.timezone, shut[row.id])
        for row in connection.execute(queries[2])
    }
