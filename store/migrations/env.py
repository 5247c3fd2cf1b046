"""Alembic's way in: on the connection of `store.schema`, or on its own for the command line."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from store.db import Database
from store.settings import Settings
from store.tables import metadata
from store.tables.column import Moment


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,  # SQLite cannot alter a table; a batch rebuilds it
        render_item=_written,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_alone() -> None:
    database = Database(Settings.read().database_url, connections=1)
    try:
        with database.write() as connection:
            _run(connection)
    finally:
        database.close()


def _written(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    return "MOMENT" if kind == "type" and isinstance(item, Moment) else False


given = context.config.attributes.get("connection")
if given is None:
    _run_alone()
else:
    _run(given)
