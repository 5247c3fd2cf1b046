"""Gathers events that arrive together, so that they share one commit, and answers each after it."""

import asyncio
import threading
import time
import zlib
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from routing.events import Event, Inbound, Receipt, SecondOpinion, StaffAction, TimerDue
from store.clock import Clock
from store.outcomes import Outcome, StoreUnavailable

log = structlog.get_logger(__name__)

MOST_WAITING = 5_000
LARGEST_BATCH = 32
_FAILURES_THAT_MEAN_THE_STORE = 2


class CannotBeKept(StoreUnavailable):
    """This one event fails although others are kept; its sender must hear that it was not."""


class Conducting(Protocol):
    """What keeps events: one transaction a batch, committed when it returns (store/conduct.py)."""

    def conduct(self, events: Sequence[Event], now: datetime) -> list[Outcome]:
        """Keep all events or none; `StoreUnavailable` when the database cannot."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: Event
    future: Future[Outcome] = field(default_factory=Future)


class Intake:
    """Group commit in front of the conductor (DESIGN 4, PERFORMANCE 1).

    Each thread takes what has gathered and conducts it in one transaction; while it works, the
    next batch gathers by itself. So a single message waits for nobody and a burst costs few
    commits. Events of one sender always meet the same thread, in their order, one to a batch.

    Args:
        conductor: keeps the events.
        clock: asked once for each batch.
        threads: 1 on SQLite, which has one writer; a few on PostgreSQL.
        batch: the most events in one transaction.
        capacity: how many events may wait; more are refused at once, not kept waiting.
    """

    def __init__(
        self,
        conductor: Conducting,
        clock: Clock,
        *,
        threads: int,
        batch: int = LARGEST_BATCH,
        capacity: int = MOST_WAITING,
    ) -> None:
        self._lines = tuple(
            _Line(conductor, clock, batch, max(1, capacity // threads)) for _ in range(threads)
        )
        self._threads = tuple(
            threading.Thread(target=line.work, name=f"intake-{number}", daemon=True)
            for number, line in enumerate(self._lines)
        )

    @property
    def is_alive(self) -> bool:
        """Tell whether every thread works, so that `/readyz` can say so."""
        return all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin to take events."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        """Refuse new events, finish those that wait, for at most `timeout` seconds in all.

        What is not finished then is refused, so that its sender hears that it was not kept.
        """
        until = time.monotonic() + timeout
        for line in self._lines:
            line.close()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
        for line in self._lines:
            line.refuse_all()

    async def submit(self, event: Event) -> Outcome:
        """Give an event in; return when it is durably kept.

        Raises:
            StoreUnavailable: it was not kept, or (after a lost connection) nobody can tell; the
                same event may be given again.
            CannotBeKept: the same, and the fault is in this event, not in the database.
        """
        return await asyncio.wrap_future(self.enqueue(event))

    def enqueue(self, event: Event) -> Future[Outcome]:
        """Give an event in from a thread; the future carries what `submit` returns or raises."""
        waiting = _Waiting(event)
        key = _key(event)
        line = self._lines[zlib.crc32(key.encode("utf-8", "replace")) % len(self._lines)]
        if not line.put(key, waiting):
            waiting.future.set_exception(StoreUnavailable("intake is full or stopped"))
        return waiting.future


class _Line:
    """What waits for one thread: for each sender a queue, senders in turn."""

    def __init__(self, conductor: Conducting, clock: Clock, batch: int, capacity: int) -> None:
        self._conductor = conductor
        self._clock = clock
        self._batch = batch
        self._capacity = capacity
        self._by_key: dict[str, deque[_Waiting]] = {}
        self._count = 0
        self._is_closed = False
        self._news = threading.Condition()

    def put(self, key: str, waiting: _Waiting) -> bool:
        """Let an event wait; False when there is no room or nobody works any more."""
        with self._news:
            if self._is_closed or self._count >= self._capacity:
                return False
            self._by_key.setdefault(key, deque()).append(waiting)
            self._count += 1
            self._news.notify()
        return True

    def close(self) -> None:
        """Take no more; the thread ends when nothing waits."""
        with self._news:
            self._is_closed = True
            self._news.notify()

    def refuse_all(self) -> None:
        """Refuse what still waits."""
        with self._news:
            left = [waiting for queue in self._by_key.values() for waiting in queue]
            self._by_key.clear()
            self._count = 0
        for waiting in left:
            if waiting.future.set_running_or_notify_cancel():
                waiting.future.set_exception(StoreUnavailable("stopped"))

    def work(self) -> None:
        """Conduct batch after batch until closed and empty."""
        while batch := self._take():
            # An event whose sender has given up was answered as not kept: keep to that.
            wanted = [w for w in batch if w.future.set_running_or_notify_cancel()]
            try:
                self._conduct(wanted)
            except Exception as error:  # noqa: BLE001  this thread outlives even a broken log
                _refuse_unanswered(wanted, error)

    def _take(self) -> list[_Waiting]:
        """Wait for events; take the first of each of the senders who have waited longest."""
        with self._news:
            while not self._by_key and not self._is_closed:
                self._news.wait()
            keys = list(self._by_key)[: self._batch]
            batch = []
            for key in keys:
                queue = self._by_key.pop(key)
                batch.append(queue.popleft())
                if queue:
                    self._by_key[key] = queue  # behind the others
            self._count -= len(batch)
        return batch

    def _conduct(self, batch: list[_Waiting]) -> None:
        if not batch:
            return
        try:
            outcomes = self._conductor.conduct([w.event for w in batch], self._clock())
            pairs = list(zip(batch, outcomes, strict=True))
        except Exception as error:  # noqa: BLE001  whatever it is, the other senders need an answer
            self._recover(batch, error)
        else:
            for waiting, outcome in pairs:
                waiting.future.set_result(outcome)

    def _recover(self, batch: list[_Waiting], error: Exception) -> None:
        """Refuse a single event; try those of a batch one by one (F-04)."""
        if len(batch) == 1:
            self._refuse(batch[0], error)
            return
        log.warning("intake.batch_failed", error=type(error).__name__, events=len(batch))
        failures = 0
        for waiting in batch:
            # Two in a row mean that the database is away, and each try may cost seconds.
            if failures >= _FAILURES_THAT_MEAN_THE_STORE:
                waiting.future.set_exception(StoreUnavailable("others failed just before"))
                continue
            self._conduct([waiting])
            failures = failures + 1 if _was_unavailable(waiting.future) else 0

    def _refuse(self, waiting: _Waiting, error: Exception) -> None:
        # Only the kind of the error: its words may quote the message.
        kind = type(error).__name__
        is_store = isinstance(error, StoreUnavailable)
        waiting.future.set_exception(error if is_store else CannotBeKept(kind))
        log.error("intake.not_kept", error=kind, of=type(waiting.event).__name__)


def _refuse_unanswered(batch: Sequence[_Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(StoreUnavailable(type(error).__name__))


def _was_unavailable(future: Future[Outcome]) -> bool:
    error = future.exception()
    return isinstance(error, StoreUnavailable) and not isinstance(error, CannotBeKept)


def _key(event: Event) -> str:
    """Name whose event it is: these are kept in order, and never two in one transaction."""
    match event:
        case Inbound():
            return f"{event.channel} {event.sender}"
        case Receipt():
            return f"delivery {event.ref or event.provider_id}"
        case StaffAction() | TimerDue() | SecondOpinion():
            return f"episode {event.episode_id}"
