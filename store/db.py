"""Connections and transactions: one way to write, one way to read, on SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, Engine, Row, create_engine, event, make_url, text
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool

from store.causes import cause
from store.copying import make_private
from store.outcomes import StoreUnavailable

AnyRow = Row[*tuple[Any, ...]]

# I-02: FULL syncs the log before a commit returns; NORMAL answers before the data is durable.
PRAGMAS = ("busy_timeout=5000", "synchronous=FULL", "foreign_keys=ON")
WRITER_WAIT_SECONDS = 8.0  # Twilio gives up after 15 (FACTS A2)
POSTGRES_OPTIONS = "-c lock_timeout=2000 -c statement_timeout=10000 -c synchronous_commit=on"


class Database:
    """One database. Writers queue on SQLite (one connection, `BEGIN IMMEDIATE`); readers never do.

    Args:
        url: as in `Settings.database_url`.
        connections: how many at once on PostgreSQL, and how many readers on SQLite.
    """

    def __init__(self, url: str, *, connections: int = 12) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite(url, connections=1, begin="BEGIN IMMEDIATE")
            self._reader = _sqlite(url, connections=connections, begin="BEGIN")
        else:
            self._writer = create_engine(
                url,
                pool_size=connections,
                max_overflow=0,
                pool_timeout=WRITER_WAIT_SECONDS,
                pool_pre_ping=True,
                hide_parameters=True,  # an error may be logged somewhere; its values never
                connect_args={"options": POSTGRES_OPTIONS, "connect_timeout": 5},
            )
            # The same pool; one view for all the queries of a page, as on SQLite.
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @property
    def engine(self) -> Engine:
        """Give the writing engine, for migrations."""
        return self._writer

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open one transaction; commit at the end, roll back on any error.

        Raises:
            StoreUnavailable: the database is down, full, locked or lost; nothing was kept.
        """
        with _translated(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one consistent view; nothing can be written through it."""
        with _translated(), self._reader.begin() as connection:
            yield connection

    def is_reachable(self) -> bool:
        """Tell whether a query is answered now."""
        try:
            with self.read() as connection:
                connection.execute(text("SELECT 1"))
        except StoreUnavailable:
            return False
        return True

    def close(self) -> None:
        """Give all connections back."""
        self._writer.dispose()
        self._reader.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError, NotSupportedError):
        raise  # what was asked for is wrong: a fault of ours, not of the moment
    except (DatabaseError, InterfaceError, PoolTimeoutError) as error:
        raise StoreUnavailable(cause(error)) from error


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on, once per file.

    SQLite never waits for this change (https://sqlite.org/c3ref/busy_handler.html: it may give up
    at once), and of several processes that start together all but one are refused.
    """
    deadline = monotonic() + WRITER_WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(0.02)
        else:
            return


def _sqlite(url: str, *, connections: int, begin: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=WRITER_WAIT_SECONDS,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "do_connect")
    def _make(_dialect: Any, _record: Any, place: Any, _how: Any) -> None:
        if place[0] != ":memory:":
            with suppress(OSError):  # SQLite says it better
                make_private(Path(place[0]))

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions itself
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _log_ahead(connection)
        if begin == "BEGIN":
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
