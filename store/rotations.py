"""The lines of on-call and what lies over them: read for pages, changed by administrators."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from routing.cover import Absence
from routing.oncall import Override, Roster, Rotation
from routing.watch import Line, Watch
from store.db import AnyRow
from store.manage import Change, touched
from store.tables import (
    absences,
    audit_events,
    clinics,
    on_call,
    rotation_overrides,
    rotations,
    staff,
)

SHOWN = 12
ACTIONS = (
    "rotation.added", "rotation.changed", "rotation.moved", "rotation.restored",
    "override.added", "override.removed",
)  # fmt: skip


class Refusal(StrEnum):
    """Why a change of a line is not made."""

    CHANGED = "changed"  # by somebody else, since the form was opened
    NOT_FOUND = "not_found"
    PEOPLE = "people"  # somebody of them does not work here


@dataclass(frozen=True, slots=True)
class Laid:
    """Something that lies over a line: who takes which stretch; nobody where `staff_id` is None."""

    id: int
    staff_id: int | None
    starts: datetime
    ends: datetime
    is_swap: bool
    made_by: str | None


@dataclass(frozen=True, slots=True)
class LineSet:
    """One line as an administrator has set it; `stamp` changes with every change of it."""

    line: Line
    rotation: Rotation
    laid: tuple[Laid, ...]  # what is not over yet
    stamp: str


def watch_of(connection: Connection, clinic_id: int) -> Watch:
    """Read all that tells who is on call at a clinic, and who of them can be told."""
    people = connection.execute(
        select(staff.c.id, staff.c.phone).where(staff.c.clinic_id == clinic_id, staff.c.active)
    )
    listed = connection.execute(
        select(on_call.c.staff_id)
        .where(on_call.c.clinic_id == clinic_id)
        .order_by(on_call.c.position)
    )
    away = connection.execute(select(absences).where(absences.c.clinic_id == clinic_id))
    phones = {row.id: bool(row.phone) for row in people}
    return Watch(
        lines=tuple(one for one, _ in lines_of(connection, clinic_id)),
        listed=tuple(staff_id for staff_id in listed.scalars() if staff_id in phones),
        phones=phones,
        absences=tuple(
            Absence(row.staff_id, row.starts_at, row.ends_at, row.cover_id) for row in away
        ),
    )


def line_of(connection: Connection, clinic_id: int, line_id: int, now: datetime) -> LineSet | None:
    """Read one line with what lies over it; None for another clinic's (I-22)."""
    found = next((one for one in lines_of(connection, clinic_id) if one[0].id == line_id), None)
    if found is None:
        return None
    line, stamp = found
    maker = staff.alias("maker")
    rows = connection.execute(
        select(rotation_overrides, maker.c.name.label("maker"))
        .outerjoin(
            maker, and_(maker.c.id == rotation_overrides.c.made_by, maker.c.clinic_id == clinic_id)
        )
        .where(_over(clinic_id, line_id), rotation_overrides.c.ends_at > now)
        .order_by(rotation_overrides.c.starts_at, rotation_overrides.c.id)
    )
    laid = tuple(
        Laid(row.id, row.staff_id, row.starts_at, row.ends_at, row.swap is not None, row.maker)
        for row in rows
    )
    rotation = line.roster.rotation
    assert rotation is not None  # noqa: S101  every line is a rotation
    return LineSet(line, rotation, laid, stamp)


def history(
    connection: Connection, clinic_id: int, line_id: int
) -> tuple[tuple[str, datetime, str | None], ...]:
    """List the latest changes of a line, the newest first: what, when, by whom."""
    actor, a = staff.alias("actor"), audit_events.c
    rows = connection.execute(
        select(a.action, a.at, a.details, actor.c.name)
        .outerjoin(actor, and_(actor.c.id == a.actor_id, actor.c.clinic_id == clinic_id))
        .where(a.clinic_id == clinic_id, a.action.in_(ACTIONS))
        .order_by(a.id.desc())
        .limit(10 * SHOWN)
    )
    mine = [(r.action, r.at, r.name) for r in rows if r.details.get("rotation") == line_id]
    return tuple(mine[:SHOWN])


def add_line(
    connection: Connection, change: Change, name: str, rotation: Rotation
) -> int | Refusal:
    """Add a line after the others; gives its id."""
    # Whoever else adds one now waits for this row, so that no two get the same place.
    connection.execute(_clinic(change).with_for_update())
    if not _work_here(connection, change.clinic_id, rotation.people):
        return Refusal.PEOPLE
    line_id = insert_line(connection, change.clinic_id, name, rotation)
    _note(connection, change, "rotation.added", line_id, after=plain(name, rotation))
    return line_id


def insert_line(connection: Connection, clinic_id: int, name: str, rotation: Rotation) -> int:
    """Put a line after the others; whoever calls has locked the clinic."""
    last = connection.execute(
        select(func.max(rotations.c.position)).where(rotations.c.clinic_id == clinic_id)
    ).scalar()
    added = connection.execute(
        insert(rotations)
        .values(
            clinic_id=clinic_id, position=0 if last is None else last + 1,
            **_values(name, rotation),
        )
        .returning(rotations.c.id)
    )  # fmt: skip
    return int(added.scalar_one())


def change_line(
    connection: Connection, change: Change, line_id: int, stamp: str, name: str, rotation: Rotation
) -> Refusal | None:
    """Set name, people and turns of a line, unless somebody else has changed it meanwhile."""
    before = _unchanged(connection, change, line_id, stamp)
    if isinstance(before, Refusal):
        return before
    if not _work_here(connection, change.clinic_id, rotation.people):
        return Refusal.PEOPLE
    connection.execute(
        update(rotations).where(_is(change.clinic_id, line_id)).values(_values(name, rotation))
    )
    was = before.roster.rotation
    _note(
        connection, change, "rotation.changed", line_id,
        before=plain(before.name, was) if was else None, after=plain(name, rotation),
    )  # fmt: skip
    return None


