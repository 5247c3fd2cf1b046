"""The hours that people have of their own, as pages show and set them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from store.manage import Change, touched
from store.tables import clinics, staff
from store.team import is_person

CHANGED = "staff.hours"
"""The action of the audit event; it names the hours before and after."""
StoredWeek = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class HoursSet:
    """The week of one person. `own` is empty for somebody who has the clinic's hours."""

    staff_id: int
    name: str
    own: StoredWeek
    clinics: StoredWeek

    @property
    def stamp(self) -> str:
        """Name what stands, for a form: it is another one when somebody has changed it."""
        return hashlib.sha256(repr(sorted(self.own.items())).encode()).hexdigest()[:16]


def hours_set(connection: Connection, clinic_id: int, staff_id: int) -> HoursSet | None:
    """Read the hours of somebody who works here; None for anybody else (I-22)."""
    row = connection.execute(
        select(staff.c.name, staff.c.hours, clinics.c.hours.label("clinics"))
        .join(clinics, clinics.c.id == staff.c.clinic_id)
        .where(is_person(clinic_id, staff_id), staff.c.active)
    ).first()
    return None if row is None else HoursSet(staff_id, row.name, row.hours or {}, row.clinics)


def set_hours(
    connection: Connection, change: Change, staff_id: int, week: dict[str, Any], stamp: str
) -> bool:
    """Set somebody's own week, an empty one for the clinic's.

    Returns:
        False when somebody else has changed it since the form with this stamp was shown.
    """
    this = is_person(change.clinic_id, staff_id)
    connection.execute(select(staff.c.id).where(this).with_for_update())
    before = hours_set(connection, change.clinic_id, staff_id)
    if before is None or before.stamp != stamp:
        return False
    if week != before.own:
        connection.execute(update(staff).where(this).values(hours=week or None))
        details = {"before": dict(before.own), "after": week}
        touched(connection, change, CHANGED, details, staff_id)
    return True
