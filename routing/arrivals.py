"""What follows from a message of a family: how it is judged, where it stands, who is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from routing import alerts, late, replies
from routing.baselines import as_usual
from routing.consent import Keyword, is_known_to_provider, keyword
from routing.decision import Decision, PromiseChange, Reply, Tell
from routing.events import Inbound, InboundKind, TimerKind
from routing.hours import Window, after_open_time, window_at
from routing.newcomers import UNREAD_CLOSED_FOR
from routing.promises import reply_due
from routing.quotations import own_words
from routing.situation import AlertFields, AlertState, ChildView, EpisodeFields, Situation
from routing.types import (
    DEVICE_FLAGS,
    Assessment,
    Because,
    Consent,
    ContactKind,
    DeliveryState,
    EpisodeState,
    Lane,
    Mark,
    Note,
    Reason,
    ReplyKey,
    Topic,
    Urgency,
    is_danger,
)

Triage = Callable[[Note], Assessment]
OPENED_WITHIN = timedelta(hours=4)  # C3, of open time
UNCLAIMED_OPENED_WITHIN = timedelta(minutes=30)  # C8, of open time
TEXTED = "sms"
CONSENT_AFTER = {Keyword.STOP: Consent.OPTED_OUT, Keyword.START: Consent.GRANTED}


def decide_inbound(event: Inbound, situation: Situation, now: datetime, triage: Triage) -> Decision:
    """Decide everything that one inbound message causes."""
    window = window_at(situation.clinic.schedule, now)
    if situation.takes_alert:
        return _taken_by_text(situation, window, now)
    word = _keyword(event, situation)
    assessment = _judged(event, situation, window, now, triage)
    consent = CONSENT_AFTER.get(word) if word else None
    if _adds_nothing(situation, assessment) and consent is None:
        why = Because("no new episode", "C15: thanks do not reopen what is resolved")
        return Decision(assessment=assessment, because=(why,))
    episode = _episode(situation, assessment, now)
    arrival = replies.Arrival(
        situation, assessment, word, episode, window, now,
        provider_answers=is_known_to_provider(event.text, event.opt_out),
        is_call=event.kind is InboundKind.MISSED_CALL,
    )  # fmt: skip
    texts, why_texts = replies.choose(arrival)
    if event.kind is InboundKind.OTHER_WAY:  # C23: they did not text, so no text answers them
        texts, why_texts = (), (Because("no automatic text", "it came another way"),)
    texts, why_late = _while_it_helps(event, texts, now)
    alert, tells, why_alert = alert_of(arrival, texts)
    episode = alerts.not_taken(episode, alert) if alert else episode
    promise, promise_due = promise_of(situation, episode, texts)
    return Decision(
        assessment=assessment,
        episode=episode,
        opens_episode=situation.episode is None,
        replies=texts,
        tells=tells,
        alert=alert,
        promise=promise,
        promise_due=promise_due,
        timers={
            **_unopened(situation, episode, now),
            **_promise_timers(promise, promise_due, now),
        },
        consent=consent,
        because=(
            *_why(situation, assessment, episode, window), *why_texts, *why_late, *why_alert,
        ),
    )  # fmt: skip


def _while_it_helps(
    event: Inbound, texts: tuple[Reply, ...], now: datetime
) -> tuple[tuple[Reply, ...], tuple[Because, ...]]:
    """Keep only safety words for what was found late: no machine says "received" after an hour."""
    if event.written_at is None:
        return texts, ()
    minutes = max(0, round((now - event.written_at) / timedelta(minutes=1)))
    why = Because("found at the provider", f"nobody had told us; written {minutes} min before")
    if now - event.written_at <= replies.AUTOMATIC_VALID:
        return texts, (why,)
    return tuple(text for text in texts if text.lane is Lane.SAFETY), (why,)


def _taken_by_text(situation: Situation, window: Window, now: datetime) -> Decision:
    """Keep the word of an alert, which is nobody's request: the act itself is another event."""
    said = _plain(Urgency.ROUTINE, "staff.takes_alert", "The word of an alert: somebody takes it.")
    assessment = replace(said, understood=True)
    fields = situation.episode.fields if situation.episode else replace(
        _episode(situation, assessment, now), state=EpisodeState.RESOLVED, is_waiting=False,
        resolved_at=now, resolved_by=situation.contact.staff_id, reply_due=None,
    )  # fmt: skip
    arrival = replies.Arrival(situation, assessment, None, fields, window, now)
    texts, why = replies.choose(arrival)
    is_new = situation.episode is None
    return Decision(assessment=assessment, episode=fields if is_new else None,
                    opens_episode=is_new, replies=texts, because=why)  # fmt: skip


def _keyword(event: Inbound, situation: Situation) -> Keyword | None:
    """Read keywords of texts only: whoever types "stop" into a chat just closes it (C13).

    What staff typed in for a family is no text of theirs: a "stop" about a pump ends no consent.
    """
    if situation.contact.channel != TEXTED or event.kind is InboundKind.OTHER_WAY:
        return None
    return keyword(event.text, opt_out=event.opt_out, consent=situation.contact.consent)


