"""Hours of each person, work after them, and whose an episode was before it went to the team."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import ID, create, index, link, moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Somebody without hours of their own has the clinic's."""
    op.add_column("staff", sa.Column("hours", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("episodes", sa.Column("meant_for", ID, nullable=True))
    index("ix_sessions_staff", "sessions", ["clinic_id", "staff_id"])
    create(
        "after_hours",
        link("clinic_id", "clinics"),
        link("staff_id", "staff"),
        link("episode_id", "episodes"),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("on_call", sa.Boolean(), nullable=False),
        moment("at"),
    )
    index("ix_after_hours_clinic", "after_hours", ["clinic_id", "at"])
    # C7: what waits for somebody is looked at once, and then 45 minutes into their hours.
    op.execute(
        "INSERT INTO timers (clinic_id, episode_id, kind, due_at)"
        " SELECT clinic_id, id, 'missing', opened_at FROM episodes"
        " WHERE state = 'open' AND is_waiting AND urgency >= 1 AND owner_id IS NOT NULL"
    )


def downgrade() -> None:
    """Everybody has the clinic's hours again; what was counted is lost."""
    op.execute("DELETE FROM timers WHERE kind = 'missing'")
    op.drop_table("after_hours")
    op.drop_index("ix_sessions_staff", table_name="sessions")
    op.drop_column("episodes", "meant_for")
    op.drop_column("staff", "hours")
