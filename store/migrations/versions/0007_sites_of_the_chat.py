"""Which sites may show a clinic's chat panel."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Name the sites of each clinic; none named is any, as before."""
    op.add_column("clinics", sa.Column("chat_sites", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Any site may show the panel again."""
    op.drop_column("clinics", "chat_sites")
