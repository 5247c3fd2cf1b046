"""Who is away, who stands in, and whose turn it is, of every clinic, for the playbook."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, select

from routing.cover import Absence
from routing.oncall import Override, Roster, Rotation
from store.tables import absences, rotation_overrides, rotations, staff


def absences_of(connection: Connection) -> dict[int, tuple[Absence, ...]]:
    """Read the absences of each clinic."""
    found: dict[int, list[Absence]] = defaultdict(list)
    for row in connection.execute(select(absences).order_by(absences.c.starts_at, absences.c.id)):
        away = Absence(row.staff_id, row.starts_at, row.ends_at, row.cover_id)
        found[row.clinic_id].append(away)
    return {clinic_id: tuple(away) for clinic_id, away in found.items()}


def backups_of(connection: Connection) -> dict[int, dict[int, int]]:
    """Read who stands in for whom in each clinic."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = connection.execute(
        select(staff.c.id, staff.c.clinic_id, staff.c.backup_id).where(
            staff.c.backup_id.is_not(None)
        )
    )
    for row in rows:
        found[row.clinic_id][row.id] = row.backup_id
    return found


def rosters_of(
    connection: Connection, timezones: Mapping[int, str]
) -> dict[int, tuple[Roster, ...]]:
    """Read the on-call lines of each clinic, in their order."""
    laid: dict[int, list[Override]] = defaultdict(list)
    for row in connection.execute(select(rotation_overrides).order_by(rotation_overrides.c.id)):
        laid[row.rotation_id].append(Override(row.staff_id, row.starts_at, row.ends_at))
    found: dict[int, list[Roster]] = defaultdict(list)
    for row in connection.execute(select(rotations).order_by(rotations.c.position)):
        rotation = Rotation(tuple(row.people), row.first, row.days, row.handover)
        roster = Roster(timezones[row.clinic_id], rotation, tuple(laid[row.id]))
        found[row.clinic_id].append(roster)
    return {clinic_id: tuple(lines) for clinic_id, lines in found.items()}
