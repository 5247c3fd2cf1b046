"""What was said: threads, the episodes in them, messages, and how they were judged."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.tables.column import Id, link, metadata, moment, of_clinic, primary

threads = Table(
    "threads",
    metadata,
    primary(),
    of_clinic(),
    link("family_id", "families.id"),
    link("contact_id", "contacts.id"),
    # The clinic's number that the family wrote to last; answers leave from it.
    Column("our_address", String(200), nullable=False),
    moment("staff_wrote_at", optional=True),
    moment("safety_at", optional=True),
    UniqueConstraint("contact_id"),
    Index("ix_threads_family", "clinic_id", "family_id"),
)

episodes = Table(
    "episodes",
    metadata,
    primary(),
    of_clinic(),
    link("family_id", "families.id"),
    link("thread_id", "threads.id"),
    link("previous_id", "episodes.id", optional=True),
    Column("state", String(10), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("hazard", String(12), nullable=True),
    Column("topics", JSON, nullable=False),
    Column("needs_eyes", Boolean, nullable=False),
    link("owner_id", "staff.id", optional=True),
    # C7: whose it was before it went to the team. No foreign key: SQLite would copy the table.
    Column("meant_for", Id, nullable=True),
    moment("opened_at"),
    moment("waiting_since"),
    Column("is_waiting", Boolean, nullable=False),  # the family waits for us
    moment("reply_due", optional=True),
    moment("acknowledged_at", optional=True),
    link("acknowledged_by", "staff.id", optional=True),
    moment("looked_at", optional=True),  # a person has opened it since the last message (C3)
    moment("resolved_at", optional=True),
    link("resolved_by", "staff.id", optional=True),
    Column("outcome", String(400), nullable=True),
    Column("waits_for", String(100), nullable=True),  # while put off; without it, it sleeps
    moment("put_off_until", optional=True),
    # 0 for an unacknowledged emergency, then 1 emergency … 4 routine: the first key of the inbox.
    Column("inbox_rank", Integer, nullable=False),
    Index("uq_episodes_one_open", "thread_id", unique=True,
          sqlite_where=text("state <> 'resolved'"), postgresql_where=text("state <> 'resolved'")),
    Index("ix_episodes_inbox", "clinic_id", "inbox_rank", text("(reply_due IS NULL)"), "reply_due",
          "waiting_since", "id",
          sqlite_where=text("state <> 'resolved'"), postgresql_where=text("state <> 'resolved'")),
    Index("ix_episodes_family", "clinic_id", "family_id"),
)  # fmt: skip

messages = Table(
    "messages",
    metadata,
    primary(),
    of_clinic(),
    link("thread_id", "threads.id"),
    link("episode_id", "episodes.id"),
    Column("direction", String(3), nullable=False),  # in, out; own: for staff only
    Column("kind", String(12), nullable=False),  # text, missed_call, note, call …
    Column("text", Text, nullable=False),  # without NUL, which PostgreSQL refuses
    Column("raw", LargeBinary, nullable=True),  # the provider's form, byte for byte (I-05)
    Column("provider", String(16), nullable=True),
    Column("provider_account", String(40), nullable=True),
    Column("provider_id", String(64), nullable=True),
    Column("language", String(16), nullable=True),
    link("answers_id", "messages.id", optional=True),  # the inbound message it answers
    Column("template", String(64), nullable=True),  # ReplyKey of an automatic text
    Column("template_version", String(64), nullable=True),
    link("author_id", "staff.id", optional=True),
    Column("action_key", String(64), nullable=True),  # one act of staff, however often it is sent
    moment("at"),
    # When the provider took what was only found in its records: nobody had told us (I-03).
    moment("written_at", optional=True),
    UniqueConstraint("provider", "provider_account", "provider_id"),
    UniqueConstraint("clinic_id", "action_key"),
    Index("ix_messages_provider_id", "provider_id"),
    Index("ix_messages_answers", "answers_id"),
    Index("ix_messages_episode", "clinic_id", "episode_id", "id"),
    Index("ix_messages_thread", "clinic_id", "thread_id", "id"),
)

attachments = Table(
    "attachments",
    metadata,
    primary(),
    of_clinic(),
    link("message_id", "messages.id"),
    Column("position", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("content_type", String(100), nullable=False),
    Column("state", String(12), nullable=False),  # recorded, fetched, unavailable
    Column("why", String(100), nullable=True),
    Column("tries", Integer, nullable=False),
    moment("due_at", optional=True),
    UniqueConstraint("message_id", "position"),
    Index("ix_attachments_due", "due_at", sqlite_where=text("state = 'recorded'"),
          postgresql_where=text("state = 'recorded'")),
)  # fmt: skip

attachment_contents = Table(
    "attachment_contents",
    metadata,
    primary(),
    of_clinic(),
    link("attachment_id", "attachments.id"),
    Column("content_type", String(100), nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("attachment_id"),
)

assessments = Table(
    "assessments",
    metadata,
    primary(),
    of_clinic(),
    link("message_id", "messages.id"),
    Column("urgency", Integer, nullable=False),
    Column("hazard", String(12), nullable=True),
    Column("topics", JSON, nullable=False),
    Column("language", String(16), nullable=True),
    Column("understood", Boolean, nullable=False),
    Column("marks", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("set_aside", JSON, nullable=False),
    Column("version", String(64), nullable=False),
    UniqueConstraint("message_id"),
)

decisions = Table(
    "decisions",
    metadata,
    primary(),
    of_clinic(),
    link("episode_id", "episodes.id"),
    link("message_id", "messages.id", optional=True),
    Column("event", String(16), nullable=False),  # inbound, staff, timer, receipt
    Column("because", JSON, nullable=False),  # [{"what": …, "why": …}]
    moment("at"),
    Index("ix_decisions_episode", "clinic_id", "episode_id"),
)