def _adds_nothing(situation: Situation, assessment: Assessment) -> bool:
    is_over = situation.episode is None and situation.previous_episode_id is not None
    return is_over and _is_thanks(assessment)


def _is_thanks(assessment: Assessment) -> bool:
    """Tell whether it says nothing but thanks; a danger beside them is a danger (I-08)."""
    return Mark.THANKS in assessment.marks and not is_danger(assessment.urgency, assessment.hazard)


def _judged(
    event: Inbound, situation: Situation, window: Window, now: datetime, triage: Triage
) -> Assessment:
    if event.kind is InboundKind.MISSED_CALL:
        return _plain(Urgency.SOON, "call.missed", "Somebody called and nobody answered (C17).")
    own = own_words(event.text, situation.history.ours)
    read = tuple(
        as_usual(triage(Note(own.text, one.flags, one.age_months, situation.contact.language,
                             len(event.media))), one.usual)
        for one in _patients(situation)
    )  # fmt: skip
    assessment = _highest(read)
    if own.is_reaction and not _says_something(assessment):
        reaction = _plain(Urgency.ROUTINE, "reaction", "A reaction to a text of ours (C15).")
        marks = frozenset({Mark.THANKS})
        return replace(reaction, understood=True, topics=(Topic.SOCIAL,), marks=marks)
    return _raised_when_unread(assessment, situation, window, now)


def _says_something(assessment: Assessment) -> bool:
    """Tell whether the words beside a quotation of ours are a message, not "Liked" (I-08)."""
    is_about = assessment.understood and set(assessment.topics) - {Topic.SOCIAL}
    return bool(is_about) or is_danger(assessment.urgency, assessment.hazard)


def _patients(situation: Situation) -> tuple[ChildView, ...]:
    """List whom the words may be about: each child, or for a new sender any child (C8)."""
    contact, anybody = situation.contact, ChildView(frozenset(), None, is_active=True)
    if contact.kind is ContactKind.UNCLAIMED and not situation.children:
        return replace(anybody, flags=situation.clinic.flags_cared_for), anybody
    alike = (
        replace(anybody, flags=one.flags, age_months=one.age_months, usual=one.usual)
        for one in situation.children
    )
    return tuple(dict.fromkeys(alike)) or (anybody,)


def _highest(judged: tuple[Assessment, ...]) -> Assessment:
    """Take the highest of several readings (I-08, C8), with the reasons of all."""
    best = max(judged, key=lambda a: (a.urgency, a.hazard is not None))
    reasons = tuple(dict.fromkeys(r for a in (best, *judged) for r in a.reasons))
    return replace(best, reasons=reasons)


def _raised_when_unread(
    assessment: Assessment, situation: Situation, window: Window, now: datetime
) -> Assessment:
    """C3: not understood, closed for long, and the child breathes by a device: `urgent`.

    A new sender is judged as if the child had each flag that the clinic cares for (C8). Whoever
    has taken the alert may have asked for the picture: they look, and nobody else is woken.
    """
    if situation.alert is not None and situation.alert.state == AlertState.ACKNOWLEDGED:
        return assessment
    depends = any(one.flags & DEVICE_FLAGS for one in _patients(situation))
    closed_long = not window.is_open and (
        window.ends is None or window.ends - now > UNREAD_CLOSED_FOR
    )
    if assessment.understood or not depends or not closed_long:
        return assessment
    if assessment.urgency >= Urgency.URGENT:
        return assessment
    why = "Not understood, the office is closed for over 4 hours, the child depends on a device."
    reason = Reason("unread.device", why, "", (), Urgency.URGENT)
    return replace(assessment, urgency=Urgency.URGENT, reasons=(reason, *assessment.reasons))


def _plain(urgency: Urgency, rule: str, why: str) -> Assessment:
    reason = Reason(rule, why, "", (), urgency)
    return Assessment(urgency, None, (), None, False, (reason,), (), "decide-1")


