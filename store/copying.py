"""Copies the file of a SQLite database: whole, sound or not at all, and for its owner's eyes."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

OWNER_ALONE = 0o600
# What SQLite writes beside a file (https://www.sqlite.org/tempfiles.html), and reads again when it
# opens a file of that name.
BESIDE = ("-wal", "-shm", "-journal")


class CannotCopy(Exception):
    """A copy was refused and nothing was changed; its text is a sentence for a person."""


class Damaged(CannotCopy):
    """The file can be read no more as SQLite wrote it."""


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file as it stands at one moment, also while others write to it.

    The copy appears under its name only when it is whole, sound and on the disk; it replaces an
    older one and is readable by the same people. It is one file, which can also be read from where
    nothing may be written.

    Raises:
        Damaged: the file is not sound.
        CannotCopy: the disk is full, or the file cannot be read or the folder written.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        _copy(source, part)
        part.replace(target)
        _to_disk(target.parent)
    except (OSError, sqlite3.Error, Damaged) as error:
        with suppress(OSError):
            for file in (part, *beside(part)):
                file.unlink(missing_ok=True)
        if isinstance(error, Damaged) or _tells_of_damage(error):
            raise Damaged(
                f"{source} is damaged; it was not copied, and {target} was not changed."
            ) from error
        raise CannotCopy(
            f"{source} could not be copied to {target} ({error}). "
            "Is the disk full, or the folder closed to you? Nothing was changed."
        ) from error


def make_private(file: Path) -> None:
    """Make an empty file for its owner alone, unless it is there; SQLite keeps its rights."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, OWNER_ALONE))
    except FileExistsError:
        return


def beside(file: Path) -> list[Path]:
    """Name what SQLite may have written beside a file."""
    return [file.with_name(file.name + ending) for ending in BESIDE]


def opened_to_read(file: Path) -> sqlite3.Connection:
    """Open a file that nobody writes to, also in a folder in which nothing may be written.

    A log beside it, which a copy by other means has, is read with it.
    """
    with_log = any(one.exists() for one in beside(file))
    how = "ro" if with_log else "ro&immutable=1"
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode={how}", uri=True)


def is_sound(connection: sqlite3.Connection) -> bool:
    """Tell whether SQLite finds everything in its place; takes as long as reading the file."""
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))


def _copy(source: Path, part: Path) -> None:
    for file in (part, *beside(part)):
        file.unlink(missing_ok=True)
    make_private(part)
    with closing(_to_copy(source)) as origin, closing(sqlite3.connect(part)) as copy:
        origin.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        if not is_sound(copy):
            raise Damaged
    shutil.copymode(source, part)
    _to_disk(part)


def _to_copy(source: Path) -> sqlite3.Connection:
    """Open the source: in the ordinary way, in which others may write to it meanwhile."""
    if os.access(source, os.W_OK) and os.access(source.absolute().parent, os.W_OK):
        return sqlite3.connect(source)
    return opened_to_read(source)


def _tells_of_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _to_disk(place: Path) -> None:
    """Wait until a file, or the new name in a folder, is on the disk."""
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
