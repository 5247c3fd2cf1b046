"""What a report means for people: an answer that counts, words that did not arrive (C5, C13)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.decision import PromiseChange
from routing.events import TimerKind
from routing.faults import fault_of
from routing.reports import decide_receipt
from routing.situation import AlertState
from routing.types import Consent, DeliveryState, ReplyKey, Urgency
from tests.routing.people import (
    ANA,
    MINUTE,
    NILS,
    NOW,
    about,
    alert,
    anas_reply,
    callback,
    delivery,
    emergency,
    episode,
    receipt,
    situation,
    taken_alert,
    to_nils,
    why,
)

QUEUED, SENDING, SENT = DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT
DELIVERED, FAILED, BLOCKED = DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.BLOCKED
SECOND = timedelta(seconds=1)
FILTERED, UNREACHABLE, OPTED_OUT, LANDLINE, NO_REASON = 30007, 30003, 21610, 30006, 30008
NOT_SIGNED_IN, TOO_MUCH = 20003, 20429

# What it means for the family.


@pytest.mark.parametrize("state", [SENT, DELIVERED])
def test_a_persons_reply_counts_when_it_was_sent_c5(state: DeliveryState) -> None:
    open_one = episode(looked_at=NOW - MINUTE, reply_due=NOW + MINUTE)
    thread = situation(episode=open_one, promise_due=NOW + MINUTE)
    decision = decide_receipt(callback(state), about(anas_reply(), thread), NOW)
    assert decision.episode is not None
    assert (decision.episode.is_waiting, decision.episode.reply_due) == (False, None)
    assert decision.promise is PromiseChange.KEPT
    assert decision.timers == {TimerKind.PROMISE: None}
    unpromised = replace(thread, promise_due=None)
    assert decide_receipt(callback(state), about(anas_reply(), unpromised), NOW).promise is None


@pytest.mark.parametrize("state", [SENDING, FAILED])
def test_what_is_on_its_way_or_failed_is_no_answer_c5(state: DeliveryState) -> None:
    thread = situation(episode=episode(looked_at=NOW), promise_due=NOW + MINUTE)
    event = callback(state, error=FILTERED if state is FAILED else None)
    decision = decide_receipt(event, about(anas_reply(), thread), NOW)
    assert decision.delivery is not None
    assert decision.episode is None
    assert decision.promise is None


def test_a_reply_is_counted_once_c5() -> None:
    thread = situation(episode=episode(looked_at=NOW))
    sent = anas_reply(state=SENT, provider_id="SM1")
    assert decide_receipt(callback(DELIVERED), about(sent, thread), NOW).episode is None


def test_an_automatic_text_is_no_answer_c5() -> None:
    decision = decide_receipt(callback(SENT), about(delivery()), NOW)
    assert (decision.episode, decision.promise) == (None, None)


def test_a_reply_does_not_answer_what_rosa_wrote_after_it_c5() -> None:
    thread = situation(episode=episode(looked_at=None), promise_due=NOW + MINUTE)
    decision = decide_receipt(callback(SENT), about(anas_reply(), thread), NOW)
    assert (decision.episode, decision.promise) == (None, None)
    assert decision.delivery is not None


def test_a_reply_that_arrives_after_the_end_changes_only_itself() -> None:
    decision = decide_receipt(callback(SENT), about(anas_reply(), situation()), NOW)
    assert decision.episode is None
    back = decide_receipt(
        callback(FAILED, error=FILTERED), about(anas_reply(state=SENT), situation()), NOW
    )
    assert back.episode is None


@pytest.mark.parametrize(("code", "state"), [(FILTERED, FAILED), (UNREACHABLE, QUEUED)])
def test_a_reply_that_was_sent_and_came_back_leaves_the_family_waiting_c5(
    code: int, state: DeliveryState
) -> None:
    thread = situation(episode=episode(looked_at=NOW, is_waiting=False))
    sent = anas_reply(state=SENT, provider_id="SM1")
    decision = decide_receipt(callback(FAILED, error=code), about(sent, thread), NOW)
    assert decision.delivery is not None
    assert decision.delivery.state is state
    assert decision.episode is not None
    assert decision.episode.is_waiting
    assert decision.episode.reply_due is not None
    assert "not answered" in why(decision)


def test_the_provider_says_that_rosa_opted_out_c13() -> None:
    event = receipt(FAILED, error=OPTED_OUT, fence=4)
    decision = decide_receipt(event, about(delivery()), NOW)
    assert decision.consent is Consent.OPTED_OUT
    assert decision.delivery is not None
    assert (decision.delivery.state, decision.delivery.needs_call) == (BLOCKED, "opted_out")
    assert {tell.key for tell in decision.tells} == {ReplyKey.STAFF_ALERT_NO_ANSWER}
    ordinary = decide_receipt(event, about(anas_reply()), NOW)
    assert (ordinary.consent, ordinary.alert) == (Consent.OPTED_OUT, None)


def test_a_landline_is_remembered_as_unusable_a5() -> None:
    decision = decide_receipt(receipt(FAILED, error=LANDLINE, fence=4), about(anas_reply()), NOW)
    assert (decision.unusable, decision.consent) == ("30006", None)


@pytest.mark.parametrize("code", [LANDLINE, OPTED_OUT])
def test_a_staff_phone_that_fails_says_nothing_about_the_family(code: int) -> None:
    decision = decide_receipt(receipt(FAILED, error=code, fence=4), about(to_nils()), NOW)
    assert (decision.unusable, decision.consent) == (None, None)


# C13: safety words that did not arrive.


@pytest.mark.parametrize("code", [OPTED_OUT, 30004, 30005, LANDLINE, FILTERED, 21211, 63014])
def test_safety_words_that_did_not_arrive_tell_people_to_call_c13(code: int) -> None:
    decision = decide_receipt(callback(FAILED, error=code), about(delivery()), NOW)
    assert decision.alert is not None
    assert decision.alert.no_answer == fault_of("twilio", code)
    assert decision.alert.step == 1
    assert {ANA.phone, NILS.phone} <= {tell.address for tell in decision.tells}
    assert {tell.key for tell in decision.tells} == {ReplyKey.STAFF_ALERT_NO_ANSWER}


@pytest.mark.parametrize("code", [UNREACHABLE, NOT_SIGNED_IN])
def test_safety_words_that_wait_for_a_phone_or_a_repair_are_no_answer_c13(code: int) -> None:
    decision = decide_receipt(callback(FAILED, error=code), about(delivery()), NOW)
    assert decision.delivery is not None
    assert decision.delivery.state is QUEUED, "and they are tried again"
    assert decision.alert is not None
    assert decision.alert.no_answer == fault_of("twilio", code)
    assert decision.tells


@pytest.mark.parametrize("code", [TOO_MUCH, NO_REASON])
def test_a_short_delay_of_safety_words_pages_nobody_twice(code: int) -> None:
    decision = decide_receipt(receipt(FAILED, error=code, fence=4), about(delivery()), NOW)
    assert (decision.alert, decision.tells) == (None, ())
    last = decide_receipt(receipt(FAILED, error=code, fence=4), about(delivery(attempts=100)), NOW)
    assert last.alert is not None
    assert last.alert.no_answer == fault_of("twilio", code)


def test_a_failure_without_a_code_is_a_failure_c13() -> None:
    decision = decide_receipt(
        receipt(FAILED, fence=4, status="no_such_channel"), about(delivery(attempts=2)), NOW
    )
    assert decision.alert is not None
    assert decision.alert.no_answer == "unknown"


def test_safety_words_that_fail_open_an_alert_where_there_is_none_c13() -> None:
    taken = episode(acknowledged_at=NOW, acknowledged_by=ANA.id)
    not_understood = delivery(purpose=ReplyKey.NOT_UNDERSTOOD, urgency=Urgency.SOON)
    decision = decide_receipt(
        callback(FAILED, error=FILTERED), about(not_understood, situation(episode=taken)), NOW
    )
    assert decision.alert is not None
    assert decision.alert.next_step_at is not None
    assert decision.episode is not None
    assert decision.episode.acknowledged_at is None, "nobody has taken this one"


def test_who_took_the_emergency_is_told_that_its_answer_failed_c13() -> None:
    taken = emergency(acknowledged_at=NOW, acknowledged_by=NILS.id)
    thread = situation(episode=taken, alert=taken_alert())
    decision = decide_receipt(callback(FAILED, error=FILTERED), about(delivery(), thread), NOW)
    assert decision.alert is not None
    assert decision.alert.state == AlertState.OPEN
    assert [tell.address for tell in decision.tells] == [NILS.phone]
    assert decision.episode is not None
    assert decision.episode.acknowledged_by is None


def test_who_took_it_knowing_that_there_was_no_answer_is_left_to_call_c21() -> None:
    taken = emergency(acknowledged_at=NOW, acknowledged_by=NILS.id)
    thread = situation(episode=taken, alert=taken_alert(no_answer="temporary"))
    decision = decide_receipt(callback(FAILED, error=FILTERED), about(delivery(), thread), NOW)
    assert decision.delivery is not None
    assert decision.delivery.state is FAILED
    assert (decision.alert, decision.tells) == (None, ())


def test_safety_words_that_fail_after_the_end_wake_nobody() -> None:
    decision = decide_receipt(callback(FAILED, error=FILTERED), about(delivery(), situation()), NOW)
    assert (decision.alert, decision.tells) == (None, ())


# Notifications to staff.


def test_a_notification_that_fails_brings_the_next_step_forward_i11() -> None:
    thread = situation(episode=emergency(), alert=alert(next_step_at=NOW + 4 * MINUTE))
    decision = decide_receipt(
        receipt(FAILED, error=LANDLINE, fence=4), about(to_nils(), thread), NOW
    )
    assert decision.alert is not None
    assert decision.alert.next_step_at == NOW + MINUTE
    assert not decision.tells


@pytest.mark.parametrize("standing", [None, taken_alert()], ids=["closed", "acknowledged"])
def test_a_notification_that_fails_after_somebody_has_it_starts_nothing(standing: Any) -> None:
    thread = replace(situation(episode=emergency()), alert=standing)
    event = receipt(FAILED, error=LANDLINE, fence=4)
    assert decide_receipt(event, about(to_nils(), thread), NOW).alert is None


def test_an_early_next_step_is_not_put_off_by_a_failure() -> None:
    soon = alert(next_step_at=NOW + 10 * SECOND)
    thread = situation(episode=emergency(), alert=soon)
    decision = decide_receipt(
        receipt(FAILED, error=LANDLINE, fence=4), about(to_nils(), thread), NOW
    )
    assert decision.alert == soon
