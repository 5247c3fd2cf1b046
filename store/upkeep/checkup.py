"""Questions about the installation itself, for `kinline doctor` and the metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, text

from routing.types import Lane, Urgency
from routing.watch import Gap, Span, bare_ahead, gaps_ahead
from store import tables
from store.gathering import found_since
from store.probes import hidden, is_seen
from store.rotations import watch_of

TEST_CALL = "on_call.tested"
"""The action of the audit event that a successful test call to the on-call number leaves (C17)."""
TEST_CALL_LASTS = timedelta(days=30)  # C17
FOUND_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Load:
    """How much is open and how much is due, over all clinics, as counts only."""

    open_episodes: Mapping[Urgency, int]
    due_deliveries: Mapping[Lane, int]
    oldest_due_seconds: float


@dataclass(frozen=True, slots=True)
class ClinicState:
    """What must be right before a clinic goes live."""

    key: str
    timezone: str
    languages: tuple[str, ...]
    template_policy: str
    emergency_number: str
    on_call_phone: str
    automation: str
    numbers: tuple[str, ...]
    opens: bool
    account_sid: str
    token_env: str
    on_call: tuple[tuple[str, bool], ...]  # e-mail, and whether there is a phone
    lines: int  # of on-call turns
    gaps: tuple[Gap, ...]  # of lines, in the coming weeks
    bare: tuple[Span, ...]  # in which nobody on call can be told
    admins: int
    families: int
    was_test_called: bool
    alert_channels: tuple[str, ...] = ()  # beside the text
    alert_services: tuple[tuple[str, str], ...] = ()  # name, and the variable of the address
    browsers: int = 0  # in which push is switched on
    found: int = 0  # texts of the last seven days that nobody had told us of (I-03)


def load(connection: Connection, now: datetime) -> Load:
    """Count what is open and due; both counts walk small partial indexes only."""
    episodes, deliveries = tables.episodes, tables.deliveries
    open_now = connection.execute(
        select(episodes.c.urgency, func.count())
        .where(episodes.c.state != "resolved", episodes.c.clinic_id.not_in(hidden()))
        .group_by(episodes.c.urgency)
    )
    due = connection.execute(
        select(deliveries.c.lane, func.count(), func.min(deliveries.c.due_at))
        .where(deliveries.c.due_at.is_not(None), deliveries.c.due_at <= now)
        .group_by(deliveries.c.lane)
    ).all()
    waited = [(now - first).total_seconds() for _, _, first in due]
    return Load(
        {Urgency(urgency): count for urgency, count in open_now},
        {Lane(lane): count for lane, count, _ in due},
        max(waited, default=0.0),
    )


def durability(connection: Connection) -> Mapping[str, str]:
    """Give the settings of the server that decide whether a commit outlives a power cut (I-02)."""
    if connection.dialect.name == "sqlite":
        names = ("journal_mode", "synchronous", "foreign_keys")
        return {name: str(connection.execute(text(f"PRAGMA {name}")).scalar()) for name in names}
    names = ("fsync", "full_page_writes", "synchronous_commit")
    return {name: str(connection.execute(text(f"SHOW {name}")).scalar()) for name in names}


def redis_answers(url: str) -> bool:
    """Tell whether a Redis is there."""
    import redis  # noqa: PLC0415  costs a tenth of a second at every other start

    try:
        client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def clinics(connection: Connection, now: datetime) -> tuple[ClinicState, ...]:
    """Describe each clinic but the one that takes what belongs to nobody."""
    table = tables.clinics
    rows = connection.execute(
        select(table).where(table.c.is_system.is_(False), is_seen()).order_by(table.c.key)
    )
    return tuple(
        ClinicState(
            key=row.key,
            timezone=row.timezone,
            languages=tuple(row.languages),
            template_policy=row.template_policy,
            emergency_number=row.emergency_number,
            on_call_phone=row.on_call_phone,
            automation=row.automation,
            numbers=_numbers(connection, row.id),
            opens=any(row.hours.values()),
            account_sid=row.twilio_account_sid or "",
            token_env=row.twilio_token_env or "",
            on_call=_on_call(connection, row.id),
            **_turns(connection, row.id, now),
            admins=_admins(connection, row.id),
            families=_families(connection, row.id),
            was_test_called=_was_test_called(connection, row.id, now),
            alert_channels=tuple(row.alert_channels or ()),
            alert_services=tuple(
                (one["name"], one["address_env"]) for one in row.alert_services or ()
            ),
            browsers=_browsers(connection, row.id),
            found=found_since(connection, row.id, now - FOUND_WITHIN),
        )
        for row in rows
    )


def _numbers(connection: Connection, clinic_id: int) -> tuple[str, ...]:
    table = tables.clinic_numbers
    query = select(table.c.number).where(table.c.clinic_id == clinic_id).order_by(table.c.id)
    return tuple(connection.execute(query).scalars())


def _on_call(connection: Connection, clinic_id: int) -> tuple[tuple[str, bool], ...]:
    steps, staff = tables.on_call, tables.staff
    query = (
        select(staff.c.email, staff.c.phone)
        .join(steps, steps.c.staff_id == staff.c.id)
        .where(steps.c.clinic_id == clinic_id, staff.c.clinic_id == clinic_id, staff.c.active)
        .order_by(steps.c.position)
    )
    return tuple((email, bool(phone)) for email, phone in connection.execute(query))


def _turns(connection: Connection, clinic_id: int, now: datetime) -> dict[str, Any]:
    watch = watch_of(connection, clinic_id)
    return {
        "lines": len(watch.lines),
        "gaps": gaps_ahead(watch, now),
        "bare": bare_ahead(watch, now),
    }


def _admins(connection: Connection, clinic_id: int) -> int:
    staff = tables.staff
    roles = select(staff.c.roles).where(staff.c.clinic_id == clinic_id, staff.c.active)
    return sum("admin" in held for held in connection.execute(roles).scalars())


def _families(connection: Connection, clinic_id: int) -> int:
    families = tables.families
    query = select(func.count()).where(
        families.c.clinic_id == clinic_id, families.c.key.is_not(None)
    )
    return int(connection.execute(query).scalar_one())


def _browsers(connection: Connection, clinic_id: int) -> int:
    browsers = tables.browsers
    query = select(func.count()).where(browsers.c.clinic_id == clinic_id)
    return int(connection.execute(query).scalar_one())


def _was_test_called(connection: Connection, clinic_id: int, now: datetime) -> bool:
    events = tables.audit_events
    query = select(func.count()).where(
        events.c.clinic_id == clinic_id,
        events.c.action == TEST_CALL,
        events.c.at >= now - TEST_CALL_LASTS,
    )
    return bool(connection.execute(query).scalar_one())
