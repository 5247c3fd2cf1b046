"""Sets pushes to browsers up from the settings, and makes the key that they need."""

from urllib.parse import urlsplit

from app.terminal import say
from bot.channels.push import Push, new_key, public_key
from store import browsers
from store.browsers import Browser, Pushing
from store.db import Database
from store.settings import Settings


def set_up(settings: Settings) -> Pushing | None:
    """Tell how pushes are set up; None where there is no key."""
    key = settings.push_key.get_secret_value() if settings.push_key else ""
    return Pushing(public_key(key), settings.push_hosts) if key else None


def channel(settings: Settings, database: Database) -> Push | None:
    """Make the channel; None where there is no key."""
    pushing = set_up(settings)
    if pushing is None or settings.push_key is None:
        return None

    def find(clinic_id: int, ref: str) -> Browser | None:
        with database.read() as connection:
            return browsers.find(connection, clinic_id, ref)

    def forget(clinic_id: int, ref: str) -> None:
        with database.write() as connection:
            browsers.forget(connection, clinic_id, ref)

    key = settings.push_key.get_secret_value()
    return Push(key, _contact(settings), pushing, find, forget)


def run() -> int:
    """Print a new key as a line for the environment.

    Returns:
        0, always.
    """
    say(f"KINLINE_PUSH_KEY={new_key()}")
    return 0


def _contact(settings: Settings) -> str:
    """Say whom a service may write to about our pushes (RFC 8292): our address, or our site."""
    if settings.mail_from:
        address = settings.mail_from.rpartition("<")[2].rstrip(">")
        return f"mailto:{address}"
    host = urlsplit(settings.public_url or "").hostname or "localhost"
    return f"https://{host}" if "." in host else "mailto:kinline@localhost"
