"""Lines of on-call that are taken away, and brought back if that was a mistake."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select

from routing.oncall import Rotation
from store.db import AnyRow
from store.manage import Change, touched
from store.rotations import insert_line, lines_of, plain
from store.tables import audit_events, clinics, rotation_overrides, rotations, staff

REMEMBERED = timedelta(days=1)
"""So long a page offers to bring a line back; the trace keeps it for ever."""
REMOVED, RESTORED = "rotation.removed", "rotation.restored"


@dataclass(frozen=True, slots=True)
class Removed:
    """A line that was taken away lately: its trace, its name, when and by whom."""

    event_id: int
    name: str
    at: datetime
    by: str | None


def remove_line(connection: Connection, change: Change, line_id: int) -> bool:
    """Take a line away with all that lies over it; the trace keeps what it was."""
    _lock(connection, change)
    found = next((o for o, _ in lines_of(connection, change.clinic_id) if o.id == line_id), None)
    if found is None or found.roster.rotation is None:
        return False
    over = and_(
        rotation_overrides.c.clinic_id == change.clinic_id,
        rotation_overrides.c.rotation_id == line_id,
    )
    laid = connection.execute(
        select(rotation_overrides).where(over).order_by(rotation_overrides.c.id)
    ).all()
    connection.execute(delete(rotation_overrides).where(over))
    connection.execute(
        delete(rotations).where(
            rotations.c.clinic_id == change.clinic_id, rotations.c.id == line_id
        )
    )
    details = {
        "rotation": line_id,
        "before": plain(found.name, found.roster.rotation),
        "laid": [_kept(row) for row in laid],
    }
    touched(connection, change, REMOVED, details)
    return True


def removed_lately(connection: Connection, clinic_id: int, now: datetime) -> tuple[Removed, ...]:
    """List the lines that were taken away in the last day and are not back."""
    a, actor = audit_events.c, staff.alias("actor")
    rows = connection.execute(
        select(a.id, a.action, a.at, a.details, actor.c.name)
        .outerjoin(actor, and_(actor.c.id == a.actor_id, actor.c.clinic_id == clinic_id))
        .where(
            a.clinic_id == clinic_id,
            a.action.in_((REMOVED, RESTORED)),
            a.at > now - REMEMBERED,
        )
        .order_by(a.id.desc())
    ).all()
    back = {row.details["event"] for row in rows if row.action == RESTORED}
    return tuple(
        Removed(row.id, row.details["before"]["name"], row.at, row.name)
        for row in rows
        if row.action == REMOVED and row.id not in back
    )


def restore_line(connection: Connection, change: Change, event_id: int) -> int | None:
    """Bring a line back, after the others; None if it is back already or was long ago."""
    _lock(connection, change)
    offered = removed_lately(connection, change.clinic_id, change.now)
    if event_id not in {one.event_id for one in offered}:
        return None
    details: dict[str, Any] = connection.execute(
        select(audit_events.c.details).where(
            audit_events.c.clinic_id == change.clinic_id, audit_events.c.id == event_id
        )
    ).scalar_one()
    was = details["before"]
    rotation = Rotation(
        tuple(was["people"]), date.fromisoformat(was["first"]), was["days"], was["handover"]
    )
    line_id = insert_line(connection, change.clinic_id, was["name"], rotation)
    for staff_id, starts, ends, made_by, swap in details["laid"]:
        connection.execute(
            insert(rotation_overrides).values(
                clinic_id=change.clinic_id, rotation_id=line_id, staff_id=staff_id,
                starts_at=datetime.fromisoformat(starts), ends_at=datetime.fromisoformat(ends),
                made_by=made_by, swap=swap,
            )
        )  # fmt: skip
    touched(connection, change, RESTORED, {"rotation": line_id, "event": event_id})
    return line_id


def _kept(row: AnyRow) -> list[Any]:
    starts, ends = row.starts_at.isoformat(), row.ends_at.isoformat()
    return [row.staff_id, starts, ends, row.made_by, row.swap]


def _lock(connection: Connection, change: Change) -> None:
    connection.execute(
        select(clinics.c.id).where(clinics.c.id == change.clinic_id).with_for_update()
    )
