"""Copies a SQLite database to a file and back; for PostgreSQL its own tools are better."""

import importlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from store.copying import CannotCopy, beside, copy_sqlite, is_sound, opened_to_read

# Where SQLite locks a file: two pages of locks at the first gigabyte, in all its journal modes
# (https://www.sqlite.org/lockingv3.html, PENDING_BYTE to the end of the shared range).
LOCKED_FROM, LOCKED_BYTES = 0x40000000, 512


def sqlite_file(url: str) -> Path | None:
    """Name the file of a database; None for one on a server."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database)


def back_up(database: Path, target: Path, *, force: bool) -> None:
    """Copy the database as it stands at one moment, also while Kinline is running.

    Raises:
        Damaged: the database is not sound; an earlier copy, if there is one, is left alone.
        CannotCopy: there is nothing to copy, no room, or something is in the way and `force` is
            not set.
    """
    if not database.is_file():
        raise CannotCopy(f"{database}: there is no database yet.")
    if target.exists() and (target.is_dir() or target.samefile(database)):
        raise CannotCopy(f"{target}: give the name of a file for the copy.")
    if target.exists() and not force:
        raise CannotCopy(f"{target} is there already. Give another name, or --force to replace it.")
    if not target.absolute().parent.is_dir():
        raise CannotCopy(f"{target.parent}: there is no such folder.")
    copy_sqlite(database, target)


def restore(source: Path, database: Path, *, force: bool) -> Path | None:
    """Put a copy in the place of the database; Kinline must not be running.

    What was there, sound or damaged, is kept under another name, with the log that belongs to it.

    Returns:
        Where that is; None when nothing was there.

    Raises:
        CannotCopy: it is no sound copy, the database is in use, or there and `force` is not set.
    """
    _must_be_kinlines(source)
    if database.exists():
        if source.samefile(database):
            raise CannotCopy(f"{source} is the database itself.")
        if not force:
            raise CannotCopy(f"{database} is there already. Use --force to replace it by {source}.")
        _must_be_idle(database)
    fresh = database.with_name(f"{database.name}.restored")
    copy_sqlite(source, fresh)
    kept = _put_aside(database)
    fresh.replace(database)
    return kept


def _put_aside(database: Path) -> Path | None:
    """Rename a database and its log: left here, SQLite would play the log over the new file."""
    aside = database.with_name(f"{database.name}.replaced")
    for file in beside(aside):
        file.unlink(missing_ok=True)
    there = database.exists()
    for file, target in zip((database, *beside(database)), (aside, *beside(aside)), strict=True):
        if file.exists():
            file.replace(target)
    return aside if there else None


def _must_be_kinlines(file: Path) -> None:
    if not file.is_file():
        raise CannotCopy(f"{file}: there is no such file.")
    try:
        with closing(opened_to_read(file)) as copy:
            sound = is_sound(copy)
            copy.execute("SELECT version_num FROM alembic_version")
            copy.execute("SELECT id FROM clinics LIMIT 1")
    except sqlite3.Error:
        raise CannotCopy(f"{file} is not a copy of a Kinline database.") from None
    if not sound:
        raise CannotCopy(f"{file} is damaged. Use an earlier copy.")


def _must_be_idle(file: Path) -> None:
    """Take the log into the file, which SQLite allows only where nobody else has it open.

    Of a file that it cannot read SQLite does not tell; there its locks do.
    """
    try:
        with closing(sqlite3.connect(file, timeout=1)) as database:
            if database.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",):
                return
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and (
            not _is_locked(file)
        ):
            return
    raise CannotCopy(f"{file} is in use. Stop kinline serve first.")


def _is_locked(file: Path) -> bool:
    """Tell whether another process holds a lock of SQLite on the file."""
    try:
        fcntl = importlib.import_module("fcntl")
    except ImportError:  # Windows, which by itself replaces no file that is open
        return False
    opened = os.open(file, os.O_RDWR)
    try:
        fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCKED_BYTES, LOCKED_FROM)
    except OSError:
        return True
    finally:
        os.close(opened)
    return False
