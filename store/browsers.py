"""The browsers in which staff have switched push on: kept, listed, found again, forgotten."""

import hashlib
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select, update

from store.db import AnyRow
from store.manage import Change, touched
from store.tables import browsers, clinics

MOST = 10
"""Browsers of one person; the oldest goes when one more comes."""

LOOPBACK = "127.0.0.1"  # without https only this machine, and only where it is named


@dataclass(frozen=True, slots=True)
class Browser:
    """Where and with which keys a browser takes pushes, as it says itself (RFC 8030, 8291)."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pushing:
    """How pushes are set up: our public key, and whose services may be called.

    A browser names the address itself, so only those of the known makers are used (A-38).
    """

    public_key: str
    hosts: tuple[str, ...]

    def may_reach(self, endpoint: str) -> bool:
        """Tell whether an address is that of a service that may be called."""
        parts = urlsplit(endpoint)
        host = (parts.hostname or "").lower()
        is_known = any(host == one or host.endswith(f".{one}") for one in self.hosts)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and host == LOOPBACK)
        return is_known and is_safe and not parts.username


def switch_on(connection: Connection, change: Change, browser: Browser, name: str) -> str:
    """Keep a browser for whoever is signed in; it has one owner, the last. Give its opaque name."""
    c, digest = browsers.c, hashlib.sha256(browser.endpoint.encode()).hexdigest()
    connection.execute(delete(browsers).where(c.endpoint_hash == digest))
    mine = (c.clinic_id == change.clinic_id, c.staff_id == change.staff_id)
    older = select(c.id).where(*mine).order_by(c.id.desc()).offset(MOST - 1)
    stale = list(connection.execute(older).scalars())
    connection.execute(delete(browsers).where(*mine, c.id.in_(stale)))
    ref = secrets.token_urlsafe(32)
    connection.execute(
        insert(browsers).values(
            clinic_id=change.clinic_id, staff_id=change.staff_id, ref=ref,
            endpoint=browser.endpoint, endpoint_hash=digest, p256dh=browser.p256dh,
            auth=browser.auth, name=name, added_at=change.now,
        )
    )  # fmt: skip
    touched(connection, change, "push.switched_on", {}, change.staff_id)
    return ref


def switch_off(connection: Connection, change: Change, browser_id: int) -> None:
    """Take one of one's own browsers away."""
    c = browsers.c
    gone = connection.execute(
        delete(browsers).where(
            c.clinic_id == change.clinic_id, c.staff_id == change.staff_id, c.id == browser_id
        )
    )
    if gone.rowcount:
        touched(connection, change, "push.switched_off", {}, change.staff_id)


def of_person(connection: Connection, clinic_id: int, staff_id: int) -> tuple[AnyRow, ...]:
    """List the browsers of a person: id, name, added_at, ref, endpoint_hash."""
    c = browsers.c
    query = select(c.id, c.name, c.added_at, c.ref, c.endpoint_hash).where(
        c.clinic_id == clinic_id, c.staff_id == staff_id
    )
    return tuple(connection.execute(query.order_by(c.id)))


def names_of(connection: Connection) -> dict[int, tuple[str, ...]]:
    """Give the opaque names of the browsers of everybody, by member of staff, for the playbook."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(select(browsers).order_by(browsers.c.id)):
        found[row.staff_id].append(row.ref)
    return {staff_id: tuple(refs) for staff_id, refs in found.items()}


def find(connection: Connection, clinic_id: int, ref: str) -> Browser | None:
    """Find a browser by its opaque name; None where push was switched off meanwhile."""
    c = browsers.c
    query = select(c.endpoint, c.p256dh, c.auth).where(c.clinic_id == clinic_id, c.ref == ref)
    row = connection.execute(query).first()
    return None if row is None else Browser(*row)


def forget_all(connection: Connection, clinic_id: int, staff_id: int) -> None:
    """Drop the browsers of somebody who leaves; whoever comes back switches push on anew."""
    c = browsers.c
    connection.execute(delete(browsers).where(c.clinic_id == clinic_id, c.staff_id == staff_id))


def forget(connection: Connection, clinic_id: int, ref: str) -> None:
    """Drop a browser whose maker says that it takes pushes no longer (404, 410)."""
    c = browsers.c
    gone = connection.execute(delete(browsers).where(c.clinic_id == clinic_id, c.ref == ref))
    if gone.rowcount:
        connection.execute(
            update(clinics).where(clinics.c.id == clinic_id).values(revision=clinics.c.revision + 1)
        )
