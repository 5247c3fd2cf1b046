"""Whom an alert reaches, rung by rung: by day from the owner up, by night along the on-call list.

The steps are the clinic's own (`routing/steps.py`); who they mean is found anew each time.
"""

from datetime import datetime, timedelta

from routing.hours import window_at
from routing.situation import AlertFields, ClinicView, EpisodeFields, Situation, StaffView
from routing.standing_in import stand_in
from routing.steps import AGAIN, AGAIN_URGENT, Group, Rung, everybody_by
from routing.types import Hazard, StaffChannel, Urgency

NURSES = frozenset({"nurse"})
SUPERVISORS = frozenset({"supervisor"})


def rungs(clinic: ClinicView, now: datetime) -> tuple[Rung, ...]:
    """Give the ladder of this hour."""
    is_open = window_at(clinic.schedule, now).is_open
    return clinic.ladder.day if is_open else clinic.ladder.night


def height(clinic: ClinicView, now: datetime) -> int:
    """Tell the highest rung; whoever stands on it is told again and again (I-10)."""
    return len(rungs(clinic, now)) - 1


def wait(clinic: ClinicView, alert: AlertFields, rung: int, now: datetime) -> timedelta:
    """Tell how long after a rung the next one follows; a danger below `urgent` waits like it.

    Where the office opens or closes meanwhile, the times of two ladders meet: then the next step
    comes early enough that everybody is told when it was promised.
    """
    is_emergency = alert.urgency is Urgency.EMERGENCY
    climbed = rungs(clinic, now)
    if rung >= len(climbed) - 1:
        return AGAIN if is_emergency else AGAIN_URGENT
    planned = climbed[rung + 1].at(emergency=is_emergency) - climbed[rung].at(
        emergency=is_emergency
    )
    left = alert.opened_at + everybody_by(emergency=is_emergency) - now
    if left > timedelta(0) and _has_turned(clinic, alert, now):
        return min(planned, left)
    return planned


def is_late(clinic: ClinicView, alert: AlertFields, now: datetime) -> bool:
    """Tell whether the time for everybody has come while the ladder of the hour has changed."""
    limit = everybody_by(emergency=alert.urgency is Urgency.EMERGENCY)
    return now >= alert.opened_at + limit and _has_turned(clinic, alert, now)


def channels(
    clinic: ClinicView, rung: int, now: datetime
) -> tuple[frozenset[StaffChannel] | None, ...]:
    """List what each of the steps up to a rung names beside the text; None: as the clinic has it.

    All of them count: once loud, an alert grows no quieter on its way up.
    """
    return tuple(one.channels for one in rungs(clinic, now)[: rung + 1])


def _has_turned(clinic: ClinicView, alert: AlertFields, now: datetime) -> bool:
    opened = window_at(clinic.schedule, alert.opened_at)
    return opened.is_open is not window_at(clinic.schedule, now).is_open


def people(
    situation: Situation, episode: EpisodeFields, rung: int, now: datetime
) -> tuple[StaffView, ...]:
    """List whom the rungs up to this one name, in their order, each once."""
    clinic = situation.clinic
    named = [
        tuple(p for group in step.groups for p in _members(situation, group, episode, now))
        for step in rungs(clinic, now)[: rung + 1]
    ]
    nurse = _nurse(clinic, named[0], now) if episode.hazard is Hazard.MEDICAL else ()
    told = (*named[0], *nurse, *(person for step in named[1:] for person in step))
    return tuple(dict.fromkeys(told))


def _members(
    situation: Situation, group: Group, episode: EpisodeFields, now: datetime
) -> tuple[StaffView, ...]:
    clinic = situation.clinic
    on_call = clinic.on_call_at(now)
    answering = clinic.answering(episode.owner_id, now)
    match group:
        case Group.OWNER:
            return _owner(situation, clinic.person(answering.staff_id), now)
        case Group.BACKUP:
            return _one(clinic.person(clinic.backups.get(episode.owner_id or 0)))
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


def _owner(
    situation: Situation, person: StaffView | None, now: datetime
) -> tuple[StaffView, ...]:  # fmt: skip
    """Name who answers; before one who has gone home somebody who has not, at the same time."""
    clinic = situation.clinic
    if person is None or clinic.may_notify(person.id, now):
        return _one(person)
    instead = stand_in(clinic, person, situation.contact.language, now)
    return (*_one(instead), person)


def _nurse(
    clinic: ClinicView, first: tuple[StaffView, ...], now: datetime
) -> tuple[StaffView, ...]:
    """Find one nurse in parallel, unless one of those who are told first is one (C18)."""
    if any(s.roles & NURSES and s.phone for s in first):
        return ()
    nurses = (s for s in (*clinic.on_call_at(now), *clinic.staff) if s.roles & NURSES and s.phone)
    return _one(next(nurses, None))


def _one(person: StaffView | None) -> tuple[StaffView, ...]:
    return () if person is None else (person,)