def _episode(situation: Situation, assessment: Assessment, now: datetime) -> EpisodeFields:
    """Open an episode, or join the open one and perhaps raise it; nothing here ever lowers."""
    thanks = _is_thanks(assessment)
    due = None if thanks else reply_due(situation.clinic.schedule, assessment.urgency, now)
    if situation.episode is None:
        return EpisodeFields(
            state=EpisodeState.OPEN,
            urgency=assessment.urgency,
            hazard=assessment.hazard,
            topics=assessment.topics,
            needs_eyes=not assessment.understood,
            owner_id=_owner(situation, now),
            is_waiting=not thanks,
            waiting_since=now,
            reply_due=due,
        )
    old = situation.episode.fields
    urgency = max(old.urgency, assessment.urgency)
    dues = [d for d in (old.reply_due, due) if d is not None]
    # The kind of the higher danger is what staff see first; of two equal ones the earlier.
    hazard = assessment.hazard if assessment.urgency > old.urgency else old.hazard
    return replace(
        old,
        state=old.state if thanks else EpisodeState.OPEN,  # C15: thanks reopen nothing
        waits_for=old.waits_for if thanks else None,
        put_off_until=old.put_off_until if thanks else None,
        urgency=urgency,
        hazard=hazard or old.hazard or assessment.hazard,
        topics=tuple(dict.fromkeys((*old.topics, *assessment.topics))),
        needs_eyes=old.needs_eyes or not assessment.understood,
        is_waiting=old.is_waiting or not thanks,
        waiting_since=old.waiting_since if old.is_waiting or thanks else now,
        reply_due=min(dues) if dues and urgency < Urgency.URGENT else None,
        looked_at=old.looked_at if thanks else None,
    )


def _owner(situation: Situation, now: datetime) -> int | None:
    contact = situation.contact
    answers = situation.clinic.answering(contact.coordinator_id, now, contact.language)
    return answers.staff_id


def alert_of(
    arrival: replies.Arrival, texts: tuple[Reply, ...]
) -> tuple[AlertFields | None, tuple[Tell, ...], tuple[Because, ...]]:
    """Open, join or wake the alert of a danger, and say why; nothing where there is none."""
    for_safety = (text for text in texts if text.lane is Lane.SAFETY)
    blocked = next((t.needs_call for t in for_safety if t.state is DeliveryState.BLOCKED), None)
    if not arrival.is_danger and blocked is None:
        return None, (), ()
    urgency, taken = arrival.assessment.urgency, arrival.situation.alert
    if taken is not None and blocked is None and alerts.is_news_of_care(taken, arrival.assessment):
        told_of = alerts.told_of_care(arrival.situation, taken)
        if told_of is not None:
            return *told_of, (Because("alert stays taken", "C9: they say that help has come"),)
    alert, tells = alerts.after_danger(
        arrival.situation, urgency, arrival.episode, blocked, arrival.now
    )
    told = f"{len(tells)} told" if tells else "nobody told by this message"
    return alert, tells, (Because(f"alert {alert.state}, step {alert.step}", told),)


def _unopened(
    situation: Situation, episode: EpisodeFields, now: datetime
) -> dict[TimerKind, datetime | None]:
    """C3: four open hours from the first message that nobody has opened, not from the latest.

    Half an hour where nobody knows whose child it is about (C8).
    """
    was_opened = situation.episode is None or situation.episode.fields.looked_at is not None
    if episode.looked_at is not None or not was_opened:
        return {}
    is_unclaimed = situation.contact.kind is ContactKind.UNCLAIMED
    within = UNCLAIMED_OPENED_WITHIN if is_unclaimed else OPENED_WITHIN
    return {TimerKind.UNOPENED: after_open_time(situation.clinic.schedule, now, within)}


def promise_of(
    situation: Situation, episode: EpisodeFields, texts: tuple[Reply, ...]
) -> tuple[PromiseChange | None, datetime | None]:
    """Take a promise back that no longer holds (C2), or make the one that the words tell."""
    if situation.promise_due is not None and episode.needs_outcome:
        return PromiseChange.WITHDRAWN, None
    told = next((t for t in texts if t.key in ReplyKey.promising()
                 and t.state is DeliveryState.QUEUED), None)  # fmt: skip
    if told is None or told.due is None or told.due == situation.promise_due:
        return None, None
    return PromiseChange.MADE, told.due


def _promise_timers(
    promise: PromiseChange | None, due: datetime | None, now: datetime
) -> dict[TimerKind, datetime | None]:
    if promise is None:
        return {}
    warned = late.warning_at(due, now) if due is not None else None
    return {TimerKind.PROMISE: due, TimerKind.PROMISE_WARNING: warned}


def _why_owner(situation: Situation, episode: EpisodeFields) -> str:
    if episode.owner_id is None:
        return "nobody yet: the team"
    if episode.owner_id == situation.contact.coordinator_id:
        return "the family's coordinator"
    return "somebody who answers for the family's coordinator"


def _why(
    situation: Situation, assessment: Assessment, episode: EpisodeFields, window: Window
) -> tuple[Because, ...]:
    because = [
        Because(f"urgency {assessment.urgency.word}",
                assessment.reasons[0].rule if assessment.reasons else "no rule"),
        Because(f"the office is {'open' if window.is_open else 'closed'}", window.id),
        Because("owner", _why_owner(situation, episode)),
    ]  # fmt: skip
    if situation.episode is not None and episode.urgency > situation.episode.fields.urgency:
        because.append(Because(f"raised to {episode.urgency.word}", "by this message"))
    if episode.reply_due is not None:
        because.append(Because("reply due", f"{episode.urgency.word}, in open hours"))
    return tuple(because)
