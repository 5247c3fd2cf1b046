"""Create what happens: threads, episodes, messages, alerts, promises and deliveries."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import create, index, link, moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "provider_reports",
    "threads",
    "episodes",
    "alerts",
    "messages",
    "promises",
    "timers",
    "assessments",
    "attachments",
    "decisions",
    "deliveries",
    "attachment_contents",
    "attempts",
)


def upgrade() -> None:
    """Create the tables in the order of their references."""
    _create_provider_reports()
    _create_threads()
    _create_episodes()
    _create_alerts()
    _create_messages()
    _create_promises()
    _create_timers()
    _create_assessments()
    _create_attachments()
    _create_decisions()
    _create_deliveries()
    _create_attachment_contents()
    _create_attempts()


def downgrade() -> None:
    """Drop the tables; everything that was said is lost."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_provider_reports() -> None:
    create(
        "provider_reports",
        sa.Column("provider", sa.String(16), nullable=False),
        sa.Column("provider_account", sa.String(40), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("error", sa.Integer(), nullable=True),
        moment("at"),
        sa.UniqueConstraint(
            "provider",
            "provider_account",
            "provider_id",
            "status",
            name=op.f("uq_provider_reports_provider_provider_account_provider_id_status"),
        ),
    )


def _create_threads() -> None:
    create(
        "threads",
        link("clinic_id", "clinics"),
        link("family_id", "families"),
        link("contact_id", "contacts"),
        sa.Column("our_address", sa.String(200), nullable=False),
        moment("staff_wrote_at", optional=True),
        moment("safety_at", optional=True),
        sa.UniqueConstraint("contact_id", name="uq_threads_contact_id"),
    )
    index("ix_threads_family", "threads", ["clinic_id", "family_id"])


def _create_episodes() -> None:
    create(
        "episodes",
        link("clinic_id", "clinics"),
        link("family_id", "families"),
        link("thread_id", "threads"),
        link("previous_id", "episodes", optional=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(12), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("needs_eyes", sa.Boolean(), nullable=False),
        link("owner_id", "staff", optional=True),
        moment("opened_at"),
        moment("waiting_since"),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        moment("reply_due", optional=True),
        moment("acknowledged_at", optional=True),
        link("acknowledged_by", "staff", optional=True),
        moment("looked_at", optional=True),
        moment("resolved_at", optional=True),
        link("resolved_by", "staff", optional=True),
        sa.Column("outcome", sa.String(400), nullable=True),
        sa.Column("inbox_rank", sa.Integer(), nullable=False),
    )
    index("ix_episodes_family", "episodes", ["clinic_id", "family_id"])
    index(
        "ix_episodes_inbox",
        "episodes",
        [
            "clinic_id",
            "inbox_rank",
            sa.text("(reply_due IS NULL)"),
            "reply_due",
            "waiting_since",
            "id",
        ],
        where="state <> 'resolved'",
    )
    index(
        "uq_episodes_one_open", "episodes", ["thread_id"], unique=True, where="state <> 'resolved'"
    )


def _create_alerts() -> None:
    create(
        "alerts",
        link("clinic_id", "clinics"),
        link("episode_id", "episodes"),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(43), nullable=False),
        sa.Column("no_answer", sa.String(40), nullable=True),
        moment("opened_at"),
        moment("next_step_at", optional=True),
        moment("acknowledged_at", optional=True),
        link("acknowledged_by", "staff", optional=True),
        moment("closed_at", optional=True),
        sa.CheckConstraint(
            "state <> 'open' OR next_step_at IS NOT NULL", name=op.f("ck_alerts_never_stops")
        ),
        sa.UniqueConstraint("ref", name="uq_alerts_ref"),
    )
    index("ix_alerts_due", "alerts", ["next_step_at"], where="state = 'open'")
    index("uq_alerts_one", "alerts", ["episode_id"], unique=True, where="state <> 'closed'")


def _create_messages() -> None:
    create(
        "messages",
        link("clinic_id", "clinics"),
        link("thread_id", "threads"),
        link("episode_id", "episodes"),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("provider", sa.String(16), nullable=True),
        sa.Column("provider_account", sa.String(40), nullable=True),
        sa.Column("provider_id", sa.String(64), nullable=True),
        sa.Column("language", sa.String(16), nullable=True),
        link("answers_id", "messages", optional=True),
        sa.Column("template", sa.String(64), nullable=True),
        sa.Column("template_version", sa.String(64), nullable=True),
        link("author_id", "staff", optional=True),
        sa.Column("action_key", sa.String(64), nullable=True),
        moment("at"),
        sa.UniqueConstraint("clinic_id", "action_key", name="uq_messages_clinic_id_action_key"),
        sa.UniqueConstraint(
            "provider",
            "provider_account",
            "provider_id",
            name="uq_messages_provider_provider_account_provider_id",
        ),
    )
    index("ix_messages_answers", "messages", ["answers_id"])
    index("ix_messages_episode", "messages", ["clinic_id", "episode_id", "id"])
    index("ix_messages_provider_id", "messages", ["provider_id"])
    index("ix_messages_thread", "messages", ["clinic_id", "thread_id", "id"])


def _create_promises() -> None:
    create(
        "promises",
        link("clinic_id", "clinics"),
        link("episode_id", "episodes"),
        moment("told_at"),
        moment("due_at"),
        sa.Column("state", sa.String(10), nullable=False),
        moment("settled_at", optional=True),
    )
    index("ix_promises_episode", "promises", ["clinic_id", "episode_id"])


def _create_timers() -> None:
    create(
        "timers",
        link("clinic_id", "clinics"),
        link("episode_id", "episodes"),
        sa.Column("kind", sa.String(16), nullable=False),
        moment("due_at"),
        sa.UniqueConstraint("episode_id", "kind", name="uq_timers_episode_id_kind"),
    )
    index("ix_timers_due", "timers", ["due_at"])


def _create_assessments() -> None:
    create(
        "assessments",
        link("clinic_id", "clinics"),
        link("message_id", "messages"),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("hazard", sa.String(12), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(16), nullable=True),
        sa.Column("understood", sa.Boolean(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("set_aside", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.UniqueConstraint("message_id", name="uq_assessments_message_id"),
    )


def _create_attachments() -> None:
    create(
        "attachments",
        link("clinic_id", "clinics"),
        link("message_id", "messages"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("why", sa.String(100), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        moment("due_at", optional=True),
        sa.UniqueConstraint("message_id", "position", name="uq_attachments_message_id_position"),
    )
    index("ix_attachments_due", "attachments", ["due_at"], where="state = 'recorded'")


def _create_decisions() -> None:
    create(
        "decisions",
        link("clinic_id", "clinics"),
        link("episode_id", "episodes"),
        link("message_id", "messages", optional=True),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        moment("at"),
    )
    index("ix_decisions_episode", "decisions", ["clinic_id", "episode_id"])


def _create_deliveries() -> None:
    create(
        "deliveries",
        link("clinic_id", "clinics"),
        link("message_id", "messages", optional=True),
        link("staff_id", "staff", optional=True),
        link("episode_id", "episodes", optional=True),
        link("contact_id", "contacts", optional=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("to_address", sa.String(200), nullable=False),
        sa.Column("from_address", sa.String(200), nullable=False),
        sa.Column("notification", sa.Text(), nullable=True),
        sa.Column("purpose", sa.String(64), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("delivery_class", sa.String(16), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("ref", sa.String(43), nullable=False),
        sa.Column("key", sa.String(160), nullable=True),
        moment("created_at"),
        moment("due_at", optional=True),
        moment("expires_at"),
        moment("lease_until", optional=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        moment("first_tried_at", optional=True),
        sa.Column("provider_id", sa.String(64), nullable=True),
        sa.Column("error", sa.Integer(), nullable=True),
        sa.Column("needs_call", sa.String(40), nullable=True),
        sa.UniqueConstraint("clinic_id", "key", name="uq_deliveries_clinic_id_key"),
        sa.UniqueConstraint("ref", name="uq_deliveries_ref"),
    )
    index("ix_deliveries_contact", "deliveries", ["contact_id", "created_at"])
    index("ix_deliveries_due", "deliveries", ["lane", "due_at", "id"], where="due_at IS NOT NULL")
    index("ix_deliveries_episode", "deliveries", ["clinic_id", "episode_id"])
    index("ix_deliveries_message", "deliveries", ["message_id"])
    index("ix_deliveries_provider_id", "deliveries", ["provider_id"])


def _create_attachment_contents() -> None:
    create(
        "attachment_contents",
        link("clinic_id", "clinics"),
        link("attachment_id", "attachments"),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("attachment_id", name="uq_attachment_contents_attachment_id"),
    )


def _create_attempts() -> None:
    create(
        "attempts",
        link("clinic_id", "clinics"),
        link("delivery_id", "deliveries"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=True),
        sa.Column("error", sa.Integer(), nullable=True),
        moment("at"),
    )
    index("ix_attempts_delivery", "attempts", ["clinic_id", "delivery_id"])
