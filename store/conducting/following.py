"""Keeps the follow-ups of emergencies: which a thread has open, and what becomes of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, update

from routing.situation import FollowUpView
from store.conducting.rows import Entry, insert_all
from store.tables import episodes, follow_ups


def open_follow_ups(
    connection: Connection, clinic_ids: Sequence[int], thread_ids: Iterable[int]
) -> Mapping[int, tuple[FollowUpView, ...]]:
    """Find the follow-ups of some threads that have not ended, by thread."""
    rows = connection.execute(
        select(
            episodes.c.thread_id,
            follow_ups.c.episode_id,
            follow_ups.c.due_at,
            follow_ups.c.came_at,
        )
        .join(
            episodes,
            and_(
                episodes.c.id == follow_ups.c.episode_id,
                episodes.c.clinic_id == follow_ups.c.clinic_id,
            ),
        )
        .where(
            follow_ups.c.clinic_id.in_(clinic_ids),
            follow_ups.c.ended_at.is_(None),
            episodes.c.thread_id.in_(list(thread_ids)),
        )
        .order_by(follow_ups.c.id)
    )
    found: dict[int, tuple[FollowUpView, ...]] = defaultdict(tuple)
    for row in rows:
        view = FollowUpView(row.episode_id, row.due_at, has_come=row.came_at is not None)
        found[row.thread_id] = (*found[row.thread_id], view)
    return found


def write_follow_ups(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Write what the decisions of a batch plan, let come, and end."""
    changes = [(entry, change) for entry in entries for change in entry.decision.follow_ups]
    fresh = [
        {"clinic_id": entry.clinic_id, "episode_id": change.episode_id, "due_at": change.due_at}
        for entry, change in changes
        if change.due_at is not None
    ]
    for row in fresh:  # one that was opened again had one already, which has ended
        connection.execute(
            delete(follow_ups).where(
                follow_ups.c.clinic_id == row["clinic_id"],
                follow_ups.c.episode_id == row["episode_id"],
            )
        )
    insert_all(connection, follow_ups, fresh)
    for entry, change in changes:
        if change.due_at is not None:
            continue
        values = {"came_at": now} if change.comes else {
            "ended_at": now, "ended_by": entry.author_id, "how": change.ends,
        }  # fmt: skip
        connection.execute(
            update(follow_ups)
            .where(
                follow_ups.c.clinic_id == entry.clinic_id,
                follow_ups.c.episode_id == change.episode_id,
                follow_ups.c.ended_at.is_(None),
            )
            .values(values)
        )
