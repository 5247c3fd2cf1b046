"""What Twilio holds for our numbers and never told us comes in all the same (I-03, F-20)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.engine import packaged_engine
from bot.channels.twilio.gathering import Gathering
from bot.redating import Redating
from locales import catalogs
from locales.replies import Speaker
from routing.types import DeliveryState, Urgency
from store import tables
from store.conduct import Conductor
from store.outcomes import StoreUnavailable
from store.playbook import Playbook
from tests.bot.outbox import NILS, OURS, ROSA, Maple
from tests.faketwilio.account import ACCOUNT
from tests.faketwilio.client import FakeTwilio

NOWHERE = "http://127.0.0.1:9"
FORM = "I need the school form"
DANGER = "she cant breathe"


class Stumbling(Conductor):
    """Cannot keep one message, or has no database for a moment."""

    chokes_on: str = ""
    away_for = 0

    def conduct(self, events: Any, now: Any) -> Any:
        if self.away_for > 0:
            self.away_for -= 1
            raise StoreUnavailable("gone")
        if self.chokes_on and self.chokes_on in getattr(events[0], "text", ""):
            raise ZeroDivisionError("words of a family")
        return super().conduct(events, now)


class Listener:
    """Maple, which began to listen to its number a minute ago."""

    def __init__(self, maple: Maple, twilio: FakeTwilio) -> None:
        self.maple, self.twilio, self.found = maple, twilio, 0
        playbook = Playbook(maple.database, OURS)
        self.conductor = Stumbling(
            maple.database, maple.live, playbook, packaged_engine().assess,
            Speaker(catalogs.load()), None,
        )  # fmt: skip
        self.gathering = Gathering(
            maple.database, self.conductor, maple.clock, api_url=twilio.url, accounts=OURS.get,
            own_account=ACCOUNT, count=self._count,
        )  # fmt: skip
        self.gathering.run_once()
        self.later(minutes=1)

    def _count(self, number: int) -> None:
        self.found += number

    def gathered(self) -> int:
        """Read the records once; tell how many messages came in."""
        before = self.found
        self.gathering.run_once()
        return self.found - before

    def later(self, **by: float) -> None:
        self.maple.clock.advance(timedelta(**by))
        self.twilio.set_clock(self.maple.clock())

    def unheard(self, words: str, sender: str = ROSA, **asked: Any) -> str:
        """Text the clinic while every webhook is lost."""
        return self.twilio.text(NOWHERE, sender, words, unheard=True, **asked).sid

    def inbound(self) -> list[Any]:
        query = select(tables.messages).where(
            tables.messages.c.clinic_id == self.maple.clinic_id,
            tables.messages.c.direction == "in",
        )
        with self.maple.database.read() as connection:
            return list(connection.execute(query.order_by(tables.messages.c.id)))

    def deliveries(self, purpose: str) -> list[Any]:
        query = select(tables.deliveries).where(
            tables.deliveries.c.clinic_id == self.maple.clinic_id,
            tables.deliveries.c.purpose.startswith(purpose),
        )
        with self.maple.database.read() as connection:
            return list(connection.execute(query.order_by(tables.deliveries.c.id)))


@pytest.fixture
def listener(maple_on_both: Maple, twilio: FakeTwilio) -> Iterator[Listener]:
    one = Listener(maple_on_both, twilio)
    yield one
    one.gathering.close()


def test_a_text_of_which_no_webhook_told_is_taken_in_and_answered_as_a_text_i03(
    listener: Listener,
) -> None:
    sid = listener.unheard(FORM)
    listener.later(seconds=90)
    assert listener.gathered() == 1
    [came] = listener.inbound()
    assert (came.text, came.provider_id, came.provider_account) == (FORM, sid, ACCOUNT)
    assert came.written_at == listener.maple.clock() - timedelta(seconds=90)
    assert FORM in came.raw.decode()
    [answer] = listener.deliveries("auto.")
    assert answer.state == DeliveryState.QUEUED, "no webhook waits for it: it is sent"
    assert listener.found == 1


def test_a_danger_found_late_alerts_and_gets_its_safety_words_c13(listener: Listener) -> None:
    listener.unheard(DANGER)
    listener.later(hours=1)
    listener.gathering.run_once()
    [safety] = listener.deliveries("safety.")
    assert (safety.urgency, safety.state) == (Urgency.EMERGENCY, DeliveryState.QUEUED)
    assert listener.deliveries("staff.")


def test_after_half_an_hour_no_machine_says_received(listener: Listener) -> None:
    """F-20: automatic words are not sent for what is older than they may be."""
    listener.unheard(FORM)
    listener.later(minutes=40)
    assert listener.gathered() == 1
    assert [one.text for one in listener.inbound()] == [FORM]
    assert listener.deliveries("auto.") == []


def test_what_is_here_already_does_not_come_again(listener: Listener) -> None:
    listener.unheard(FORM)
    listener.later(seconds=90)
    taken = []
    for _ in range(4):
        taken.append(listener.gathered())
        listener.later(minutes=1)
    assert taken == [1, 0, 0, 0]
    assert len(listener.inbound()) == 1


def test_a_webhook_that_may_still_be_on_its_way_is_waited_for(listener: Listener) -> None:
    listener.later(minutes=1)
    listener.unheard(FORM)
    listener.later(seconds=20)
    assert listener.gathered() == 0
    listener.later(seconds=50)
    assert listener.gathered() == 1


def test_an_hour_of_silence_comes_page_by_page_in_the_order_in_which_it_was_written(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.twilio.gathering.PAGE", 7)
    words = [f"school form number {number}" for number in range(60)]
    for one in words:
        listener.unheard(one)
        listener.later(minutes=1)
    listener.later(minutes=1)
    assert listener.gathered() == len(words)
    assert [one.text for one in listener.inbound()] == words


def test_what_was_written_before_the_number_came_to_kinline_stays_where_it_is(
    maple: Maple, twilio: FakeTwilio
) -> None:
    twilio.text(NOWHERE, ROSA, "an old story", unheard=True)
    maple.clock.advance(timedelta(hours=1))
    listener = Listener(maple, twilio)
    listener.later(minutes=5)
    assert listener.gathered() == 0
    assert listener.inbound() == []


def test_while_twilio_does_not_answer_nothing_is_forgotten(listener: Listener) -> None:
    listener.unheard(FORM)
    listener.later(minutes=2)
    listener.twilio.refuse_lists(503)
    assert listener.gathered() == 0
    listener.later(hours=3)
    assert listener.gathered() == 1


def test_one_that_cannot_be_kept_holds_up_no_other_and_comes_again(listener: Listener) -> None:
    listener.conductor.chokes_on = "poison"
    listener.unheard("the poison number 123")
    listener.unheard(FORM)
    listener.later(minutes=2)
    assert listener.gathered() == 1
    listener.conductor.chokes_on = ""
    listener.later(minutes=1)
    assert listener.gathered() == 1
    assert {one.text for one in listener.inbound()} == {FORM, "the poison number 123"}


def test_a_database_that_is_away_loses_nothing(listener: Listener) -> None:
    listener.unheard(FORM)
    listener.later(minutes=2)
    listener.conductor.away_for = 1
    with pytest.raises(StoreUnavailable):
        listener.gathering.run_once()
    listener.later(minutes=3)
    assert listener.gathered() == 1


def test_pictures_come_along_and_words_come_without_them(listener: Listener) -> None:
    """I-06."""
    address = listener.twilio.picture(b"...")
    listener.unheard(FORM, media=[(address, "image/jpeg")])
    listener.unheard("and this one", media=[(address, "image/jpeg")])
    listener.later(minutes=2)
    listener.twilio.refuse_picture_lists(500)
    assert listener.gathered() == 2
    with listener.maple.database.read() as connection:
        kinds = list(connection.execute(select(tables.attachments.c.content_type)).scalars())
    assert sorted(kinds) == ["application/octet-stream", "image/jpeg"]


def test_our_own_texts_are_nobodys_message(listener: Listener) -> None:
    listener.maple.queue_alert(to=NILS)
    listener.maple.sender().run_once()
    listener.twilio.wait_for(to=NILS)
    listener.later(minutes=2)
    assert listener.gathered() == 0


def test_without_keys_of_the_account_the_number_waits(maple: Maple, twilio: FakeTwilio) -> None:
    listener = Listener(maple, twilio)
    listener.unheard(FORM)
    listener.later(minutes=2)
    nobody = Gathering(maple.database, listener.conductor, maple.clock, api_url=twilio.url,
                       accounts=lambda _: None)  # fmt: skip
    nobody.run_once()
    assert listener.inbound() == []
    listener.later(hours=2)
    assert listener.gathered() == 1


def test_a_clock_set_back_leaves_no_text_unheard_i31(listener: Listener) -> None:
    listener.gathering.run_once()
    listener.later(hours=-5)
    Redating(listener.maple.database, listener.maple.clock).run_once()
    sid = listener.unheard(FORM)
    listener.later(seconds=90)
    assert listener.gathered() == 1
    [came] = listener.inbound()
    assert came.provider_id == sid
