"""Who answers for whom: absences with a named person, chains without loops, never nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """One person is away from `starts` to `ends`; `cover_id` answers meanwhile, or the team."""

    staff_id: int
    starts: datetime
    ends: datetime
    cover_id: int | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether the person is away at this moment."""
        return self.starts <= at < self.ends


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for an owner at a moment.

    `staff_id` is None for the team. `away` are those of the chain who are not there, the owner
    first; `back` is when the owner is there again, None where they are or nobody knows.
    """

    staff_id: int | None
    away: tuple[int, ...] = ()
    back: datetime | None = None


def answering(
    owner_id: int | None,
    absences: Iterable[Absence],
    active: frozenset[int],
    at: datetime,
    backup_id: int | None = None,
    speaking: frozenset[int] = frozenset(),
) -> Answering:
    """Follow the cover of an owner until somebody is there; the team where nobody is.

    The person named in an absence comes first, then the owner's standing backup. Whoever has
    left (`active` does not hold them) answers nothing any more; whoever was asked already is
    not asked again, so that two people who cover each other end at the team.

    Args:
        owner_id: whose family it is; None for a family without a coordinator.
        absences: of the whole clinic.
        active: ids of staff who work here.
        at: the moment, aware.
        backup_id: who stands in for the owner whenever no absence names somebody.
        speaking: ids of staff who speak the family's language; of those who stand in, one of them
            comes first (C7).
    """
    away: list[int] = []
    stand_in: int | None = None
    known = tuple(absences)
    waiting = [owner_id, backup_id]
    while waiting:
        current = waiting.pop(0)
        if current is None or current not in active or current in away:
            continue
        now_away = [one for one in known if one.staff_id == current and one.holds(at)]
        if not now_away and (current == owner_id or current in speaking or not speaking):
            return Answering(current, tuple(away), _back(owner_id, known, at))
        if not now_away:
            stand_in = stand_in or current
            continue
        away.append(current)
        waiting = [*(one.cover_id for one in now_away), *waiting]
    return Answering(stand_in, tuple(away), _back(owner_id, known, at))


def _back(owner_id: int | None, absences: tuple[Absence, ...], at: datetime) -> datetime | None:
    """Find the end of an owner's absence; one that follows without a gap prolongs it."""
    back: datetime | None = None
    moment = at
    for one in sorted(absences, key=lambda absence: absence.starts):
        if one.staff_id == owner_id and one.starts <= moment < one.ends:
            back = moment = one.ends
    return back
