"""Test messages: how often a clinic sends one through itself, and when the last one left."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import ID, moment

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A clinic that wants them gets a hidden companion, in which they stay."""
    op.add_column("clinics", sa.Column("tests_for", ID, nullable=True))
    op.add_column("clinics", sa.Column("probe_minutes", sa.Integer(), nullable=True))
    op.add_column("clinics", moment("probe_due_at", optional=True))
    op.add_column("clinics", moment("probe_sent_at", optional=True))


def downgrade() -> None:
    """Companions stay as clinics of nobody; nothing is sent to them any more."""
    for column in ("probe_sent_at", "probe_due_at", "probe_minutes", "tests_for"):
        op.drop_column("clinics", column)
