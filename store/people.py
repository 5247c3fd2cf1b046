"""Who is signed in: passwords, sessions and invitations of staff."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, and_, func, insert, or_, select, update

from store.db import Database
from store.tables import audit_events, clinics, sessions, staff

IDLE = timedelta(minutes=15)  # FACTS J
LONGEST = timedelta(hours=12)  # FACTS J
SEEN_EVERY = timedelta(minutes=1)  # a session is not rewritten with each click
INVITED_FOR = timedelta(days=7)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in member of staff and the clinic that everything they see belongs to."""

    staff_id: int
    clinic_id: int
    name: str
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    clinic_name: str
    timezone: str
    automation: str


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an invitation link belongs to."""

    name: str
    email: str
    language: str | None


def hash_password(password: str) -> str:
    """Hash a password with argon2id."""
    return _hasher.hash(password)


def new_invitation() -> tuple[str, str]:
    """Make the secret of an invitation link (shown once) and the hash that is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, _digest(token)


def sign_in(database: Database, email: str, password: str, now: datetime) -> str | None:
    """Check a password and open a new session.

    An unknown, inactive or invited-only person costs the same work as a wrong password (A-25).

    Returns:
        The secret for the cookie, or None when the sign-in is refused.
    """
    with database.read() as connection:
        found = connection.execute(
            select(staff.c.id, staff.c.clinic_id, staff.c.password_hash).where(
                func.lower(staff.c.email) == email.strip().lower(), staff.c.active
            )
        ).first()
    # No transaction is open meanwhile: a tenth of a second is long for whoever waits to write.
    known_hash = found.password_hash if found is not None else None
    if not _is_password(known_hash, password[:LONGEST_PASSWORD]) or found is None:
        return None
    with database.write() as connection:
        still_valid = connection.execute(
            select(staff.c.id).where(
                staff.c.id == found.id, staff.c.active, staff.c.password_hash == known_hash
            )
        ).first()
        return _open_session(connection, found, now, "signed_in") if still_valid else None


def person_of(
    database: Database, token: str, now: datetime, *, awake: bool = True
) -> Person | None:
    """Tell whose session this is and note that it is in use; None when it ended or was idle.

    Role changes, deactivation and sign-out count from the next request on (I-25). `awake` is
    false for what a page asks by itself: it must not keep a forgotten screen signed in.
    """
    with database.read() as connection:
        found = connection.execute(
            select(
                staff.c.id,
                staff.c.clinic_id,
                staff.c.name,
                staff.c.roles,
                staff.c.languages,
                clinics.c.name.label("clinic_name"),
                clinics.c.timezone,
                clinics.c.automation,
                sessions.c.id.label("session_id"),
                sessions.c.seen_at,
            )
            .join_from(sessions, staff, sessions.c.staff_id == staff.c.id)
            .join(clinics, clinics.c.id == staff.c.clinic_id)
            .where(
                sessions.c.token_hash == _digest(token),
                sessions.c.clinic_id == staff.c.clinic_id,
                sessions.c.ended_at.is_(None),
                sessions.c.seen_at > now - IDLE,
                sessions.c.created_at > now - LONGEST,
                staff.c.active,
            )
        ).first()
    if found is None:
        return None
    if awake and abs(now - found.seen_at) >= SEEN_EVERY:  # a clock may have been set back
        with database.write() as connection:
            connection.execute(
                update(sessions)
                .where(sessions.c.id == found.session_id, sessions.c.clinic_id == found.clinic_id)
                .values(seen_at=now)
            )
    return Person(
        staff_id=found.id,
        clinic_id=found.clinic_id,
        name=found.name,
        roles=tuple(found.roles),
        languages=tuple(found.languages),
        clinic_name=found.clinic_name,
        timezone=found.timezone,
        automation=found.automation,
    )


def sign_out(database: Database, token: str, now: datetime) -> None:
    """End a session; an unknown or ended one is left as it is."""
    with database.write() as connection:
        ended = connection.execute(
            update(sessions)
            .where(sessions.c.token_hash == _digest(token), sessions.c.ended_at.is_(None))
            .values(ended_at=now)
            .returning(sessions.c.clinic_id, sessions.c.staff_id)
        ).first()
        if ended:
            _note(connection, ended.clinic_id, ended.staff_id, "signed_out", now)


