"""The sending worker on a real store and a real fake: once, in the right order, through faults."""

import threading
import time
from datetime import timedelta

from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.channels.apprising import Services
from bot.channels.channel import Channel
from bot.sending import BESIDE_THREADS, Sender
from routing.events import TimerDue
from routing.types import DeliveryState, Lane
from store import tables
from store.live import Change
from tests import factories
from tests.bot.outbox import NILS, ROSA, WORDS, Maple
from tests.bot.posted import listening
from tests.faketwilio.client import FakeTwilio
from tests.journeys.waiting import eventually


def test_a_reply_is_sent_once_and_its_id_is_kept(maple_on_both: Maple, twilio: FakeTwilio) -> None:
    maple = maple_on_both
    delivery = maple.queue()
    assert maple.sender().run_once() == 1
    sent = twilio.wait_for(to=ROSA, containing=WORDS)
    kept = maple.row(delivery)
    assert (kept.state, kept.provider_id, kept.attempts) == ("sending", sent.sid, 1)
    assert maple.sender().run_once() == 0


def test_safety_goes_first(maple: Maple, twilio: FakeTwilio) -> None:
    maple.queue(lane=int(Lane.AUTOMATIC))
    maple.queue_alert()
    maple.sender().run_once()
    assert [text.to for text in twilio.sent()] == [NILS, ROSA]
    twilio.allow()


def test_a_worker_that_died_after_sending_does_not_send_again(
    maple_on_both: Maple, twilio: FakeTwilio
) -> None:
    """F-01, CP11 and CP12: the text is out, nothing of it was written down."""
    maple = maple_on_both
    delivery = maple.queue()
    [claimed] = maple.claim()
    maple.channel.send(claimed)
    sent = twilio.wait_for(to=ROSA)
    maple.sender().run_once()
    maple.clock.advance(timedelta(seconds=31))
    maple.sender().run_once()
    assert maple.row(delivery).provider_id == sent.sid
    assert len(twilio.sent()) == 1


def test_a_worker_that_died_before_sending_is_made_good(maple: Maple, twilio: FakeTwilio) -> None:
    """F-01, CP10: twice looked for in vain, then sent."""
    maple.queue()
    maple.claim()
    for _ in range(8):
        maple.clock.advance(timedelta(seconds=31))
        maple.sender().run_once()
    twilio.wait_for(to=ROSA)
    assert len(twilio.sent()) == 1


def test_a_lost_answer_is_looked_up_and_never_sent_twice(
    maple_on_both: Maple, twilio: FakeTwilio
) -> None:
    """F-17."""
    maple = maple_on_both
    twilio.drop_answers()
    delivery = maple.queue()
    maple.sender().run_once()
    assert maple.row(delivery).state == DeliveryState.UNKNOWN
    sent = twilio.wait_for(to=ROSA)
    twilio.wait_until(sent.sid, "delivered")
    maple.clock.advance(timedelta(seconds=30))
    maple.sender().run_once()
    kept = maple.row(delivery)
    assert (kept.state, kept.provider_id) == ("delivered", sent.sid)
    assert len(twilio.sent()) == 1


def test_a_missing_report_is_asked_for_by_its_id(maple: Maple, twilio: FakeTwilio) -> None:
    """F-18: no callback within two minutes."""
    delivery = maple.queue()
    maple.sender().run_once()
    sent = twilio.wait_for(to=ROSA)
    twilio.wait_until(sent.sid, "delivered")
    maple.clock.advance(timedelta(minutes=2))
    maple.sender().run_once()
    assert maple.row(delivery).state == DeliveryState.DELIVERED
    assert twilio.seen()[-1]["path"].endswith(f"/{sent.sid}.json")


def test_a_throttled_text_waits_and_then_goes_out_once(maple: Maple, twilio: FakeTwilio) -> None:
    """F-16: 429 was not processed."""
    twilio.refuse(429, 20429, times=2)
    delivery = maple.queue()
    for _ in range(4):
        maple.sender().run_once()
        maple.clock.advance(timedelta(minutes=1))
    twilio.wait_for(to=ROSA)
    assert len(twilio.sent()) == 1
    assert maple.row(delivery).attempts == 3


