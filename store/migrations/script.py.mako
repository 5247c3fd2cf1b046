"""${message}."""

import sqlalchemy as sa
from alembic import op

from store.migrations.parts import ID, MOMENT, create, index, link, moment

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """Say what the tables gain."""
    ${upgrades if upgrades else "raise NotImplementedError"}


def downgrade() -> None:
    """Say what is lost on the way back."""
    ${downgrades if downgrades else "raise NotImplementedError"}
