"""Hours of a date, and closings that begin now."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import create, index, link, moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A date may have hours of its own; a clinic can close from one instant to another."""
    with op.batch_alter_table("closures") as table:
        table.add_column(sa.Column("hours", sa.JSON(), nullable=True))
    create(
        "closings",
        link("clinic_id", "clinics"),
        sa.Column("reason", sa.String(length=200), nullable=False),
        moment("starts_at"),
        moment("ends_at", optional=True),
        link("made_by", "staff", optional=True),
    )
    index("ix_closings_clinic", "closings", ["clinic_id", "ends_at"])


def downgrade() -> None:
    """Closings are lost; a date with hours of its own becomes a closed one."""
    op.drop_table("closings")
    with op.batch_alter_table("closures") as table:
        table.drop_column("hours")
