"""How staff are told of dangers beside the text."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is chosen: staff are told by text, as before."""
    op.add_column("clinics", sa.Column("alert_channels", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Staff are told by text alone."""
    op.drop_column("clinics", "alert_channels")
