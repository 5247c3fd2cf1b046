"""The outbox: leases, fences, reports in any order, and what is never sent."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import update

from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState, Lane
from store import tables
from store.db import AnyRow
from store.outgoing import Outgoing, Step
from tests import factories
from tests.store.clinic import ACCOUNT, NILS, ROSA, Clinic


def delivery(maple: Clinic, purpose: str = "auto.received") -> AnyRow:
    return next(d for d in maple.rows(tables.deliveries) if d.purpose == purpose)


def acknowledged(maple: Clinic) -> Outgoing:
    maple.text("Need to ask about the appointment")
    [sent] = maple.claim()
    return sent


def test_safety_and_alerts_are_claimed_before_everything_else(maple: Clinic) -> None:
    maple.text("Need to ask about the appointment")
    maple.later(minutes=2)
    maple.text("mi hijo no puede respirar", "+13125550999")
    claimed = maple.claim()
    assert [o.lane for o in claimed] == sorted(o.lane for o in claimed)
    assert claimed[0].to == NILS


def test_a_lane_takes_only_its_own(maple: Clinic) -> None:
    maple.text("Need to ask about the appointment")
    assert maple.claim((Lane.SAFETY,)) == []
    assert len(maple.claim((Lane.HUMAN, Lane.AUTOMATIC))) == 1


def test_what_is_leased_is_claimed_by_nobody_else_until_the_lease_ends(maple: Clinic) -> None:
    first = acknowledged(maple)
    assert maple.claim() == []
    maple.later(seconds=31)
    [second] = maple.claim()
    assert (first.step, second.step) == (Step.SEND, Step.LOOK_UP)
    assert second.fence == first.fence + 1


def test_f03_a_sender_whose_lease_has_ended_changes_nothing(maple: Clinic) -> None:
    zombie = acknowledged(maple)
    maple.later(seconds=31)
    [current] = maple.claim()
    maple.attempt(zombie, DeliveryState.FAILED, error=21211)
    assert delivery(maple).state == "sending"
    maple.attempt(current, DeliveryState.SENDING, provider_id="SMtrue")
    assert delivery(maple).provider_id == "SMtrue"


def test_a_timeout_is_unknown_and_looked_up_before_it_is_sent_again(maple: Clinic) -> None:
    sent = acknowledged(maple)
    maple.attempt(sent, DeliveryState.UNKNOWN)
    assert delivery(maple).state == "unknown"
    maple.later(minutes=1)
    [again] = maple.claim()
    assert again.step is Step.LOOK_UP
    found = Receipt(ReceiptSource.LOOKUP, "twilio", DeliveryState.SENT, "sent",
                    provider_id="SMfound", ref=again.ref, fence=again.fence)  # fmt: skip
    maple.conduct(found)
    assert (delivery(maple).state, delivery(maple).attempts) == ("sent", 1)


def test_i16_an_automatic_text_that_was_not_found_twice_is_sent_again(maple: Clinic) -> None:
    sent = acknowledged(maple)
    maple.attempt(sent, DeliveryState.UNKNOWN)
    steps = []
    for _ in range(3):
        maple.later(minutes=2)
        [again] = maple.claim()
        steps.append(again.step)
        if again.step is Step.LOOK_UP:
            maple.conduct(Receipt(ReceiptSource.LOOKUP, "twilio", DeliveryState.QUEUED,
                                  "not_found", ref=again.ref, fence=again.fence))  # fmt: skip
    assert steps == [Step.LOOK_UP, Step.LOOK_UP, Step.SEND]


def test_i19_an_alert_to_staff_whose_fate_is_unknown_is_sent_again_at_once(maple: Clinic) -> None:
    maple.text("mi hijo no puede respirar")
    [told] = [o for o in maple.claim() if o.to == NILS]
    maple.attempt(told, DeliveryState.UNKNOWN)
    maple.later(seconds=5)
    [again] = [o for o in maple.claim() if o.to == NILS]
    assert again.step is Step.SEND


def test_safety_words_without_a_sign_are_looked_up_after_a_minute_and_then_sent(
    maple: Clinic,
) -> None:
    maple.text("mi hijo no puede respirar")
    assert [o for o in maple.claim() if o.to == ROSA] == []
    maple.later(seconds=61)
    [looked] = [o for o in maple.claim() if o.to == ROSA]
    assert looked.step is Step.LOOK_UP
    maple.conduct(Receipt(ReceiptSource.LOOKUP, "twilio", DeliveryState.QUEUED, "not_found",
                          ref=looked.ref, fence=looked.fence))  # fmt: skip
    [sent] = [o for o in maple.claim() if o.to == ROSA]
    assert sent.step is Step.SEND
    assert "911" in sent.text


def test_refused_for_now_is_tried_again_later_and_later(maple: Clinic) -> None:
    sent = acknowledged(maple)
    waits = []
    for _ in range(4):
        maple.attempt(sent, DeliveryState.QUEUED, error=20429)
        waits.append(delivery(maple).due_at - maple.now)
        maple.now = delivery(maple).due_at
        [sent] = maple.claim()
    assert waits == sorted(waits)
    assert waits[-1] < timedelta(minutes=6)


def test_what_is_too_old_is_never_sent(maple: Clinic) -> None:
    maple.text("Need to ask about the appointment")
    maple.later(minutes=31)
    assert maple.claim() == []
    maple.wake()
    assert (delivery(maple).state, delivery(maple).due_at) == ("expired", None)


def test_i17_an_opt_out_stops_what_was_queued_before_it(maple: Clinic) -> None:
    maple.text("Need to ask about the appointment")
    maple.text("STOP")
    assert maple.claim() == []
    maple.wake()
    assert (delivery(maple).state, delivery(maple).needs_call) == ("blocked", "opted_out")


@pytest.mark.parametrize("status", ["deceased", "admitted", "moved"])
def test_c20_nothing_automatic_that_is_queued_reaches_the_family_of_a_child_who_is_not_at_home(
    maple: Clinic, status: str
) -> None:
    maple.text("Need to ask about the appointment")
    episode = maple.rows(tables.episodes)[0].id
    maple.reply(episode, "We are so sorry. I will call you.")
    with maple.database.write() as connection:
        connection.execute(update(tables.children).values(status=status))
    assert [sent.text for sent in maple.claim()] == ["We are so sorry. I will call you.\n- Ana"]
    maple.wake()
    assert (delivery(maple).state, delivery(maple).due_at) == ("expired", None)
    assert delivery(maple).needs_call is None


def test_c20_a_family_with_another_child_at_home_is_texted_and_safety_words_always_are(
    maple: Clinic,
) -> None:
    maple.text("Need to ask about the appointment")
    with maple.database.write() as connection:
        connection.execute(update(tables.children).values(status="deceased"))
        factories.child(connection, maple.id, maple.garcias.family_id, flags=[])
    assert [sent.lane for sent in maple.claim()] == [Lane.AUTOMATIC]
    with maple.database.write() as connection:
        connection.execute(update(tables.children).values(status="moved"))
    maple.later(minutes=10)
    outcome = maple.text("mi hijo no puede respirar")
    assert "911" in outcome.answers[0].text


def test_21610_marks_the_family_as_cannot_text_must_call(maple: Clinic) -> None:
    sent = acknowledged(maple)
    maple.attempt(sent, DeliveryState.BLOCKED, error=21610)
    assert maple.rows(tables.contacts)[0].consent == "opted_out"
    assert delivery(maple).state == "blocked"


def test_a_landline_is_not_texted_again(maple: Clinic) -> None:
    sent = acknowledged(maple)
    maple.attempt(sent, DeliveryState.SENDING, provider_id="SMline")
    maple.callback("SMline", "undelivered", state="failed", error=30006)
    assert maple.rows(tables.contacts)[0].unusable == "30006"


def test_c13_safety_words_that_failed_are_said_loudly_to_staff(maple: Clinic) -> None:
    outcome = maple.text("mi hijo no puede respirar")
    ref = outcome.answers[0].ref
    maple.callback("SMtwiml", "undelivered", state="failed", error=30006, ref=ref)
    assert any("FAMILY GOT NO ANSWER" in text for text in maple.texts_to(NILS))
    assert maple.rows(tables.alerts)[0].no_answer is not None


@pytest.mark.parametrize(
    "order", list(itertools.permutations(("queued", "sent", "delivered"))), ids="-".join
)
def test_callbacks_in_any_order_and_repeated_end_in_delivered(
    maple: Clinic, order: tuple[str, ...]
) -> None:
    sent = acknowledged(maple)
    maple.attempt(sent, DeliveryState.SENDING, provider_id="SMorder")
    seen = []
    for status in (*order, *order):
        state = "sending" if status == "queued" else status
        maple.callback("SMorder", status, state=state)
        seen.append(delivery(maple).state)
    ranks = ["sending", "sent", "delivered"]
    assert [ranks.index(s) for s in seen] == sorted(ranks.index(s) for s in seen)
    assert seen[-1] == "delivered"
    assert maple.claim() == []


def test_f18_callbacks_that_came_before_the_id_was_known_are_joined_later(maple: Clinic) -> None:
    sent = acknowledged(maple)
    maple.callback("SMearly", "delivered")
    assert delivery(maple).state == "sending"
    maple.attempt(sent, DeliveryState.SENDING, provider_id="SMearly")
    assert (delivery(maple).state, delivery(maple).due_at) == ("delivered", None)


def test_a_callback_finds_its_delivery_by_the_name_in_its_address(maple: Clinic) -> None:
    sent = acknowledged(maple)
    maple.callback("SMnamed", "sent", ref=sent.ref)
    assert (delivery(maple).state, delivery(maple).provider_id) == ("sent", "SMnamed")


def test_a05_a_callback_of_a_foreign_account_changes_nothing(maple: Clinic) -> None:
    sent = acknowledged(maple)
    with maple.database.write() as connection:
        connection.execute(
            update(tables.clinics).where(tables.clinics.c.id == maple.id)
            .values(twilio_account_sid="AC" + "7" * 32, revision=9)
        )  # fmt: skip
    forged = Receipt(ReceiptSource.CALLBACK, "twilio", DeliveryState.DELIVERED, "delivered",
                     provider_id="SMx", ref=sent.ref, account=ACCOUNT)  # fmt: skip
    maple.conduct(forged)
    assert delivery(maple).state == "sending"


def test_an_unknown_callback_is_kept_and_changes_nothing(maple: Clinic) -> None:
    maple.callback("SMnobody", "delivered")
    assert [r.provider_id for r in maple.rows(tables.provider_reports)] == ["SMnobody"]
