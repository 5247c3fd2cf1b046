"""A clinic's own words for automatic texts."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import create, link, moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Words stand beside who wrote them and who vouches for them."""
    create(
        "wordings",
        link("clinic_id", "clinics"),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        link("written_by", "staff", optional=True),
        moment("written_at"),
        sa.Column("reviewed_by", sa.String(length=200), nullable=True),
        sa.Column("qualification", sa.String(length=200), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.UniqueConstraint(
            "clinic_id", "key", "language", name=op.f("uq_wordings_clinic_id_key_language")
        ),
    )


def downgrade() -> None:
    """A clinic's own words are lost; Kinline's are used again."""
    op.drop_table("wordings")
