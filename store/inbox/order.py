"""The one order of the inbox, for pages and programs: what comes first, and what comes after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, text

from store.tables import episodes

# Literal, never a parameter: only then do both databases use the partial index of the inbox.
IS_OPEN = text("episodes.state <> 'resolved'")


def in_order(columns: Any) -> tuple[Any, ...]:
    """Give the sort keys of the inbox, of the table or of a query that has its columns."""
    return (
        columns.inbox_rank,
        columns.reply_due.is_(None),
        columns.reply_due,
        columns.waiting_since,
        columns.id,
    )


ORDER = in_order(episodes.c)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an episode stands in the inbox; the next page begins after it."""

    rank: int
    reply_due: datetime | None
    waiting_since: datetime
    episode_id: int


def place_of(row: Any) -> Place:
    """Tell the place of an episode from its row."""
    return Place(row.inbox_rank, row.reply_due, row.waiting_since, row.id)


def comes_after(place: Place) -> Any:
    """Make the condition that only later episodes meet."""
    e = episodes.c
    later = or_(
        e.waiting_since > place.waiting_since,
        and_(e.waiting_since == place.waiting_since, e.id > place.episode_id),
    )
    if place.reply_due is None:
        within_rank = and_(e.reply_due.is_(None), later)
    else:
        within_rank = or_(
            e.reply_due.is_(None),
            e.reply_due > place.reply_due,
            and_(e.reply_due == place.reply_due, later),
        )
    # The first condition alone lets the index skip to the rank.
    return and_(
        e.inbox_rank >= place.rank,
        or_(e.inbox_rank > place.rank, and_(e.inbox_rank == place.rank, within_rank)),
    )


def same_clinic(table: Any, reference: Any) -> Any:
    """Join a row by its id, and only where both rows are of one clinic (I-22)."""
    return and_(table.c.id == reference, table.c.clinic_id == reference.table.c.clinic_id)
