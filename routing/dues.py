"""What follows when something planned has come due: an alert's step, a promise, an unread text."""

from dataclasses import replace
from datetime import datetime

from routing import alerts, drafts, followups, late, missing
from routing.arrivals import OPENED_WITHIN
from routing.decision import Decision, PromiseChange
from routing.desk import brought_back
from routing.events import TimerDue, TimerKind
from routing.hours import after_open_time
from routing.situation import AlertFields, AlertState, Situation
from routing.types import Because, Urgency


def decide_timer(event: TimerDue, situation: Situation, now: datetime) -> Decision:
    """Decide what a due timer causes; nothing when the situation has moved on since."""
    if event.kind is TimerKind.FOLLOW_UP:
        return followups.comes(event, situation)
    if situation.episode is None:
        return Decision(timers={event.kind: None})
    match event.kind:
        case TimerKind.ALERT_STEP:
            return _alert_step(situation, now)
        case TimerKind.PROMISE:
            return _promise(situation, now)
        case TimerKind.PROMISE_WARNING:
            return late.warn(situation, situation.episode, now)
        case TimerKind.DRAFT:
            return drafts.waited(situation, now)
        case TimerKind.MISSING:
            return missing.look(situation, situation.episode, now)
        case TimerKind.RETURN:
            return _return(situation, now)
        case _:
            return _unopened(situation, now)


def _alert_step(situation: Situation, now: datetime) -> Decision:
    alert, episode = situation.alert, situation.episode
    if alert is None or episode is None or alert.state == AlertState.CLOSED:
        return Decision()
    if alert.next_step_at is None or alert.next_step_at > now:
        return Decision()
    stepped, tells = alerts.next_step(situation, episode.fields, now)
    why = _why_again(alert)
    because = Because(f"alert step {stepped.step}: {len(tells)} told", why)
    fields = alerts.not_taken(episode.fields, stepped)
    changed = fields if fields != episode.fields else None
    return Decision(episode=changed, alert=stepped, tells=tells, because=(because,))


def _why_again(alert: AlertFields) -> str:
    if alert.state == AlertState.OPEN:
        return "nobody has acknowledged (I-10)"
    if alert.asked:
        return "taken, but no outcome and no answer (I-13): told again"
    return "taken, without an outcome: whoever took it is asked (C1)"


def _promise(situation: Situation, now: datetime) -> Decision:
    due = situation.promise_due
    if due is None or due > now:
        return Decision(timers={TimerKind.PROMISE: due})
    if situation.episode is None:
        return Decision(timers={TimerKind.PROMISE: None})
    return late.broken(situation, situation.episode, now)


def _return(situation: Situation, now: datetime) -> Decision:
    """Bring back what was put off until now; somebody must look at it again (C3)."""
    episode = situation.episode
    if episode is None or episode.fields.put_off_until is None:
        return Decision(timers={TimerKind.RETURN: None})
    if episode.fields.put_off_until > now:
        return Decision(timers={TimerKind.RETURN: episode.fields.put_off_until})
    why = episode.fields.waits_for or "it was to come back now"
    return Decision(
        episode=replace(brought_back(episode.fields), looked_at=None),
        timers={
            TimerKind.RETURN: None,
            TimerKind.UNOPENED: after_open_time(situation.clinic.schedule, now, OPENED_WITHIN),
        },
        because=(Because("came back", why),),
    )


def _unopened(situation: Situation, now: datetime) -> Decision:
    """C3: every inbound message is opened by a person within 4 open hours, or it rises.

    That of an unknown sender within half an hour (C8); what has risen has 4 hours again.
    """
    episode = situation.episode
    if episode is None or episode.fields.looked_at is not None:
        return Decision(timers={TimerKind.UNOPENED: None})
    fields = episode.fields
    raised = Urgency(min(fields.urgency + 1, Urgency.URGENT))
    if raised <= fields.urgency:
        return Decision(timers={TimerKind.UNOPENED: None})
    fields = replace(fields, urgency=raised)
    because = (Because(f"raised to {raised.word}", "C3, C8: nobody opened it in time"),)
    if raised < Urgency.URGENT:
        again = after_open_time(situation.clinic.schedule, now, OPENED_WITHIN)
        return Decision(episode=fields, timers={TimerKind.UNOPENED: again}, because=because)
    alert, tells = alerts.after_danger(situation, raised, fields, None, now)
    return Decision(
        episode=alerts.not_taken(replace(fields, reply_due=None), alert),
        alert=alert,
        tells=tells,
        promise=PromiseChange.WITHDRAWN if situation.promise_due else None,
        timers={TimerKind.UNOPENED: None, TimerKind.PROMISE: None},
        because=because,
    )
