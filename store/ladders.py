"""The clinic's own steps of an alert: as they are kept, read, and set in pages."""

import hashlib
import json
from collections.abc import Mapping, Sequence
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


def stamp(ladder: Ladder) -> str:
    """Name steps, so that a form can say which stood on the screen."""
    return hashlib.sha256(json.dumps(kept(ladder)).encode()).hexdigest()[:16]


def set_ladder(connection: Connection, change: Change, ladder: Ladder, seen: str) -> bool:
    """Set the steps; False when the ones that were `seen` are no longer those that stand."""
    before = connection.execute(
        select(clinics.c.ladder).where(clinics.c.id == change.clinic_id).with_for_update()
    ).scalar_one()
    if stamp(ladder_of(before)) != seen:
        return False
    _write(connection, change, ladder=kept(ladder))
    touched(connection, change, "ladder.changed", {"before": before, "after": kept(ladder)})
    return True


def set_ways(
    connection: Connection, change: Change, ways: Sequence[StaffChannel], seen: Sequence[str]
) -> bool:
    """Set in which ways staff are told beside the text; False when others than `seen` stand."""
    before = connection.execute(
        select(clinics.c.alert_channels).where(clinics.c.id == change.clinic_id).with_for_update()
    ).scalar_one()
    if set(before or ()) != set(seen):
        return False
    named = [way.value for way in ways]
    _write(connection, change, alert_channels=named or None)
    touched(connection, change, "ways.changed", {"before": before, "after": named})
    return True


def _write(connection: Connection, change: Change, **values: Any) -> None:
    connection.execute(update(clinics).where(clinics.c.id == change.clinic_id).values(values))


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
