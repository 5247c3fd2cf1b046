"""Opens what a command works on: the settings and the database, or one clear line per fault."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.terminal import Refused, complain
from store import schema
from store.copying import CannotCopy
from store.db import Database
from store.outcomes import StoreUnavailable
from store.schema import SchemaState, WrongSchema
from store.settings import Settings, WrongSettings


def settings() -> Settings:
    """Read the environment.

    Raises:
        Refused: with one line for each variable that is wrong.
    """
    try:
        return Settings.read()
    except WrongSettings as error:
        raise Refused(*error.faults) from None


@contextmanager
def prepared(settings: Settings, told: Callable[[str], None] = complain) -> Iterator[Database]:
    """Open the database for `serve` and `apply`: an empty one is made, an old file brought up.

    Args:
        settings: name the database.
        told: hears where the copy of an old file is.

    Raises:
        Refused: it does not answer, its tables are not for this version, or there is no room for
            the copy of an old file.
    """
    with _opened(settings) as database:
        copy = schema.prepare(database)
        if copy:
            told(f"The database was brought up to date; as it was before, it is in {copy}.")
        yield database


@contextmanager
def current(settings: Settings) -> Iterator[Database]:
    """Open the database for a command that only reads.

    Raises:
        Refused: it does not answer, or its tables are not of this version.
    """
    with _opened(settings) as database:
        match schema.state(database):
            case SchemaState.EMPTY:
                raise Refused("The database is empty. Begin with: kinline apply FILE.toml")
            case SchemaState.OLDER:
                raise Refused(
                    "The database has the tables of an older Kinline. Run: kinline migrate"
                )
            case SchemaState.NEWER:
                raise Refused(
                    "The database has the tables of a newer Kinline. Install that version."
                )
            case SchemaState.CURRENT:
                yield database


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url)
    try:
        yield database
    except (WrongSchema, CannotCopy) as error:
        raise Refused(str(error)) from None
    except StoreUnavailable as error:
        raise Refused(f"KINLINE_DATABASE_URL: the database does not answer ({error}).") from None
    finally:
        database.close()
