"""When a timer was planned: what a clock that was set back since has planned is found (I-31)."""

from alembic import op

from store.migrations.parts import index, moment

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of those that wait already nobody knows."""
    op.add_column("timers", moment("planned_at", optional=True))
    index("ix_timers_planned_at", "timers", ["planned_at"])


def downgrade() -> None:
    """They wait until the clock has caught up."""
    op.drop_index("ix_timers_planned_at", "timers")
    op.drop_column("timers", "planned_at")
