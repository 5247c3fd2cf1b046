"""The `[[rotations]]` of an apply file: lines of on-call turns, replaced as a set.

A line is known by its name: overrides and swaps that were laid over it in pages stay.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, delete, select, update

from store.clinicfile.changes import Writing
from store.clinicfile.schema import ClinicFile, RotationSection
from store.db import AnyRow
from store.tables import rotation_overrides, rotations

PLAIN = ("people", "first", "days", "handover")


def write(writing: Writing, file: ClinicFile, staff_ids: Mapping[str, int]) -> None:
    """Write the lines in the order of the file; what it does not have is gone."""
    if file.rotations is None:
        return
    rows = writing.connection.execute(
        select(rotations)
        .where(rotations.c.clinic_id == writing.clinic_id)
        .order_by(rotations.c.position)
    ).all()
    wanted = {one.name: _values(one, staff_ids) for one in file.rotations}
    had = {row.name: row for row in rows}
    # Two lines of one name can only come from pages; the file then means the last of them.
    for row in rows:
        if row.name not in wanted or had[row.name].id != row.id:
            _remove(writing, row)
    for name, values in wanted.items():
        if name not in had:
            continue
        changed = [key for key in PLAIN if getattr(had[name], key) != values[key]]
        if changed:
            _update(writing, had[name].id, **values)
            says = f"on-call turns {name}: {', '.join(changed)} changed"
            writing.note(says, "rotation.changed", "clinic", writing.clinic_id)
    _order(writing, list(wanted), wanted, had)


def _order(
    writing: Writing,
    names: list[str],
    wanted: Mapping[str, dict[str, Any]],
    had: Mapping[str, AnyRow],
) -> None:
    """Put the lines into their order and add those that are new."""
    kept = [name for name in had if name in wanted]
    is_moved = kept != [name for name in names if name in had]
    # A place holds one line: all of them step aside before each takes its own.
    for name in kept:
        _update(writing, had[name].id, position=-1 - had[name].id)
    for position, name in enumerate(names):
        if name in had:
            _update(writing, had[name].id, position=position)
        else:
            writing.add(rotations, name=name, position=position, **wanted[name])
            says = f"on-call turns {name}: added"
            writing.note(says, "rotation.added", "clinic", writing.clinic_id)
    if is_moved:
        says = f"on-call turns: {', '.join(names)}"
        writing.note(says, "rotation.moved", "clinic", writing.clinic_id)


def _remove(writing: Writing, row: AnyRow) -> None:
    over = rotation_overrides.c
    mine = and_(over.clinic_id == writing.clinic_id, over.rotation_id == row.id)
    writing.connection.execute(delete(rotation_overrides).where(mine))
    writing.connection.execute(
        delete(rotations).where(
            rotations.c.clinic_id == writing.clinic_id, rotations.c.id == row.id
        )
    )
    says = f"on-call turns {row.name}: removed"
    writing.note(says, "rotation.dropped", "clinic", writing.clinic_id)


def _update(writing: Writing, line_id: int, **values: Any) -> None:
    mine = and_(rotations.c.clinic_id == writing.clinic_id, rotations.c.id == line_id)
    writing.connection.execute(update(rotations).where(mine).values(values))


def _values(one: RotationSection, staff_ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "people": [staff_ids[email] for email in one.staff],
        "first": one.first,
        "days": one.days,
        "handover": one.handover,
    }
