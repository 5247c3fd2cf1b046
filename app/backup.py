"""`kinline backup` and `kinline restore`: the database of a small clinic as one file."""

from pathlib import Path

from app import opening
from app.terminal import Refused, say
from store.copying import CannotCopy, Damaged
from store.settings import Settings
from store.upkeep import backup


def back_up(file: str, *, force: bool) -> int:
    """Copy the database to a file.

    Raises:
        Refused: with what is in the way.
    """
    database = _file(opening.settings(), f"pg_dump --format=custom --file {file} URL")
    target = Path(file)
    try:
        backup.back_up(database, target, force=force)
    except Damaged as error:
        raise Refused(str(error), "Stop Kinline, then: kinline restore LAST_COPY --force") from None
    except CannotCopy as error:
        raise Refused(str(error)) from None
    size = f"{target.stat().st_size:,} bytes"
    say(f"{target}: {size}. It holds the words of families: keep it locked.")
    return 0


def restore(file: str, *, force: bool) -> int:
    """Put a file in the place of the database.

    Raises:
        Refused: with what is in the way.
    """
    database = _file(
        opening.settings(),
        "pg_restore --clean --if-exists --no-owner --single-transaction --exit-on-error "
        f"--dbname URL {file}",
    )
    try:
        kept = backup.restore(Path(file), database, force=force)
    except CannotCopy as error:
        raise Refused(str(error)) from None
    if kept:
        say(f"What was there is kept in {kept}. Delete it when you do not need it.")
    say(f"{database} is as {file} was. Next: kinline doctor, then kinline serve.")
    return 0


def _file(settings: Settings, instead: str) -> Path:
    file = backup.sqlite_file(settings.database_url)
    if file is None:
        raise Refused(
            f"This is for SQLite files. For PostgreSQL use, with the address as URL: {instead}"
        )
    return file
