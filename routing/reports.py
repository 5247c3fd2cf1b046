"""What follows from a report about a delivery: forward only, tried again where that is safe.

A timeout is unknown, not failed: it is looked up before anything is sent again, except to staff
on an emergency, who are told twice rather than not at all (I-16 to I-19).
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from routing import alerts, followups, rounds
from routing.decision import Decision, FollowUpEnd, PromiseChange
from routing.events import Receipt, ReceiptSource, TimerKind
from routing.faults import Fault, fault_of
from routing.promises import reply_due
from routing.situation import (
    AlertFields,
    AlertState,
    DeliveryFields,
    DeliverySituation,
    DeliveryView,
    Situation,
)
from routing.types import Because, Consent, DeliveryClass, DeliveryState, Lane, ReplyKey

RANK = {
    DeliveryState.QUEUED: 0,
    DeliveryState.UNKNOWN: 1,
    DeliveryState.SENDING: 2,
    DeliveryState.SENT: 3,
    DeliveryState.DELIVERED: 4,
    DeliveryState.FAILED: 5,
    DeliveryState.BLOCKED: 5,
    DeliveryState.EXPIRED: 5,
}
ARRIVED = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED})
ENDED = frozenset({DeliveryState.FAILED, DeliveryState.BLOCKED, DeliveryState.EXPIRED})
# F-18: no callback within two minutes of acceptance is asked for. That a carrier took a text is
# not the end either (FACTS A4): it is asked for the last word, ever more rarely, until the text is
# too old to arrive. A report that came while no process of ours lived never comes again.
ASK_AFTER = timedelta(seconds=100)
MOST_DOUBLINGS = 8
ASKED_IN_VAIN_FOR = timedelta(days=1)  # beyond that age, where the provider gives no answer at all
ON_ITS_WAY = frozenset({DeliveryState.SENDING, DeliveryState.SENT})
HAVE_LAST_WORDS = frozenset({"twilio"})  # providers that tell what became of what they took
LOOK_UP_AFTER = {Lane.SAFETY: timedelta(seconds=5)}
LOOK_UP_AFTER_DEFAULT = timedelta(seconds=20)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=5)
LONGEST_WAIT_SAFETY = timedelta(seconds=15)
LONGEST_PAUSE = LONGEST_WAIT * 1.25  # with what differs between deliveries; no look-up waits longer
LONGEST_ASKED = ASK_AFTER * (1 << MOST_DOUBLINGS)  # between two questions for the last word
MOST_TRIES = {Fault.TEMPORARY: 4, Fault.THROTTLED: 100, Fault.CONFIGURATION: 100, Fault.UNKNOWN: 2}
# Words that wait for a phone or for a repaired set-up are no answer yet (C13: 30003).
SILENT = frozenset({Fault.TEMPORARY, Fault.CONFIGURATION})
LOOK_UPS_BEFORE_AGAIN = {DeliveryClass.AT_LEAST_ONCE: 1, DeliveryClass.AT_MOST_ONCE: 2}


def decide_receipt(event: Receipt, situation: DeliverySituation, now: datetime) -> Decision:
    """Decide what one report changes; a late, repeated or stale one changes nothing."""
    decision, delivery = _reported(event, situation, now), situation.delivery
    became = decision.delivery.state if decision.delivery else delivery.fields.state
    is_new = became is DeliveryState.DELIVERED is not delivery.fields.state
    # C5: only sent is no answer to "how is the child?"; until it arrived somebody has to ask.
    if delivery.is_human and is_new:
        return followups.reached(decision, situation.thread, FollowUpEnd.REPLY)
    return decision


def _reported(event: Receipt, situation: DeliverySituation, now: datetime) -> Decision:
    delivery = situation.delivery
    if event.fence is not None and event.fence != delivery.fence:
        adopted = replace(delivery.fields, provider_id=delivery.fields.provider_id
                          or event.provider_id)  # fmt: skip
        return Decision(delivery=adopted, because=(Because("stale lease", "F-03"),))
    fields = _next_fields(event, delivery, now)
    if fields is None:
        return Decision()
    decision = Decision(delivery=fields)
    has_arrived, had_arrived = fields.state in ARRIVED, delivery.fields.state in ARRIVED
    if delivery.is_human and has_arrived and not had_arrived:
        return _answered(decision, situation.thread)
    has_ended = fields.state in ENDED and delivery.fields.state not in ENDED
    if has_ended or _leaves_in_silence(event, fields, delivery):
        decision = _failed(event, fields, situation, now)
    if delivery.is_human and had_arrived and not has_arrived:
        return _not_answered(decision, situation.thread, now)
    return decision


def backoff(delivery_id: int, attempt: int, lane: Lane) -> timedelta:
    """Tell how long to wait after try number `attempt`, counted from 1.

    The wait doubles, with up to a quarter more that differs between deliveries, so that they do
    not all come back at once.
    """
    longest = LONGEST_WAIT_SAFETY if lane is Lane.SAFETY else LONGEST_WAIT
    wait = min(FIRST_WAIT * (1 << min(max(attempt - 1, 0), 12)), longest)
    digest = hashlib.sha256(f"{delivery_id}:{attempt}".encode()).digest()
    return wait * (1 + digest[0] / 1024)


def _next_fields(event: Receipt, delivery: DeliveryView, now: datetime) -> DeliveryFields | None:
    match event.state:
        case DeliveryState.QUEUED | DeliveryState.UNKNOWN if event.source is ReceiptSource.CALLBACK:
            return None  # what the provider reports it has: never a reason to send again
        case DeliveryState.BLOCKED | DeliveryState.EXPIRED if (
            event.source is ReceiptSource.LOOKUP
            and delivery.fields.state is not DeliveryState.QUEUED
        ):
            return None  # found waiting in the outbox, but it has left in the meantime
        case DeliveryState.QUEUED:
            return _not_sent(event, delivery, now)
        case DeliveryState.UNKNOWN:
            return _unknown(event, delivery, now)
        case DeliveryState.FAILED:
            return _refused(event, delivery, now)
        case _:
            return _forward(event, delivery, now)


def _forward(event: Receipt, delivery: DeliveryView, now: datetime) -> DeliveryFields | None:
    fields = delivery.fields
    if fields.state in ENDED:
        return None
    if RANK[event.state] <= RANK[fields.state] and fields.provider_id is not None:
        asked = event.source is ReceiptSource.LOOKUP and fields.state in ON_ITS_WAY
        due = _asked_next(event, delivery, fields.state, now)
        return replace(fields, due_at=due) if asked else None
    state = max(event.state, fields.state, key=lambda s: RANK[s])
    return replace(
        fields,
        state=state,
        provider_id=event.provider_id or fields.provider_id,
        due_at=_asked_next(event, delivery, state, now),
        error=event.error if state in ENDED else None,
        needs_call=event.status or None if state in ENDED else None,
    )


def _asked_next(
    event: Receipt, delivery: DeliveryView, state: DeliveryState, now: datetime
) -> datetime | None:
    """Tell when the provider is asked what became of a text; None for never again."""
    if state is DeliveryState.SENDING:
        return now + ASK_AFTER
    if state is not DeliveryState.SENT or event.provider not in HAVE_LAST_WORDS:
        return None
    patience = ASKED_IN_VAIN_FOR if event.state is DeliveryState.UNKNOWN else timedelta(0)
    if event.source is ReceiptSource.LOOKUP and now >= delivery.expires_at + patience:
        return None
    return now + ASK_AFTER * (1 << min(delivery.others, MOST_DOUBLINGS))


def _not_sent(event: Receipt, delivery: DeliveryView, now: datetime) -> DeliveryFields | None:
    """Handle what surely was not sent, and what a look-up did not find."""
    fields = delivery.fields
    if RANK[fields.state] >= RANK[DeliveryState.SENT]:
        return None
    if fields.provider_id is not None:  # it was accepted: only its report is missing
        return replace(fields, due_at=None)
    if event.source is ReceiptSource.LOOKUP:
        if delivery.others + 1 < LOOK_UPS_BEFORE_AGAIN[delivery.delivery_class]:
            return replace(fields, state=DeliveryState.UNKNOWN, due_at=now + _look_up(delivery))
        return _again(delivery, now, event.error)
    return _again(delivery, now + backoff(delivery.id, delivery.attempts, delivery.lane),
                  event.error)  # fmt: skip


def _unknown(event: Receipt, delivery: DeliveryView, now: datetime) -> DeliveryFields | None:
    fields = delivery.fields
    if fields.state is DeliveryState.SENT:
        return replace(fields, due_at=_asked_next(event, delivery, fields.state, now))
    if RANK[fields.state] > RANK[DeliveryState.SENDING]:
        return None
    wait = _look_up(delivery) * (1 + min(delivery.others, 10))
    if fields.provider_id is not None:  # it was accepted: what became of it is asked again
        return replace(fields, due_at=now + wait)
    if not delivery.is_to_family:  # I-19
        return _again(delivery, now + backoff(delivery.id, delivery.attempts, delivery.lane),
                      event.error)  # fmt: skip
    return replace(fields, state=DeliveryState.UNKNOWN, due_at=now + wait, error=event.error)


def _refused(event: Receipt, delivery: DeliveryView, now: datetime) -> DeliveryFields | None:
    fields = delivery.fields
    other_id = fields.provider_id is not None and event.provider_id not in {
        None,
        fields.provider_id,
    }
    if RANK[fields.state] >= RANK[DeliveryState.FAILED] or other_id:
        return None
    fault = _fault(event)
    may_retry = fault.can_retry and fields.state is not DeliveryState.DELIVERED
    if may_retry and delivery.attempts < MOST_TRIES[fault]:
        return _again(delivery, now + backoff(delivery.id, delivery.attempts, delivery.lane),
                      event.error)  # fmt: skip
    state = DeliveryState.BLOCKED if fault is Fault.OPTED_OUT else DeliveryState.FAILED
    known = event.provider_id or fields.provider_id
    return replace(
        fields, state=state, due_at=None, error=event.error, provider_id=known, needs_call=fault
    )


def _again(delivery: DeliveryView, at: datetime, error: int | None) -> DeliveryFields:
    """Queue it once more; whether it is too old by then is seen when its turn comes."""
    return replace(delivery.fields, state=DeliveryState.QUEUED, due_at=at, provider_id=None,
                   error=error)  # fmt: skip


def _fault(event: Receipt) -> Fault:
    """Give the fault behind a report; one that failed without a code failed all the same."""
    fault = fault_of(event.provider, event.error)
    is_silent = fault is Fault.NONE and event.state is DeliveryState.FAILED
    return Fault.UNKNOWN if is_silent else fault


def _leaves_in_silence(event: Receipt, fields: DeliveryFields, delivery: DeliveryView) -> bool:
    """C13: safety words that come later, perhaps, are no answer now; people call meanwhile."""
    is_tried_again = event.state is DeliveryState.FAILED and fields.state is DeliveryState.QUEUED
    is_for_safety = delivery.is_safety and delivery.is_to_family
    return is_for_safety and is_tried_again and _fault(event) in SILENT


def _look_up(delivery: DeliveryView) -> timedelta:
    return LOOK_UP_AFTER.get(delivery.lane, LOOK_UP_AFTER_DEFAULT)


def _answered(decision: Decision, thread: Situation) -> Decision:
    """C5: only what was sent is an answer; it ends the waiting and keeps the promise."""
    episode = thread.episode
    if episode is None or episode.fields.looked_at is None:  # they have written again since
        return decision
    return replace(
        decision,
        episode=replace(episode.fields, is_waiting=False, reply_due=None),
        promise=PromiseChange.KEPT if thread.promise_due is not None else None,
        timers={TimerKind.PROMISE: None},
        because=(Because("answered", "a person's reply was sent (C5)"),),
    )


def _not_answered(decision: Decision, thread: Situation, now: datetime) -> Decision:
    """C5: what was sent and then came back is no answer; the family waits again."""
    if thread.episode is None:
        return decision
    fields = thread.episode.fields
    due = reply_due(thread.clinic.schedule, fields.urgency, now)
    because = Because("not answered", "a person's reply did not arrive (C5)")
    return replace(
        decision,
        episode=replace(fields, is_waiting=True, reply_due=due),
        because=(*decision.because, because),
    )


def _failed(
    event: Receipt, fields: DeliveryFields, situation: DeliverySituation, now: datetime
) -> Decision:
    delivery, thread = situation.delivery, situation.thread
    fault = _fault(event)
    why = Because(f"{delivery.purpose} {fields.state}", str(fields.needs_call or fault))
    # That the confirmation of a STOP is refused says nothing new; a START may have come since.
    tells_opt_out = delivery.is_to_family and delivery.purpose != ReplyKey.OPTED_OUT
    consent = Consent.OPTED_OUT if fault is Fault.OPTED_OUT and tells_opt_out else None
    unusable = str(event.error) if fault is Fault.UNUSABLE_NUMBER else None
    decision = Decision(delivery=fields, consent=consent, because=(why,),
                        unusable=unusable if delivery.is_to_family else None)  # fmt: skip
    if delivery.is_extra:
        return decision
    if not delivery.is_to_family:
        return replace(decision, alert=rounds.sooner(thread, now))
    episode = thread.episode
    if not delivery.is_safety or episode is None or _is_known(thread.alert):
        return decision
    # C13: the safety words did not arrive, so people must call.
    alert, tells = alerts.after_danger(
        thread, max(delivery.urgency, episode.fields.urgency), episode.fields,
        str(fields.needs_call or fault), now,
    )  # fmt: skip
    return replace(decision, alert=alert, tells=tells,
                   episode=alerts.not_taken(episode.fields, alert))  # fmt: skip


def _is_known(alert: AlertFields | None) -> bool:
    """Tell whether the one who took it was told that the family got no answer."""
    if alert is None:
        return False
    return alert.state == AlertState.ACKNOWLEDGED and alert.no_answer is not None
