"""Asks the second readers about what families wrote; the rules have been acted upon already."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from routing.triage.anonymous import anonymous
from routing.triage.second import NotRead, Opinion, SecondReader, Unread, raises
from routing.types import Note
from store import readings
from store.clock import Clock
from store.conduct import Conductor
from store.db import Database
from store.playbook import Playbook
from store.readings import Result, Turn
from store.reread import Reading

log = structlog.get_logger(__name__)

LEASE_SECONDS = 30.0  # many times what one reader may take
MOST_TRIES = 5  # of a process that ends in the midst of it; a reader that fails is not asked again

Measures = Callable[[Note], Sequence[tuple[int, int]]]


class Rereading:
    """Lets each message that waits for it be read by its second reader.

    Args:
        database: where messages wait to be read again.
        playbook: whose they are.
        conductor: takes what raises.
        clock: the present moment.
        readers: by name, as the readings name them.
        measures: finds the numbers that mean something; they are left to readers outside.
    """

    def __init__(
        self,
        database: Database,
        playbook: Playbook,
        conductor: Conductor,
        clock: Clock,
        readers: Mapping[str, SecondReader],
        measures: Measures,
    ) -> None:
        self._database = database
        self._playbook = playbook
        self._conductor = conductor
        self._clock = clock
        self._readers = readers
        self._measures = measures

    @property
    def names(self) -> tuple[str, ...]:
        """Name the readers; a nameless one where none is on, for what was left over."""
        return tuple(self._readers) or ("",)

    def run_once(self) -> int:
        """Let each reader read at most one message, in this thread; tell how many were read."""
        return sum(self.run_once_for(name) for name in self.names)

    def run_once_for(self, name: str) -> int:
        """Let one reader read at most one message; tell how many were read.

        Raises:
            StoreUnavailable: the database is away; the message comes again after its lease.
        """
        turn = Turn(name, tuple(self._readers))
        with self._database.read() as connection:
            if not readings.is_due(connection, self._clock(), turn):
                return 0
        with self._database.write() as connection:
            claimed = readings.claim_due(
                connection,
                self._playbook.current(connection),
                self._clock(),
                turn,
                limit=1,
                lease_seconds=LEASE_SECONDS,
            )
        for one in claimed:
            self._let_read(one)
        return len(claimed)

    def _let_read(self, one: Reading) -> None:
        reader = self._readers.get(one.reader)
        if reader is None:
            self._settle(one, Result.SWITCHED_OFF)
            return
        if one.tries > MOST_TRIES:
            self._settle(one, Unread.FAILED)
            return
        try:
            opinion = reader.read(self._note(one, reader), one.first)
        except NotRead as error:
            self._settle(one, error.why)
            return
        except Exception as error:  # noqa: BLE001  a reader's mistake must not keep the others waiting
            _complain(one.reader, error)
            self._settle(one, Unread.FAILED)
            return
        if raises(one.first, opinion):
            self._conductor.conduct([one.opinion(opinion)], self._clock())
        else:
            self._settle(one, Result.AGREED, opinion)

    def _note(self, one: Reading, reader: SecondReader) -> Note:
        """Give the message as the reader may see it."""
        if not reader.is_outside:
            return one.note
        text = anonymous(one.note.text, one.names, self._measures(one.note))
        return replace(one.note, text=text)

    def _settle(
        self, one: Reading, result: Result | Unread, opinion: Opinion | None = None
    ) -> None:
        if isinstance(result, Unread):
            log.warning("rereading.not_read", reader=one.reader, why=result.value,
                        clinic=one.clinic_id, message=one.message_id)  # fmt: skip
        with self._database.write() as connection:
            readings.settle(connection, one, result.value, opinion, self._clock())


def _complain(reader: str, error: Exception) -> None:
    # Only the kind of the error: its words may hold words of a family (I-24).
    log.error("rereading.failed", reader=reader, kind=type(error).__name__)
