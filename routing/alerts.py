"""Who is told of a danger, when the next step is, and what ends it: only a person (I-10, C2)."""

from dataclasses import replace
from datetime import datetime, timedelta

from routing import ladder, rounds, telling
from routing.decision import Tell
from routing.situation import (
    AlertFields,
    AlertState,
    ClinicView,
    EpisodeFields,
    Situation,
    StaffView,
)
from routing.types import Assessment, Automation, Hazard, ReplyKey, Urgency

OF_CARE = "care."  # rules of news that the family is in care (C9)
LOUDEST = 99  # above every ladder: everybody at once
SECOND_DANGER_AFTER = timedelta(minutes=3)  # C1
# C1: then the one who took it is asked, alone; I-13: then it goes on to everybody.
ASK_AFTER = {Urgency.EMERGENCY: timedelta(minutes=15), Urgency.URGENT: timedelta(minutes=60)}
REOPEN_AFTER_ASKING = timedelta(minutes=5)


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
        opened = AlertFields(AlertState.OPEN, 0, urgency, now, now, no_answer=no_answer)
        return _told(situation, opened, episode, now, rung=LOUDEST if no_answer else 0)
    joined = replace(alert, urgency=max(alert.urgency, urgency),
                     no_answer=no_answer or alert.no_answer)  # fmt: skip
    if alert.state == AlertState.ACKNOWLEDGED:  # C1: the one who took it is told alone, first
        woken = replace(joined, state=AlertState.OPEN, step=alert.step + 1, rung=LOUDEST,
                        next_step_at=now + SECOND_DANGER_AFTER)  # fmt: skip
        taker = situation.clinic.person(alert.acknowledged_by)
        if taker is not None and _is_reachable(situation, taker):
            return woken, _permitted(situation, _to_taker(situation.clinic, woken, taker, now))
        return _told(situation, woken, episode, now, rung=LOUDEST)
    if no_answer and not alert.no_answer:
        return _told(situation, replace(joined, step=alert.step + 1), episode, now, rung=LOUDEST)
    if joined.urgency > alert.urgency:
        return _told(situation, replace(joined, step=alert.step + 1), episode, now, rung=alert.rung)
    return joined, ()


def is_news_of_care(alert: AlertFields, assessment: Assessment) -> bool:
    """Tell whether a message says nothing but that help has come, to somebody who has taken it.

    C9, C1: that is no new danger. Any other rule that fired, anything set aside, anything above
    what was taken is judged as one.
    """
    rules = {reason.rule for reason in assessment.reasons}
    is_alone = bool(rules) and all(rule.startswith(OF_CARE) for rule in rules)
    is_known = assessment.urgency <= alert.urgency and assessment.hazard in {Hazard.MEDICAL, None}
    is_taken = alert.state == AlertState.ACKNOWLEDGED
    return is_taken and is_alone and is_known and not assessment.set_aside


def told_of_care(
    situation: Situation, taken: AlertFields
) -> tuple[AlertFields, tuple[Tell, ...]] | None:
    """Text whoever took it, and nobody else; the alert stays theirs and its clock runs on.

    None where they work here no more: then everybody must hear of it.
    """
    taker = situation.clinic.person(taken.acknowledged_by)
    if taker is None:
        return None
    if not _is_reachable(situation, taker):
        return taken, ()
    told = replace(taken, step=taken.step + 1)
    return told, _permitted(situation, (telling.text_to(situation.clinic, told, taker),))


def next_step(
    situation: Situation, episode: EpisodeFields, now: datetime
) -> tuple[AlertFields, tuple[Tell, ...]]:
    """Take the next step of an open alert that is due: tell everybody again, without end.

    A step that a broken way has brought forward tells those who were not told yet (I-11).
    """
    alert = situation.alert
    if alert is None:
        raise ValueError("there is no alert to take a step of")
    if rounds.is_early(alert, now):
        return _told_early(situation, replace(alert, step=alert.step + 1), episode, now)
    if alert.state == AlertState.ACKNOWLEDGED and not alert.asked:
        return _ask(situation, alert, now)
    passed_on = replace(alert, state=AlertState.OPEN, step=alert.step + 1, asked=False)
    is_taken_up_again = alert.state == AlertState.ACKNOWLEDGED
    is_late = ladder.is_late(situation.clinic, alert, now)
    rung = LOUDEST if is_taken_up_again or is_late else alert.rung + 1
    return _told(situation, passed_on, episode, now, rung=rung)


def acknowledged(alert: AlertFields, staff_id: int, now: datetime) -> AlertFields:
    """Record that a signed-in person takes it (I-12); the first one wins.

    It is not finished: until an outcome is recorded it has a next step (C1, C2, I-13).
    """
    if alert.state != AlertState.OPEN:
        return alert
    return replace(alert, state=AlertState.ACKNOWLEDGED, next_step_at=now + ask_after(alert),
                   acknowledged_at=now, acknowledged_by=staff_id, asked=False,
                   round_at=None, round_ends_at=None)  # fmt: skip


def cared_for(alert: AlertFields, now: datetime) -> AlertFields:
    """Give more time to whoever took it, because a person has done something for the family."""
    if alert.state != AlertState.ACKNOWLEDGED:
        return alert
    return replace(alert, next_step_at=now + ask_after(alert), asked=False)


