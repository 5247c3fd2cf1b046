"""Who works at a clinic, as administrators see it: people, their work, what was changed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from routing.types import EpisodeState
from store.db import AnyRow
from store.people import INVITED_FOR
from store.tables import audit_events, episodes, families, staff

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an administrator sets of a person; the first language is that of their pages."""

    name: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    phone: str | None
    backup_id: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """One person who works here or did. `stamp` changes with whatever an administrator sets."""

    staff_id: int
    email: str
    is_active: bool
    is_signing_in: bool  # has a password
    invited_until: datetime | None
    families: int
    open_episodes: int
    set: Wanted
    stamp: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One change of a person: what, when and by whom; None for the clinic's file."""

    action: str
    at: datetime
    by: str | None


def members(connection: Connection, clinic_id: int) -> tuple[Member, ...]:
    """List who works here, then who did, by name."""
    rows = connection.execute(
        select(staff, *_counts())
        .where(staff.c.clinic_id == clinic_id)
        .order_by(staff.c.active.desc(), func.lower(staff.c.name), staff.c.id)
    )
    return tuple(_member(row) for row in rows)


def member(connection: Connection, clinic_id: int, staff_id: int) -> Member | None:
    """Read one person; None for a missing one and for one of another clinic alike (I-22)."""
    row = connection.execute(
        select(staff, *_counts()).where(is_person(clinic_id, staff_id))
    ).first()
    return None if row is None else _member(row)


def names_of(connection: Connection, clinic_id: int) -> dict[int, str]:
    """Give the names of all who work here or did, by id."""
    rows = connection.execute(
        select(staff.c.id, staff.c.name).where(staff.c.clinic_id == clinic_id)
    )
    return {row.id: row.name for row in rows}


def history(connection: Connection, clinic_id: int, staff_id: int) -> tuple[Happened, ...]:
    """List the latest changes of a person, the newest first; not when they signed in."""
    actor = staff.alias("actor")
    rows = connection.execute(
        select(audit_events.c.action, audit_events.c.at, actor.c.name)
        .outerjoin(
            actor,
            and_(
                audit_events.c.actor == "staff",
                actor.c.id == audit_events.c.actor_id,
                actor.c.clinic_id == clinic_id,
            ),
        )
        .where(
            audit_events.c.clinic_id == clinic_id,
            audit_events.c.subject == "staff",
            audit_events.c.subject_id == staff_id,
            audit_events.c.action.not_in(("signed_in", "signed_out")),
        )
        .order_by(audit_events.c.id.desc())
        .limit(SHOWN)
    )
    return tuple(Happened(row.action, row.at, row.name) for row in rows)


def _counts() -> tuple[Any, Any]:
    ours = select(func.count()).where(
        families.c.clinic_id == staff.c.clinic_id, families.c.coordinator_id == staff.c.id
    )
    open_ones = select(func.count()).where(
        episodes.c.clinic_id == staff.c.clinic_id,
        episodes.c.owner_id == staff.c.id,
        episodes.c.state != EpisodeState.RESOLVED,
    )
    return ours.scalar_subquery().label("ours"), open_ones.scalar_subquery().label("open_ones")


def _member(row: AnyRow) -> Member:
    wanted = Wanted(
        row.name, tuple(row.roles), tuple(row.languages), row.phone or None, row.backup_id
    )
    return Member(
        staff_id=row.id,
        email=row.email,
        is_active=row.active,
        is_signing_in=row.password_hash is not None,
        invited_until=row.invited_at + INVITED_FOR if row.invitation_hash else None,
        families=row.ours,
        open_episodes=row.open_ones,
        set=wanted,
        stamp=hashlib.sha256(repr((wanted, row.active)).encode()).hexdigest()[:16],
    )


def is_person(clinic_id: int, staff_id: int) -> ColumnElement[bool]:
    """Find one person of one clinic, and of no other (I-22)."""
    return and_(staff.c.clinic_id == clinic_id, staff.c.id == staff_id)
