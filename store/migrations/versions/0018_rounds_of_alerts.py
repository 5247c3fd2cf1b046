"""Rounds of an alert: whoever was reached is told again at their own time, not with every fault."""

from alembic import op

from store.migrations.parts import moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An alert that is open has no round until its next step."""
    op.add_column("alerts", moment("round_at", optional=True))
    op.add_column("alerts", moment("round_ends_at", optional=True))


def downgrade() -> None:
    """Every early step tells everybody again."""
    op.drop_column("alerts", "round_ends_at")
    op.drop_column("alerts", "round_at")
