"""Reads calendars that clinics have named by address: the days are closed, never opened."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.download import NotFetched, Source, download
from store import calendars
from store.clock import Clock
from store.db import Database

log = structlog.get_logger(__name__)

AHEAD = timedelta(days=365)


class NotRead(Exception):
    """What was fetched is no calendar; `problem` is the key of a sentence."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


Reader = Callable[[bytes, date, date], Sequence[tuple[date, str]]]
"""Reads the whole days of a calendar between two dates, with their names; `NotRead` if it is none.
"""


class Calendars:
    """Reads what is due.

    Args:
        database: where calendars are remembered and days closed.
        clock: the present moment.
        source: where calendars may come from.
        read: understands the content.
    """

    def __init__(self, database: Database, clock: Clock, source: Source, read: Reader) -> None:
        self._database = database
        self._clock = clock
        self._source = source
        self._read = read

    def run_once(self) -> int:
        """Read at most one calendar that is due; tell how many were worked on.

        Raises:
            StoreUnavailable: the database is away; the calendar comes again after its lease.
        """
        with self._database.read() as connection:
            if not calendars.is_due(connection, self._clock()):
                return 0
        with self._database.write() as connection:
            due = calendars.claim_due(connection, self._clock())
        if due is None:
            return 0
        try:
            content = download(due.address, "", self._source)
            today = self._clock().astimezone(ZoneInfo(due.timezone)).date()
            days = self._read(content, today, today + AHEAD)
        except NotFetched as error:
            self._not_read(due, error.why.value)
        except NotRead as error:
            self._not_read(due, error.problem)
        else:
            with self._database.write() as connection:
                calendars.keep(connection, due, days, self._clock())
        return 1

    def _not_read(self, due: calendars.Due, problem: str) -> None:
        # The address may hold a secret of its owner and is not written down.
        log.warning("calendar.not_read", problem=problem, clinic=due.clinic_id,
                    calendar=due.calendar_id)  # fmt: skip
        with self._database.write() as connection:
            calendars.not_read(connection, due, problem, self._clock())
