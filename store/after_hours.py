"""Reads what people did outside their hours in the last weeks."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from routing.overtime import AfterHours, Counted, Done, Overtime, by_week, since
from store.tables import after_hours

WEEKS = 8


def weeks_of(
    connection: Connection, clinic_id: int, timezone: str, now: datetime,
    staff_id: int | None = None,
) -> Mapping[int, tuple[Counted, ...]]:  # fmt: skip
    """Count the last eight weeks of everybody who did anything, or of one person."""
    c = after_hours.c
    query = select(c.staff_id, c.kind, c.on_call, c.at).where(
        c.clinic_id == clinic_id, c.at >= since(timezone, now, WEEKS)
    )
    if staff_id is not None:
        query = query.where(c.staff_id == staff_id)
    done = (
        Done(row.staff_id, Overtime(AfterHours(row.kind), row.on_call), row.at)
        for row in connection.execute(query.order_by(c.id))
    )
    return by_week(done, timezone, now, WEEKS)
