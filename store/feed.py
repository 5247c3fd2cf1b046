"""The secret address of a clinic's calendar of duty: made, renewed, stopped, looked up."""

import hashlib
import secrets

from sqlalchemy import Connection, select, update

from store.db import AnyRow
from store.manage import Change, touched
from store.tables import clinics


def renew(connection: Connection, change: Change) -> str:
    """Make a new secret, which is shown once; the earlier address ends. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    _set(connection, change, _digest(token))
    touched(connection, change, "feed.renewed", {})
    return token


def stop(connection: Connection, change: Change) -> None:
    """Let there be no address any more."""
    _set(connection, change, None)
    touched(connection, change, "feed.stopped", {})


def has_feed(connection: Connection, clinic_id: int) -> bool:
    """Tell whether there is an address."""
    kept = connection.execute(select(clinics.c.feed_hash).where(clinics.c.id == clinic_id))
    return kept.scalar_one() is not None


def clinic_of(connection: Connection, token: str) -> AnyRow | None:
    """Find whose address this is: id, key, name, languages; None for nobody's."""
    c = clinics.c
    return connection.execute(
        select(c.id, c.key, c.name, c.languages).where(c.feed_hash == _digest(token))
    ).first()


def _set(connection: Connection, change: Change, kept: str | None) -> None:
    connection.execute(
        update(clinics).where(clinics.c.id == change.clinic_id).values(feed_hash=kept)
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
