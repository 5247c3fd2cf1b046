"""What a signed-in person may do to an episode, and what follows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from routing import alerts, announcing, desk, drafts, followups, reopening, starting
from routing.decision import Decision, FollowUpEnd, HumanReply, PromiseChange, StaffNote
from routing.desk import Act
from routing.events import ActionKind, StaffAction, TimerKind, Unsent
from routing.leaving import Leaving, leaving, undecided
from routing.newcomers import checked, tidied
from routing.overtime import AfterHours, Overtime
from routing.situation import AlertState, EpisodeFields, Situation, StaffView
from routing.types import Because, ContactKind, EpisodeState, Problem, is_danger


def decide_action(event: StaffAction, situation: Situation, now: datetime) -> Decision:
    """Decide what one act of one person causes, or why it is refused (`Decision.problem`)."""
    person, episode = situation.clinic.person(event.staff_id), situation.episode
    if person is None:
        return Decision(problem=Problem.NOT_FOUND)
    if event.kind is ActionKind.START:
        decision = starting.start(event, situation, person, now)
    elif event.kind is ActionKind.ANNOUNCE:
        decision = announcing.announce(event, situation, person, now)
    elif event.kind is ActionKind.UNDO:  # also of one that still waits when all is resolved
        decision = _undo(event, person)
    elif event.kind is ActionKind.REOPEN:
        decision = reopening.reopen(event, situation, person, now)
    elif event.kind is ActionKind.HANG_UP:
        decision = Decision(ends_conference=event.conference)
    elif episode is None:
        followed = followups.answer(event, situation, person)
        decision = followed or Decision(problem=Problem.ALREADY_CLOSED)
    else:
        decision = _ACTS[event.kind](Act(event, situation, episode, person, now))
    return _counted(decision, event, situation, now)


def _counted(
    decision: Decision, event: StaffAction, situation: Situation, now: datetime
) -> Decision:
    """Note what somebody did outside their hours; a second "I take it" is nothing done."""
    kind, clinic = _COUNTED.get(event.kind), situation.clinic
    if kind is None or decision.problem or not clinic.is_off(event.staff_id, now):
        return decision
    if kind is AfterHours.TAKE and not _takes(decision, situation):
        return decision
    overtime = Overtime(kind, on_call=clinic.has_duty(event.staff_id, now))
    return replace(decision, after_hours=overtime)


def _takes(decision: Decision, situation: Situation) -> bool:
    before = situation.episode.fields.acknowledged_at if situation.episode else None
    return decision.episode is not None and decision.episode.acknowledged_at != before


_COUNTED = {
    ActionKind.REPLY: AfterHours.REPLY,
    ActionKind.START: AfterHours.REPLY,
    ActionKind.TAKE: AfterHours.TAKE,
    ActionKind.CALLED: AfterHours.CALL,
}


def _reply(act: Act) -> Decision:
    text = act.event.text.strip()
    problem = starting.unsendable(text, act.situation.contact)
    if problem is not None:
        return Decision(problem=problem)
    if act.event.draft_id is not None and not drafts.is_open(act.situation, act.event.draft_id):
        return Decision(problem=Problem.DRAFT_IS_GONE)
    if _is_alarm_unseen(act):
        return Decision(problem=Problem.NEWER_MESSAGE)
    fields = _taken(act)
    if fields.owner_id is None:
        fields = replace(fields, owner_id=act.person.id, meant_for=None)
    fields = desk.brought_back(fields)
    seen = _seen(act, fields)
    leaves = _leaves(act, fields)
    if leaves.problem is not None:
        return Decision(problem=leaves.problem)
    why = Because("reply to the last writer (C19)", f"by {act.person.name}")
    # C5: what is only queued is no answer yet; the family waits until it was sent.
    return replace(
        seen,
        human=HumanReply(text, act.person, leaves.hold),
        releases=act.event.draft_id,
        timers={**seen.timers, **desk.no_return(act.episode.fields)},
        because=(*seen.because, why, *leaves.because),
    )


def _is_alarm_unseen(act: Act) -> bool:
    """Tell whether people are being told of words that were not on this person's screen.

    To answer or to log a call ends the steps of an alert: only for somebody who knows of it (I-12).
    """
    alert, seen = act.situation.alert, act.event.seen
    is_ringing = alert is not None and alert.state == AlertState.OPEN
    return is_ringing and seen is not None and seen < act.episode.last_inbound


def _leaves(act: Act, fields: EpisodeFields) -> Leaving:
    """Give time to take a reply back, or until somebody's hours; none to a family in danger."""
    if is_danger(fields.urgency, fields.hazard):
        return Leaving()
    return leaving(act.event, act.situation.clinic, act.episode.wrote_at, act.now)


