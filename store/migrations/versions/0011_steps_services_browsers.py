"""The clinic's own steps of an alert, services that are told as well, browsers that take pushes."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import create, index, link, moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is set: dangers climb the steps of the product, and nothing else is told."""
    op.add_column("clinics", sa.Column("alert_services", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("clinics", sa.Column("ladder", sa.JSON(none_as_null=True), nullable=True))
    create(
        "browsers",
        link("clinic_id", "clinics"),
        link("staff_id", "staff"),
        sa.Column("ref", sa.String(length=43), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("endpoint_hash", sa.String(length=64), nullable=False),
        sa.Column("p256dh", sa.String(length=100), nullable=False),
        sa.Column("auth", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        moment("added_at"),
        sa.UniqueConstraint("ref", name="uq_browsers_ref"),
        sa.UniqueConstraint("endpoint_hash", name="uq_browsers_endpoint_hash"),
    )
    index("ix_browsers_staff", "browsers", ["clinic_id", "staff_id"])


def downgrade() -> None:
    """Every clinic has the steps of the product again; browsers are forgotten."""
    op.drop_table("browsers")
    op.drop_column("clinics", "ladder")
    op.drop_column("clinics", "alert_services")
