"""The outbox: what is to be brought to whom, each try, and what the provider reported."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from store.tables.column import link, metadata, moment, of_clinic, primary

deliveries = Table(
    "deliveries",
    metadata,
    primary(),
    of_clinic(),
    # One of the two: words to a family (they stand in messages) or a notification to staff.
    link("message_id", "messages.id", optional=True),
    link("staff_id", "staff.id", optional=True),
    link("episode_id", "episodes.id", optional=True),
    link("contact_id", "contacts.id", optional=True),
    Column("channel", String(16), nullable=False),
    Column("to_address", String(200), nullable=False),
    Column("from_address", String(200), nullable=False),
    Column("notification", Text, nullable=True),
    Column("purpose", String(64), nullable=False),  # ReplyKey, or "reply" for a person's words
    Column("urgency", Integer, nullable=False),
    Column("delivery_class", String(16), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    # Went with the provider's own answer (TwiML): nobody has confirmed it until a report comes.
    Column("at_once", Boolean, nullable=False),
    Column("ref", String(43), nullable=False, unique=True),  # opaque, in the callback address
    # What must happen once: "notice:CONTACT:WINDOW:URGENCY", "staff:ACTION".
    Column("key", String(160), nullable=True),
    moment("created_at"),
    moment("due_at", optional=True),  # None: nothing left to do
    moment("expires_at"),  # too old to send after this
    moment("lease_until", optional=True),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    moment("first_tried_at", optional=True),
    Column("provider_id", String(64), nullable=True),
    Column("error", Integer, nullable=True),
    Column("needs_call", String(40), nullable=True),  # C13: why it must be said by telephone
    UniqueConstraint("clinic_id", "key"),
    Index("ix_deliveries_due", "lane", "due_at", "id",
          sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
    Index("ix_deliveries_provider_id", "provider_id"),
    Index("ix_deliveries_message", "message_id"),
    Index("ix_deliveries_contact", "contact_id", "created_at"),
    Index("ix_deliveries_episode", "clinic_id", "episode_id"),
)  # fmt: skip

attempts = Table(
    "attempts",
    metadata,
    primary(),
    of_clinic(),
    link("delivery_id", "deliveries.id"),
    Column("number", Integer, nullable=False),
    Column("source", String(10), nullable=False),  # ReceiptSource, or "answer" for TwiML
    Column("state", String(10), nullable=False),
    Column("status", String(40), nullable=False),
    Column("provider_id", String(64), nullable=True),
    Column("error", Integer, nullable=True),
    moment("at"),
    Index("ix_attempts_delivery", "clinic_id", "delivery_id"),
)

# Every callback that came, also those whose delivery is not known yet (F-18): they are joined
# when the answer to our own call tells the id.
provider_reports = Table(
    "provider_reports",
    metadata,
    primary(),
    Column("provider", String(16), nullable=False),
    Column("provider_account", String(40), nullable=False),
    Column("provider_id", String(64), nullable=False),
    Column("status", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("error", Integer, nullable=True),
    moment("at"),
    UniqueConstraint("provider", "provider_account", "provider_id", "status"),
)