def test_an_opted_out_family_is_blocked_and_must_be_called(
    maple: Maple, twilio: FakeTwilio
) -> None:
    """C13."""
    twilio.opt_out(ROSA)
    delivery = maple.queue()
    maple.sender().run_once()
    kept = maple.row(delivery)
    assert (kept.state, kept.error, kept.due_at) == ("blocked", 21610, None)
    assert kept.needs_call


def test_a_text_that_is_too_old_is_not_sent(maple: Maple, twilio: FakeTwilio) -> None:
    delivery = maple.queue(expires_at=maple.clock())
    maple.sender().run_once()
    assert maple.row(delivery).state == DeliveryState.EXPIRED
    assert twilio.sent() == ()


def test_an_opt_out_beats_what_was_queued_before_it(maple: Maple, twilio: FakeTwilio) -> None:
    """I-17."""
    delivery = maple.queue()
    with maple.database.write() as connection:
        connection.execute(
            update(tables.contacts)
            .where(tables.contacts.c.clinic_id == maple.clinic_id)
            .values(consent="opted_out")
        )
    maple.sender().run_once()
    assert maple.row(delivery).state == DeliveryState.BLOCKED
    assert twilio.sent() == ()


def test_a_channel_that_nobody_has_is_a_failure_and_not_a_loop(maple: Maple) -> None:
    delivery = maple.queue(channel="pigeon")
    with capture_logs() as said:
        maple.sender().run_once()
    assert [entry["event"] for entry in said] == ["sending.no_such_channel"]
    for _ in range(5):
        maple.clock.advance(timedelta(hours=1))
        maple.sender().run_once()
    assert maple.row(delivery).state in {DeliveryState.FAILED, DeliveryState.EXPIRED}


def test_a_worker_whose_lease_is_used_up_sends_nothing(maple: Maple, twilio: FakeTwilio) -> None:
    """F-03: a process that was stopped for half a minute finds its lease taken."""
    maple.queue()
    maple.sender(lease_seconds=0.0).run_once()
    assert twilio.seen() == []


def test_a_receipt_is_written_down_as_soon_as_the_database_is_back(
    maple: Maple, twilio: FakeTwilio
) -> None:
    maple.conductor.away_for = 3
    delivery = maple.queue()
    maple.sender().run_once()
    assert maple.row(delivery).provider_id == twilio.wait_for(to=ROSA).sid


def test_a_receipt_that_cannot_be_written_down_is_found_again(
    maple: Maple, twilio: FakeTwilio
) -> None:
    """After the lease the look-up heals it; the text is not sent again."""
    maple.conductor.away_for = 99
    delivery = maple.queue()
    with capture_logs() as said:
        maple.sender(lease_seconds=0.5).run_once()
    assert [entry["event"] for entry in said] == ["sending.receipt_dropped"]
    maple.conductor.away_for = 0
    maple.clock.advance(timedelta(seconds=30))
    maple.sender().run_once()
    assert maple.row(delivery).provider_id == twilio.wait_for(to=ROSA).sid
    assert len(twilio.sent()) == 1


def test_one_timer_that_fails_holds_up_no_other(maple: Maple, twilio: FakeTwilio) -> None:
    """F-04; and nothing of its words is logged (I-24)."""
    with maple.database.write() as connection:
        poison = factories.episode(
            connection, maple.clinic_id, maple.home.family_id,
            factories.stranger(connection, maple.clinic_id)[1],
        )  # fmt: skip
        for episode in (poison, maple.episode_id):
            factories.row(connection, tables.timers, clinic_id=maple.clinic_id,
                          episode_id=episode, kind="unopened", due_at=maple.clock())  # fmt: skip
    maple.conductor.chokes_on = lambda event: (
        isinstance(event, TimerDue) and event.episode_id == poison
    )
    worker = maple.sender()
    with capture_logs() as said:
        worker.run_once()
        worker.run_once()
    assert [entry["event"] for entry in said] == ["sending.timer_failed"]
    assert "respira" not in str(said)
    with maple.database.read() as connection:
        left = connection.execute(select(tables.timers.c.episode_id, tables.timers.c.due_at)).all()
    assert [row.episode_id for row in left if row.due_at <= maple.clock()] == [poison]
    twilio.wait_for(to="+13125550100")  # C3: the other one rose, so the nurse on call is told


