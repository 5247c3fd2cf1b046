"""The follow-up of an emergency: somebody asks the next day how the child is."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import create, index, link, moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An episode that was an emergency has one follow-up, planned, in the inbox, or ended."""
    create(
        "follow_ups",
        link("clinic_id", "clinics"),
        link("episode_id", "episodes"),
        moment("due_at"),
        moment("came_at", optional=True),
        moment("ended_at", optional=True),
        link("ended_by", "staff", optional=True),
        sa.Column("how", sa.String(length=12), nullable=True),
        sa.UniqueConstraint("episode_id", name="uq_follow_ups_episode_id"),
    )
    index(
        "ix_follow_ups_open",
        "follow_ups",
        ["clinic_id", "episode_id"],
        where="ended_at IS NULL",
    )


def downgrade() -> None:
    """Nobody is reminded any more; what was planned is forgotten."""
    op.execute("DELETE FROM timers WHERE kind = 'follow_up'")
    op.drop_table("follow_ups")
