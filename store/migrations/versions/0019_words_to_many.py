"""Words to many families at once."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import create, index, link, moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said anything to many families yet."""
    create(
        "broadcasts",
        link("clinic_id", "clinics"),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        link("approved_by", "staff"),
        moment("approved_at"),
        moment("stopped_at", optional=True),
        sa.UniqueConstraint("clinic_id", "key", name="uq_broadcasts_clinic_id_key"),
    )
    create(
        "broadcast_recipients",
        link("clinic_id", "clinics"),
        link("broadcast_id", "broadcasts"),
        link("family_id", "families"),
        link("contact_id", "contacts"),
        sa.Column("language", sa.String(length=16), nullable=False),
        moment("due_at", optional=True),
        link("message_id", "messages", optional=True),
        sa.Column("problem", sa.String(length=20), nullable=True),
        sa.UniqueConstraint(
            "broadcast_id",
            "contact_id",
            name="uq_broadcast_recipients_broadcast_id_contact_id",
        ),
    )
    index("ix_broadcast_recipients_due_at", "broadcast_recipients", ["due_at"])


def downgrade() -> None:
    """What was said stays in the threads."""
    op.drop_table("broadcast_recipients")
    op.drop_table("broadcasts")