def move_up(connection: Connection, change: Change, line_id: int) -> None:
    """Let a line be told before the one that stands above it."""
    connection.execute(_clinic(change).with_for_update())
    rows = connection.execute(
        select(rotations.c.id, rotations.c.position)
        .where(rotations.c.clinic_id == change.clinic_id)
        .order_by(rotations.c.position)
    ).all()
    ids = [row.id for row in rows]
    if line_id not in ids[1:]:
        return
    mine = rows[ids.index(line_id)]
    above = rows[ids.index(line_id) - 1]
    for row_id, position in ((mine.id, -1), (above.id, mine.position), (mine.id, above.position)):
        connection.execute(
            update(rotations).where(_is(change.clinic_id, row_id)).values(position=position)
        )
    _note(connection, change, "rotation.moved", line_id)


def lay(
    connection: Connection, change: Change, line_id: int, stamp: str, overrides: Sequence[Override]
) -> Refusal | None:
    """Lay an override over a line, or the two halves of a swap, which go away together."""
    before = _unchanged(connection, change, line_id, stamp)
    if isinstance(before, Refusal):
        return before
    people = [one.staff_id for one in overrides if one.staff_id is not None]
    if not _work_here(connection, change.clinic_id, people):
        return Refusal.PEOPLE
    swap = secrets.token_urlsafe(16) if len(overrides) > 1 else None
    for one in overrides:
        connection.execute(
            insert(rotation_overrides).values(
                clinic_id=change.clinic_id, rotation_id=line_id, staff_id=one.staff_id,
                starts_at=one.starts, ends_at=one.ends, made_by=change.staff_id, swap=swap,
            )
        )  # fmt: skip
    laid = [[one.staff_id, one.starts.isoformat(), one.ends.isoformat()] for one in overrides]
    _note(connection, change, "override.added", line_id, laid=laid)
    return None


def lift(connection: Connection, change: Change, line_id: int, override_id: int) -> bool:
    """Take an override away again, of a swap both halves."""
    o = rotation_overrides.c
    found = connection.execute(
        select(o.swap).where(_over(change.clinic_id, line_id), o.id == override_id)
    ).first()
    if found is None:
        return False
    which = o.id == override_id if found.swap is None else o.swap == found.swap
    gone = connection.execute(
        delete(rotation_overrides)
        .where(_over(change.clinic_id, line_id), which)
        .returning(o.staff_id, o.starts_at, o.ends_at)
    ).all()
    laid = [[one.staff_id, one.starts_at.isoformat(), one.ends_at.isoformat()] for one in gone]
    _note(connection, change, "override.removed", line_id, laid=laid)
    return True


def lines_of(connection: Connection, clinic_id: int) -> list[tuple[Line, str]]:
    """Read the lines of a clinic in their order, each with its stamp."""
    timezone = connection.execute(
        select(clinics.c.timezone).where(clinics.c.id == clinic_id)
    ).scalar_one()
    laid: dict[int, list[AnyRow]] = {}
    for row in connection.execute(
        select(rotation_overrides)
        .where(rotation_overrides.c.clinic_id == clinic_id)
        .order_by(rotation_overrides.c.id)
    ):
        laid.setdefault(row.rotation_id, []).append(row)
    found = []
    for row in connection.execute(
        select(rotations).where(rotations.c.clinic_id == clinic_id).order_by(rotations.c.position)
    ):
        over = laid.get(row.id, [])
        rotation = Rotation(tuple(row.people), row.first, row.days, row.handover)
        overrides = tuple(Override(one.staff_id, one.starts_at, one.ends_at) for one in over)
        line = Line(row.id, row.name, Roster(timezone, rotation, overrides))
        seen = repr((row.name, rotation, [one.id for one in over]))
        found.append((line, hashlib.sha256(seen.encode()).hexdigest()[:16]))
    return found


def _unchanged(connection: Connection, change: Change, line_id: int, stamp: str) -> Line | Refusal:
    connection.execute(_clinic(change).with_for_update())
    found = next((o for o in lines_of(connection, change.clinic_id) if o[0].id == line_id), None)
    if found is None:
        return Refusal.NOT_FOUND
    line, now = found
    return line if now == stamp else Refusal.CHANGED


def _clinic(change: Change) -> Any:
    return select(clinics.c.id).where(clinics.c.id == change.clinic_id)


def _is(clinic_id: int, line_id: int) -> Any:
    return and_(rotations.c.clinic_id == clinic_id, rotations.c.id == line_id)


def _over(clinic_id: int, line_id: int) -> Any:
    return and_(
        rotation_overrides.c.clinic_id == clinic_id, rotation_overrides.c.rotation_id == line_id
    )


def _work_here(connection: Connection, clinic_id: int, people: Sequence[int]) -> bool:
    found = connection.execute(
        select(staff.c.id).where(
            staff.c.clinic_id == clinic_id, staff.c.active, staff.c.id.in_(people)
        )
    )
    return set(found.scalars()) == set(people)


def _values(name: str, rotation: Rotation) -> dict[str, Any]:
    return {
        "name": name,
        "people": list(rotation.people),
        "first": rotation.first,
        "days": rotation.days,
        "handover": rotation.handover,
    }


def plain(name: str, rotation: Rotation) -> dict[str, Any]:
    """Write a line as the trace keeps it."""
    return _values(name, rotation) | {"first": rotation.first.isoformat()}


def _note(connection: Connection, change: Change, action: str, line_id: int, **more: Any) -> None:
    touched(connection, change, action, {"rotation": line_id, **more})
