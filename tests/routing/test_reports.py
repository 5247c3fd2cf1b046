"""How a delivery moves: forward only, tried again where that is safe (C5, C13, I-16 to I-19)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from routing.decision import Decision
from routing.events import Receipt
from routing.faults import CAUSES, Fault, fault_of
from routing.reports import ARRIVED, ENDED, RANK, backoff, decide_receipt
from routing.situation import DeliveryFields, DeliveryView
from routing.types import DeliveryClass, DeliveryState, Lane
from tests.routing.people import (
    MINUTE,
    NOW,
    about,
    anas_reply,
    callback,
    delivery,
    look_up,
    receipt,
    to_nils,
    why,
)

QUEUED, SENDING, SENT = DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT
DELIVERED, FAILED, UNKNOWN = DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.UNKNOWN
BLOCKED, EXPIRED = DeliveryState.BLOCKED, DeliveryState.EXPIRED
SECOND = timedelta(seconds=1)
FILTERED, UNREACHABLE = 30007, 30003


def moved(view: DeliveryView, event: Receipt, now: datetime = NOW) -> DeliveryFields:
    """Give what a report makes of a delivery; as it was where it changes nothing."""
    decision = decide_receipt(event, about(view), now)
    return decision.delivery or view.fields


def walked(view: DeliveryView, events: Sequence[Receipt]) -> list[DeliveryFields]:
    """Give the delivery after each of the reports."""
    steps = []
    for event in events:
        view = replace(view, fields=moved(view, event))
        steps.append(view.fields)
    return steps


# Any order.

GOOD = [callback(QUEUED), callback(SENDING), callback(SENT), callback(DELIVERED)]
BAD = [*GOOD, callback(FAILED, error=FILTERED)]
CLAIMED = pytest.mark.parametrize(
    "view",
    [
        pytest.param(delivery(), id="in-the-webhooks-answer"),
        pytest.param(delivery(provider_id="SM1", due_at=NOW + MINUTE), id="accepted"),
        pytest.param(delivery(state=UNKNOWN), id="unknown"),
        pytest.param(anas_reply(), id="a-persons"),
        pytest.param(to_nils(), id="to-staff"),
    ],
)


@CLAIMED
@pytest.mark.parametrize(("events", "end"), [(GOOD, DELIVERED), (BAD, FAILED)], ids=["ok", "bad"])
def test_callbacks_in_any_order_and_repeated_end_the_same_and_never_go_back_i18(
    view: DeliveryView, events: list[Receipt], end: DeliveryState
) -> None:
    for order in permutations(events):
        steps = walked(view, [event for each in order for event in (each, each)] + list(order))
        ranks = [RANK[view.fields.state], *(RANK[step.state] for step in steps)]
        assert ranks == sorted(ranks), order
        assert (steps[-1].state, steps[-1].provider_id) == (end, "SM1"), order
        assert steps[-1].due_at is None, "nothing left to do"


@CLAIMED
def test_a_delivered_text_is_not_sent_again_whatever_comes_later_i18(view: DeliveryView) -> None:
    late = callback(FAILED, error=UNREACHABLE)
    steps = walked(view, [callback(DELIVERED), late, callback(SENT)])
    assert QUEUED not in {step.state for step in steps}


def test_a_late_report_does_not_rewrite_why_a_text_failed() -> None:
    view = delivery(state=EXPIRED, due_at=None, needs_call="too_old")
    for late in GOOD:
        assert decide_receipt(late, about(view), NOW) == Decision()


def test_a_report_about_an_earlier_try_does_not_fail_the_present_one() -> None:
    view = delivery(provider_id="SM2", attempts=2)
    assert decide_receipt(callback(FAILED, error=FILTERED), about(view), NOW) == Decision()


def test_a_callback_that_overtook_the_answer_is_kept_f18() -> None:
    sent = replace(delivery(), fields=moved(delivery(), callback(SENT)))
    own_call = receipt(SENDING, provider_id="SM1", fence=4)
    assert decide_receipt(own_call, about(sent), NOW) == Decision()


# Our own call to the provider.


def test_an_accepted_text_is_asked_about_when_no_report_comes_f18() -> None:
    fields = moved(delivery(), receipt(SENDING, provider_id="SM1", fence=4))
    assert (fields.state, fields.provider_id) == (SENDING, "SM1")
    assert fields.due_at == NOW + 100 * SECOND


def test_a_stale_lease_changes_nothing_but_the_id_f03() -> None:
    decision = decide_receipt(receipt(SENDING, provider_id="SM1", fence=3), about(delivery()), NOW)
    assert decision.delivery == replace(delivery().fields, provider_id="SM1")
    assert "stale lease" in why(decision)
    failed = receipt(FAILED, error=FILTERED, fence=3)
    assert moved(delivery(provider_id="SM1"), failed) == delivery(provider_id="SM1").fields


def test_what_was_surely_not_sent_waits_and_is_tried_again() -> None:
    fields = moved(delivery(), receipt(QUEUED, fence=4, error=503))
    assert (fields.state, fields.provider_id, fields.error) == (QUEUED, None, 503)
    assert fields.due_at is not None
    assert 2 * SECOND <= fields.due_at - NOW <= 2.5 * SECOND


@pytest.mark.parametrize("event", [receipt(QUEUED, fence=4), look_up(QUEUED)])
def test_what_has_arrived_is_not_sent_again(event: Receipt) -> None:
    for state in (SENT, DELIVERED):
        assert decide_receipt(event, about(delivery(state=state)), NOW) == Decision()


@pytest.mark.parametrize("event", [receipt(QUEUED, fence=4), look_up(QUEUED)])
def test_what_was_accepted_is_not_sent_again_i16(event: Receipt) -> None:
    fields = moved(delivery(provider_id="SM1"), event)
    assert (fields.state, fields.provider_id) == (SENDING, "SM1")


# A timeout is unknown, not failed.


@pytest.mark.parametrize(
    ("view", "seconds"),
    [
        pytest.param(delivery(), 5, id="safety"),
        pytest.param(anas_reply(), 20, id="a-persons"),
        pytest.param(anas_reply(others=2), 60, id="looked-up-twice"),
        pytest.param(anas_reply(others=99), 220, id="bounded"),
    ],
)
def test_a_timeout_to_a_family_is_looked_up_before_anything_is_sent_f17(
    view: DeliveryView, seconds: int
) -> None:
    fields = moved(view, receipt(UNKNOWN, fence=4, error=504))
    assert (fields.state, fields.due_at) == (UNKNOWN, NOW + seconds * SECOND)


@pytest.mark.parametrize("event", [receipt(UNKNOWN, fence=4), look_up(UNKNOWN)])
def test_staff_are_told_twice_rather_than_not_at_all_i19(event: Receipt) -> None:
    fields = moved(to_nils(attempts=3), event)
    assert fields.state is QUEUED
    assert fields.due_at == NOW + backoff(70, 3, Lane.SAFETY)


@pytest.mark.parametrize("view", [delivery(provider_id="SM1"), to_nils(provider_id="SM1")])
def test_a_look_up_that_fails_forgets_nothing_about_an_accepted_text(view: DeliveryView) -> None:
    fields = moved(view, look_up(UNKNOWN))
    assert (fields.state, fields.provider_id) == (SENDING, "SM1")
    assert fields.due_at == NOW + 5 * SECOND


@pytest.mark.parametrize("state", [SENT, DELIVERED, FAILED, BLOCKED, EXPIRED])
def test_a_timeout_takes_nothing_back(state: DeliveryState) -> None:
    assert moved(delivery(state=state), look_up(UNKNOWN)).state is state
    if state is not SENT:
        assert decide_receipt(look_up(UNKNOWN), about(delivery(state=state)), NOW) == Decision()


@pytest.mark.parametrize(
    ("delivery_class", "looked_up", "state"),
    [
        pytest.param(DeliveryClass.AT_LEAST_ONCE, 0, QUEUED, id="safety-after-one-look"),
        pytest.param(DeliveryClass.AT_MOST_ONCE, 0, UNKNOWN, id="others-look-twice"),
        pytest.param(DeliveryClass.AT_MOST_ONCE, 1, QUEUED, id="then-again"),
    ],
)
def test_what_the_provider_does_not_know_is_sent_again_after_enough_looks(
    delivery_class: DeliveryClass, looked_up: int, state: DeliveryState
) -> None:
    view = anas_reply(state=UNKNOWN, delivery_class=delivery_class, others=looked_up)
    fields = moved(view, look_up(QUEUED))
    assert fields.state is state
    assert fields.due_at == (NOW if state is QUEUED else NOW + 20 * SECOND)


def test_what_the_look_up_finds_is_not_sent_again_f17() -> None:
    fields = moved(delivery(state=UNKNOWN), look_up(SENDING, provider_id="SM9"))
    assert (fields.state, fields.provider_id) == (SENDING, "SM9")
    assert moved(delivery(state=UNKNOWN), look_up(DELIVERED, provider_id="SM9")).state is DELIVERED


def test_a_text_that_is_still_on_its_way_is_asked_about_again_later() -> None:
    fields = moved(delivery(provider_id="SM1"), look_up(SENDING, provider_id="SM1"))
    assert (fields.state, fields.due_at) == (SENDING, NOW + 100 * SECOND)


# Only taken by a carrier: not the last word.


def taken(**changes: Any) -> DeliveryView:
    """The safety text that a carrier took, and that is looked up now."""
    return delivery(state=SENT, provider_id="SM1", **changes)


@pytest.mark.parametrize("view", [delivery(), anas_reply(), to_nils()])
def test_a_text_that_a_carrier_took_is_asked_about_when_no_last_word_comes_c13(
    view: DeliveryView,
) -> None:
    fields = moved(view, callback(SENT))
    assert (fields.state, fields.due_at) == (SENT, NOW + 100 * SECOND)


def test_people_call_when_only_asking_told_that_safety_words_came_back_c13() -> None:
    decision = decide_receipt(look_up(FAILED, error=FILTERED), about(taken()), NOW)
    assert decision.delivery is not None
    assert (decision.delivery.state, decision.delivery.due_at) == (FAILED, None)
    assert decision.alert is not None
    assert decision.tells


@pytest.mark.parametrize("shown", [SENT, SENDING, UNKNOWN])
def test_a_text_that_only_stays_taken_is_asked_about_ever_more_rarely(shown: DeliveryState) -> None:
    waits = []
    for looked_up in (0, 1, 2, 8, 99):
        fields = moved(taken(others=looked_up), look_up(shown, provider_id="SM1"))
        assert fields.state is SENT
        assert fields.due_at is not None
        waits.append((fields.due_at - NOW) // SECOND)
    assert waits == [100, 200, 400, 25600, 25600]


def test_a_text_is_asked_about_until_it_is_too_old_and_once_more_at_least() -> None:
    late = NOW + timedelta(hours=1)
    assert moved(delivery(), callback(SENT), late).due_at == late + 100 * SECOND
    still_taken = look_up(SENT, provider_id="SM1")
    assert moved(taken(), still_taken, late).due_at is None, "some carriers never say more"
    assert moved(taken(), look_up(UNKNOWN), late).due_at == late + 100 * SECOND
    assert moved(taken(), look_up(UNKNOWN), late + timedelta(days=1)).due_at is None


@pytest.mark.parametrize("provider", ["push", "email", "service", "webchat"])
def test_nobody_is_asked_who_cannot_tell(provider: str) -> None:
    fields = moved(to_nils(), receipt(SENT, provider=provider, provider_id="x", fence=4))
    assert (fields.state, fields.due_at) == (SENT, None)


# Refused.

RETRIED = {Fault.TEMPORARY: 4, Fault.THROTTLED: 100, Fault.CONFIGURATION: 100, Fault.UNKNOWN: 2}
EVERY_CODE = sorted(CAUSES["twilio"])


@pytest.mark.parametrize("code", [*EVERY_CODE, 12345, None])
def test_every_error_code_ends_or_is_tried_again_as_its_class_says_a5(code: int | None) -> None:
    fault = fault_of("twilio", code) if code is not None else Fault.UNKNOWN
    most = RETRIED.get(fault, 1)
    for attempts in {1, most - 1, most} - {0}:
        fields = moved(delivery(attempts=attempts), receipt(FAILED, error=code, fence=4))
        assert fields.error == code
        if attempts < most:
            assert (fields.state, fields.needs_call) == (QUEUED, None)
            assert fields.due_at == NOW + backoff(70, attempts, Lane.SAFETY)
        else:
            ended = BLOCKED if fault is Fault.OPTED_OUT else FAILED
            assert (fields.state, fields.due_at, fields.needs_call) == (ended, None, fault)


def test_a_text_that_failed_keeps_the_id_it_had() -> None:
    failed = moved(delivery(provider_id="SM1"), callback(FAILED, error=FILTERED, provider_id=None))
    assert failed.provider_id == "SM1"
    assert moved(delivery(), callback(FAILED, error=FILTERED)).provider_id == "SM1"


def test_a_text_that_came_back_may_be_tried_again_under_a_new_id() -> None:
    fields = moved(anas_reply(state=SENT, provider_id="SM1"), callback(FAILED, error=UNREACHABLE))
    assert (fields.state, fields.provider_id) == (QUEUED, None)


@pytest.mark.parametrize("state", [FAILED, BLOCKED, EXPIRED])
def test_what_has_ended_does_not_fail_again(state: DeliveryState) -> None:
    event = callback(FAILED, error=UNREACHABLE)
    assert decide_receipt(event, about(delivery(state=state)), NOW) == Decision()


@pytest.mark.parametrize("lane", Lane)
def test_waits_grow_are_bounded_and_differ(lane: Lane) -> None:
    waits = [backoff(70, attempt, lane) for attempt in range(1, 60)]
    longest = 15 * SECOND if lane is Lane.SAFETY else 5 * MINUTE
    assert all(2 * SECOND <= wait <= 1.25 * longest for wait in waits)
    assert waits[0] < waits[1] < waits[2]
    assert max(waits) >= longest
    assert len({backoff(number, 3, lane) for number in range(100)}) > 50
    assert backoff(70, 0, lane) >= 2 * SECOND


# Too old, or no longer wanted.


@pytest.mark.parametrize(("state", "reason"), [(EXPIRED, "too_old"), (BLOCKED, "opted_out")])
def test_what_waited_too_long_ends_and_says_why(state: DeliveryState, reason: str) -> None:
    event = look_up(state, status=reason, provider="sms")
    fields = moved(delivery(state=QUEUED), event)
    assert (fields.state, fields.needs_call, fields.due_at) == (state, reason, None)
    decision = decide_receipt(event, about(delivery(state=QUEUED)), NOW)
    assert decision.consent is None
    assert decision.alert is not None
    assert decision.alert.no_answer == reason, "C13"


@pytest.mark.parametrize("state", [SENDING, UNKNOWN, SENT])
def test_what_has_left_in_the_meantime_is_not_called_too_old(state: DeliveryState) -> None:
    event = look_up(EXPIRED, status="too_old", provider="sms")
    assert decide_receipt(event, about(delivery(state=state)), NOW) == Decision()


def test_no_state_is_both_an_arrival_and_an_end() -> None:
    assert not ARRIVED & ENDED
    assert set(RANK) == set(DeliveryState)
