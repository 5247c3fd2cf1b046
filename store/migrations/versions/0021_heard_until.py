"""Up to when the records of a number's provider were read, and what was only found there (I-03)."""

from alembic import op

from store.migrations.parts import moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is read of the time before: an old message must not come as a new one."""
    op.add_column("clinic_numbers", moment("heard_until", optional=True))
    op.add_column("clinic_numbers", moment("heard_due_at", optional=True))
    op.add_column("messages", moment("written_at", optional=True))


def downgrade() -> None:
    """What was found late is a message like any other."""
    op.drop_column("messages", "written_at")
    op.drop_column("clinic_numbers", "heard_due_at")
    op.drop_column("clinic_numbers", "heard_until")
