"""Reads the follow-ups of emergencies: those that stand in the inbox, and that of one episode."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from routing.types import Consent, ContactKind, Urgency
from store.inbox.choosing import Chosen, matches
from store.tables import contacts, episodes, families, follow_ups, staff, threads

SHOWN = 50


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """One family that somebody has to ask today."""

    episode_id: int
    kind: ContactKind
    family: str
    address: str
    urgency: Urgency
    hazard: str | None
    resolved_at: datetime | None
    outcome: str | None
    owner: str | None
    cannot_text: bool


@dataclass(frozen=True, slots=True)
class FollowUpSeen:
    """How the follow-up of an episode stands. `how` is a `FollowUpEnd`."""

    due_at: datetime
    has_come: bool
    ended_at: datetime | None
    ended_by: str | None
    how: str | None


def follow_ups_of(
    connection: Connection, clinic_id: int, chosen: Chosen
) -> tuple[FollowUpRow, ...]:
    """List what stands in a part of the inbox, the longest waiting first."""
    found = connection.execute(
        select(
            episodes.c.id, episodes.c.urgency, episodes.c.hazard, episodes.c.resolved_at,
            episodes.c.outcome, families.c.name.label("family"), families.c.kind,
            contacts.c.address, contacts.c.consent, contacts.c.unusable,
            staff.c.name.label("owner"),
        )
        .join_from(
            follow_ups,
            episodes,
            and_(episodes.c.id == follow_ups.c.episode_id, episodes.c.clinic_id == clinic_id),
        )
        .join(
            families, and_(families.c.id == episodes.c.family_id, families.c.clinic_id == clinic_id)
        )
        .join(
            threads, and_(threads.c.id == episodes.c.thread_id, threads.c.clinic_id == clinic_id)
        )
        .join(
            contacts, and_(contacts.c.id == threads.c.contact_id, contacts.c.clinic_id == clinic_id)
        )
        .outerjoin(
            staff, and_(staff.c.id == episodes.c.owner_id, staff.c.clinic_id == clinic_id)
        )
        .where(
            follow_ups.c.clinic_id == clinic_id,
            follow_ups.c.came_at.is_not(None),
            follow_ups.c.ended_at.is_(None),
            matches(chosen),
        )
        .order_by(follow_ups.c.came_at, follow_ups.c.id)
        .limit(SHOWN)
    )  # fmt: skip
    return tuple(
        FollowUpRow(
            row.id, ContactKind(row.kind), row.family, row.address, Urgency(row.urgency),
            row.hazard, row.resolved_at, row.outcome, row.owner,
            row.consent == Consent.OPTED_OUT or row.unusable is not None,
        )
        for row in found
    )  # fmt: skip


def follow_up_of(connection: Connection, clinic_id: int, episode_id: int) -> FollowUpSeen | None:
    """Read the follow-up of one episode; None where it needs none."""
    row = connection.execute(
        select(follow_ups, staff.c.name)
        .outerjoin(staff, and_(staff.c.id == follow_ups.c.ended_by, staff.c.clinic_id == clinic_id))
        .where(follow_ups.c.clinic_id == clinic_id, follow_ups.c.episode_id == episode_id)
    ).first()
    if row is None:
        return None
    return FollowUpSeen(row.due_at, row.came_at is not None, row.ended_at, row.name, row.how)
