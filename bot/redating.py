"""Lets go on what a clock that was set back since has made wait (store/ahead.py)."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import structlog

from store import ahead
from store.clock import Clock
from store.db import Database
from store.tables import alerts

log = structlog.get_logger(__name__)

# Two machines whose clocks differ for good must not wake people in turns, every second.
ALERT_AGAIN_AFTER = timedelta(minutes=5).total_seconds()


class Redating:
    """Dates anew what is dated too far ahead.

    Args:
        database: where everything waits.
        clock: the present moment.
        monotonic: counts seconds, whatever becomes of the clock.
    """

    def __init__(
        self, database: Database, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._alerts: dict[int, float] = {}

    def run_once(self) -> int:
        """Put right what is found now; tell how much that was.

        Raises:
            StoreUnavailable: the database is away.
        """
        moment, now = self._monotonic(), self._clock()
        lately = {i: at for i, at in self._alerts.items() if moment - at < ALERT_AGAIN_AFTER}
        with self._database.read() as connection:
            rows = [
                one
                for one in ahead.found(connection, now)
                if not (one.table is alerts and one.row.id in lately)
            ]
        self._alerts = lately | {one.row.id: moment for one in rows if one.table is alerts}
        if not rows:
            return 0
        with self._database.write() as connection:
            ahead.put_right(connection, rows)
        log.warning("clock.was_set_back", **Counter(one.table.name for one in rows))
        return len(rows)
