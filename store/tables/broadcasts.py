"""Words to many families at once (C20), and who of them is told."""

from sqlalchemy import JSON, Column, Index, String, Table, UniqueConstraint

from store.tables.column import link, metadata, moment, of_clinic, primary

broadcasts = Table(
    "broadcasts",
    metadata,
    primary(),
    of_clinic(),
    Column("key", String(64), nullable=False),  # one press of the button, however often it is sent
    Column("flags", JSON, nullable=False),  # ChildFlag: the families of children who have one
    Column("words", JSON, nullable=False),  # {"en": "…"}: as a person wrote them
    link("approved_by", "staff.id"),
    moment("approved_at"),
    moment("stopped_at", optional=True),
    UniqueConstraint("clinic_id", "key"),
)

broadcast_recipients = Table(
    "broadcast_recipients",
    metadata,
    primary(),
    of_clinic(),
    link("broadcast_id", "broadcasts.id"),
    link("family_id", "families.id"),
    link("contact_id", "contacts.id"),
    Column("language", String(16), nullable=False),  # of the words that this one gets
    moment("due_at", optional=True),  # None: queued, refused or stopped
    link("message_id", "messages.id", optional=True),
    Column("problem", String(20), nullable=True),  # why nothing was queued
    UniqueConstraint("broadcast_id", "contact_id"),
    Index("ix_broadcast_recipients_due_at", "due_at"),
)
