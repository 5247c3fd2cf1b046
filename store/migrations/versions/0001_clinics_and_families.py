"""Create who there is: clinics, staff, families and their addresses; and the system clinic."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import ID, create, index, link, moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "clinics",
    "audit_events",
    "clinic_numbers",
    "closures",
    "staff",
    "families",
    "on_call",
    "sessions",
    "caregivers",
    "children",
    "contacts",
    "consents",
)


def upgrade() -> None:
    """Create the tables in the order of their references, then the clinic that nobody made."""
    _create_clinics()
    _create_audit_events()
    _create_clinic_numbers()
    _create_closures()
    _create_staff()
    _create_families()
    _create_on_call()
    _create_sessions()
    _create_caregivers()
    _create_children()
    _create_contacts()
    _create_consents()
    _add_system_clinic()


def downgrade() -> None:
    """Drop the tables; everything in them is lost."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_clinics() -> None:
    create(
        "clinics",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("template_policy", sa.String(16), nullable=False),
        sa.Column("emergency_number", sa.String(16), nullable=False),
        sa.Column("on_call_phone", sa.String(20), nullable=False),
        sa.Column("office_phone", sa.String(20), nullable=True),
        sa.Column("automation", sa.String(8), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("twilio_account_sid", sa.String(40), nullable=True),
        sa.Column("twilio_token_env", sa.String(100), nullable=True),
        sa.Column("messaging_service_sid", sa.String(40), nullable=True),
        sa.Column("opt_out", sa.String(8), nullable=False),
        sa.Column("alert_number", sa.String(20), nullable=True),
        sa.Column("is_system", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.UniqueConstraint("key", name="uq_clinics_key"),
    )


def _create_audit_events() -> None:
    create(
        "audit_events",
        link("clinic_id", "clinics"),
        moment("at"),
        sa.Column("actor", sa.String(16), nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(20), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
    )
    index("ix_audit_events_subject", "audit_events", ["clinic_id", "subject", "subject_id"])


def _create_clinic_numbers() -> None:
    create(
        "clinic_numbers",
        link("clinic_id", "clinics"),
        sa.Column("number", sa.String(20), nullable=False),
        sa.UniqueConstraint("number", name="uq_clinic_numbers_number"),
    )
    index("ix_clinic_numbers_clinic", "clinic_numbers", ["clinic_id"])


def _create_closures() -> None:
    create(
        "closures",
        link("clinic_id", "clinics"),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.UniqueConstraint("clinic_id", "date", name="uq_closures_clinic_id_date"),
    )


def _create_staff() -> None:
    create(
        "staff",
        link("clinic_id", "clinics"),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("phone", sa.String(20), nullable=True),
        sa.Column("password_hash", sa.String(200), nullable=True),
        sa.Column("invitation_hash", sa.String(64), nullable=True),
        moment("invited_at", optional=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("email", name="uq_staff_email"),
    )
    index("ix_staff_clinic", "staff", ["clinic_id"])


def _create_families() -> None:
    create(
        "families",
        link("clinic_id", "clinics"),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        link("coordinator_id", "staff", optional=True),
        moment("created_at"),
        sa.UniqueConstraint("clinic_id", "key", name="uq_families_clinic_id_key"),
    )


def _create_on_call() -> None:
    create(
        "on_call",
        link("clinic_id", "clinics"),
        link("staff_id", "staff"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.UniqueConstraint("clinic_id", "position", name="uq_on_call_clinic_id_position"),
    )


def _create_sessions() -> None:
    create(
        "sessions",
        link("clinic_id", "clinics"),
        link("staff_id", "staff"),
        sa.Column("token_hash", sa.String(64), nullable=False),
        moment("created_at"),
        moment("seen_at"),
        moment("ended_at", optional=True),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )


def _create_caregivers() -> None:
    create(
        "caregivers",
        link("clinic_id", "clinics"),
        link("family_id", "families"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("relation", sa.String(50), nullable=False),
        sa.Column("language", sa.String(16), nullable=True),
    )
    index("ix_caregivers_family", "caregivers", ["clinic_id", "family_id"])


def _create_children() -> None:
    create(
        "children",
        link("clinic_id", "clinics"),
        link("family_id", "families"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("birth_month", sa.String(7), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("comfort_phone", sa.String(20), nullable=True),
        moment("comfort_until", optional=True),
    )
    index("ix_children_family", "children", ["clinic_id", "family_id"])


def _create_contacts() -> None:
    create(
        "contacts",
        link("clinic_id", "clinics"),
        link("family_id", "families"),
        link("caregiver_id", "caregivers", optional=True),
        link("staff_id", "staff", optional=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("consent", sa.String(12), nullable=False),
        sa.Column("language", sa.String(16), nullable=True),
        sa.Column("unusable", sa.String(16), nullable=True),
        moment("created_at"),
        sa.UniqueConstraint(
            "clinic_id", "channel", "address", name="uq_contacts_clinic_id_channel_address"
        ),
    )
    index("ix_contacts_family", "contacts", ["clinic_id", "family_id"])


def _create_consents() -> None:
    create(
        "consents",
        link("clinic_id", "clinics"),
        link("contact_id", "contacts"),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("how", sa.String(200), nullable=False),
        moment("at"),
    )
    index("ix_consents_contact", "consents", ["clinic_id", "contact_id"])


def _add_system_clinic() -> None:
    # I-06: what came to a number that no clinic has lands here, where staff can see it.
    clinics = sa.table(
        "clinics",
        *(sa.column(name) for name in ("key", "name", "timezone", "country", "template_policy")),
        *(sa.column(name) for name in ("emergency_number", "on_call_phone", "automation")),
        *(sa.column(name) for name in ("opt_out", "is_system", "revision")),
        *(sa.column(name, sa.JSON()) for name in ("languages", "hours")),
    )
    op.execute(
        clinics.insert().values(
            key="needs-routing",
            name="Needs routing",
            timezone="UTC",
            country="US",
            languages=["en"],
            template_policy="reviewed_only",
            emergency_number="",
            on_call_phone="",
            automation="on",
            hours={},
            opt_out="twilio",
            is_system=True,
            revision=1,
        )
    )
