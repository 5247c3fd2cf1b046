"""Families, their children and caregivers, and the addresses they write from."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, UniqueConstraint

from store.tables.column import link, metadata, moment, of_clinic, primary

families = Table(
    "families",
    metadata,
    primary(),
    of_clinic(),
    # None for a household that nobody has claimed yet (C8) and for staff phones (C19).
    Column("key", String(64), nullable=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(10), nullable=False),  # ContactKind
    link("coordinator_id", "staff.id", optional=True),
    moment("created_at"),
    UniqueConstraint("clinic_id", "key"),
)

children = Table(
    "children",
    metadata,
    primary(),
    of_clinic(),
    link("family_id", "families.id"),
    Column("name", String(200), nullable=False),
    Column("birth_month", String(7), nullable=True),  # 2021-03
    Column("flags", JSON, nullable=False),
    Column("status", String(10), nullable=False),  # active, admitted, moved, deceased (C20)
    # C10: clinician-set and dated.
    Column("comfort_phone", String(20), nullable=True),
    moment("comfort_until", optional=True),
    Index("ix_children_family", "clinic_id", "family_id"),
)

# C21: what is usual for a child, so that a rule about it wakes nobody until the date.
baselines = Table(
    "baselines",
    metadata,
    primary(),
    of_clinic(),
    link("child_id", "children.id"),
    Column("rule", String(60), nullable=False),  # routing/baselines.py: NAMED
    Column("says", String(200), nullable=False),  # a clinician's words: "usually 88 to 92"
    Column("lowest", Integer, nullable=True),  # of saturation: still usual, in per cent
    moment("ends_at"),
    link("set_by", "staff.id"),
    UniqueConstraint("child_id", "rule"),
    Index("ix_baselines_clinic", "clinic_id", "child_id"),
)

caregivers = Table(
    "caregivers",
    metadata,
    primary(),
    of_clinic(),
    link("family_id", "families.id"),
    Column("name", String(200), nullable=False),
    Column("relation", String(50), nullable=False),
    Column("language", String(16), nullable=True),
    Index("ix_caregivers_family", "clinic_id", "family_id"),
)

contacts = Table(
    "contacts",
    metadata,
    primary(),
    of_clinic(),
    link("family_id", "families.id"),
    link("caregiver_id", "caregivers.id", optional=True),
    link("staff_id", "staff.id", optional=True),  # C19: a staff phone
    Column("channel", String(16), nullable=False),
    Column("address", String(200), nullable=False),
    Column("consent", String(12), nullable=False),
    Column("language", String(16), nullable=True),
    # The provider's error code that says this address cannot be texted (30005, 30006, 21614, …).
    Column("unusable", String(16), nullable=True),
    moment("created_at"),
    UniqueConstraint("clinic_id", "channel", "address"),
    Index("ix_contacts_family", "clinic_id", "family_id"),
)

consents = Table(
    "consents",
    metadata,
    primary(),
    of_clinic(),
    link("contact_id", "contacts.id"),
    Column("state", String(12), nullable=False),
    Column("how", String(200), nullable=False),
    moment("at"),
    Index("ix_consents_contact", "clinic_id", "contact_id"),
)
