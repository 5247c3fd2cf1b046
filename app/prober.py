"""Sends test messages through the intake, for clinics that want them; the auditor misses them."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog

from bot.channels.sink import inbound
from routing.events import Event
from store import probes
from store.clock import Clock
from store.db import Database
from store.outcomes import Outcome, StoreUnavailable

log = structlog.get_logger(__name__)

EVERY = 10.0  # seconds between two looks
ANSWER_SECONDS = 10.0


@dataclass(slots=True)
class Prober:
    """One thread of a process that takes messages; of several processes one sends each message.

    Args:
        database: says when a test message is due.
        enqueue: the intake's.
        clock: the present moment.
    """

    database: Database
    enqueue: Callable[[Event], Future[Outcome]]
    clock: Clock
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to send."""
        self._thread = threading.Thread(target=self._repeat, name="prober", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Send no more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def run_once(self) -> int:
        """Send at most one test message that is due; tell how many were sent.

        Raises:
            StoreUnavailable: it was not kept; that it is missing is what the auditor notices.
        """
        now = self.clock()
        with self.database.read() as connection:
            if not probes.is_due(connection, now):
                return 0
        with self.database.write() as connection:
            probe = probes.claim_due(connection, now)
        if probe is None:
            return 0
        self.enqueue(inbound(probe)).result(ANSWER_SECONDS)
        return 1

    def _repeat(self) -> None:
        while not self._stopping.wait(EVERY):
            try:
                while self.run_once():
                    pass
            except (StoreUnavailable, TimeoutError) as error:
                log.warning("probe.not_kept", kind=type(error).__name__)
            except Exception as error:  # noqa: BLE001  the next one is tried all the same
                log.error("probe.failed", kind=type(error).__name__)  # noqa: TRY400  no traceback: I-24
