"""Who is told of a danger, when the next step is, and what ends it: only a person (I-10, C2)."""

from dataclasses import replace
from datetime import datetime, timedelta

from routing.decision import Tell
from routing.hours import window_at
from routing.situation import (
    AlertFields,
    AlertState,
    ClinicView,
    EpisodeFields,
    Situation,
    StaffView,
)
from routing.types import Automation, Hazard, ReplyKey, Urgency

# DESIGN 7 and FACTS F2: an emergency is passed on every five minutes, `urgent` every fifteen.
AGAIN_AFTER = {Urgency.EMERGENCY: timedelta(minutes=5), Urgency.URGENT: timedelta(minutes=15)}
SECOND_DANGER_AFTER = timedelta(minutes=3)  # C1
NURSES = frozenset({"nurse", "supervisor"})


def after_danger(
    situation: Situation, urgency: Urgency, episode: EpisodeFields, no_answer: str | None,
    now: datetime,
) -> tuple[AlertFields, tuple[Tell, ...]]:  # fmt: skip
    """Open an alert, or join or wake the one there is, after a message that is a danger.

    Args:
        urgency: of the message, at least `urgent` or with a hazard.
        episode: as the message leaves it.
        no_answer: why the family gets no safety words (C13), or None.
    """
    alert = situation.alert
    if alert is None:
        opened = AlertFields(AlertState.OPEN, 0, urgency, now, now + _delay(urgency),
                             no_answer=no_answer)  # fmt: skip
        return opened, _tells(situation, opened, episode, now)
    joined = replace(alert, urgency=max(alert.urgency, urgency),
                     no_answer=no_answer or alert.no_answer)  # fmt: skip
    if alert.state == AlertState.ACKNOWLEDGED:  # C1: the one who took it is told alone, first
        woken = replace(joined, state=AlertState.OPEN, step=alert.step + 1,
                        next_step_at=now + SECOND_DANGER_AFTER)  # fmt: skip
        taker = situation.clinic.person(alert.acknowledged_by)
        if taker is not None and _is_reachable(situation, taker):
            return woken, _permitted(situation, (_tell(situation, woken, taker),))
        return woken, _tells(situation, woken, episode, now)
    if joined.urgency > alert.urgency or (no_answer and not alert.no_answer):
        risen = replace(joined, step=alert.step + 1, next_step_at=now + _delay(joined.urgency))
        return risen, _tells(situation, risen, episode, now)
    return joined, ()


def next_step(
    situation: Situation, episode: EpisodeFields, now: datetime
) -> tuple[AlertFields, tuple[Tell, ...]]:
    """Take the next step of an open alert that is due: tell everybody again, without end."""
    alert = situation.alert
    if alert is None:
        raise ValueError("there is no alert to take a step of")
    stepped = replace(alert, step=alert.step + 1, next_step_at=now + _delay(alert.urgency))
    return stepped, _tells(situation, stepped, episode, now)


def acknowledged(alert: AlertFields, staff_id: int, now: datetime) -> AlertFields:
    """Record that a signed-in person takes it (I-12); the first one wins."""
    if alert.state != AlertState.OPEN:
        return alert
    return replace(alert, state=AlertState.ACKNOWLEDGED, next_step_at=None,
                   acknowledged_at=now, acknowledged_by=staff_id)  # fmt: skip


def not_taken(episode: EpisodeFields, alert: AlertFields) -> EpisodeFields:
    """Say that nobody has taken an episode while its alert is open (C1).

    Whoever took it before, took what was known then; the inbox shows it as not acknowledged.
    """
    if alert.state != AlertState.OPEN:
        return episode
    return replace(episode, acknowledged_at=None, acknowledged_by=None)


def closed(alert: AlertFields, now: datetime) -> AlertFields:
    """End it with the episode, which a person has resolved."""
    return replace(alert, state=AlertState.CLOSED, next_step_at=None, closed_at=now)


def _delay(urgency: Urgency) -> timedelta:
    return AGAIN_AFTER.get(urgency, AGAIN_AFTER[Urgency.URGENT])


def _tells(
    situation: Situation, alert: AlertFields, episode: EpisodeFields, now: datetime
) -> tuple[Tell, ...]:
    people = _people(situation, alert, episode, now)
    tells = tuple(_tell(situation, alert, person) for person in people)
    if not tells and situation.clinic.on_call_phone:  # I-11: never nobody
        tells = (_tell_number(situation.clinic, alert),)
    return _permitted(situation, tells)


def _permitted(situation: Situation, tells: tuple[Tell, ...]) -> tuple[Tell, ...]:
    """Tell nobody in shadow (C22), and not the phone that wrote (C19)."""
    if situation.clinic.automation is not Automation.ON:
        return ()
    return tuple(t for t in tells if t.address != situation.contact.address)


def _people(
    situation: Situation, alert: AlertFields, episode: EpisodeFields, now: datetime
) -> tuple[StaffView, ...]:
    """Choose whom to tell; falls through to whoever has a phone, never to nobody (I-11).

    Below an emergency the owner is told first, in their hours; at a medical hazard a nurse in
    parallel (C18); from the second step on everybody on call.
    """
    clinic = situation.clinic
    owner = clinic.person(episode.owner_id)
    is_open = window_at(clinic.schedule, now).is_open
    owners = (owner,) if owner and is_open else ()
    nurses = tuple(s for s in clinic.staff if s.roles & NURSES)
    everybody = (*clinic.on_call, *owners)
    first: tuple[StaffView, ...] = ()
    if alert.step == 0 and alert.urgency < Urgency.EMERGENCY and _reachable(situation, owners):
        first = owners
        if episode.hazard is Hazard.MEDICAL and not any(o.roles & NURSES for o in owners):
            on_duty = tuple(s for s in clinic.on_call if s.roles & NURSES)
            first = (*owners, *(_reachable(situation, on_duty) or nurses))
    for group in (first, everybody, nurses, clinic.staff):
        reachable = _reachable(situation, group)
        if reachable:
            return reachable
    return ()


def _reachable(situation: Situation, people: tuple[StaffView, ...]) -> tuple[StaffView, ...]:
    """Keep who has a phone; of several who share one the first, it rings once (I-18)."""
    by_phone = {p.phone: p for p in reversed(people) if _is_reachable(situation, p)}
    return tuple(p for p in dict.fromkeys(people) if by_phone.get(p.phone) == p)


def _is_reachable(situation: Situation, person: StaffView) -> bool:
    return bool(person.phone) and person.phone != situation.contact.address


def _tell(situation: Situation, alert: AlertFields, person: StaffView) -> Tell:
    language = person.languages[0] if person.languages else situation.clinic.languages[0]
    return Tell(str(person.phone), person.id, language, _key(alert), alert.urgency, alert.step)


def _tell_number(clinic: ClinicView, alert: AlertFields) -> Tell:
    return Tell(clinic.on_call_phone, None, clinic.languages[0], _key(alert), alert.urgency,
                alert.step)  # fmt: skip


def _key(alert: AlertFields) -> ReplyKey:
    if alert.no_answer:
        return ReplyKey.STAFF_ALERT_NO_ANSWER
    emergency = alert.urgency is Urgency.EMERGENCY
    return ReplyKey.STAFF_ALERT if emergency else ReplyKey.STAFF_ALERT_URGENT
