"""C7, the missing coordinator: who did not come is not waited for, the team answers meanwhile.

45 minutes into a coordinator's hours without any activity of theirs, with `soon` or above waiting:
the episode goes to the team, which sees whose it was; one press gives it back.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from routing.decision import Decision
from routing.events import TimerKind
from routing.shifts import day_began, next_day, of_person
from routing.situation import ClinicView, EpisodeFields, EpisodeView, Situation
from routing.types import Because, EpisodeState, Urgency

AFTER = timedelta(minutes=45)


def watched(
    decision: Decision, situation: Situation, now: datetime, grace: timedelta = timedelta(0)
) -> Decision:
    """Plan the look for a coordinator where an episode begins to wait for one, or for another.

    `grace` is how long they have at least: whom a person gave it to need not be there at once.
    """
    before = situation.episode.fields if situation.episode else None
    after = decision.episode or before
    if after is None or TimerKind.MISSING in decision.timers or decision.problem is not None:
        return decision
    awaited = _awaited(after)
    if before is not None and awaited == _awaited(before):
        return decision
    due = first_look(situation.clinic, after, now, grace)
    if before is None and due is None:
        return decision
    return replace(decision, timers={**decision.timers, TimerKind.MISSING: due})


def first_look(
    clinic: ClinicView, fields: EpisodeFields, now: datetime, grace: timedelta = AFTER
) -> datetime | None:
    """Tell when to look for whom an episode waits for; None where it waits for nobody."""
    awaited = _awaited(fields)
    due = due_at(clinic, awaited, now) if awaited is not None else None
    return due and max(due, now + grace)


def due_at(clinic: ClinicView, owner_id: int, now: datetime) -> datetime | None:
    """Tell when to look whether somebody came: 45 minutes into their hours; None without hours.

    Their absences do not count here: who is away is found out then as well, and cover answers.
    """
    person = clinic.person(owner_id)
    hours = of_person(clinic.schedule, person.week if person else None)
    began = day_began(hours, now)
    if began is not None:
        return max(began + AFTER, now)
    starts = next_day(hours, now)
    return None if starts is None else starts + AFTER


def look(situation: Situation, episode: EpisodeView, now: datetime) -> Decision:
    """Decide what follows 45 minutes into the hours of whom a family waits for (C7)."""
    clinic, owner_id = situation.clinic, _awaited(episode.fields)
    due = due_at(clinic, owner_id, now) if owner_id is not None else None
    if owner_id is None or due is None or due > now:
        return Decision(timers={TimerKind.MISSING: due})
    person = clinic.person(owner_id)
    hours = of_person(clinic.schedule, person.week if person else None)
    answers = clinic.answering(owner_id, now, situation.contact.language)
    if owner_id in answers.away or person is None:
        return _given(situation, episode, owner_id, answers.staff_id, now)
    began, seen_at = day_began(hours, now), situation.owner_seen_at
    # Not for ever: a clock that was far ahead, and was set back, has seen them next year.
    if began is None or (seen_at is not None and began <= seen_at < began + timedelta(days=1)):
        tomorrow = next_day(hours, now)
        again = None if tomorrow is None else tomorrow + AFTER
        return Decision(timers={TimerKind.MISSING: again})
    return _given(situation, episode, owner_id, None, now)


def _given(
    situation: Situation, episode: EpisodeView, owner_id: int, to_id: int | None, now: datetime
) -> Decision:
    clinic = situation.clinic
    owner, to = clinic.person(owner_id), clinic.person(to_id)
    fields = replace(episode.fields, owner_id=to_id, meant_for=owner_id)
    why = f"{owner.name if owner else 'who had it'} is not there 45 minutes into their hours (C7)"
    return Decision(
        episode=fields,
        timers={TimerKind.MISSING: None if to is None else due_at(clinic, to.id, now)},
        because=(Because(f"owner: {to.name if to else 'the team'}", why),),
    )


def _awaited(fields: EpisodeFields) -> int | None:
    """Tell whom an episode waits for that must not be left lying (C7); None for nobody."""
    waits = fields.state is EpisodeState.OPEN and fields.is_waiting
    return fields.owner_id if waits and fields.urgency >= Urgency.SOON else None
