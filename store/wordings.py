"""A clinic's own words for automatic texts: read for the book, written by administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import Connection, delete, insert, select, update

from store.db import AnyRow
from store.manage import Change, touched
from store.tables import staff, wordings

Own = Mapping[tuple[str, str], tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Review:
    """Who vouches for words: a name, what qualifies them, the day."""

    by: str
    qualification: str
    on: date


def own_words(connection: Connection) -> dict[int, Own]:
    """Read the own words of every clinic, by language and key."""
    found: dict[int, dict[tuple[str, str], tuple[str, bool]]] = {}
    for row in connection.execute(select(wordings)):
        words = (row.text, row.reviewed_on is not None)
        found.setdefault(row.clinic_id, {})[row.language, row.key] = words
    return {clinic_id: MappingProxyType(words) for clinic_id, words in found.items()}


def wordings_of(connection: Connection, clinic_id: int) -> dict[tuple[str, str], AnyRow]:
    """Read a clinic's own words with who wrote and who vouches, by language and key."""
    rows = connection.execute(
        select(wordings, staff.c.name.label("writer"))
        .outerjoin(staff, (staff.c.id == wordings.c.written_by) & (staff.c.clinic_id == clinic_id))
        .where(wordings.c.clinic_id == clinic_id)
    )
    return {(row.language, row.key): row for row in rows}


def write(connection: Connection, change: Change, place: tuple[str, str], text: str) -> None:
    """Set the words of a text, `place` being language and key; nobody vouches for them yet."""
    _forget(connection, change.clinic_id, place)
    connection.execute(
        insert(wordings).values(
            clinic_id=change.clinic_id, language=place[0], key=place[1], text=text,
            written_by=change.staff_id, written_at=change.now,
        )
    )  # fmt: skip
    touched(connection, change, "wording.changed", {"language": place[0], "key": place[1]})


def vouch(
    connection: Connection, change: Change, place: tuple[str, str], text: str, review: Review
) -> bool:
    """Mark words as reviewed; False when they are not those that were read, or the reader's own."""
    done = connection.execute(
        update(wordings)
        .where(
            wordings.c.clinic_id == change.clinic_id,
            wordings.c.language == place[0],
            wordings.c.key == place[1],
            wordings.c.text == text,
            wordings.c.written_by.is_distinct_from(change.staff_id),
        )
        .values(
            reviewed_by=review.by, qualification=review.qualification, reviewed_on=review.on
        )
    )  # fmt: skip
    if done.rowcount:
        touched(connection, change, "wording.reviewed", {"language": place[0], "key": place[1]})
    return bool(done.rowcount)


def forget(connection: Connection, change: Change, place: tuple[str, str]) -> None:
    """Use Kinline's words again."""
    if _forget(connection, change.clinic_id, place):
        touched(connection, change, "wording.removed", {"language": place[0], "key": place[1]})


def _forget(connection: Connection, clinic_id: int, place: tuple[str, str]) -> bool:
    gone = connection.execute(
        delete(wordings).where(
            wordings.c.clinic_id == clinic_id,
            wordings.c.language == place[0],
            wordings.c.key == place[1],
        )
    )
    return bool(gone.rowcount)
