"""Watches the house from outside of it: looks for broken invariants, and raises its own alarm.

It shares neither connection nor thread with what it watches, and its alarm goes another way than
the texts whose failing it may be about. Silence is told by the heartbeat that stops.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests
import structlog

from store.clock import Clock
from store.db import Database
from store.outcomes import StoreUnavailable
from store.settings import Settings
from store.upkeep.audit import Violation, Wrong, violations

log = structlog.get_logger(__name__)

EVERY = 10.0  # seconds between two looks
SILENT_AFTER = 60.0
BEAT_EVERY = 60.0
SAY_AGAIN_AFTER = 300.0
CALL_SECONDS = 5.0


@dataclass(slots=True)
class Auditor:
    """One thread that looks every ten seconds.

    Args:
        database: a connection of its own.
        clock: the present moment, for what is due.
        alarm_url: takes `{"text": "…"}` by POST (Slack, Teams, ntfy and the like); None for none.
        heartbeat_url: fetched every minute while all is well, for a service that calls somebody
            when it stops; None for none.
    """

    database: Database
    clock: Clock
    alarm_url: str | None = None
    heartbeat_url: str | None = None
    monotonic: Callable[[], float] = time.monotonic
    _seen: frozenset[Wrong] = frozenset()
    _found: frozenset[Wrong] = frozenset()
    _looked_at: float = 0.0
    _said_at: float = 0.0
    _beat_at: float = float("-inf")
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "Auditor":
        """Make one with a connection of its own."""
        alarm = settings.alarm_url.get_secret_value() if settings.alarm_url else None
        beat = settings.heartbeat_url.get_secret_value() if settings.heartbeat_url else None
        return cls(Database(settings.database_url, connections=1), clock, alarm, beat)

    @property
    def is_silent(self) -> bool:
        """Tell whether it should have looked and has not."""
        return self._thread is not None and self.monotonic() - self._looked_at > SILENT_AFTER

    def start(self) -> None:
        """Begin to look."""
        self._looked_at = self.monotonic()
        self._thread = threading.Thread(target=self._repeat, name="auditor", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Stop looking, and give the connection back."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)
        self.database.close()

    def run(self) -> None:
        """Look in this thread until told to stop."""
        self._repeat()

    def look(self) -> tuple[Violation, ...]:
        """Look once; say what is new, what lasts, and what is over."""
        try:
            with self.database.read() as connection:
                found = violations(connection, self.clock())
        except StoreUnavailable:
            found = (Violation(Wrong.NO_DATABASE, 1),)
        self._looked_at = self.monotonic()
        self._report(self._lasting(found))
        if not found and self._looked_at - self._beat_at >= BEAT_EVERY:
            self._beat_at = self._looked_at
            self._call("heartbeat", self.heartbeat_url, None)
        return found

    def _repeat(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:  # noqa: BLE001  whoever watches must not end
                _complain(error)
            self._stopping.wait(EVERY)

    def _lasting(self, found: tuple[Violation, ...]) -> tuple[Violation, ...]:
        """Keep what the look before has found as well: a slow moment calls nobody."""
        before, self._seen = self._seen, frozenset(one.wrong for one in found)
        return tuple(one for one in found if one.wrong in before)

    def _report(self, found: tuple[Violation, ...]) -> None:
        now, wrongs = self._looked_at, frozenset(one.wrong for one in found)
        lasts = bool(found) and now - self._said_at >= SAY_AGAIN_AFTER
        if wrongs - self._found or lasts:
            for one in found:
                log.error("audit.violation", wrong=one.wrong, count=one.count)
            lines = (f"{one.wrong.sentence} ({one.count})" for one in found)
            self._said_at = now
            self._call("alarm", self.alarm_url, "Kinline: " + " ".join(lines))
        elif self._found and not found:
            log.info("audit.all_is_well")
            self._call("alarm", self.alarm_url, "Kinline: all is well again.")
        self._found = wrongs

    def _call(self, what: str, url: str | None, text: str | None) -> None:
        if url is None:
            return
        try:
            if text is None:
                answer = requests.get(url, timeout=CALL_SECONDS)
            else:
                answer = requests.post(url, json={"text": text}, timeout=CALL_SECONDS)
            answer.raise_for_status()
        except requests.RequestException as error:
            # The address is a secret; only the kind of the error is written down.
            log.warning("audit.not_heard", what=what, kind=type(error).__name__)


def _complain(error: Exception) -> None:
    # No traceback: it could hold words of a family (I-24).
    log.error("audit.failed", kind=type(error).__name__)
