"""What a person does at the desk beside answering: notes, owners, putting off, levels, calls."""

from dataclasses import dataclass, replace
from datetime import datetime

from routing import alerts, interpreting
from routing.decision import Decision, PromiseChange, StaffNote
from routing.events import ActionKind, StaffAction, TimerKind
from routing.ladder import NURSES
from routing.promises import reply_due
from routing.situation import AlertFields, EpisodeFields, EpisodeView, Situation, StaffView
from routing.types import Because, EpisodeState, Hazard, Problem, Urgency, is_danger

LONGEST_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Act:
    """One act with everything that it may look at."""

    event: StaffAction
    situation: Situation
    episode: EpisodeView
    person: StaffView
    now: datetime


def note(act: Act) -> Decision:
    """Keep a note for staff; it answers nobody and changes no clock."""
    person, text = act.person, act.event.text.strip()
    if not text:
        return Decision(problem=Problem.EMPTY_TEXT)
    if len(text) > LONGEST_NOTE:
        return Decision(problem=Problem.TOO_LONG)
    return Decision(note=StaffNote("note", text, person),
                    because=(Because("note", f"by {person.name}"),))  # fmt: skip


def hand_to(act: Act) -> Decision:
    """Give the episode another owner; oneself: take it over."""
    owner = act.situation.clinic.person(act.event.to_id)
    if owner is None:
        return Decision(problem=Problem.NOT_HERE)
    because = Because(f"owner: {owner.name}", f"by {act.person.name}")
    fields = replace(act.episode.fields, owner_id=owner.id, meant_for=None)
    return Decision(episode=fields, because=(because,))


def give(act: Act) -> Decision:
    """Give what nobody has to somebody; two people who press at once do not both get it."""
    to_id = act.person.id if act.event.kind is ActionKind.NEXT else act.event.to_id
    owner = act.situation.clinic.person(to_id)
    if owner is None:
        return Decision(problem=Problem.NOT_HERE)
    if act.episode.fields.owner_id is not None:
        return Decision(problem=Problem.HAS_OWNER)
    fields = replace(act.episode.fields, owner_id=owner.id, meant_for=None)
    because = Because(f"owner: {owner.name}", f"from the team, by {act.person.name}")
    # The line in the thread also makes a second press of the same button no second episode.
    return Decision(episode=fields, note=StaffNote("given", owner.name, act.person),
                    because=(because,))  # fmt: skip


def put_off(act: Act) -> Decision:
    """Wait on somebody or sleep until a time; not what is urgent, not what was not seen (C6)."""
    event, episode, now = act.event, act.episode, act.now
    fields = episode.fields
    if is_danger(fields.urgency, fields.hazard):
        return Decision(problem=Problem.TOO_URGENT)
    if not _is_current(act):
        return Decision(problem=Problem.NEWER_MESSAGE)
    if event.until is None or event.until <= now:
        return Decision(problem=Problem.NEEDS_TIME)
    waits_for = event.text.strip()[:LONGEST_WAITS_FOR] or None
    state = EpisodeState.WAITING if waits_for else EpisodeState.SNOOZED
    put = replace(fields, state=state, waits_for=waits_for, put_off_until=event.until,
                  looked_at=now)  # fmt: skip
    why = f"by {act.person.name}, until {event.until:%Y-%m-%dT%H:%MZ}"
    return Decision(
        episode=put,
        timers={TimerKind.RETURN: event.until, TimerKind.UNOPENED: None},
        because=(Because(f"put off: {state}", why),),
    )


LONGEST_WAITS_FOR = 100


def _is_current(act: Act) -> bool:
    """Tell whether the last message of the family stood on the screen (C6)."""
    seen = act.event.seen
    return seen is not None and seen >= act.episode.last_inbound


def brought_back(fields: EpisodeFields) -> EpisodeFields:
    """End the putting off."""
    return replace(fields, state=EpisodeState.OPEN, waits_for=None, put_off_until=None)


def no_return(fields: EpisodeFields) -> dict[TimerKind, datetime | None]:
    """Forget the time at which it would have come back."""
    return {} if fields.put_off_until is None else {TimerKind.RETURN: None}


def bring_back(act: Act) -> Decision:
    """Bring back at once what was put off."""
    because = Because("brought back", f"by {act.person.name}")
    return Decision(episode=brought_back(act.episode.fields), timers={TimerKind.RETURN: None},
                    because=(because,))  # fmt: skip


