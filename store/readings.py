"""Second readings: asked for with the message, taken by lease, and settled once.

The row is written in the transaction that keeps the message, so that a crash between the two
readings loses neither (I-27). Whoever takes it commits before the reader is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from routing.decision import Decision
from routing.events import Inbound, InboundKind, SecondOpinion
from routing.quotations import own_words
from routing.rereading import is_wanted, patient
from routing.triage.second import Opinion
from routing.types import Assessment, ContactKind, Hazard, Mark, Note, Reason, Topic, Urgency
from store.conducting.places import of_episodes
from store.conducting.rows import Entry, insert_all
from store.conducting.situations import OUR_TEXTS, load
from store.db import AnyRow
from store.playbook import Book
from store.tables import (
    assessments,
    caregivers,
    children,
    families,
    messages,
    second_readings,
    staff,
)

# What a person does to a message that takes its level out of a reader's hands (I-08).
DEALT_WITH = ("text", "call", "level")


class Result(StrEnum):
    """What came of one second reading, beside the words of `routing.triage.second.Unread`."""

    RAISED = "raised"
    STANDS = "stands"  # it would raise, and a person or another message was there before
    AGREED = "agreed"  # it does not go beyond the rules
    SWITCHED_OFF = "switched_off"  # nobody of that name reads here any more


@dataclass(frozen=True, slots=True)
class Reading:
    """One message for one reader, now. `names` are all that Kinline knows around this family.

    `tries` counts this one and is its fence: a worker that was away while another tried again
    changes nothing (F-03).
    """

    reading_id: int
    clinic_id: int
    episode_id: int
    message_id: int
    reader: str
    tries: int
    wrote_at: datetime
    is_text: bool
    first: Assessment
    note: Note = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    def opinion(self, opinion: Opinion) -> SecondOpinion:
        """Make the event that tells the conductor."""
        return SecondOpinion(
            self.clinic_id, self.episode_id, self.message_id, self.reading_id, self.tries,
            self.first, opinion, self.wrote_at, is_text=self.is_text,
        )  # fmt: skip


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


def is_due(connection: Connection, now: datetime) -> bool:
    """Look, without a lock, whether there is something to read: spares writers on SQLite."""
    due = select(second_readings.c.id).where(second_readings.c.due_at <= now).limit(1)
    return connection.execute(due).first() is not None


def claim_due(
    connection: Connection, book: Book, now: datetime, *, limit: int, lease_seconds: float
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
        .where(second_readings.c.due_at <= now)
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
    return [_reading(connection, row, book, now) for row in found]


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


def _reading(connection: Connection, row: AnyRow, book: Book, now: datetime) -> Reading:
    place = of_episodes(connection, {row.episode_id}, book)[row.episode_id].place
    situation = load(connection, [place], now)[place.contact.thread_id]
    flags, age = patient(situation)
    own = own_words(row.text, _ours(connection, row))
    return Reading(
        reading_id=row.id,
        clinic_id=row.clinic_id,
        episode_id=row.episode_id,
        message_id=row.message_id,
        reader=row.reader,
        tries=row.tries + 1,
        wrote_at=row.at,
        is_text=row.kind == InboundKind.TEXT,
        first=_assessment(row),
        note=Note(own.text, flags, age, place.contact.language),
        names=_names(connection, row.clinic_id, place.contact.family_id),
    )


def _ours(connection: Connection, row: AnyRow) -> tuple[str, ...]:
    """Find what we had sent before, which a family may quote (C15)."""
    sent = connection.execute(
        select(messages.c.text)
        .where(
            messages.c.clinic_id == row.clinic_id,
            messages.c.thread_id == row.thread_id,
            messages.c.direction == "out",
            messages.c.id < row.message_id,
        )
        .order_by(messages.c.id.desc())
        .limit(OUR_TEXTS)
    )
    return tuple(sent.scalars())


def _assessment(row: AnyRow) -> Assessment:
    """Read what the rules found as they found it."""
    return Assessment(
        urgency=Urgency(row.urgency),
        hazard=Hazard(row.hazard) if row.hazard else None,
        topics=tuple(Topic(topic) for topic in row.topics),
        language=row.language,
        understood=row.understood,
        reasons=tuple(
            Reason(r["rule"], r["why"], r["text"], tuple((a, b) for a, b in r["spans"]),
                   Urgency.of(r["urgency"]), Hazard(r["hazard"]) if r["hazard"] else None)
            for r in row.reasons
        ),
        set_aside=(),
        version=row.version,
        marks=frozenset(Mark(mark) for mark in row.marks),
    )  # fmt: skip


def _names(connection: Connection, clinic_id: int, family_id: int) -> tuple[str, ...]:
    """List the people whom a message of this family may name: theirs, and those who work here."""
    queries = (
        *(
            select(table.c.name).where(
                table.c.clinic_id == clinic_id, table.c.family_id == family_id
            )
            for table in (children, caregivers)
        ),
        select(families.c.name).where(
            families.c.clinic_id == clinic_id,
            families.c.id == family_id,
            families.c.kind == ContactKind.FAMILY,
        ),
        select(staff.c.name).where(staff.c.clinic_id == clinic_id),
    )
    found = (name for query in queries for name in connection.execute(query).scalars())
    return tuple(dict.fromkeys(found))
