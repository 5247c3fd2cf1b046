"""Second readings: asked for with the message, taken by lease, and settled once.

The row is written in the transaction that keeps the message, so that a crash between the two
readings loses neither (I-27). Whoever takes it commits before the reader is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from routing.decision import Decision
from routing.events import Inbound, SecondOpinion
from routing.rereading import is_wanted
from routing.triage.second import Opinion
from routing.types import Hazard, Urgency
from store.conducting.rows import Entry, insert_all
from store.playbook import Book
from store.reread import Reading, reading_of
from store.tables import assessments, messages, second_readings

# What a person does to a message that takes its level out of a reader's hands (I-08).
DEALT_WITH = ("text", "call", "level")


class Result(StrEnum):
    """What came of one second reading, beside the words of `routing.triage.second.Unread`."""

    RAISED = "raised"
    STANDS = "stands"  # it would raise, and a person or another message was there before
    AGREED = "agreed"  # it does not go beyond the rules
    SWITCHED_OFF = "switched_off"  # nobody of that name reads here any more


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose readings are meant: one reader's, and those of readers that nobody knows any more.

    A reader that is slow keeps the others from nothing.
    """

    reader: str
    known: tuple[str, ...]

    def holds(self) -> ColumnElement[bool]:
        """Give the condition."""
        column = second_readings.c.reader
        return or_(column == self.reader, column.not_in(self.known))


def ask(
    connection: Connection, entries: Sequence[Entry], readers: Sequence[str], now: datetime
) -> None:
    """Ask each reader about each message of a batch that a second reader should see."""
    wanted = [
        entry
        for entry in entries
        if isinstance(entry.event, Inbound)
        and entry.decision.assessment is not None
        and is_wanted(entry.event, entry.situation, entry.decision.assessment)
    ]
    rows = [
        {"clinic_id": entry.clinic_id, "message_id": entry.message_id, "reader": reader,
         "due_at": now, "tries": 0}
        for entry in wanted
        for reader in readers
    ]  # fmt: skip
    insert_all(connection, second_readings, rows)


def is_due(connection: Connection, now: datetime, turn: Turn) -> bool:
    """Look, without a lock, whether there is something to read: spares writers on SQLite."""
    due = select(second_readings.c.id).where(second_readings.c.due_at <= now, turn.holds())
    return connection.execute(due.limit(1)).first() is not None


def claim_due(
    connection: Connection,
    book: Book,
    now: datetime,
    turn: Turn,
    *,
    limit: int,
    lease_seconds: float,
) -> list[Reading]:
    """Take readings that are due, of all clinics, and keep others away from them for a while.

    Each try is counted before it begins, so that a message that kills its worker is given up
    after a few (F-04).
    """
    found = connection.execute(
        select(
            second_readings.c.id,
            second_readings.c.clinic_id,
            second_readings.c.message_id,
            second_readings.c.reader,
            second_readings.c.tries,
            messages.c.episode_id,
            messages.c.thread_id,
            messages.c.kind,
            messages.c.text,
            messages.c.at,
            assessments.c.urgency,
            assessments.c.hazard,
            assessments.c.topics,
            assessments.c.language,
            assessments.c.understood,
            assessments.c.marks,
            assessments.c.reasons,
            assessments.c.version,
        )
        .join(messages, _same(messages.c.id, messages.c.clinic_id))
        .join(assessments, _same(assessments.c.message_id, assessments.c.clinic_id))
        .where(second_readings.c.due_at <= now, turn.holds())
        .order_by(second_readings.c.due_at, second_readings.c.id)
        .limit(limit)
        .with_for_update(of=second_readings, skip_locked=True)
    ).all()
    for row in found:
        connection.execute(
            update(second_readings)
            .where(second_readings.c.clinic_id == row.clinic_id, second_readings.c.id == row.id)
            .values(tries=row.tries + 1, due_at=now + timedelta(seconds=lease_seconds))
        )
    return [reading_of(connection, row, book, now) for row in found]


def settle(
    connection: Connection, one: Reading, result: str, opinion: Opinion | None, now: datetime
) -> bool:
    """Write down what came of a reading that changes nothing; False for a lease that is over."""
    return _settle(connection, one.clinic_id, one.reading_id, one.tries, result, opinion, now)


def finish(connection: Connection, event: SecondOpinion, decision: Decision, now: datetime) -> None:
    """Write down, in the conductor's transaction, what became of an opinion."""
    result = Result.RAISED if decision.episode is not None else Result.STANDS
    _settle(connection, event.clinic_id, event.reading_id, event.fence, result, event.opinion, now)


def is_open(connection: Connection, event: SecondOpinion) -> bool:
    """Tell, under the family's lock, whether a reading still waits for this very opinion."""
    found = connection.execute(
        select(second_readings.c.id).where(
            second_readings.c.clinic_id == event.clinic_id,
            second_readings.c.id == event.reading_id,
            second_readings.c.tries == event.fence,
            second_readings.c.due_at.is_not(None),
        )
    )
    return found.first() is not None


def is_dealt_with(connection: Connection, event: SecondOpinion) -> bool:
    """Tell whether a person has answered, called or set the level since the family wrote."""
    found = connection.execute(
        select(messages.c.id).where(
            messages.c.clinic_id == event.clinic_id,
            messages.c.episode_id == event.episode_id,
            messages.c.id > event.message_id,
            messages.c.direction != "in",
            messages.c.author_id.is_not(None),
            messages.c.kind.in_(DEALT_WITH),
        )
    )
    return found.first() is not None


def raised_by(
    connection: Connection, clinic_id: int, episode_id: int
) -> Mapping[int, tuple[Opinion, ...]]:
    """Find the opinions that have raised an episode, by message."""
    rows = connection.execute(
        select(second_readings)
        .join(messages, _same(messages.c.id, messages.c.clinic_id))
        .where(
            second_readings.c.clinic_id == clinic_id,
            messages.c.episode_id == episode_id,
            second_readings.c.result == Result.RAISED.value,
        )
        .order_by(second_readings.c.id)
    )
    found: dict[int, tuple[Opinion, ...]] = {}
    for row in rows:
        hazard = Hazard(row.hazard) if row.hazard else None
        opinion = Opinion(row.reader, Urgency(row.urgency), row.why, row.confidence, hazard)
        found[row.message_id] = (*found.get(row.message_id, ()), opinion)
    return found


def results(connection: Connection, since: datetime) -> Mapping[tuple[str, str], int]:
    """Count, over all clinics, what came of the readings since a moment, by reader and result."""
    rows = connection.execute(
        select(second_readings.c.reader, second_readings.c.result, func.count())
        .where(second_readings.c.read_at >= since)
        .group_by(second_readings.c.reader, second_readings.c.result)
    )
    return {(reader, result): count for reader, result, count in rows}


def _settle(
    connection: Connection,
    clinic_id: int,
    reading_id: int,
    fence: int,
    result: str,
    opinion: Opinion | None,
    now: datetime,
) -> bool:
    said = {} if opinion is None else {
        "urgency": int(opinion.urgency), "hazard": opinion.hazard,
        "confidence": opinion.confidence, "why": opinion.why,
    }  # fmt: skip
    changed = connection.execute(
        update(second_readings)
        .where(
            second_readings.c.clinic_id == clinic_id,
            second_readings.c.id == reading_id,
            second_readings.c.tries == fence,
            second_readings.c.due_at.is_not(None),
        )
        .values(result=result, due_at=None, read_at=now, **said)
    )
    return changed.rowcount == 1


def _same(key: Any, clinic: Any) -> Any:
    return and_(key == second_readings.c.message_id, clinic == second_readings.c.clinic_id)
