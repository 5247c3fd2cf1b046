"""Over-alerting: whether an alert was right to wake somebody, and what is usual for a child."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import ID, create, index, link, moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing has been judged, and nothing is usual yet."""
    op.add_column("alerts", sa.Column("was_right", sa.Boolean(), nullable=True))
    op.add_column("alerts", sa.Column("judged_by", ID, nullable=True))
    create(
        "baselines",
        link("clinic_id", "clinics"),
        link("child_id", "children"),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("says", sa.String(length=200), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=True),
        moment("ends_at"),
        link("set_by", "staff"),
        sa.UniqueConstraint("child_id", "rule", name="uq_baselines_child_id_rule"),
    )
    index("ix_baselines_clinic", "baselines", ["clinic_id", "child_id"])


def downgrade() -> None:
    """What was usual for a child is an alarm again."""
    op.drop_table("baselines")
    op.drop_column("alerts", "judged_by")
    op.drop_column("alerts", "was_right")
