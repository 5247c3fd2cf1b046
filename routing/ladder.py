"""Whom an alert reaches, rung by rung: by day from the owner up, by night along the on-call list.

Defaults of the product: the first person at once, the next after five minutes, everybody on the
list within fifteen; `urgent` after fifteen and sixty minutes (FACTS F2, URAC call-back times).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.hours import window_at
from routing.situation import AlertFields, ClinicView, EpisodeFields, Situation, StaffView
from routing.types import Hazard, Urgency

NURSES = frozenset({"nurse"})
SUPERVISORS = frozenset({"supervisor"})


class Group(StrEnum):
    """People who are told together."""

    OWNER = "owner"  # whose family it is, or who covers
    BACKUP = "backup"
    NURSE = "nurse"  # C18: at a medical hazard one nurse in parallel, on call before others
    NURSES = "nurses"
    SUPERVISORS = "supervisors"
    FIRST = "first"  # on the on-call list
    SECOND = "second"
    LIST = "list"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: who is told beside those of the rungs below, and how long until the next."""

    groups: tuple[Group, ...]
    wait: timedelta


def _ladder(minutes: tuple[int, ...], *groups: tuple[Group, ...]) -> tuple[Rung, ...]:
    waits = (timedelta(minutes=m) for m in minutes)
    return tuple(Rung(group, wait) for group, wait in zip(groups, waits, strict=True))


_BY_DAY = (
    (Group.OWNER, Group.NURSE),
    (Group.BACKUP, Group.NURSES),
    (Group.SUPERVISORS,),
    (Group.LIST, Group.STAFF),
)
_BY_NIGHT = ((Group.FIRST, Group.NURSE), (Group.SECOND,), (Group.LIST, Group.NURSES))
EMERGENCY_BY_DAY = _ladder((5, 5, 5, 5), *_BY_DAY)
URGENT_BY_DAY = _ladder((15, 45, 15, 15), *_BY_DAY)
EMERGENCY_BY_NIGHT = _ladder((5, 5, 5), *_BY_NIGHT)
URGENT_BY_NIGHT = _ladder((15, 45, 15), *_BY_NIGHT)


def rungs(clinic: ClinicView, urgency: Urgency, now: datetime) -> tuple[Rung, ...]:
    """Give the ladder of this hour; a danger below `urgent` climbs like `urgent`."""
    is_emergency = urgency is Urgency.EMERGENCY
    if window_at(clinic.schedule, now).is_open:
        return EMERGENCY_BY_DAY if is_emergency else URGENT_BY_DAY
    return EMERGENCY_BY_NIGHT if is_emergency else URGENT_BY_NIGHT


def height(clinic: ClinicView, urgency: Urgency, now: datetime) -> int:
    """Tell the highest rung; whoever stands on it is told again and again (I-10)."""
    return len(rungs(clinic, urgency, now)) - 1


def wait(clinic: ClinicView, urgency: Urgency, rung: int, now: datetime) -> timedelta:
    """Tell how long after a rung the next one follows."""
    return rungs(clinic, urgency, now)[rung].wait


def people(
    situation: Situation, alert: AlertFields, episode: EpisodeFields, rung: int, now: datetime
) -> tuple[StaffView, ...]:
    """List whom the rungs up to this one name, in their order, each once."""
    climbed = rungs(situation.clinic, alert.urgency, now)[: rung + 1]
    named = (
        person
        for step in climbed
        for group in step.groups
        for person in _members(situation.clinic, group, episode, now)
    )
    return tuple(dict.fromkeys(named))


def _members(
    clinic: ClinicView, group: Group, episode: EpisodeFields, now: datetime
) -> tuple[StaffView, ...]:
    on_call = clinic.on_call_at(now)
    answering = clinic.answering(episode.owner_id, now)
    match group:
        case Group.OWNER:
            return _one(clinic.person(answering.staff_id))
        case Group.BACKUP:
            return _one(clinic.person(clinic.backups.get(episode.owner_id or 0)))
        case Group.NURSE if episode.hazard is Hazard.MEDICAL:
            return _nurse(clinic, on_call, episode, now)
        case Group.NURSES:
            return tuple(s for s in clinic.staff if s.roles & NURSES)
        case Group.SUPERVISORS:
            return tuple(s for s in clinic.staff if s.roles & SUPERVISORS)
        case Group.FIRST:
            return on_call[:1]
        case Group.SECOND:
            return on_call[1:2]
        case Group.LIST:
            return on_call
        case Group.STAFF:
            return clinic.staff
        case _:
            return ()


def _nurse(
    clinic: ClinicView, on_call: tuple[StaffView, ...], episode: EpisodeFields, now: datetime
) -> tuple[StaffView, ...]:
    """Find one nurse in parallel to the owner, unless the owner or their cover is one (C18)."""
    owner = clinic.person(clinic.answering(episode.owner_id, now).staff_id)
    is_open = window_at(clinic.schedule, now).is_open
    told_anyway = _one(owner) if is_open else on_call[:1]
    if any(s.roles & NURSES and s.phone for s in told_anyway):
        return ()
    nurses = (s for s in (*on_call, *clinic.staff) if s.roles & NURSES and s.phone)
    return _one(next(nurses, None))


def _one(person: StaffView | None) -> tuple[StaffView, ...]:
    return () if person is None else (person,)