def shift_sessions(connection: Connection, clinic_id: int, by: timedelta) -> None:
    """Move a clinic's open sessions ahead: the clock of a trial can jump, its visitor stays."""
    is_open = and_(sessions.c.clinic_id == clinic_id, sessions.c.ended_at.is_(None))
    columns = sessions.c.id, sessions.c.created_at, sessions.c.seen_at
    for row in connection.execute(select(*columns).where(is_open)).all():
        connection.execute(
            update(sessions)
            .where(is_open, sessions.c.id == row.id)
            .values(created_at=row.created_at + by, seen_at=row.seen_at + by)
        )


def note_presence(connection: Connection, clinic_id: int, staff_id: int, now: datetime) -> None:
    """Note that somebody of a trial is at work although no browser of theirs is open (C7)."""
    connection.execute(
        insert(sessions).values(
            clinic_id=clinic_id,
            staff_id=staff_id,
            token_hash=_digest(secrets.token_urlsafe(32)),
            created_at=now,
            seen_at=now,
            ended_at=now,
        )
    )


def invited(database: Database, token: str, now: datetime) -> Invited | None:
    """Tell whom an invitation link is for; None when it was used, replaced or is too old."""
    with database.read() as connection:
        found = connection.execute(
            select(staff.c.name, staff.c.email, staff.c.languages).where(_is_invited(token, now))
        ).first()
    if found is None:
        return None
    return Invited(found.name, found.email, found.languages[0] if found.languages else None)


def accept_invitation(database: Database, token: str, password: str, now: datetime) -> str | None:
    """Set the password of an invited person, once, and open their first session.

    Raises:
        ValueError: the password is shorter than 12 characters or longer than 256.

    Returns:
        The secret for the cookie, or None when the link is no longer good.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValueError("a password has 12 to 256 characters")
    hashed = hash_password(password)
    with database.write() as connection:
        accepted = connection.execute(
            update(staff)
            .where(_is_invited(token, now))
            .values(password_hash=hashed, invitation_hash=None, invited_at=None)
            .returning(staff.c.id, staff.c.clinic_id)
        ).first()
        if accepted is None:
            return None
        connection.execute(
            update(sessions)
            .where(
                sessions.c.staff_id == accepted.id,
                sessions.c.clinic_id == accepted.clinic_id,
                sessions.c.ended_at.is_(None),
            )
            .values(ended_at=now)
        )
        return _open_session(connection, accepted, now, "invitation_accepted")


def _open_session(connection: Connection, person: Any, now: datetime, action: str) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(
        update(sessions)
        .where(
            sessions.c.staff_id == person.id,
            sessions.c.clinic_id == person.clinic_id,
            sessions.c.ended_at.is_(None),
            or_(sessions.c.seen_at <= now - IDLE, sessions.c.created_at <= now - LONGEST),
        )
        .values(ended_at=now)
    )
    connection.execute(
        insert(sessions).values(
            clinic_id=person.clinic_id,
            staff_id=person.id,
            token_hash=_digest(token),
            created_at=now,
            seen_at=now,
        )
    )
    _note(connection, person.clinic_id, person.id, action, now)
    return token


def _note(
    connection: Connection, clinic_id: int, staff_id: int, action: str, now: datetime
) -> None:
    connection.execute(
        insert(audit_events).values(
            clinic_id=clinic_id,
            at=now,
            actor="staff",
            actor_id=staff_id,
            action=action,
            subject="staff",
            subject_id=staff_id,
            details={},
        )
    )


def _is_invited(token: str, now: datetime) -> Any:
    return (
        (staff.c.invitation_hash == _digest(token))
        & (staff.c.invited_at > now - INVITED_FOR)
        & staff.c.active
    )


def _is_password(known_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(known_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return known_hash is not None


@lru_cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe(32))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def colleagues(connection: Connection, clinic_id: int) -> tuple[tuple[int, str], ...]:
    """List the active staff of a clinic by name: ids and names."""
    rows = connection.execute(
        select(staff.c.id, staff.c.name)
        .where(staff.c.clinic_id == clinic_id, staff.c.active)
        .order_by(staff.c.name, staff.c.id)
    )
    return tuple((row.id, row.name) for row in rows)
