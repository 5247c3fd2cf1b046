"""What a signed-in person may do to an episode, and what follows."""

from dataclasses import replace
from datetime import datetime

from routing import alerts
from routing.decision import Decision, HumanReply, PromiseChange
from routing.events import ActionKind, StaffAction, TimerKind
from routing.situation import AlertFields, EpisodeFields, EpisodeView, Situation, StaffView
from routing.types import Because, Consent, EpisodeState, Problem

LONGEST_REPLY = 1500  # Twilio takes 1,600 characters (FACTS A1); the signature needs some


def decide_action(event: StaffAction, situation: Situation, now: datetime) -> Decision:
    """Decide what one act of one person causes, or why it is refused (`Decision.problem`)."""
    person, episode = situation.clinic.person(event.staff_id), situation.episode
    if person is None:
        return Decision(problem=Problem.NOT_FOUND)
    if episode is None:
        return Decision(problem=Problem.ALREADY_CLOSED)
    match event.kind:
        case ActionKind.REPLY:
            return _reply(event, situation, episode, person, now)
        case ActionKind.RESOLVE:
            return _resolve(event, situation, episode, person, now)
        case ActionKind.TAKE:
            return _seen(event, situation, _taken(episode.fields, person, now), person, now)
        case ActionKind.PASS_ON:
            return _pass_on(situation, episode.fields, person, now)
        case ActionKind.OPENED:
            return _seen(event, situation, episode.fields, person, now)
        case _:
            return _attach(event, person)


def _reply(
    event: StaffAction, situation: Situation, episode: EpisodeView, person: StaffView, now: datetime
) -> Decision:
    text, contact = event.text.strip(), situation.contact
    if not text:
        return Decision(problem=Problem.EMPTY_TEXT)
    if len(text) > LONGEST_REPLY:
        return Decision(problem=Problem.TOO_LONG)
    if contact.consent is Consent.OPTED_OUT or contact.cannot_text:
        return Decision(problem=Problem.CANNOT_TEXT)  # C13
    fields = _taken(episode.fields, person, now)
    fields = replace(fields, owner_id=fields.owner_id or person.id, state=EpisodeState.OPEN)
    seen = _seen(event, situation, fields, person, now)
    # C5: what is only queued is no answer yet; the family waits until it was sent.
    return replace(
        seen,
        human=HumanReply(text, person),
        because=(*seen.because, Because("reply", f"by {person.name}, to the last writer (C19)")),
    )


def _resolve(
    event: StaffAction, situation: Situation, episode: EpisodeView, person: StaffView, now: datetime
) -> Decision:
    if event.seen is None or event.seen < episode.last_inbound:
        return Decision(problem=Problem.NEWER_MESSAGE)  # C6
    outcome = event.outcome.strip()
    if episode.fields.needs_outcome and not outcome:
        return Decision(problem=Problem.NEEDS_OUTCOME)  # C2
    fields = replace(
        episode.fields, state=EpisodeState.RESOLVED, resolved_at=now, resolved_by=person.id,
        outcome=outcome or None, is_waiting=False, looked_at=now,
    )  # fmt: skip
    return Decision(
        episode=fields,
        alert=alerts.closed(situation.alert, now) if situation.alert else None,
        promise=PromiseChange.WITHDRAWN if situation.promise_due else None,
        timers=dict.fromkeys(TimerKind),
        because=(Because("resolved", f"by {person.name}"),),
    )


def _pass_on(
    situation: Situation, fields: EpisodeFields, person: StaffView, now: datetime
) -> Decision:
    """Tell the next at once; whoever had taken it has not any more (I-12: it can be undone)."""
    if situation.alert is None:
        return Decision(problem=Problem.NOTHING_TO_PASS_ON)
    alert, tells = alerts.passed_on(situation, fields, now)
    because = Because(f"passed on: {len(tells)} told", f"by {person.name}")
    return Decision(
        episode=alerts.not_taken(fields, alert), alert=alert, tells=tells, because=(because,)
    )


def _attach(event: StaffAction, person: StaffView) -> Decision:
    if event.family_id is None:
        return Decision(problem=Problem.NOT_FOUND)
    because = Because("attached to a family", f"by {person.name} (C8)")
    return Decision(claims=event.family_id, because=(because,))


def _taken(fields: EpisodeFields, person: StaffView, now: datetime) -> EpisodeFields:
    """I-12: the first person who takes it is on record; a second one changes nothing."""
    if fields.acknowledged_at is not None:
        return fields
    return replace(fields, acknowledged_at=now, acknowledged_by=person.id)


def _seen(
    event: StaffAction, situation: Situation, fields: EpisodeFields, person: StaffView,
    now: datetime,
) -> Decision:  # fmt: skip
    """Record that a person has looked; a message newer than their screen stays unopened (C3)."""
    alert, take = situation.alert, event.kind is not ActionKind.OPENED
    newest = situation.episode.last_inbound if situation.episode else 0
    is_current = event.seen is None or event.seen >= newest
    return Decision(
        episode=replace(fields, looked_at=now) if is_current else fields,
        alert=_taken_alert(alert, person, now) if alert and take else None,
        timers={TimerKind.UNOPENED: None} if is_current else {},
        because=(Because("taken" if take else "opened", f"by {person.name}"),),
    )


def _taken_alert(alert: AlertFields, person: StaffView, now: datetime) -> AlertFields:
    """Take it, or, where it is taken, count this act as care for the family (I-13)."""
    return alerts.cared_for(alerts.acknowledged(alert, person.id, now), now)