def _resolve(act: Act) -> Decision:
    event, situation, episode = act.event, act.situation, act.episode
    if event.seen is None or event.seen < episode.last_inbound:
        return Decision(problem=Problem.NEWER_MESSAGE)  # C6
    outcome = event.outcome.strip()
    if not outcome and episode.fields.needs_outcome:
        return Decision(problem=Problem.NEEDS_OUTCOME)  # C2
    if not outcome and episode.fields.is_waiting:
        return Decision(problem=Problem.NOT_ANSWERED)  # one slip, and nobody would answer them
    if undecided(event, situation, act.now):
        return Decision(problem=Problem.HAS_UNSENT)
    fields = replace(
        episode.fields, state=EpisodeState.RESOLVED, resolved_at=act.now, resolved_by=act.person.id,
        outcome=outcome or None, is_waiting=False, looked_at=act.now,
    )  # fmt: skip
    decision = Decision(
        episode=fields,
        alert=alerts.closed(situation.alert, act.now) if situation.alert else None,
        promise=PromiseChange.WITHDRAWN if situation.promise_due else None,
        timers=dict.fromkeys(TimerKind),
        leaves_out=bool(situation.held) and event.unsent is Unsent.KEPT,
        because=(Because("resolved", f"by {act.person.name}"), *_unsent(act)),
    )
    return followups.planned(decision, situation, episode, act.now)


def _unsent(act: Act) -> tuple[Because, ...]:
    """Record what became of replies that had not left (C5: held is not answered)."""
    if not act.situation.held or act.event.unsent is None:
        return ()
    what = "leaves all the same" if act.event.unsent is Unsent.LEAVES else "kept back for good"
    return (Because(f"a reply that waited: {what}", f"by {act.person.name}"),)


def _pass_on(act: Act) -> Decision:
    """Tell the next at once; whoever had taken it has not any more (I-12: it can be undone)."""
    if act.situation.alert is None:
        return Decision(problem=Problem.NOTHING_TO_PASS_ON)
    fields = act.episode.fields
    alert, tells = alerts.passed_on(act.situation, fields, act.now)
    because = Because(f"passed on: {len(tells)} told", f"by {act.person.name}")
    # The line in the thread also makes a second press of the same button no second step.
    said = StaffNote("passed_on", str(len(tells)), act.person)
    return Decision(
        episode=alerts.not_taken(fields, alert), alert=alert, tells=tells, note=said,
        because=(because,),
    )  # fmt: skip


def _attach(act: Act) -> Decision:
    if act.event.family_id is None:
        return Decision(problem=Problem.NOT_FOUND)
    if act.situation.contact.kind is not ContactKind.UNCLAIMED:
        return Decision(problem=Problem.ALREADY_KNOWN)
    because = Because("attached to a family", f"by {act.person.name} (C8)")
    return Decision(claims=act.event.family_id, because=(because,))


def _welcome(act: Act) -> Decision:
    if act.event.newcomer is None:
        return Decision(problem=Problem.NEEDS_NAME)
    if act.situation.contact.kind is not ContactKind.UNCLAIMED:
        return Decision(problem=Problem.ALREADY_KNOWN)
    newcomer = tidied(act.event.newcomer)
    refused = checked(newcomer)
    if refused is not None:
        return refused
    because = Because("written down as a new family", f"by {act.person.name} (C8)")
    return Decision(welcomes=newcomer, because=(because,))


def _undo(event: StaffAction, person: StaffView) -> Decision:
    because = Because("reply taken back", f"by {person.name}")
    return Decision(undoes=event.message_id, because=(because,))


def _take(act: Act) -> Decision:
    return _seen(act, _taken(act))


def _opened(act: Act) -> Decision:
    return _seen(act, act.episode.fields)


def _taken(act: Act) -> EpisodeFields:
    """I-12: the first person who takes it is on record; a second one changes nothing."""
    fields = act.episode.fields
    if fields.acknowledged_at is not None:
        return fields
    return replace(fields, acknowledged_at=act.now, acknowledged_by=act.person.id)


def _seen(act: Act, fields: EpisodeFields) -> Decision:
    """Record that a person has looked; a message newer than their screen stays unopened (C3)."""
    alert, take = act.situation.alert, act.event.kind is not ActionKind.OPENED
    is_current = act.event.seen is None or act.event.seen >= act.episode.last_inbound
    because = Because("taken" if take else "opened", f"by {act.person.name}")
    return Decision(
        episode=replace(fields, looked_at=act.now) if is_current else fields,
        alert=desk.taken_alert(alert, act) if alert and take else None,
        timers={TimerKind.UNOPENED: None} if is_current else {},
        because=(because,),
    )


def _called(act: Act) -> Decision:
    """Log a call; one that reached the family is the follow-up of yesterday's emergency as well."""
    if _is_alarm_unseen(act):
        return Decision(problem=Problem.NEWER_MESSAGE)
    decision = desk.called(act)
    if decision.problem is not None or not act.event.reached:
        return decision
    return followups.reached(decision, act.situation, FollowUpEnd.CALL)


_ACTS: Mapping[ActionKind, Callable[[Act], Decision]] = {
    ActionKind.REPLY: _reply,
    ActionKind.RESOLVE: _resolve,
    ActionKind.TAKE: _take,
    ActionKind.PASS_ON: _pass_on,
    ActionKind.OPENED: _opened,
    ActionKind.ATTACH: _attach,
    ActionKind.WELCOME: _welcome,
    ActionKind.NOTE: desk.note,
    ActionKind.DRAFT: drafts.hold,
    ActionKind.WITHDRAW: drafts.withdraw,
    ActionKind.HAND_TO: desk.hand_to,
    ActionKind.NEXT: desk.give,
    ActionKind.GIVE: desk.give,
    ActionKind.PUT_OFF: desk.put_off,
    ActionKind.BRING_BACK: desk.bring_back,
    ActionKind.SET_LEVEL: desk.set_level,
    ActionKind.CALLED: _called,
}
