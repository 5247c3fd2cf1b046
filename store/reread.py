"""Puts together what a second reader is given: the message, what the rules found, who is named."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from routing.events import InboundKind, SecondOpinion
from routing.quotations import own_words
from routing.rereading import patient
from routing.triage.second import Opinion
from routing.types import Assessment, ContactKind, Hazard, Mark, Note, Reason, Topic, Urgency
from store.conducting.places import of_episodes
from store.conducting.situations import OUR_TEXTS, load
from store.db import AnyRow
from store.playbook import Book
from store.tables import caregivers, children, families, messages, staff


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


def reading_of(connection: Connection, row: AnyRow, book: Book, now: datetime) -> Reading:
    """Put together what a reader is given, of a row that was just taken."""
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
