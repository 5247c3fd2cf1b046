"""The few kinds of columns that migrations write; what an old step meant by them never changes."""

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

# Only INTEGER counts up by itself on SQLite; its DATETIME has no zone and holds UTC.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.DateTime(), "sqlite")


def create(table: str, *parts: sa.Column[object] | sa.Constraint) -> None:
    """Create a table that begins with an id; keys to other tables are named after their column."""
    for part in parts:
        if isinstance(part, sa.Column):
            for key in part.foreign_keys:
                key.name = f"fk_{table}_{part.name}"
    op.create_table(
        table,
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def changing(table: str) -> AbstractContextManager[BatchOperations]:
    """Change a table; SQLite copies it where it must, without looking at the tables it names."""
    return op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False})


def link(column: str, target: str, *, optional: bool = False) -> sa.Column[object]:
    """Make a column that points to a row of the table `target`."""
    return sa.Column(column, ID, sa.ForeignKey(f"{target}.id"), nullable=optional)


def moment(column: str, *, optional: bool = False) -> sa.Column[object]:
    """Make a column that holds an instant."""
    return sa.Column(column, MOMENT, nullable=optional)


def index(
    name: str,
    table: str,
    columns: list[str | sa.TextClause],
    *,
    unique: bool = False,
    where: str | None = None,
) -> None:
    """Create an index, over the rows that meet `where` alone if it is given."""
    condition = sa.text(where) if where else None
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )
