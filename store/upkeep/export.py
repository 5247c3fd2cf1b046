"""Everything that is kept about one clinic, row by row, without secrets."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from routing.types import Hazard
from store import tables

SECRETS = frozenset({"sessions", "browsers"})  # as a whole
TABLES = tuple(
    t for t in tables.metadata.sorted_tables if "clinic_id" in t.c and t.name not in SECRETS
)
SECRET = frozenset(
    {"password_hash", "invitation_hash", "feed_hash", "ref", "twilio_token_env", "alert_services"}
)
# C11: out of exports until somebody has reviewed them.
WITHHELD = (Hazard.VIOLENCE.value, Hazard.SELF_HARM.value)


class NoSuchClinic(Exception):
    """There is no clinic of that key; trying again does not help."""


@dataclass(frozen=True, slots=True)
class Export:
    """The rows as they come, each `{"table": …, column: value}`; and how many episodes are not."""

    lines: Iterator[dict[str, Any]]
    withheld: int


def is_there(connection: Connection, key: str) -> bool:
    """Tell whether a clinic has the key."""
    clinics = tables.clinics
    return connection.execute(select(clinics.c.id).where(clinics.c.key == key)).first() is not None


def export(connection: Connection, key: str) -> Export:
    """Read the clinic of a key.

    Raises:
        NoSuchClinic: nobody has that key.
    """
    clinics, episodes = tables.clinics, tables.episodes
    clinic = connection.execute(select(clinics).where(clinics.c.key == key)).mappings().first()
    if clinic is None:
        raise NoSuchClinic
    withheld = connection.execute(
        select(func.count())
        .select_from(episodes)
        .where(episodes.c.clinic_id == clinic["id"], episodes.c.hazard.in_(WITHHELD))
    ).scalar_one()
    return Export(_lines(connection, clinic), withheld)


def _lines(connection: Connection, clinic: RowMapping) -> Iterator[dict[str, Any]]:
    yield _line(tables.clinics, clinic)
    for table in TABLES:
        rows = select(table).where(
            table.c.clinic_id == clinic["id"], *_allowed(table, clinic["id"])
        )
        for row in connection.execute(rows.order_by(table.c.id)).mappings():
            yield _line(table, row)


def _allowed(table: Table, clinic_id: int) -> Iterator[ColumnElement[bool]]:
    """Keep what belongs to a withheld episode out, however far from it the row stands."""
    episodes, messages, attachments = tables.episodes, tables.messages, tables.attachments
    private = select(episodes.c.id).where(
        episodes.c.clinic_id == clinic_id, episodes.c.hazard.in_(WITHHELD)
    )
    said = select(messages.c.id).where(
        messages.c.clinic_id == clinic_id, messages.c.episode_id.in_(private)
    )
    shown = select(attachments.c.id).where(
        attachments.c.clinic_id == clinic_id, attachments.c.message_id.in_(said)
    )
    sent = select(tables.deliveries.c.id).where(
        tables.deliveries.c.clinic_id == clinic_id, tables.deliveries.c.episode_id.in_(private)
    )
    hidden = {
        "episode_id": private,
        "message_id": said,
        "attachment_id": shown,
        "delivery_id": sent,
    }
    if table is episodes:
        yield table.c.id.not_in(private)
    if table is tables.audit_events:
        yield or_(table.c.subject != "episode", table.c.subject_id.not_in(private))
    for name, rows in hidden.items():
        if name in table.c:
            yield or_(table.c[name].is_(None), table.c[name].not_in(rows))


def _line(table: Table, row: RowMapping) -> dict[str, Any]:
    values = {name: _plain(value) for name, value in row.items() if name not in SECRET}
    return {"table": table.name, **values}


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case _:
            return value
