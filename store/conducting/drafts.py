"""Drafts that wait for a colleague who speaks the family's language, and what became of them."""

from sqlalchemy import Connection, select, update

from routing.drafts import DRAFT
from routing.situation import Draft
from store.tables import messages

SENT = "draft_sent"  # the kind of one whose words somebody sent, changed or not
WITHDRAWN = "draft_left"


def open_drafts(connection: Connection, clinic_id: int, episode_id: int) -> tuple[Draft, ...]:
    """List what waits in an episode."""
    rows = connection.execute(
        select(messages.c.id, messages.c.at).where(
            messages.c.clinic_id == clinic_id,
            messages.c.episode_id == episode_id,
            messages.c.kind == DRAFT,
        )
    )
    return tuple(Draft(row.id, row.at) for row in rows)


def words_of(connection: Connection, clinic_id: int, episode_id: int, draft_id: int) -> str | None:
    """Give the words of a draft that waits; None where it is gone or elsewhere."""
    return connection.execute(
        select(messages.c.text).where(
            messages.c.clinic_id == clinic_id,
            messages.c.episode_id == episode_id,
            messages.c.id == draft_id,
            messages.c.kind == DRAFT,
        )
    ).scalar()


def end(connection: Connection, clinic_id: int, draft_id: int, becomes: str) -> None:
    """Say what became of a draft."""
    connection.execute(
        update(messages)
        .where(
            messages.c.clinic_id == clinic_id, messages.c.id == draft_id, messages.c.kind == DRAFT
        )
        .values(kind=becomes)
    )
