"""The clinic's own steps of an alert: as they are kept, read, and set in pages."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from routing.steps import DEFAULT, MINUTE, Group, Ladder, Rung, faults
from routing.types import StaffChannel
from store.manage import Change, touched
from store.tables import clinics

Kept = Mapping[str, Any]


def ladder_of(kept: Kept | None) -> Ladder:
    """Read the steps as they are kept; the product's where there are none or they are damaged.

    An alert must climb whatever stands in the database (I-10).
    """
    if kept is None:
        return DEFAULT
    try:
        ladder = Ladder(*(tuple(map(_rung, kept[part])) for part in ("day", "night")))
    except (AttributeError, KeyError, TypeError, ValueError):
        return DEFAULT
    return DEFAULT if any(faults(ladder)) else ladder


def kept(ladder: Ladder) -> dict[str, Any] | None:
    """Write steps as they are kept; the product's own are not, so that they may improve."""
    if ladder == DEFAULT:
        return None
    return {"day": [_step(rung) for rung in ladder.day],
            "night": [_step(rung) for rung in ladder.night]}  # fmt: skip


def set_ladder(connection: Connection, change: Change, ladder: Ladder) -> bool:
    """Set the steps; False when somebody else has changed the clinic meanwhile."""
    before = connection.execute(
        select(clinics.c.ladder, clinics.c.revision)
        .where(clinics.c.id == change.clinic_id)
        .with_for_update()
    ).one()
    if change.revision is not None and before.revision != change.revision:
        return False
    connection.execute(
        update(clinics).where(clinics.c.id == change.clinic_id).values(ladder=kept(ladder))
    )
    details = {"before": before.ladder, "after": kept(ladder)}
    touched(connection, change, "ladder.changed", details)
    return True


def _rung(step: Kept) -> Rung:
    ways = step.get("channels")
    return Rung(
        groups=tuple(Group(one) for one in step["who"]),
        after=_minutes(step["after"]),
        after_urgent=_minutes(step["after_urgent"]),
        channels=None if ways is None else frozenset(StaffChannel(one) for one in ways),
    )


def _minutes(number: int) -> timedelta:
    return int(number) * MINUTE


def _step(rung: Rung) -> dict[str, Any]:
    return {
        "who": [group.value for group in rung.groups],
        "after": rung.after // MINUTE,
        "after_urgent": rung.after_urgent // MINUTE,
        "channels": None if rung.channels is None else sorted(rung.channels),
    }
