"""A clinic's own words for automatic texts, each with who vouches for it."""

from sqlalchemy import Column, Date, String, Table, Text, UniqueConstraint

from store.tables.column import link, metadata, moment, of_clinic, primary

wordings = Table(
    "wordings",
    metadata,
    primary(),
    of_clinic(),
    Column("key", String(64), nullable=False),  # auto.closed
    Column("language", String(16), nullable=False),
    Column("text", Text, nullable=False),
    link("written_by", "staff.id", optional=True),  # None: an apply file
    moment("written_at"),
    # Reviewed when all three are there; new words have none of them.
    Column("reviewed_by", String(200), nullable=True),
    Column("qualification", String(200), nullable=True),
    Column("reviewed_on", Date, nullable=True),
    UniqueConstraint("clinic_id", "key", "language"),
)
