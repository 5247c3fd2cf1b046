"""Who set a closed day: the clinic's file, or people; and addresses of calendars."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import create, index, link, moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Days that are there count as people's, so that no file takes one of them away."""
    op.add_column("closures", sa.Column("by_file", sa.Boolean(), nullable=True))
    create(
        "calendars",
        link("clinic_id", "clinics"),
        sa.Column("address", sa.String(length=2000), nullable=False),
        link("added_by", "staff"),
        moment("due_at"),
        moment("read_at", optional=True),
        sa.Column("problem", sa.String(length=20), nullable=True),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.UniqueConstraint("clinic_id", "address", name="uq_calendars_clinic_id_address"),
    )
    index("ix_calendars_due_at", "calendars", ["due_at"])


def downgrade() -> None:
    """The days of calendars stay; a file replaces all closed days again."""
    op.drop_table("calendars")
    op.drop_column("closures", "by_file")
