"""What must not be forgotten: alerts, promises, and the things that become due."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from store.tables.column import Id, link, metadata, moment, of_clinic, primary

alerts = Table(
    "alerts",
    metadata,
    primary(),
    of_clinic(),
    link("episode_id", "episodes.id"),
    Column("state", String(12), nullable=False),  # open, acknowledged, closed
    Column("step", Integer, nullable=False),
    Column("rung", Integer, nullable=False),  # how high on the ladder (routing/ladder.py)
    Column("asked", Boolean, nullable=False),  # C1: "Still with the family?"
    Column("urgency", Integer, nullable=False),
    Column("ref", String(43), nullable=False, unique=True),  # opaque, in the link to staff
    Column("word", String(12), nullable=False),  # texted back by staff to take it
    Column("no_answer", String(40), nullable=True),  # C13: the family got no answer, because …
    moment("opened_at"),
    moment("next_step_at", optional=True),
    # Since when people up to the rung are told, and when it is their own time again.
    moment("round_at", optional=True),
    moment("round_ends_at", optional=True),
    moment("acknowledged_at", optional=True),
    link("acknowledged_by", "staff.id", optional=True),
    moment("closed_at", optional=True),
    # C21: whether it was right to tell people at once; None: nobody has said.
    Column("was_right", Boolean, nullable=True),
    Column("judged_by", Id, nullable=True),
    # C2, I-10, I-13: until an outcome is recorded there is a next step, whatever else is wrong.
    CheckConstraint("state = 'closed' OR next_step_at IS NOT NULL", name="never_stops"),
    Index("uq_alerts_one", "episode_id", unique=True,
          sqlite_where=text("state <> 'closed'"), postgresql_where=text("state <> 'closed'")),
    Index("ix_alerts_due", "next_step_at", sqlite_where=text("state <> 'closed'"),
          postgresql_where=text("state <> 'closed'")),
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

follow_ups = Table(
    "follow_ups",
    metadata,
    primary(),
    of_clinic(),
    link("episode_id", "episodes.id"),
    moment("due_at"),
    moment("came_at", optional=True),  # it stands in the inbox
    moment("ended_at", optional=True),
    link("ended_by", "staff.id", optional=True),
    Column("how", String(12), nullable=True),  # FollowUpEnd
    UniqueConstraint("episode_id"),
    Index("ix_follow_ups_open", "clinic_id", "episode_id",
          sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
)  # fmt: skip

timers = Table(
    "timers",
    metadata,
    primary(),
    of_clinic(),
    link("episode_id", "episodes.id"),
    Column("kind", String(16), nullable=False),
    moment("due_at"),
    moment("planned_at", optional=True),  # when the clock said what it is due by (store/ahead.py)
    UniqueConstraint("episode_id", "kind"),
    Index("ix_timers_due", "due_at"),
    Index("ix_timers_planned_at", "planned_at"),
)
