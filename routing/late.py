"""A promise before it breaks, and after: the owner is warned, the family gets one honest new time.

Below `urgent` only; what is urgent has no time to wait for (C2).
"""

from datetime import datetime, timedelta

from routing.decision import Decision, PromiseChange, Reply, Tell
from routing.events import TimerKind
from routing.promises import reply_due
from routing.quiet import is_quiet
from routing.replies import MOST_AUTOMATIC_A_DAY, automatic_today
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
    due, clinic = situation.promise_due, situation.clinic
    if due is None or due <= now or not episode.fields.is_waiting:
        return Decision(timers=timers)
    person = _in_their_hours(situation, episode.fields.owner_id, now)
    if person is None or not person.phone or clinic.automation is not Automation.ON:
        why = Because("promise nearly due", "nobody with a telephone who is in their hours")
        return Decision(timers=timers, because=(why,))
    language = person.languages[0] if person.languages else clinic.languages[0]
    tell = Tell(
        person.phone, person.id, language, ReplyKey.STAFF_PROMISE, episode.fields.urgency, 0,
        due=due,
    )  # fmt: skip
    why = Because("promise nearly due", f"{person.name} is warned")
    return Decision(timers=timers, tells=(tell,), because=(why,))


def _in_their_hours(situation: Situation, owner_id: int | None, now: datetime) -> StaffView | None:
    """Find who answers for an owner; a backup or a coordinator on duty where they went home."""
    clinic, language = situation.clinic, situation.contact.language
    person = clinic.person(clinic.answering(owner_id, now, language).staff_id)
    if person is None or (person.phone and clinic.may_notify(person.id, now)):
        return person
    return stand_in(clinic, person, language, now)


def broken(situation: Situation, episode: EpisodeView, now: datetime) -> Decision:
    """Record the broken promise; once in an episode tell the family the new time."""
    because = (Because("promise broken", "no answer was sent by then"),)
    ended = {TimerKind.PROMISE: None, TimerKind.PROMISE_WARNING: None}
    due = reply_due(situation.clinic.schedule, episode.fields.urgency, now)
    if due is None or not _may_tell(situation, episode, now):
        return Decision(promise=PromiseChange.BROKEN, timers=ended, because=because)
    return Decision(
        promise=PromiseChange.BROKEN,
        promise_due=due,
        replies=(_new_time(situation, episode.fields.urgency, due),),
        timers={TimerKind.PROMISE: due, TimerKind.PROMISE_WARNING: warning_at(due, now)},
        because=(*because, Because("text auto.new_time", "one honest new time")),
    )


def _may_tell(situation: Situation, episode: EpisodeView, now: datetime) -> bool:
    contact, clinic = situation.contact, situation.clinic
    is_theirs = contact.kind is ContactKind.FAMILY
    can_text = contact.consent is not Consent.OPTED_OUT and not contact.cannot_text
    children = situation.children
    is_home = not children or any(child.is_active for child in children)  # C20
    is_day = not is_quiet(clinic.schedule.timezone, now)
    said = situation.history.said
    is_new = not any(s.key == ReplyKey.NEW_TIME and s.episode_id == episode.id for s in said)
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
