"""Texts that arrive together share one commit, and each is answered after it."""

import asyncio
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NoReturn

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.intake import CannotBeKept, Intake
from routing.events import (
    ActionKind,
    Event,
    Inbound,
    Receipt,
    ReceiptSource,
    StaffAction,
    TimerDue,
    TimerKind,
)
from routing.types import DeliveryState
from store.outcomes import Outcome, StoreUnavailable

NIGHT = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)
ROSA, THUY = "+13125550131", "+13125550132"
POISON, LOCKED = "poison", "locked"
SECONDS = 10.0


@dataclass(slots=True)
class Recorder:
    """Keeps what it is given in memory; can be held up, and fails for certain words.

    One batch is one transaction: when one event of it fails, none is kept.
    """

    is_away: bool = False
    batches: list[list[str]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    at_once: set[str] = field(default_factory=set)
    overlaps: int = 0
    tried: int = 0
    working: threading.Event = field(default_factory=threading.Event)
    may_go_on: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.may_go_on.set()

    def conduct(self, events: Sequence[Event], now: datetime) -> list[Outcome]:
        assert now == NIGHT
        texts = [event for event in events if isinstance(event, Inbound)]
        senders = [text.sender for text in texts]
        with self.guard:
            self.tried += 1
            self.overlaps += len(self.at_once & set(senders)) + len(senders) - len(set(senders))
            self.at_once |= set(senders)
        self.working.set()
        self.may_go_on.wait(SECONDS)
        try:
            self._fail_for(texts)
            with self.guard:
                self.batches.append([text.text for text in texts])
                self.kept += [(text.sender, text.text) for text in texts]
            return [Outcome(message_id=number) for number, _ in enumerate(events)]
        finally:
            with self.guard:
                self.at_once -= set(senders)

    def _fail_for(self, texts: Sequence[Inbound]) -> None:
        if self.is_away or any(text.text == LOCKED for text in texts):
            raise StoreUnavailable("OperationalError")
        if any(text.text == POISON for text in texts):
            raise ValueError("bad words: " + POISON)


def text(words: str, sender: str = ROSA) -> Inbound:
    return Inbound(
        provider="twilio",
        account="AC0",
        provider_id=f"{sender} {words}",
        channel="sms",
        sender=sender,
        recipient="+13125550111",
        text=words,
        raw=b"",
    )


def at_night() -> datetime:
    return NIGHT


def gathered(
    recorder: Recorder, events: Sequence[Event], *, threads: int = 1, batch: int = 32
) -> list[Future[Outcome]]:
    """Hand in all events before the first is conducted; wait until all are answered."""
    intake = Intake(recorder, at_night, threads=threads, batch=batch)
    futures = [intake.enqueue(event) for event in events]
    intake.start()
    wait(futures, SECONDS)
    intake.stop(SECONDS)
    return futures


def fate(future: Future[Outcome]) -> str:
    error = future.exception(0)
    return type(error).__name__ if error else "kept"


def test_a_burst_shares_one_commit() -> None:
    recorder = Recorder()
    futures = gathered(recorder, [text(f"q{n}", f"+1312555{n:04}") for n in range(32)])
    assert [fate(future) for future in futures] == ["kept"] * 32
    assert [len(batch) for batch in recorder.batches] == [32]


def test_a_single_text_waits_for_nobody() -> None:
    recorder = Recorder()
    intake = Intake(recorder, at_night, threads=1)
    intake.start()
    assert asyncio.run(asyncio.wait_for(intake.submit(text("hi")), SECONDS)) == Outcome(
        message_id=0
    )
    intake.stop(SECONDS)


def test_what_arrives_during_a_commit_gathers_for_the_next() -> None:
    recorder = Recorder()
    recorder.may_go_on.clear()
    intake = Intake(recorder, at_night, threads=1)
    intake.start()
    first = intake.enqueue(text("first"))
    assert recorder.working.wait(SECONDS)
    others = [intake.enqueue(text(f"q{n}", f"+1312555{n:04}")) for n in range(5)]
    recorder.may_go_on.set()
    wait([first, *others], SECONDS)
    intake.stop(SECONDS)
    assert [len(batch) for batch in recorder.batches] == [1, 5]


def test_no_batch_is_larger_than_agreed() -> None:
    recorder = Recorder()
    gathered(recorder, [text(f"q{n}", f"+1312555{n:04}") for n in range(10)], batch=4)
    assert [len(batch) for batch in recorder.batches] == [4, 4, 2]


def test_two_texts_of_rosa_never_share_a_batch_and_keep_their_order() -> None:
    recorder = Recorder()
    events = [text("one"), text("a", THUY), text("two"), text("three"), text("b", THUY)]
    gathered(recorder, events)
    assert recorder.batches == [["one", "a"], ["two", "b"], ["three"]]


def test_a_flood_from_one_phone_does_not_hold_up_the_others() -> None:
    recorder = Recorder()
    gathered(recorder, [*(text(f"spam{n}") for n in range(50)), text("help", THUY)])
    assert "help" in recorder.batches[0]


def test_a_message_that_cannot_be_kept_takes_no_other_with_it() -> None:
    """INVARIANTS F-04."""
    recorder = Recorder()
    futures = gathered(recorder, [text("a"), text(POISON, THUY), text("b", "+13125550133")])
    assert [fate(future) for future in futures] == ["kept", "CannotBeKept", "kept"]
    assert recorder.kept == [(ROSA, "a"), ("+13125550133", "b")]


def test_the_words_of_a_failed_message_are_in_no_log_and_no_error() -> None:
    with capture_logs() as lines:
        (future,) = gathered(Recorder(), [text(POISON)])
    assert str(future.exception(0)) == "ValueError"
    assert [line["event"] for line in lines] == ["intake.not_kept"]
    assert POISON not in repr(lines)
    assert ROSA not in repr(lines)


def test_a_log_that_cannot_be_written_leaves_nobody_without_an_answer() -> None:
    def broken(*_: object) -> NoReturn:
        raise OSError("no space left on device")

    structlog.configure(processors=[broken])
    try:
        events = [text("a"), text(POISON, THUY), text("b", "+13125550133")]
        futures = gathered(Recorder(), events, batch=2)
    finally:
        structlog.reset_defaults()
    assert [fate(future) for future in futures] == ["StoreUnavailable"] * 2 + ["kept"]


def test_a_family_that_is_locked_holds_up_only_itself() -> None:
    recorder = Recorder()
    futures = gathered(recorder, [text("a"), text(LOCKED, THUY), text("b", "+13125550133")])
    assert [fate(future) for future in futures] == ["kept", "StoreUnavailable", "kept"]


def test_when_the_database_is_away_a_batch_is_not_tried_one_by_one_for_minutes() -> None:
    recorder = Recorder(is_away=True)
    futures = gathered(recorder, [text("q", f"+1312555{n:04}") for n in range(32)])
    assert {fate(future) for future in futures} == {"StoreUnavailable"}
    assert recorder.tried == 3


def test_a_full_intake_refuses_at_once() -> None:
    intake = Intake(Recorder(), at_night, threads=1, capacity=2)
    futures = [intake.enqueue(text(f"q{n}")) for n in range(3)]
    assert [future.done() for future in futures] == [False, False, True]
    with pytest.raises(StoreUnavailable):
        asyncio.run(intake.submit(text("one more")))


def test_what_is_kept_makes_room_again() -> None:
    intake = Intake(Recorder(), at_night, threads=1, capacity=2)
    intake.start()
    fates = []
    for number in range(10):
        future = intake.enqueue(text(f"q{number}"))
        wait([future], SECONDS)
        fates.append(fate(future))
    intake.stop(SECONDS)
    assert fates == ["kept"] * 10


def test_a_stopped_intake_finishes_what_it_took_and_refuses_the_rest() -> None:
    recorder = Recorder()
    intake = Intake(recorder, at_night, threads=2)
    futures = [intake.enqueue(text(f"q{n}", f"+1312555{n:04}")) for n in range(100)]
    intake.start()
    intake.stop(SECONDS)
    assert [fate(future) for future in futures] == ["kept"] * 100
    assert fate(intake.enqueue(text("late"))) == "StoreUnavailable"


def test_what_could_not_be_finished_in_time_is_refused() -> None:
    recorder = Recorder()
    recorder.may_go_on.clear()
    intake = Intake(recorder, at_night, threads=1)
    intake.start()
    working = intake.enqueue(text("first"))
    assert recorder.working.wait(SECONDS)
    waiting = intake.enqueue(text("second"))
    intake.stop(0.05)
    assert fate(waiting) == "StoreUnavailable"
    recorder.may_go_on.set()
    assert working.result(SECONDS) == Outcome(message_id=0)
    assert recorder.kept == [(ROSA, "first")]


def test_a_text_whose_sender_gave_up_waiting_is_not_kept_behind_its_back() -> None:
    recorder = Recorder()
    recorder.may_go_on.clear()
    intake = Intake(recorder, at_night, threads=1)
    intake.start()
    first = intake.enqueue(text("first"))
    assert recorder.working.wait(SECONDS)

    async def give_up() -> None:
        async with asyncio.timeout(0.01):
            await intake.submit(text("given up", THUY))

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    recorder.may_go_on.set()
    first.result(SECONDS)
    intake.stop(SECONDS)
    assert recorder.kept == [(ROSA, "first")]


def test_it_says_whether_it_works() -> None:
    intake = Intake(Recorder(), at_night, threads=2)
    claims = [intake.is_alive]
    intake.start()
    claims.append(intake.is_alive)
    intake.stop(SECONDS)
    claims.append(intake.is_alive)
    assert claims == [False, True, False]


def test_every_kind_of_event_can_be_handed_in() -> None:
    events: list[Event] = [
        text("hi"),
        Receipt(ReceiptSource.CALLBACK, "twilio", DeliveryState.SENT, "sent", provider_id="SM1"),
        StaffAction(ActionKind.TAKE, clinic_id=1, staff_id=1, episode_id=7, key="k"),
        TimerDue(TimerKind.PROMISE, clinic_id=1, episode_id=7, due_at=NIGHT + timedelta(hours=1)),
    ]
    assert [fate(future) for future in gathered(Recorder(), events)] == ["kept"] * 4


phones = st.sampled_from([f"+1312555{n:04}" for n in range(6)])
words = st.sampled_from(["ok", "ok", "ok", POISON, LOCKED])


@settings(deadline=None, max_examples=60)
@given(
    arrivals=st.lists(st.tuples(phones, words), max_size=40),
    threads=st.integers(1, 4),
    batch=st.integers(1, 8),
    is_gathered=st.booleans(),
)
def test_whatever_fails_each_text_is_answered_once_and_each_senders_order_is_kept(
    arrivals: list[tuple[str, str]], threads: int, batch: int, is_gathered: bool
) -> None:
    recorder = Recorder()
    said = [word for _, word in arrivals]
    events = [
        text(word if word != "ok" else f"ok {number}", phone)
        for number, (phone, word) in enumerate(arrivals)
    ]
    answered: Counter[int] = Counter()
    intake = Intake(recorder, at_night, threads=threads, batch=batch)
    if not is_gathered:
        intake.start()
    futures = [intake.enqueue(event) for event in events]
    for number, future in enumerate(futures):
        future.add_done_callback(partial(lambda n, _: answered.update([n]), number))
    if is_gathered:
        intake.start()
    wait(futures, SECONDS)
    intake.stop(SECONDS)
    assert answered == Counter(range(len(events)))
    assert recorder.overlaps == 0
    for event, future in zip(events, futures, strict=True):
        assert (fate(future) == "kept") == ((event.sender, event.text) in recorder.kept)
        if LOCKED not in said:
            assert fate(future) == (CannotBeKept.__name__ if event.text == POISON else "kept")
    for phone in {event.sender for event in events}:
        handed_in = [event.text for event in events if event.sender == phone]
        kept = [word for sender, word in recorder.kept if sender == phone]
        assert kept == [word for word in handed_in if word in kept]
