"""Brings what is queued to whom it is for, and wakes what has become due."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import MappingProxyType

import structlog

from bot.channels.channel import Channel
from bot.media import Attachments
from bot.rereading import Rereading
from routing.events import Event, Receipt, ReceiptSource
from routing.types import DeliveryState, Lane
from store import deliveries, timers
from store.clock import Clock
from store.conduct import Conductor
from store.db import Database
from store.live import Change, Listener, Live
from store.outcomes import StoreUnavailable
from store.outgoing import Outgoing, Step

log = structlog.get_logger(__name__)

ALL_LANES: Collection[Lane] = tuple(Lane)
BESIDE: Collection[Lane] = (Lane.BESIDE,)
TO_PEOPLE: Collection[Lane] = tuple(lane for lane in Lane if lane is not Lane.BESIDE)
BESIDE_THREADS = 2
TIMERS_AT_ONCE = 50
NOTHING: Mapping[str, Callable[[], int]] = MappingProxyType({})
MOST_AT_ONCE = 200  # deliveries of one `run_once`
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between two tries to write a receipt down
POISON_PAUSE = 60.0  # seconds until a timer that failed is tried again
SAME_AGAIN_PAUSE = 1.0  # seconds until one that changed nothing is handed over again


class Sender:
    """The sending worker: a few threads that claim, send and write down, and look at timers.

    One thread at least takes the safety lane only, so that slow sends never hold up an alert;
    what goes through services that may be slow has threads of its own.

    Args:
        database: where deliveries, timers and attachments wait.
        conductor: takes the receipts and what is due.
        channels: by name, as deliveries name them.
        clock: the present moment.
        live: wakes the threads; without news they look every `poll_seconds` (I-28).
        attachments: fetches what messages announced, on a thread of its own; None for never.
        rereading: asks second readers, each on a thread of its own; None for never.
        beside: what else is done, by name, each on a thread of its own; a duty tells how much it
            found to do.
        threads: how many send, at least two.
        lease_seconds: how long a claimed delivery is ours; more than one call to a provider takes.
    """

    def __init__(
        self,
        database: Database,
        conductor: Conductor,
        channels: Mapping[str, Channel],
        clock: Clock,
        live: Live,
        *,
        attachments: Attachments | None = None,
        rereading: Rereading | None = None,
        beside: Mapping[str, Callable[[], int]] = NOTHING,
        threads: int = 4,
        lease_seconds: float = 30.0,
        poll_seconds: float = 1.0,
    ) -> None:
        self._database = database
        self._conductor = conductor
        self._channels = channels
        self._clock = clock
        self._live = live
        self._attachments = attachments
        self._rereading = rereading
        self._beside = beside
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._postponed: dict[Event, float] = {}
        self._stopping = threading.Event()
        self._listeners: set[Listener] = set()
        self._threads = [
            threading.Thread(target=self._repeat, args=(name, work), name=name, daemon=True)
            for name, work in self._duties(max(threads, 2))
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> bool:
        """Finish what has been begun, claim nothing more; False if that took too long.

        Args:
            timeout: seconds for all threads together.
        """
        self._stopping.set()
        for listener in tuple(self._listeners):
            listener.hear(Change(clinic_id=0))
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def run_once(self) -> int:
        """Do in this thread all that is due now; tell how much that was.

        Raises:
            StoreUnavailable: the database is away.
        """
        done = self._run_timers()
        for _ in range(MOST_AT_ONCE):
            if self._deliver(ALL_LANES) == 0:
                break
            done += 1
        done += self._rereading.run_once() if self._rereading else 0
        done += sum(work() for work in self._beside.values())
        return done + (self._attachments.run_once() if self._attachments else 0)

    def _duties(self, threads: int) -> list[tuple[str, Callable[[], int]]]:
        duties: list[tuple[str, Callable[[], int]]] = [
            ("send-safety", lambda: self._deliver((Lane.SAFETY,))),
            *((f"send-{n}", lambda: self._deliver(TO_PEOPLE)) for n in range(1, threads)),
            *((f"send-beside-{n}", lambda: self._deliver(BESIDE)) for n in range(BESIDE_THREADS)),
            ("timers", self._run_timers),
        ]
        if self._attachments:
            duties.append(("attachments", self._attachments.run_once))
        if self._rereading:
            duties += [
                (f"reader-{name}", partial(self._rereading.run_once_for, name))
                for name in self._rereading.names
            ]
        return [*duties, *self._beside.items()]

    def _repeat(self, name: str, work: Callable[[], int]) -> None:
        with self._live.listen() as listener:
            self._listeners.add(listener)
            while not self._stopping.is_set():
                try:
                    if work() == 0:
                        listener.wait(self._poll_seconds)
                except StoreUnavailable:
                    log.warning("sending.store_unavailable", thread=name)
                    self._stopping.wait(self._poll_seconds)
                except Exception as error:  # noqa: BLE001  a worker that ends silently sends nothing
                    _complain("sending.failed", error, thread=name)
                    self._stopping.wait(self._poll_seconds)
            self._listeners.discard(listener)

    def _deliver(self, lanes: Collection[Lane]) -> int:
        """Claim one, commit, and only then touch the network: the lease outlives a crash (I-27)."""
        with self._database.read() as connection:
            if not deliveries.is_due(connection, self._clock(), lanes):
                return 0
        lease_ends = time.monotonic() + self._lease_seconds
        with self._database.write() as connection:
            claimed = deliveries.claim(
                connection,
                self._clock(),
                limit=1,
                lease_seconds=self._lease_seconds,
                lanes=lanes,
            )
        for outgoing in claimed:
            self._bring(outgoing, lease_ends)
        return len(claimed)

    def _bring(self, outgoing: Outgoing, lease_ends: float) -> None:
        """Send or look up one delivery and write down what came of it."""
        if time.monotonic() >= lease_ends - self._lease_seconds / 2:
            # This process was away for so long that another worker may hold it by now (F-03).
            log.warning("sending.lease_used_up", delivery=outgoing.delivery_id)
            return
        self._write_down(self._receipt(outgoing), outgoing.delivery_id, lease_ends)

    def _receipt(self, outgoing: Outgoing) -> Receipt:
        looking = outgoing.step is Step.LOOK_UP
        source = ReceiptSource.LOOKUP if looking else ReceiptSource.ATTEMPT
        channel = self._channels.get(outgoing.channel)
        if channel is None:
            log.error("sending.no_such_channel", channel=outgoing.channel)
            return _ours(outgoing, source, DeliveryState.FAILED, "no_such_channel")
        try:
            return channel.look_up(outgoing) if looking else channel.send(outgoing)
        except Exception as error:  # noqa: BLE001  a channel's mistake must not leave a delivery without an end
            _complain("sending.channel_failed", error, channel=outgoing.channel)
            return _ours(outgoing, source, DeliveryState.UNKNOWN, "channel_failed")

    def _write_down(self, receipt: Receipt, delivery: int, lease_ends: float) -> None:
        """Keep trying: until it is written the receipt is the only proof that the text went out.

        After the lease it is dropped; then the next claim looks the text up at the provider.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                self._conductor.conduct([receipt], self._clock())
            except StoreUnavailable as error:
                if time.monotonic() + pause >= lease_ends:
                    _complain("sending.receipt_dropped", error, delivery=delivery)
                    return
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                return

    def _run_timers(self) -> int:
        """Hand over what is due, one by one, so that one that fails holds up no other (F-04)."""
        moment = time.monotonic()
        self._postponed = {e: until for e, until in self._postponed.items() if until > moment}
        with self._database.read() as connection:
            found = timers.due(connection, self._clock(), TIMERS_AT_ONCE + len(self._postponed))
        due = [event for event in found if event not in self._postponed]
        for event in due:
            # Also when it goes well: one that stays due must not keep this thread spinning.
            self._postponed[event] = time.monotonic() + SAME_AGAIN_PAUSE
            try:
                self._conductor.conduct([event], self._clock())
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  the others must still be handed over
                self._postponed[event] = time.monotonic() + POISON_PAUSE
                _complain("sending.timer_failed", error, due=type(event).__name__)
        return len(due)


def _complain(event: str, error: Exception, **fields: object) -> None:
    # Only the kind of the error: its words and its traceback may hold words of a family (I-24).
    log.error(event, kind=type(error).__name__, **fields)


def _ours(outgoing: Outgoing, source: ReceiptSource, state: DeliveryState, status: str) -> Receipt:
    return Receipt(
        source=source,
        provider=outgoing.channel,
        state=state,
        status=status,
        ref=outgoing.ref,
        fence=outgoing.fence,
        account=outgoing.account_sid,
    )
