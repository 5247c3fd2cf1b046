"""Clinics and what administrators set: numbers, hours, closures, who is on call."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, String, Table, UniqueConstraint

from store.tables.column import Id, link, metadata, moment, of_clinic, primary

clinics = Table(
    "clinics",
    metadata,
    primary(),
    Column("key", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("country", String(2), nullable=False),
    Column("languages", JSON, nullable=False),
    Column("template_policy", String(16), nullable=False),
    Column("emergency_number", String(16), nullable=False),
    Column("on_call_phone", String(20), nullable=False),
    Column("office_phone", String(20), nullable=True),
    # C18: a line of interpreters that is called into the talk with a family.
    Column("interpreter_phone", String(20), nullable=True),
    Column("automation", String(8), nullable=False),
    # Origins that may show the chat panel; none: any site may.
    Column("chat_sites", JSON(none_as_null=True), nullable=True),
    # {"mon": [["08:30", "12:00"], …]}; an absent day is closed, an end before its start passes
    # midnight.
    Column("hours", JSON, nullable=False),
    Column("twilio_account_sid", String(40), nullable=True),
    Column("twilio_token_env", String(100), nullable=True),
    Column("messaging_service_sid", String(40), nullable=True),
    Column("opt_out", String(8), nullable=False),
    Column("alert_number", String(20), nullable=True),
    # How staff are told of dangers beside the text: "call", "email".
    Column("alert_channels", JSON(none_as_null=True), nullable=True),
    # [{"name": "Slack", "address_env": "MAPLE_SLACK"}, …]: services that are told as well; the
    # address is a secret and stands in the variable.
    Column("alert_services", JSON(none_as_null=True), nullable=True),
    # {"day": [{"who": ["owner"], "after": 0, "after_urgent": 0, "channels": null}, …], "night": …};
    # None: the steps of the product (routing/steps.py).
    Column("ladder", JSON(none_as_null=True), nullable=True),
    # The hash of the secret in the address of the calendar of duty; without one there is none.
    Column("feed_hash", String(64), nullable=True),
    # The one clinic that nobody made: it takes what came to a number that no clinic has.
    Column("is_system", Boolean, nullable=False),
    # Test messages (store/probes.py): every so many minutes one goes through a hidden companion,
    # which says here whom it stands for.
    Column("probe_minutes", Integer, nullable=True),
    moment("probe_due_at", optional=True),
    moment("probe_sent_at", optional=True),
    Column("tests_for", Id, nullable=True),
    # Counts up with every change of what is cached about the clinic.
    Column("revision", Integer, nullable=False),
)

clinic_numbers = Table(
    "clinic_numbers",
    metadata,
    primary(),
    of_clinic(),
    Column("number", String(20), nullable=False, unique=True),
    # Up to when the provider's records were read, and when they are read next (I-03).
    moment("heard_until", optional=True),
    moment("heard_due_at", optional=True),
    Index("ix_clinic_numbers_clinic", "clinic_id"),
)

closures = Table(
    "closures",
    metadata,
    primary(),
    of_clinic(),
    Column("date", Date, nullable=False),
    Column("reason", String(200), nullable=False),
    # [["09:00", "12:00"], …]: hours of this date alone; without them it is closed all day.
    Column("hours", JSON, nullable=True),
    Column("by_file", Boolean, nullable=True),  # the clinic's file takes away what it has set
    UniqueConstraint("clinic_id", "date"),
)

# Calendars on the internet whose whole days are closed (store/calendars.py).
calendars = Table(
    "calendars",
    metadata,
    primary(),
    of_clinic(),
    Column("address", String(2000), nullable=False),  # may hold a secret of its owner
    link("added_by", "staff.id"),
    moment("due_at"),  # when it is read next
    moment("read_at", optional=True),  # when it was last read without a problem
    Column("problem", String(20), nullable=True),  # why it could not be read since
    # Dates it has named: each is closed once, so that a day which people opened stays open.
    Column("seen", JSON, nullable=False),
    UniqueConstraint("clinic_id", "address"),
    Index("ix_calendars_due_at", "due_at"),
)

# "Close now": from one instant to another, or until somebody opens again.
closings = Table(
    "closings",
    metadata,
    primary(),
    of_clinic(),
    Column("reason", String(200), nullable=False),
    moment("starts_at"),
    moment("ends_at", optional=True),
    link("made_by", "staff.id", optional=True),
    Index("ix_closings_clinic", "clinic_id", "ends_at"),
)

on_call = Table(
    "on_call",
    metadata,
    primary(),
    of_clinic(),
    link("staff_id", "staff.id"),
    Column("position", Integer, nullable=False),
    UniqueConstraint("clinic_id", "position"),
)

# On-call turns that go round; the list above follows them.
rotations = Table(
    "rotations",
    metadata,
    primary(),
    of_clinic(),
    Column("name", String(100), nullable=False),
    Column("people", JSON, nullable=False),  # ids of staff, in the order of their turns
    Column("first", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("handover", String(5), nullable=False),  # 08:00, by the clinic's clock
    Column("position", Integer, nullable=False),
    UniqueConstraint("clinic_id", "position"),
)

rotation_overrides = Table(
    "rotation_overrides",
    metadata,
    primary(),
    of_clinic(),
    link("rotation_id", "rotations.id"),
    link("staff_id", "staff.id", optional=True),  # None: nobody, a gap
    moment("starts_at"),
    moment("ends_at"),
    link("made_by", "staff.id", optional=True),
    Column("swap", String(22), nullable=True),  # the same on both halves of a swap
    Index("ix_rotation_overrides_rotation", "clinic_id", "rotation_id"),
)
