"""What was put off: on whom it waits, and until when."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An episode can wait on somebody, or sleep, until a time."""
    op.add_column("episodes", sa.Column("waits_for", sa.String(length=100), nullable=True))
    op.add_column("episodes", moment("put_off_until", optional=True))


def downgrade() -> None:
    """What was put off is open again, because nothing would bring it back."""
    op.execute("UPDATE episodes SET state = 'open' WHERE state IN ('waiting', 'snoozed')")
    op.drop_column("episodes", "put_off_until")
    op.drop_column("episodes", "waits_for")
