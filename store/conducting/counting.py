"""Counts what people do outside their hours."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from store.conducting.rows import Entry, insert_all
from store.tables import after_hours


def write_after_hours(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    """Keep who did what kind of work, and when; never a word of it."""
    rows = [
        {
            **entry.whose,
            "staff_id": entry.author_id,
            "kind": entry.decision.after_hours.kind,
            "on_call": entry.decision.after_hours.on_call,
            "at": now,
        }
        for entry in entries
        if entry.decision.after_hours is not None
    ]
    insert_all(connection, after_hours, rows)
