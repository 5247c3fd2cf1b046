"""Brings the tables of a database to the form that this version of Kinline works with.

Every change of form is one transaction: it happens wholly or not at all, so a process that is
killed in the middle leaves the old form behind (F-24).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from store.causes import cause
from store.copying import copy_sqlite
from store.db import Database
from store.outcomes import StoreUnavailable
from store.tables import metadata

# One number for every Kinline, so that two of them that start together take turns.
MIGRATION_LOCK = 0x4B494E4C
# Who waits for another migration may wait long; who waits for a table gives up soon, because
# everything that families write queues up behind a waiting ALTER (F-24: no lock over 2 s).
WAIT_FOR_OTHERS = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '120s'"
WAIT_FOR_TABLES = "SET LOCAL lock_timeout = '2s'"
VERSIONS = Path(__file__).parent / "migrations" / "versions"
VERSION_TABLE = "alembic_version"


class SchemaState(StrEnum):
    """How the tables of a database stand to this version of Kinline."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


class WrongSchema(Exception):
    """Kinline cannot work with these tables as they are; its text is a sentence for a person."""


class SchemaOlder(WrongSchema):
    """The tables are of an older version. A retry helps after `kinline migrate`."""

    def __init__(self, revision: str | None) -> None:
        super().__init__(
            f"The database has the tables of an older Kinline (revision {revision}). "
            "Make a backup, then run kinline migrate."
        )


class SchemaNewer(WrongSchema):
    """The tables are of a version that this one does not know. A retry does not help (F-25)."""

    def __init__(self, revision: str | None) -> None:
        super().__init__(
            f"The database has the tables of a newer Kinline (revision {revision}). "
            "Install that version or a later one; nothing was changed."
        )


class SchemaForeign(WrongSchema):
    """The database belongs to another program. A retry does not help."""

    def __init__(self, tables: set[str]) -> None:
        super().__init__(
            f"The database already has tables of another program ({', '.join(sorted(tables))}). "
            "Give Kinline a database of its own in KINLINE_DATABASE_URL; nothing was changed."
        )


def state(database: Database) -> SchemaState:
    """Tell how the tables stand.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    with database.read() as connection:
        return _state_of(_revision(connection))


def revision(database: Database) -> str | None:
    """Name the step that the tables are at; None before the first."""
    with database.read() as connection:
        return _revision(connection)


def prepare(database: Database) -> Path | None:
    """Make the database ready to work with, as `serve` and `apply` do at start (DESIGN 8).

    An empty one gets its tables. An older SQLite file is copied, then brought up to date.

    Returns:
        The copy (`FILE.before-REVISION`) if one was made.

    Raises:
        SchemaOlder: PostgreSQL, where other processes may still work with the older tables.
        SchemaNewer: the tables are of a later version (F-25).
        SchemaForeign: the tables are not Kinline's.
        StoreUnavailable: the database does not answer.
    """
    match state(database):
        case SchemaState.CURRENT:
            return None
        case SchemaState.OLDER if not database.is_sqlite:
            raise SchemaOlder(revision(database))
        case _:
            return upgrade(database)


def upgrade(database: Database) -> Path | None:
    """Bring the tables up to date, from nothing or from any older form.

    Returns:
        The copy that was made of an older SQLite file (`FILE.before-REVISION`), if one was.

    Raises:
        SchemaNewer: the tables are of a later version (F-25).
        SchemaForeign: the tables are not Kinline's.
        StoreUnavailable: the database does not answer, or a table stayed locked; try again.
        CannotCopy: there is no room for the copy that is kept of an older SQLite file.
    """
    with _alone(database) as connection:
        found = _revision(connection)
        match _state_of(found):
            case SchemaState.NEWER:
                raise SchemaNewer(found)
            case SchemaState.EMPTY:
                if taken := set(inspect(connection).get_table_names()) & set(metadata.tables):
                    raise SchemaForeign(taken)
                copy = None
            case SchemaState.OLDER if database.is_sqlite:
                # Made under the write lock: nothing can change between the copy and the upgrade.
                copy = _copy(Path(make_url(database.url).database or ""), f"before-{found}")
            case _:
                copy = None
        _run(connection, "upgrade", "head")
    return copy


def downgrade(database: Database, target: str) -> None:
    """Take the tables back to an earlier step (`base` is before the first); what is new is lost."""
    with _alone(database) as connection:
        _run(connection, "downgrade", target)


def _state_of(found: str | None) -> SchemaState:
    if found is None:
        return SchemaState.EMPTY
    latest, *earlier = _steps()
    if found == latest:
        return SchemaState.CURRENT
    return SchemaState.OLDER if found in earlier else SchemaState.NEWER


@cache  # asked for by every readiness probe, and files of a running process do not change
def _steps() -> tuple[str, ...]:
    """Name the steps, the latest first: a step's file begins with its number and a line."""
    names = (file.name for file in VERSIONS.glob("[0-9]*_*.py"))
    return tuple(sorted((name.partition("_")[0] for name in names), reverse=True))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).first()  # noqa: S608  a constant
    return str(found.version_num) if found else None


def _run(connection: Connection, direction: str, target: str) -> None:
    # Half a second of every start, and of every command, that none of them needs but this.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    config.attributes["connection"] = connection
    {"upgrade": command.upgrade, "downgrade": command.downgrade}[direction](config, target)


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Open a transaction that no other migration runs beside."""
    try:
        with database.engine.connect() as connection:
            alone = _alone_on_sqlite if database.is_sqlite else _alone_on_postgresql
            with alone(connection):
                yield connection
    except OperationalError as error:
        # SQLite's word for a statement that is wrong in itself: a fault of the step, not of the
        # moment.
        if getattr(error.orig, "sqlite_errorname", None) == "SQLITE_ERROR":
            raise
        raise StoreUnavailable(cause(error)) from error


@contextmanager
def _alone_on_sqlite(connection: Connection) -> Iterator[None]:
    # To change a table SQLite builds a new one and drops the old; that must not count as
    # breaking the keys that point to it. The pragma works outside of a transaction only.
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101  tells mypy what the engine gave
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield
            if broken := connection.execute(text("PRAGMA foreign_key_check")).fetchall():
                raise RuntimeError(f"the migration left {len(broken)} rows without their owner")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def _alone_on_postgresql(connection: Connection) -> Iterator[None]:
    with connection.begin():
        connection.exec_driver_sql(WAIT_FOR_OTHERS)
        # Not a session lock: that would survive the transaction and leak through a pool.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.exec_driver_sql(WAIT_FOR_TABLES)
        yield


def _copy(file: Path, ending: str) -> Path | None:
    if not file.is_file():
        return None  # a database in memory
    target = file.with_name(f"{file.name}.{ending}")
    copy_sqlite(file, target)
    return target
