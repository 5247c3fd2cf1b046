"""Copies a SQLite database to a file and back; for PostgreSQL its own tools are better."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from store.copying import CannotCopy, copy_sqlite


def sqlite_file(url: str) -> Path | None:
    """Name the file of a database; None for one on a server or in memory."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database)


def back_up(database: Path, target: Path, *, force: bool) -> None:
    """Copy the database as it stands at one moment, also while Kinline is running.

    Raises:
        CannotCopy: there is nothing to copy, no room, or something is in the way and `force` is
            not set.
    """
    if not database.is_file():
        raise CannotCopy(f"{database}: there is no database yet.")
    if target.exists() and not force:
        raise CannotCopy(f"{target} is there already. Give another name, or --force to replace it.")
    if not target.absolute().parent.is_dir():
        raise CannotCopy(f"{target.parent}: there is no such folder.")
    copy_sqlite(database, target)


def restore(source: Path, database: Path, *, force: bool) -> None:
    """Put a copy in the place of the database; Kinline must not be running.

    Raises:
        CannotCopy: it is no sound copy, the database is in use, or there and `force` is not set.
    """
    _must_be_kinlines(source)
    if database.exists():
        if not force:
            raise CannotCopy(f"{database} is there already. Use --force to replace it by {source}.")
        _must_be_idle(database)
    copy_sqlite(source, database)


def _must_be_kinlines(file: Path) -> None:
    if not file.is_file():
        raise CannotCopy(f"{file}: there is no such file.")
    try:
        address = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            copy.execute("SELECT version_num FROM alembic_version")
            copy.execute("SELECT id FROM clinics LIMIT 1")
    except sqlite3.Error:
        raise CannotCopy(f"{file} is not a copy of a Kinline database.") from None
    if not sound:
        raise CannotCopy(f"{file} is damaged. Use an earlier copy.")


def _must_be_idle(file: Path) -> None:
    """Take the log away, which SQLite allows only where nobody else has the file open."""
    try:
        with closing(sqlite3.connect(file, timeout=1)) as database:
            mode = database.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.Error:
        mode = None
    if mode != ("delete",):
        raise CannotCopy(f"{file} is in use. Stop kinline serve first.")
