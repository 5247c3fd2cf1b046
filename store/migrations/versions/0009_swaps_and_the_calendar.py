"""Swaps of on-call turns, and the address of the calendar of duty."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The halves of a swap know each other; a clinic may have a calendar address."""
    op.add_column("rotation_overrides", sa.Column("swap", sa.String(length=22), nullable=True))
    op.add_column("clinics", sa.Column("feed_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Swaps become two overrides; calendar addresses are lost."""
    op.drop_column("clinics", "feed_hash")
    op.drop_column("rotation_overrides", "swap")
