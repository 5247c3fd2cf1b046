"""Second readers: another look at a message, after the rules, that may raise."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import create, index, link, moment

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each message has one row for each reader that is to read it, or has."""
    create(
        "second_readings",
        link("clinic_id", "clinics"),
        link("message_id", "messages"),
        sa.Column("reader", sa.String(length=16), nullable=False),
        moment("due_at", optional=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=True),
        sa.Column("hazard", sa.String(length=12), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=True),
        moment("read_at", optional=True),
        sa.UniqueConstraint("message_id", "reader", name="uq_second_readings_message_id_reader"),
    )
    index("ix_second_readings_due", "second_readings", ["due_at", "id"], where="due_at IS NOT NULL")
    index("ix_second_readings_read", "second_readings", ["read_at"])


def downgrade() -> None:
    """What was raised stays raised; what a reader was still to read is left to the rules."""
    op.drop_table("second_readings")
