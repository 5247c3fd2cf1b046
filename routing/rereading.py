"""What follows when a second reader has read a message: it may raise, and do no more than that.

The rules have answered already. What a second reader adds is what the raised level says: staff
are told of a danger, and the family gets the safety words of that level, never the reader's own.
"""

from dataclasses import replace
from datetime import datetime

from routing import alerts
from routing.arrivals import alert_of, promise_of
from routing.decision import Decision, Reply
from routing.desk import brought_back, no_return
from routing.events import Inbound, InboundKind, SecondOpinion, TimerKind
from routing.hours import window_at
from routing.promises import reply_due
from routing.replies import SAFETY_VALID, Arrival, choose
from routing.situation import EpisodeFields, Situation
from routing.triage.second import heard, raises
from routing.types import (
    Assessment,
    Because,
    ChildFlag,
    ContactKind,
    EpisodeState,
    Mark,
    Urgency,
    is_danger,
)


def is_wanted(event: Inbound, situation: Situation, first: Assessment) -> bool:
    """Tell whether a second reader should see a message: there is something to read and to raise.

    A number that no clinic has (the system clinic) has nobody to be told.
    """
    return (
        first.urgency < Urgency.EMERGENCY
        and bool(event.text.strip())
        and event.kind is not InboundKind.MISSED_CALL
        and Mark.THANKS not in first.marks
        and situation.contact.kind is not ContactKind.STAFF
        and not situation.takes_alert
        and not situation.clinic.is_system
    )


def patient(situation: Situation) -> tuple[frozenset[ChildFlag], int | None]:
    """Give the conditions and the age to read by: all that may be meant, and the youngest (C8)."""
    if situation.contact.kind is ContactKind.UNCLAIMED and not situation.children:
        return situation.clinic.flags_cared_for, None
    flags = frozenset(flag for child in situation.children for flag in child.flags)
    ages = [child.age_months for child in situation.children if child.age_months is not None]
    return flags, min(ages, default=None)


def decide_opinion(event: SecondOpinion, situation: Situation, now: datetime) -> Decision:
    """Raise the episode as far as the opinion goes; what a person has dealt with stays theirs."""
    episode = situation.episode
    if episode is None or episode.fields.state is EpisodeState.RESOLVED or event.is_dealt_with:
        return Decision()
    if not raises(event.first, event.opinion) or event.opinion.urgency <= episode.fields.urgency:
        return Decision()
    judged = heard(event.first, event.opinion)
    fields = _raised(episode.fields, judged, situation, now)
    because = (Because(f"raised to {judged.urgency.word}", judged.reasons[0].why),)
    if not is_danger(judged.urgency, judged.hazard):
        return Decision(episode=fields, because=because)
    arrival = Arrival(situation, judged, None, fields, window_at(situation.clinic.schedule, now),
                      now)  # fmt: skip
    texts, why_texts = _texts(event, arrival)
    alert, tells, why_alert = alert_of(arrival, texts)
    fields = alerts.not_taken(fields, alert) if alert else fields
    promise, _ = promise_of(situation, fields, ())
    settled = {TimerKind.PROMISE: None, TimerKind.PROMISE_WARNING: None} if promise else {}
    return Decision(
        episode=brought_back(fields),  # C6: what is urgent is not put off
        replies=texts,
        tells=tells,
        alert=alert,
        promise=promise,
        timers={**no_return(fields), **settled},
        because=(*because, *why_texts, *why_alert),
    )


def _raised(
    fields: EpisodeFields, judged: Assessment, situation: Situation, now: datetime
) -> EpisodeFields:
    """Raise it; nothing here ever lowers (I-08). A danger must be looked at again (C3)."""
    due = reply_due(situation.clinic.schedule, judged.urgency, now)
    dues = [one for one in (fields.reply_due, due) if one is not None]
    is_calm = judged.urgency < Urgency.URGENT
    return replace(
        fields,
        urgency=judged.urgency,
        hazard=judged.hazard or fields.hazard,
        reply_due=min(dues) if dues and is_calm else None,
        looked_at=fields.looked_at if is_calm else None,
    )


def _texts(event: SecondOpinion, arrival: Arrival) -> tuple[tuple[Reply, ...], tuple[Because, ...]]:
    """Choose the safety words of the raised level; a late call for help is harmful (FACTS A4)."""
    if not event.is_text:
        return (), (Because("no automatic text", "it came another way"),)
    if arrival.now - event.wrote_at > SAFETY_VALID:
        return (), (Because("no automatic text", "FACTS A4: too long after they wrote"),)
    return choose(arrival)