def passed_on(
    situation: Situation, episode: EpisodeFields, now: datetime
) -> tuple[AlertFields, tuple[Tell, ...]]:
    """Pass it on now, because whoever has it says that they cannot: the next rung, at once."""
    alert = situation.alert
    if alert is None:
        raise ValueError("there is no alert to pass on")
    freed = replace(alert, state=AlertState.OPEN, step=alert.step + 1, asked=False,
                    acknowledged_at=None, acknowledged_by=None)  # fmt: skip
    return _told(situation, freed, episode, now, rung=alert.rung + 1)


def ask_after(alert: AlertFields) -> timedelta:
    """Tell how long somebody who took it is left alone before they are asked (C1)."""
    return ASK_AFTER.get(alert.urgency, ASK_AFTER[Urgency.URGENT])


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


def _ask(
    situation: Situation, alert: AlertFields, now: datetime
) -> tuple[AlertFields, tuple[Tell, ...]]:
    """C1: ask the one who took it, alone, whether they are still with the family."""
    asked = replace(alert, step=alert.step + 1, asked=True, next_step_at=now + REOPEN_AFTER_ASKING)
    taker = situation.clinic.person(alert.acknowledged_by)
    if taker is None or not _is_reachable(situation, taker):
        return asked, ()
    text = telling.text_to(situation.clinic, asked, taker)
    tell = replace(text, key=ReplyKey.STAFF_STILL_WITH_FAMILY)
    return asked, _permitted(situation, (tell,))


def _told(
    situation: Situation, alert: AlertFields, episode: EpisodeFields, now: datetime, *, rung: int
) -> tuple[AlertFields, tuple[Tell, ...]]:
    """Tell everybody up to a rung; where none of them has a telephone, go higher at once (I-11)."""
    clinic = situation.clinic
    height = ladder.height(clinic, now)
    rung = min(rung, height)
    while True:
        named = ladder.people(situation, episode, rung, now)
        if _reachable(situation, named) or rung >= height:
            break
        rung += 1
    tells = _tells(situation, replace(alert, rung=rung), named, now)
    due = now + ladder.wait(clinic, alert, rung, now)
    # Who has climbed to the top stays there, also where the other ladder is longer.
    stands = replace(alert, rung=LOUDEST if rung >= height else rung, next_step_at=due,
                     round_at=now, round_ends_at=due)  # fmt: skip
    return stands, _permitted(situation, tells)


def _told_early(
    situation: Situation, alert: AlertFields, episode: EpisodeFields, now: datetime
) -> tuple[AlertFields, tuple[Tell, ...]]:
    """Tell the next people because a way to the earlier ones is broken; their own time stays.

    Where nobody is left and nobody was reached, everybody is told again at once.
    """
    clinic = situation.clinic
    height = ladder.height(clinic, now)
    rung = min(alert.rung + 1, height)
    while True:
        named = rounds.not_told(situation.notified, ladder.people(situation, episode, rung, now))
        is_somebody_left = bool(_reachable(situation, named))
        if is_somebody_left or rung >= height:
            break
        rung += 1
    if not is_somebody_left and not rounds.has_reached(situation.notified):
        return _told(situation, alert, episode, now, rung=LOUDEST)
    tells = _tells(situation, replace(alert, rung=rung), named, now)
    stands = replace(alert, rung=LOUDEST if rung >= height else rung,
                     next_step_at=alert.round_ends_at)  # fmt: skip
    return stands, _permitted(situation, rounds.without_repeats(situation.notified, tells))


def _tells(
    situation: Situation, alert: AlertFields, named: tuple[StaffView, ...], now: datetime
) -> tuple[Tell, ...]:
    """Tell people in all ways; on the last step, or where none has a telephone, the clinic too."""
    clinic = situation.clinic
    people = _reachable(situation, named)
    tells = tuple(t for one in people for t in telling.to_person(clinic, alert, one, now))
    is_highest = alert.rung >= ladder.height(clinic, now)
    if (is_highest or not tells) and clinic.on_call_phone not in {"", *_phones(people)}:
        tells = (*tells, *telling.to_number(clinic, alert, now))
    return (*tells, *telling.beside(clinic, alert, named, now))


def _to_taker(
    clinic: ClinicView, alert: AlertFields, taker: StaffView, now: datetime
) -> tuple[Tell, ...]:
    """C1: a second danger reaches whoever took the first on every channel at once."""
    by_telephone = telling.to_person(clinic, alert, taker, now)
    return (*by_telephone, *telling.beside(clinic, alert, (taker,), now))


def _phones(people: tuple[StaffView, ...]) -> tuple[str, ...]:
    return tuple(person.phone for person in people if person.phone)


def _permitted(situation: Situation, tells: tuple[Tell, ...]) -> tuple[Tell, ...]:
    """Tell nobody in shadow (C22), and not the phone that wrote (C19)."""
    if situation.clinic.automation is not Automation.ON:
        return ()
    return tuple(t for t in tells if t.address != situation.contact.address)


def _reachable(situation: Situation, people: tuple[StaffView, ...]) -> tuple[StaffView, ...]:
    """Keep who has a phone; of several who share one the first, it rings once (I-18)."""
    by_phone = {p.phone: p for p in reversed(people) if _is_reachable(situation, p)}
    return tuple(p for p in dict.fromkeys(people) if by_phone.get(p.phone) == p)


def _is_reachable(situation: Situation, person: StaffView) -> bool:
    return bool(person.phone) and person.phone != situation.contact.address