def test_what_stays_due_does_not_keep_the_worker_spinning(maple: Maple) -> None:
    """It is handed over again after a second, not a thousand times in between."""
    with maple.database.write() as connection:
        timer = factories.row(connection, tables.timers, clinic_id=maple.clinic_id, kind="unopened",
                              episode_id=maple.episode_id, due_at=maple.clock())  # fmt: skip
    maple.conductor.forgets = lambda event: isinstance(event, TimerDue)
    worker = maple.sender()
    assert [worker.run_once() for _ in range(5)] == [1, 0, 0, 0, 0]
    maple.conductor.forgets = None
    with maple.database.read() as connection:
        assert connection.execute(select(tables.timers.c.id)).scalars().all() == [timer]


def test_slow_sends_never_hold_up_an_alert(maple_on_both: Maple, twilio: FakeTwilio) -> None:
    """DESIGN 4.4: one thread takes the safety lane only."""
    maple = maple_on_both
    twilio.be_slow(3.0, to=ROSA, times=-1)
    for number in range(3):
        maple.queue(f"note {number}")
    worker = maple.sender(threads=2, poll_seconds=0.05)
    worker.start()
    deadline = time.monotonic() + 5
    while not twilio.seen() and time.monotonic() < deadline:
        time.sleep(0.02)
    begun = time.monotonic()
    maple.queue_alert()
    maple.live.announce([Change(maple.clinic_id)])
    twilio.wait_for(to=NILS, within=2.5)
    assert time.monotonic() - begun < 2.5
    twilio.allow(to=ROSA)
    assert worker.stop(10)


def test_a_room_that_hangs_holds_up_no_text(maple: Maple, twilio: FakeTwilio) -> None:
    """What goes through services that may be slow has threads of its own."""
    with listening() as posted:
        posted.held = threading.Event()
        rooms = Services({"ROOM": f"json://127.0.0.1:{posted.port}/?rto=20"})
        for _ in range(5):
            maple.queue_alert(channel="service", to="ROOM", in_lane=Lane.BESIDE)
        channels: dict[str, Channel] = {"sms": maple.channel, "service": rooms}
        worker = Sender(maple.database, maple.conductor, channels, maple.clock, maple.live,
                        threads=2, poll_seconds=0.05)  # fmt: skip
        worker.start()
        eventually(lambda: len(posted.came) == BESIDE_THREADS)
        maple.queue_alert()
        maple.queue()
        twilio.wait_for(to=NILS, within=5)
        twilio.wait_for(to=ROSA, within=5)
        assert len(posted.came) == BESIDE_THREADS
        posted.held.set()
        assert worker.stop(10)


def test_an_announcement_wakes_the_worker_at_once(maple: Maple, twilio: FakeTwilio) -> None:
    worker = maple.sender(poll_seconds=60)
    worker.start()
    time.sleep(0.3)
    maple.queue()
    maple.live.announce([Change(maple.clinic_id)])
    twilio.wait_for(to=ROSA, within=3)
    assert worker.stop(5)


def test_without_announcements_it_looks_by_itself(maple: Maple, twilio: FakeTwilio) -> None:
    """I-28."""
    worker = maple.sender(poll_seconds=0.1)
    worker.start()
    maple.queue()
    twilio.wait_for(to=ROSA, within=3)
    assert worker.stop(5)


def test_stopping_finishes_what_was_begun(maple: Maple, twilio: FakeTwilio) -> None:
    twilio.be_slow(1.0)
    delivery = maple.queue()
    worker = maple.sender(poll_seconds=60)
    worker.start()
    deadline = time.monotonic() + 5
    while not twilio.seen() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert worker.stop(10)
    assert maple.row(delivery).provider_id == twilio.wait_for(to=ROSA).sid
    assert not [t for t in threading.enumerate() if t.name.startswith("send")]


def test_two_workers_send_each_text_once(maple_on_both: Maple, twilio: FakeTwilio) -> None:
    maple = maple_on_both
    words = [f"note {number}" for number in range(12)]
    for one in words:
        maple.queue(one)
    workers = [maple.sender(threads=3, poll_seconds=0.05) for _ in range(2)]
    for worker in workers:
        worker.start()
    for one in words:
        twilio.wait_for(to=ROSA, containing=one, within=10)
    for worker in workers:
        assert worker.stop(10)
    assert len(twilio.sent()) == len(words)
