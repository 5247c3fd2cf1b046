"""Open again what a person has resolved: one slip must not be final, and nothing is left lying.

What resolving had ended runs again: a danger has an alert (C2), a family that waits has its promise
and its clocks, a draft has its own (C5). The follow-up of an emergency ends; resolving plans anew.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from routing import alerts, drafts, late
from routing.decision import Decision, FollowUpChange, FollowUpEnd, PromiseChange, StaffNote
from routing.desk import brought_back
from routing.events import StaffAction, TimerKind
from routing.promises import reply_due
from routing.situation import AlertFields, AlertState, EpisodeFields, Situation, StaffView
from routing.types import Because, Problem, is_danger

WITHIN = timedelta(hours=24)  # later it is a new conversation, which staff can begin (C23)
REOPENED = "reopened"  # the kind of a line in the thread, for staff only


def may_reopen(resolved_at: datetime | None, now: datetime) -> bool:
    """Tell whether it was resolved so lately that it can be opened again."""
    return resolved_at is not None and now - resolved_at <= WITHIN


def reopen(event: StaffAction, situation: Situation, person: StaffView, now: datetime) -> Decision:
    """Open the newest episode of a thread again, as it stood before somebody resolved it.

    Returns:
        A decision with a problem where the family has something newer, or it is too long ago;
        an empty one where somebody was faster.
    """
    if situation.episode is not None and situation.episode.id == event.episode_id:
        return Decision()
    resolved = situation.resolved
    if resolved is None:
        return Decision(problem=Problem.HAS_NEWER)
    before = resolved.episode.fields
    if not may_reopen(before.resolved_at, now):
        return Decision(problem=Problem.TOO_LATE)
    waits = _waits(before, situation, now)
    has_left = before.owner_id is not None and situation.clinic.person(before.owner_id) is None
    fields = replace(
        brought_back(before), resolved_at=None, resolved_by=None, outcome=None, is_waiting=waits,
        reply_due=before.reply_due if waits else None, looked_at=now,
        # Whose it was may have left meanwhile; who opens it again is here.
        owner_id=person.id if has_left else before.owner_id,
    )  # fmt: skip
    promise_due = resolved.promise_due if waits else None
    decision = Decision(
        episode=fields,
        reopens=True,
        promise=PromiseChange.MADE if promise_due else None,
        promise_due=promise_due,
        timers=_timers(situation, promise_due, now),
        follow_ups=tuple(
            FollowUpChange(one.episode_id, ends=FollowUpEnd.REOPENED)
            for one in situation.follow_ups
            if one.episode_id == event.episode_id
        ),
        # The line in the thread also makes a second press of the same button no second alert.
        note=StaffNote(REOPENED, before.outcome or "", person),
        because=(Because("opened again", f"by {person.name}"),),
    )
    if not is_danger(fields.urgency, fields.hazard):
        return decision
    return _with_alert(decision, fields, situation, person, now)


def _waits(before: EpisodeFields, situation: Situation, now: datetime) -> bool:
    """Tell whether the family still waits for a person's answer; in doubt they do.

    A call that reached them has taken the planned reply away, which resolving leaves standing.
    """
    resolved = situation.resolved
    if resolved is None or resolved.is_answered:
        return False
    is_planned = reply_due(situation.clinic.schedule, before.urgency, now) is not None
    has_plan = is_planned and not is_danger(before.urgency, before.hazard)  # C2
    return not (resolved.has_call and has_plan and before.reply_due is None)


def _timers(
    situation: Situation, promise_due: datetime | None, now: datetime
) -> dict[TimerKind, datetime | None]:
    timers: dict[TimerKind, datetime | None] = {TimerKind.FOLLOW_UP: None}
    if promise_due is not None:
        timers[TimerKind.PROMISE] = promise_due
        timers[TimerKind.PROMISE_WARNING] = late.warning_at(promise_due, now)
    if situation.drafts:
        timers[TimerKind.DRAFT] = min(one.at for one in situation.drafts) + drafts.WAITS
    return timers


def _with_alert(
    decision: Decision, fields: EpisodeFields, situation: Situation, person: StaffView,
    now: datetime,
) -> Decision:  # fmt: skip
    """Give a danger its alert again (C2): who opens it has it where somebody had taken it before.

    Where nobody had, everybody on the ladder is told once more (I-10): a slip had ended that.
    """
    if fields.acknowledged_at is not None:
        opened = AlertFields(AlertState.OPEN, 0, fields.urgency, now, now)
        taken = alerts.acknowledged(opened, person.id, now)
        theirs = replace(fields, acknowledged_at=now, acknowledged_by=person.id)
        return replace(decision, episode=theirs, alert=taken)
    alert, tells = alerts.after_danger(situation, fields.urgency, fields, None, now)
    return replace(decision, alert=alert, tells=tells)
