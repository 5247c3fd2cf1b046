"""A call that reached nobody while Kinline could not be reached is known all the same (C17)."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.channels.twilio import reading
from routing.events import InboundKind
from routing.types import Urgency
from store import tables
from tests.bot.outbox import ROSA, Maple
from tests.bot.twilio.test_gathering import FORM, NOWHERE, Listener
from tests.faketwilio.account import ACCOUNT
from tests.faketwilio.client import FakeTwilio


@pytest.fixture
def listener(maple_on_both: Maple, twilio: FakeTwilio) -> Iterator[Listener]:
    one = Listener(maple_on_both, twilio)
    yield one
    one.gathering.close()


def called(listener: Listener, **asked: Any) -> str:
    """Let Rosa call; of the webhooks none arrives, unless Kinline notes what it answers."""
    listener.twilio.call(NOWHERE, ROSA, **asked)
    [*_, made] = listener.twilio.call_records()
    return str(made["sid"])


def noted(listener: Listener, sid: str) -> None:
    """Do what the webhook does when it answers a call."""
    form = [("CallSid", sid), ("AccountSid", ACCOUNT)]
    listener.conductor.conduct([reading.answered_call(form)], listener.maple.clock())


def test_a_call_in_an_outage_opens_an_episode_that_says_when_it_was(listener: Listener) -> None:
    sid = called(listener, lost_from="voice")
    listener.later(seconds=90)
    assert listener.gathered() == 1
    [came] = listener.inbound()
    assert (came.kind, came.provider_id) == (InboundKind.MISSED_CALL, sid)
    assert (listener.maple.clock() - came.written_at).total_seconds() == 90
    with listener.maple.database.read() as connection:
        urgencies = [row.urgency for row in connection.execute(tables.episodes.select())]
    assert Urgency.SOON in urgencies
    listener.later(minutes=1)
    assert listener.gathered() == 0, "once is enough"


def test_it_comes_in_its_place_among_the_texts(listener: Listener) -> None:
    listener.unheard("I need the first form")
    listener.later(seconds=20)
    called(listener, lost_from="voice")
    listener.later(seconds=20)
    listener.unheard(FORM)
    listener.later(seconds=90)
    assert listener.gathered() == 3
    assert [one.kind for one in listener.inbound()] == ["text", "missed_call", "text"]


def test_a_caller_who_hung_up_before_it_rang_had_heard_what_to_do(listener: Listener) -> None:
    noted(listener, called(listener, lost_from="voice"))
    listener.later(seconds=90)
    assert listener.gathered() == 0


@pytest.mark.parametrize(("ended", "found"), [("no-answer", 1), ("busy", 1), ("completed", 0)])
def test_a_call_that_rang_in_vain_while_its_end_was_lost_is_found(
    listener: Listener, ended: str, found: int
) -> None:
    sid = called(listener, lost_from="voice")
    noted(listener, sid)
    listener.twilio.rang(sid, ended)
    listener.later(seconds=90)
    assert listener.gathered() == found


def test_a_call_that_still_goes_on_is_waited_for(listener: Listener) -> None:
    sid = called(listener, lost_from="voice")
    listener.twilio.stands(sid, "in-progress")
    listener.later(minutes=2)
    assert listener.gathered() == 0
    listener.twilio.stands(sid, "completed")
    listener.later(minutes=1)
    assert listener.gathered() == 1


def test_keys_that_may_read_no_calls_hold_up_no_text(listener: Listener) -> None:
    listener.unheard(FORM)
    listener.later(minutes=2)
    listener.twilio.refuse_call_lists(403)
    assert listener.gathered() == 1
    listener.later(hours=2)
    assert listener.gathered() == 0


def test_while_the_calls_cannot_be_read_they_are_not_forgotten(listener: Listener) -> None:
    called(listener, lost_from="voice")
    listener.later(minutes=2)
    listener.twilio.refuse_call_lists(503)
    assert listener.gathered() == 0
    listener.later(hours=3)
    assert listener.gathered() == 1
