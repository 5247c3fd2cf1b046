"""Finds what the team has, and locks the first of it for one person: never for two at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from routing.assignment import Queued, in_order
from routing.events import StaffAction
from routing.situation import ClinicView
from routing.types import ContactKind, EpisodeState
from store.tables import caregivers, contacts, episodes, families, messages, threads


def queue_of(connection: Connection, clinic_id: int) -> Sequence[Queued]:
    """Read what waits for an answer and belongs to nobody: of families, and unknown senders."""
    rows = connection.execute(
        select(
            episodes.c.id,
            episodes.c.family_id,
            episodes.c.inbox_rank,
            episodes.c.waiting_since,
            episodes.c.meant_for,
            families.c.coordinator_id,
            func.coalesce(caregivers.c.language, contacts.c.language).label("language"),
        )
        .join(families, families.c.id == episodes.c.family_id)
        .join(threads, threads.c.id == episodes.c.thread_id)
        .join(contacts, contacts.c.id == threads.c.contact_id)
        .outerjoin(caregivers, caregivers.c.id == contacts.c.caregiver_id)
        .where(
            episodes.c.clinic_id == clinic_id,
            families.c.clinic_id == clinic_id,
            episodes.c.state == EpisodeState.OPEN,
            episodes.c.is_waiting,
            episodes.c.owner_id.is_(None),
            families.c.kind != ContactKind.STAFF,
        )
        .order_by(episodes.c.id)
    )
    return [
        Queued(
            row.id, row.family_id, row.inbox_rank, row.waiting_since, row.language,
            row.coordinator_id, row.meant_for,
        )
        for row in rows
    ]  # fmt: skip


def loads_of(connection: Connection, clinic_id: int) -> dict[int, int]:
    """Count the open episodes that each person has."""
    rows = connection.execute(
        select(episodes.c.owner_id, func.count().label("number"))
        .where(
            episodes.c.clinic_id == clinic_id,
            episodes.c.state == EpisodeState.OPEN,
            episodes.c.owner_id.is_not(None),
        )
        .group_by(episodes.c.owner_id)
    )
    return {row.owner_id: row.number for row in rows}


def next_of_team(
    connection: Connection, event: StaffAction, clinic: ClinicView, now: datetime
) -> int | None:
    """Find the episode that a person takes next, and hold its family until the commit.

    A family that somebody else holds at this moment is passed over (`SKIP LOCKED` on PostgreSQL;
    SQLite has one writer). Only when all are held, the first one is waited for.

    Returns:
        None where the team has nothing. For a repeated press what the first one took.
    """
    again = connection.execute(
        select(messages.c.episode_id).where(
            messages.c.clinic_id == clinic.id, messages.c.action_key == event.key
        )
    ).scalar()
    person = clinic.person(event.staff_id)
    if again is not None or person is None:
        return again
    ordered = in_order(queue_of(connection, clinic.id), clinic, person, now)
    for waits in (False, True):
        for one in ordered[:1] if waits else ordered:
            if _held(connection, clinic.id, one, waits=waits):
                return one.episode_id
    return None


def _held(connection: Connection, clinic_id: int, one: Queued, *, waits: bool) -> bool:
    """Lock the family as the conductor does, then see that nobody took the episode meanwhile."""
    family = (
        select(families.c.id)
        .where(families.c.clinic_id == clinic_id, families.c.id == one.family_id)
        .with_for_update(key_share=True, skip_locked=not waits)
    )
    if connection.execute(family).first() is None:
        return False
    still = select(episodes.c.id).where(
        episodes.c.clinic_id == clinic_id,
        episodes.c.id == one.episode_id,
        episodes.c.owner_id.is_(None),
        episodes.c.state == EpisodeState.OPEN,
    )
    return connection.execute(still).first() is not None
