"""Second readings: which messages a second reader is to read, and what came of it."""

from sqlalchemy import Column, Float, Index, Integer, String, Table, UniqueConstraint, text

from store.tables.column import link, metadata, moment, of_clinic, primary

second_readings = Table(
    "second_readings",
    metadata,
    primary(),
    of_clinic(),
    link("message_id", "messages.id"),
    Column("reader", String(16), nullable=False),
    moment("due_at", optional=True),  # None: nothing left to do
    Column("tries", Integer, nullable=False),
    Column("result", String(16), nullable=True),  # store.readings.Result
    Column("urgency", Integer, nullable=True),
    Column("hazard", String(12), nullable=True),
    Column("confidence", Float, nullable=True),
    Column("why", String(200), nullable=True),
    moment("read_at", optional=True),
    UniqueConstraint("message_id", "reader"),
    Index("ix_second_readings_due", "due_at", "id",
          sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
    Index("ix_second_readings_read", "read_at"),
)  # fmt: skip