def set_level(act: Act) -> Decision:
    """Raise or lower with a reason; a medical danger is lowered by a nurse alone (C18)."""
    event, situation, episode = act.event, act.situation, act.episode
    person, now = act.person, act.now
    fields, wanted, reason = episode.fields, event.urgency, event.text.strip()
    if wanted is None or wanted is fields.urgency:
        return Decision(problem=Problem.NEEDS_REASON)
    if not reason:
        return Decision(problem=Problem.NEEDS_REASON)
    is_lower, is_current = wanted < fields.urgency, _is_current(act)
    is_medical = fields.hazard in {Hazard.MEDICAL, None} and fields.urgency >= Urgency.URGENT
    if is_lower and is_medical and not person.roles & NURSES:
        return Decision(problem=Problem.NURSES_ONLY)
    if is_lower and not is_current:
        return Decision(problem=Problem.NEWER_MESSAGE)
    word = "lowered" if is_lower else "raised"
    because = (Because(f"{word} to {wanted.word}", f"by {person.name}"),)
    changed = replace(
        fields,
        urgency=wanted,
        reply_due=_due(situation, fields, wanted, now),
        looked_at=now if is_current else fields.looked_at,
    )
    said = StaffNote("level", f"{fields.urgency.word} > {wanted.word}: {reason}", person)
    if is_danger(changed.urgency, changed.hazard):
        return _still_danger(situation, changed, said, because, now, is_lower=is_lower)
    return Decision(
        episode=changed,
        alert=alerts.closed(situation.alert, now) if situation.alert else None,
        note=said,
        because=because,
    )


def called(act: Act) -> Decision:
    """Log a call; one that reached the family answers it and gives an alert more time (I-13)."""
    event, person, now = act.event, act.person, act.now
    text = event.text.strip()
    if not text:
        return Decision(problem=Problem.EMPTY_TEXT)
    if len(text) > LONGEST_NOTE:
        return Decision(problem=Problem.TOO_LONG)
    fields, alert, is_current = act.episode.fields, act.situation.alert, _is_current(act)
    if is_current:
        fields = replace(fields, looked_at=now)
    if fields.acknowledged_at is None:
        fields = replace(fields, acknowledged_at=now, acknowledged_by=person.id)
    if alert is not None:
        alert = taken_alert(alert, act)
    decision = Decision(
        episode=fields,
        alert=alert,
        note=StaffNote("call", text, person),
        legs=interpreting.legs(event, act.situation, person),
        timers={TimerKind.UNOPENED: None} if is_current else {},
        because=(
            Because("call", f"by {person.name}: {'spoke' if event.reached else 'no answer'}"),
        ),
    )
    # Words that came during the call, and that nobody has read, are not answered by it (C3, C6).
    if not event.reached or not is_current:
        return decision
    return replace(
        decision,
        episode=replace(fields, is_waiting=False, reply_due=None),
        promise=PromiseChange.KEPT if act.situation.promise_due else None,
        timers={TimerKind.UNOPENED: None, TimerKind.PROMISE: None},
    )


def taken_alert(alert: AlertFields, act: Act) -> AlertFields:
    """Take it, or, where it is taken, count this act as care for the family (I-13)."""
    return alerts.cared_for(alerts.acknowledged(alert, act.person.id, act.now), act.now)


def _due(
    situation: Situation, fields: EpisodeFields, wanted: Urgency, now: datetime
) -> datetime | None:
    """Plan a reply anew: nothing above `soon` waits for a time (C2)."""
    return reply_due(situation.clinic.schedule, wanted, now) if fields.is_waiting else None


def _still_danger(
    situation: Situation, changed: EpisodeFields, said: StaffNote, because: tuple[Because, ...],
    now: datetime, *, is_lower: bool,
) -> Decision:  # fmt: skip
    """Keep it before people's eyes: what sleeps wakes (C6), and the alert stands or opens (C2)."""
    withdrawn = PromiseChange.WITHDRAWN if situation.promise_due else None
    back, changed = no_return(changed), brought_back(changed)
    if is_lower and situation.alert is not None:
        calmer = replace(situation.alert, urgency=changed.urgency)
        return Decision(episode=changed, alert=calmer, note=said, promise=withdrawn,
                        timers=back, because=because)  # fmt: skip
    alert, tells = alerts.after_danger(situation, changed.urgency, changed, None, now)
    return Decision(
        episode=alerts.not_taken(changed, alert),
        alert=alert,
        tells=tells,
        note=said,
        promise=withdrawn,
        timers={TimerKind.PROMISE: None, **back},
        because=because,
    )
