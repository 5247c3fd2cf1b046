"""Alerts that go on until an outcome, cover while somebody is away, on-call turns."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import changing, create, index, link, moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = ("state <> 'open' OR next_step_at IS NOT NULL", "state = 'open'")
AFTER = ("state = 'closed' OR next_step_at IS NOT NULL", "state <> 'closed'")


def upgrade() -> None:
    """An acknowledged alert is not finished: whoever took it is asked, then it goes on."""
    op.drop_index("ix_alerts_due", table_name="alerts")
    with changing("alerts") as table:
        table.add_column(sa.Column("word", sa.String(12), nullable=False, server_default=""))
        table.add_column(sa.Column("rung", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("asked", sa.Boolean(), nullable=False, server_default="0"))
        table.drop_constraint("never_stops", type_="check")
    op.execute(
        "UPDATE alerts SET next_step_at = acknowledged_at"
        " WHERE state = 'acknowledged' AND next_step_at IS NULL"
    )
    with changing("alerts") as table:
        table.alter_column("word", server_default=None)
        table.alter_column("rung", server_default=None)
        table.alter_column("asked", server_default=None)
        table.create_check_constraint("never_stops", sa.text(AFTER[0]))
    index("ix_alerts_due", "alerts", ["next_step_at"], where=AFTER[1])
    with changing("staff") as table:
        table.add_column(link("backup_id", "staff", optional=True))
    create(
        "absences",
        link("clinic_id", "clinics"),
        link("staff_id", "staff"),
        moment("starts_at"),
        moment("ends_at"),
        link("cover_id", "staff", optional=True),
        link("made_by", "staff", optional=True),
    )
    index("ix_absences_clinic", "absences", ["clinic_id", "ends_at"])
    _create_turns()


def downgrade() -> None:
    """Turns, absences and backups are lost; alerts that somebody took stand still again."""
    for table_name in ("rotation_overrides", "rotations", "absences"):
        op.drop_table(table_name)
    with changing("staff") as table:
        table.drop_column("backup_id")
    op.drop_index("ix_alerts_due", table_name="alerts")
    with changing("alerts") as table:
        table.drop_constraint("never_stops", type_="check")
        table.drop_column("asked")
        table.drop_column("rung")
        table.drop_column("word")
        table.create_check_constraint("never_stops", sa.text(BEFORE[0]))
    index("ix_alerts_due", "alerts", ["next_step_at"], where=BEFORE[1])


def _create_turns() -> None:
    create(
        "rotations",
        link("clinic_id", "clinics"),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("handover", sa.String(length=5), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.UniqueConstraint("clinic_id", "position", name="uq_rotations_clinic_id_position"),
    )
    create(
        "rotation_overrides",
        link("clinic_id", "clinics"),
        link("rotation_id", "rotations"),
        link("staff_id", "staff", optional=True),
        moment("starts_at"),
        moment("ends_at"),
        link("made_by", "staff", optional=True),
    )
    index("ix_rotation_overrides_rotation", "rotation_overrides", ["clinic_id", "rotation_id"])
