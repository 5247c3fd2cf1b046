"""Rings staff through a real HTTP server that stands in for Twilio."""

from collections.abc import Iterator

import pytest

from bot.channels.twilio.calls import TwilioCalls
from routing.events import Receipt
from routing.types import DeliveryClass, DeliveryState, Lane
from store.outgoing import Outgoing, Step
from tests.bot.twilio.test_client import NOW, OURS, outgoing
from tests.faketwilio.account import ACCOUNT
from tests.faketwilio.client import FakeTwilio

NILS = "+13125550122"
NOWHERE = "http://127.0.0.1:9"  # nobody listens there: Twilio hears no words and hangs up


@pytest.fixture
def calls(twilio: FakeTwilio) -> Iterator[TwilioCalls]:
    channel = TwilioCalls(twilio.url, {ACCOUNT: OURS}.get, NOWHERE, own_account=ACCOUNT)
    yield channel
    channel.close()


def to_nils(**changes: object) -> Outgoing:
    fields: dict[str, object] = {
        "channel": "call", "to": NILS, "lane": Lane.SAFETY, "since": NOW,
        "delivery_class": DeliveryClass.AT_LEAST_ONCE,
    }  # fmt: skip
    return outgoing(**(fields | changes))


def look_up(calls: TwilioCalls, sid: str) -> Receipt:
    return calls.look_up(to_nils(step=Step.LOOK_UP, provider_id=sid))


@pytest.mark.parametrize(
    ("do", "ends", "state"),
    [
        ("machine", "completed", DeliveryState.DELIVERED),
        ("busy", "busy", DeliveryState.FAILED),
        ("no_answer", "no-answer", DeliveryState.FAILED),
        ("fail", "failed", DeliveryState.FAILED),
    ],
)
def test_how_a_call_ended_can_be_asked_for(
    twilio: FakeTwilio, calls: TwilioCalls, do: str, ends: str, state: DeliveryState
) -> None:
    twilio.pick_up(do, to=NILS)
    receipt = calls.send(to_nils())
    assert receipt.state is DeliveryState.SENDING
    assert receipt.provider_id is not None
    sid = receipt.provider_id
    twilio.wait_for_ring(NILS, ends)
    found = look_up(calls, sid)
    assert (found.state, found.status, found.provider_id) == (state, ends, sid)


def test_a_refused_call_is_a_receipt_with_the_code(twilio: FakeTwilio, calls: TwilioCalls) -> None:
    twilio.pick_up("refuse", to=NILS, status=400, code=21215)
    receipt = calls.send(to_nils())
    assert (receipt.state, receipt.error) == (DeliveryState.FAILED, 21215)


def test_a_call_whose_answer_was_lost_is_made_again(calls: TwilioCalls) -> None:
    """I-19: twice is better than not at all."""
    assert look_up(calls, "").state is DeliveryState.QUEUED


def test_without_an_outside_address_nobody_is_rung(twilio: FakeTwilio) -> None:
    calls = TwilioCalls(twilio.url, {ACCOUNT: OURS}.get, None, own_account=ACCOUNT)
    assert calls.send(to_nils()).state is DeliveryState.FAILED
    assert twilio.rings(NILS) == []
    calls.close()
