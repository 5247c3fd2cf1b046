"""The line of interpreters that a clinic has: called into the talk of a nurse with a family."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No clinic has one yet."""
    op.add_column("clinics", sa.Column("interpreter_phone", sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Calls connect two people again."""
    op.drop_column("clinics", "interpreter_phone")
