"""The morning after an emergency: somebody asks whether they went, and how the child is.

About a quarter of families do not follow urgent advice (issue 5, 10). Nothing is sent by itself:
the family stands in the inbox until a person has reached them, or knows how it went.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.decision import Decision, FollowUpChange, FollowUpEnd, StaffNote
from routing.desk import LONGEST_NOTE
from routing.events import ActionKind, StaffAction, TimerDue, TimerKind
from routing.hours import Schedule, window_at
from routing.quiet import MORNING
from routing.situation import EpisodeFields, EpisodeView, FollowUpView, Situation, StaffView
from routing.types import Because, ContactKind, Hazard, Problem, Urgency

NIGHT_ENDS = timedelta(hours=4)  # what is resolved at two is followed up that same morning
NONE_HOME = "no child at home (C20)"


def is_wanted(situation: Situation, fields: EpisodeFields) -> bool:
    """Tell whether what is being resolved was so grave that somebody asks the next day."""
    is_medical = fields.hazard is Hazard.MEDICAL and fields.urgency >= Urgency.URGENT
    is_grave = fields.urgency is Urgency.EMERGENCY or is_medical
    is_family = situation.contact.kind is not ContactKind.STAFF
    return is_grave and is_family and not _is_nobody_home(situation)


def due_at(schedule: Schedule, now: datetime) -> datetime:
    """Give the opening of the next open day; eight in the morning where there is none."""
    zone = ZoneInfo(schedule.timezone)
    day = (now.astimezone(zone) - NIGHT_ENDS).date() + timedelta(days=1)
    morning = datetime.combine(day, MORNING, zone).astimezone(UTC)
    window = window_at(schedule, datetime.combine(day, time(0), zone).astimezone(UTC))
    if window.is_open and window.ends is not None and window.ends <= morning:
        window = window_at(schedule, window.ends)  # what began the evening before is over
    return morning if window.is_open or window.ends is None else window.ends


def planned(
    decision: Decision, situation: Situation, episode: EpisodeView, now: datetime
) -> Decision:
    """Plan the follow-up of an episode that is being resolved; an earlier one joins it."""
    if not is_wanted(situation, episode.fields):
        return decision
    due = due_at(situation.clinic.schedule, now)
    joined = tuple(
        FollowUpChange(one.episode_id, ends=FollowUpEnd.JOINED) for one in situation.follow_ups
    )
    return replace(
        decision,
        follow_ups=(*joined, FollowUpChange(episode.id, due_at=due)),
        timers={**decision.timers, TimerKind.FOLLOW_UP: due},
        because=(*decision.because, Because("follow-up planned", f"{due:%Y-%m-%dT%H:%MZ}")),
    )


def comes(event: TimerDue, situation: Situation) -> Decision:
    """Let it stand in the inbox from now on; nobody asks after a child who is not at home."""
    decision = Decision(timers={TimerKind.FOLLOW_UP: None})
    if _of(situation, event.episode_id) is None:
        return decision
    if _is_nobody_home(situation):
        change = FollowUpChange(event.episode_id, ends=FollowUpEnd.AWAY)
        why = Because("follow-up ended", NONE_HOME)
    else:
        change = FollowUpChange(event.episode_id, comes=True)
        why = Because("follow-up due", "did they go, how is the child?")
    return replace(decision, follow_ups=(change,), because=(why,))


def reached(decision: Decision, situation: Situation, how: FollowUpEnd) -> Decision:
    """End what stands in the inbox, because a person's words have reached the family."""
    standing = [one for one in situation.follow_ups if one.has_come]
    if not standing:
        return decision
    ended = tuple(FollowUpChange(one.episode_id, ends=how) for one in standing)
    why = Because("follow-up ended", f"the family was reached: {how}")
    return replace(decision, follow_ups=ended, because=(*decision.because, why))


def answer(event: StaffAction, situation: Situation, person: StaffView) -> Decision | None:
    """Decide what a logged call or a note does to the follow-up of a resolved episode.

    Returns:
        None where the act is about no follow-up.
    """
    is_known = event.kind is ActionKind.NOTE and bool(event.outcome.strip())
    is_call = event.kind is ActionKind.CALLED
    if not (is_known or is_call) or _of(situation, event.episode_id) is None:
        return None
    text = event.text.strip()
    if not text:
        return Decision(problem=Problem.EMPTY_TEXT)
    if len(text) > LONGEST_NOTE:
        return Decision(problem=Problem.TOO_LONG)
    note = StaffNote("call" if is_call else "note", text, person)
    if is_call and not event.reached:
        return Decision(note=note, because=(Because("call", f"by {person.name}: no answer"),))
    how = FollowUpEnd.CALL if is_call else FollowUpEnd.KNOWN
    return Decision(
        note=note,
        follow_ups=(FollowUpChange(event.episode_id, ends=how),),
        timers={TimerKind.FOLLOW_UP: None},
        because=(Because("follow-up ended", f"by {person.name}: {how}"),),
    )


def _of(situation: Situation, episode_id: int) -> FollowUpView | None:
    return next((f for f in situation.follow_ups if f.episode_id == episode_id), None)


def _is_nobody_home(situation: Situation) -> bool:
    """Tell whether every child was admitted, has moved or has died (C20)."""
    children = situation.children
    return bool(children) and not any(child.is_active for child in children)
