"""A promise before it breaks, and after: the owner is warned, the family gets one honest new time.

Where no text is left for that (C15), people are told that it broke.

Below `urgent` only; what is urgent has no time to wait for (C2).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from routing.allowance import MOST_AUTOMATIC_A_DAY, automatic_today, is_put_right
from routing.decision import Decision, PromiseChange, Reply, Tell
from routing.events import TimerKind
from routing.promises import reply_due
from routing.quiet import is_quiet
from routing.situation import EpisodeView, Situation, StaffView
from routing.standing_in import stand_in
from routing.types import (
    Automation,
    Because,
    Consent,
    ContactKind,
    DeliveryClass,
    Lane,
    ReplyKey,
    Urgency,
)

WARN_BEFORE = timedelta(minutes=30)
NEW_TIME_VALID = timedelta(minutes=30)


def warning_at(due: datetime, now: datetime) -> datetime | None:
    """Tell when the owner is warned; None where the promise is too near for a warning."""
    warned = due - WARN_BEFORE
    return warned if warned > now else None


def warn(situation: Situation, episode: EpisodeView, now: datetime) -> Decision:
    """Tell whoever answers for the family that a promise breaks soon, in their hours or on call.

    Where they have gone home, somebody is told who has not (issue of hours and alerts, 4).
    """
    timers = {TimerKind.PROMISE_WARNING: None}
    due = situation.promise_due
    if due is None or due <= now or not episode.fields.is_waiting:
        return Decision(timers=timers)
    tells, why = _told(situation, episode, due, now)
    return Decision(timers=timers, tells=tells, because=(Because("promise nearly due", why),))


def _told(
    situation: Situation, episode: EpisodeView, due: datetime, now: datetime
) -> tuple[tuple[Tell, ...], str]:
    """Tell whoever answers for the family that it still waits, and say who that is."""
    clinic = situation.clinic
    person = _in_their_hours(situation, episode.fields.owner_id, now)
    if person is None or not person.phone or clinic.automation is not Automation.ON:
        return (), "nobody with a telephone who is in their hours"
    language = person.languages[0] if person.languages else clinic.languages[0]
    tell = Tell(
        person.phone, person.id, language, ReplyKey.STAFF_PROMISE, episode.fields.urgency, 0,
        due=due,
    )  # fmt: skip
    return (tell,), f"{person.name} is told"


def _in_their_hours(situation: Situation, owner_id: int | None, now: datetime) -> StaffView | None:
    """Find who answers for an owner; a backup or a coordinator on duty where they went home."""
    clinic, language = situation.clinic, situation.contact.language
    person = clinic.person(clinic.answering(owner_id, now, language).staff_id)
    if person is None or (person.phone and clinic.may_notify(person.id, now)):
        return person
    return stand_in(clinic, person, language, now)


def broken(situation: Situation, episode: EpisodeView, now: datetime) -> Decision:
    """Record the broken promise; once in an episode tell the family the new time.

    Where two automatic texts were sent today, whoever answers for the family is told instead.
    """
    because = (Because("promise broken", "no answer was sent by then"),)
    ended = {TimerKind.PROMISE: None, TimerKind.PROMISE_WARNING: None}
    due = reply_due(situation.clinic.schedule, episode.fields.urgency, now)
    if due is None or not _may_tell(situation, episode, now):
        broke = Decision(promise=PromiseChange.BROKEN, timers=ended, because=because)
        return _to_people(broke, situation, episode, now)
    return Decision(
        promise=PromiseChange.BROKEN,
        promise_due=due,
        replies=(_new_time(situation, episode.fields.urgency, due),),
        timers={TimerKind.PROMISE: due, TimerKind.PROMISE_WARNING: warning_at(due, now)},
        because=(*because, Because("text auto.new_time", "one honest new time")),
    )


def _to_people(
    decision: Decision, situation: Situation, episode: EpisodeView, now: datetime
) -> Decision:
    """Let people put right what no text may (C14, C15)."""
    due = situation.promise_due
    is_used_up = automatic_today(situation, now) >= MOST_AUTOMATIC_A_DAY
    if due is None or not is_used_up or not episode.fields.is_waiting or is_put_right(situation):
        return decision
    tells, why = _told(situation, episode, due, now)
    because = (*decision.because, Because("C15: no text is left to say so", why))
    return replace(decision, tells=tells, because=because)


def _may_tell(situation: Situation, episode: EpisodeView, now: datetime) -> bool:
    contact, clinic = situation.contact, situation.clinic
    is_theirs = contact.kind is ContactKind.FAMILY
    can_text = contact.consent is not Consent.OPTED_OUT and not contact.cannot_text
    children = situation.children
    is_home = not children or any(child.is_active for child in children)  # C20
    is_day = not is_quiet(clinic.schedule.timezone, now)
    is_new = not is_put_right(situation)
    is_little = automatic_today(situation, now) < MOST_AUTOMATIC_A_DAY
    return all((
        clinic.automation is Automation.ON, is_theirs, can_text, is_home, is_day, is_new, is_little,
        episode.fields.is_waiting,
    ))  # fmt: skip


def _new_time(situation: Situation, urgency: Urgency, due: datetime) -> Reply:
    contact, clinic = situation.contact, situation.clinic
    wanted = (contact.language, clinic.languages[0])
    return Reply(
        key=ReplyKey.NEW_TIME,
        urgency=urgency,
        languages=tuple(dict.fromkeys(tag for tag in wanted if tag)),
        lane=Lane.AUTOMATIC,
        delivery_class=DeliveryClass.AT_MOST_ONCE,
        valid=NEW_TIME_VALID,
        due=due,
    )
