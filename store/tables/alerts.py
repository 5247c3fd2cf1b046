"""What must not be forgotten: alerts, promises, and the things that become due."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from store.tables.column import link, metadata, moment, of_clinic, primary

alerts = Table(
    "alerts",
    metadata,
    primary(),
    of_clinic(),
    link("episode_id", "episodes.id"),
    Column("state", String(12), nullable=False),  # open, acknowledged, closed
    Column("step", Integer, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("ref", String(43), nullable=False, unique=True),  # opaque, in the link to staff
    Column("no_answer", String(40), nullable=True),  # C13: the family got no answer, because …
    moment("opened_at"),
    moment("next_step_at", optional=True),
    moment("acknowledged_at", optional=True),
    link("acknowledged_by", "staff.id", optional=True),
    moment("closed_at", optional=True),
    # C2, I-10: what is open always has a next step, whatever else is wrong.
    CheckConstraint("state <> 'open' OR next_step_at IS NOT NULL", name="never_stops"),
    Index("uq_alerts_one", "episode_id", unique=True,
          sqlite_where=text("state <> 'closed'"), postgresql_where=text("state <> 'closed'")),
    Index("ix_alerts_due", "next_step_at", sqlite_where=text("state = 'open'"),
          postgresql_where=text("state = 'open'")),
)  # fmt: skip

promises = Table(
    "promises",
    metadata,
    primary(),
    of_clinic(),
    link("episode_id", "episodes.id"),
    moment("told_at"),
    moment("due_at"),
    Column("state", String(10), nullable=False),  # open, kept, broken, withdrawn
    moment("settled_at", optional=True),
    Index("ix_promises_episode", "clinic_id", "episode_id"),
)

timers = Table(
    "timers",
    metadata,
    primary(),
    of_clinic(),
    link("episode_id", "episodes.id"),
    Column("kind", String(16), nullable=False),
    moment("due_at"),
    UniqueConstraint("episode_id", "kind"),
    Index("ix_timers_due", "due_at"),
)
