"""Copies the file of a SQLite database: whole or not at all, and for its owner's eyes."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

OWNER_ALONE = 0o600


class CannotCopy(Exception):
    """A copy was refused and nothing was changed; its text is a sentence for a person."""


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file as it stands at one moment, also while others write to it.

    The copy appears under its name only when it is whole and on the disk; it replaces an older
    one and is readable by the same people.

    Raises:
        CannotCopy: the disk is full, or the file cannot be read or the folder written.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        _copy(source, part)
        part.replace(target)
        _to_disk(target.parent)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
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


def _copy(source: Path, part: Path) -> None:
    part.unlink(missing_ok=True)
    make_private(part)
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(part)) as copy:
        origin.backup(copy)
    shutil.copymode(source, part)
    _to_disk(part)


def _to_disk(place: Path) -> None:
    """Wait until a file, or the new name in a folder, is on the disk."""
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
