"""Staff, their signed-in sessions, and the record of who did what."""

from sqlalchemy import JSON, Boolean, Column, Index, String, Table, Text

from store.tables.column import Id, link, metadata, moment, of_clinic, primary

staff = Table(
    "staff",
    metadata,
    primary(),
    of_clinic(),
    Column("email", String(200), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("phone", String(20), nullable=True),
    Column("password_hash", String(200), nullable=True),
    # The hash of an invitation link's secret; gone once it has been used.
    Column("invitation_hash", String(64), nullable=True),
    moment("invited_at", optional=True),
    Column("active", Boolean, nullable=False),
    link("backup_id", "staff.id", optional=True),  # stands in whenever no absence names somebody
    # Their own week, as `clinics.hours`; without one they have the clinic's.
    Column("hours", JSON(none_as_null=True), nullable=True),
    Index("ix_staff_clinic", "clinic_id"),
)

absences = Table(
    "absences",
    metadata,
    primary(),
    of_clinic(),
    link("staff_id", "staff.id"),
    moment("starts_at"),
    moment("ends_at"),
    link("cover_id", "staff.id", optional=True),
    link("made_by", "staff.id", optional=True),
    Index("ix_absences_clinic", "clinic_id", "ends_at"),
)

sessions = Table(
    "sessions",
    metadata,
    primary(),
    of_clinic(),
    link("staff_id", "staff.id"),
    Column("token_hash", String(64), nullable=False, unique=True),
    moment("created_at"),
    moment("seen_at"),
    moment("ended_at", optional=True),
    Index("ix_sessions_staff", "clinic_id", "staff_id"),
)

# What somebody did outside their hours: counted, without a word of what was said.
after_hours = Table(
    "after_hours",
    metadata,
    primary(),
    of_clinic(),
    link("staff_id", "staff.id"),
    link("episode_id", "episodes.id"),
    Column("kind", String(8), nullable=False),  # AfterHours
    Column("on_call", Boolean, nullable=False),  # it was their turn
    moment("at"),
    Index("ix_after_hours_clinic", "clinic_id", "at"),
)

# The browsers in which somebody has switched push on.
browsers = Table(
    "browsers",
    metadata,
    primary(),
    of_clinic(),
    link("staff_id", "staff.id"),
    Column("ref", String(43), nullable=False, unique=True),  # opaque, in deliveries
    # Where its maker takes pushes for it: whoever knows this and our key can reach it.
    Column("endpoint", Text, nullable=False),
    Column("endpoint_hash", String(64), nullable=False, unique=True),
    Column("p256dh", String(100), nullable=False),  # the browser's key, RFC 8291
    Column("auth", String(40), nullable=False),
    Column("name", String(60), nullable=False),
    moment("added_at"),
    Index("ix_browsers_staff", "clinic_id", "staff_id"),
)

audit_events = Table(
    "audit_events",
    metadata,
    primary(),
    of_clinic(),
    moment("at"),
    Column("actor", String(16), nullable=False),  # staff, family, provider, timer, file, command
    Column("actor_id", Id, nullable=True),
    Column("action", String(40), nullable=False),
    Column("subject", String(20), nullable=False),
    Column("subject_id", Id, nullable=True),
    # Ids, levels and codes only; never words of a family.
    Column("details", JSON, nullable=False),
    Index("ix_audit_events_subject", "clinic_id", "subject", "subject_id"),
)
