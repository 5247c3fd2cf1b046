"""Brings approved words to many families, one after the other, through the conductor (C20)."""

from bot.intake import Conducting
from store import broadcasts
from store.clock import Clock
from store.db import Database


class Broadcasting:
    """Tells those who are due.

    A process that dies between telling and noting it tells nobody twice: the act has a key.
    """

    def __init__(self, database: Database, conductor: Conducting, clock: Clock) -> None:
        """Tell through a conductor whom the database names."""
        self._database = database
        self._conductor = conductor
        self._clock = clock

    def run_once(self) -> int:
        """Tell the next of each clinic; tell how many were worked on.

        Raises:
            StoreUnavailable: the database is away; they come again after their lease.
        """
        now = self._clock()
        with self._database.read() as connection:
            if not broadcasts.is_due(connection, now):
                return 0
        with self._database.write() as connection:
            taken = broadcasts.claim(connection, now)
        if not taken:
            return 0
        outcomes = self._conductor.conduct([act for _, act in taken], now)
        with self._database.write() as connection:
            broadcasts.settle(
                connection, [(i, o) for (i, _), o in zip(taken, outcomes, strict=True)]
            )
        return len(taken)
