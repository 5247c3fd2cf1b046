"""Remembers provider accounts for some seconds: they are asked for with each request."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from store.clock import Clock
from store.outcomes import StoreUnavailable
from store.settings import TwilioAccount

REMEMBERED_FOR = timedelta(seconds=10)
MOST_REMEMBERED = 256  # strangers may name any account they like


class Accounts:
    """Finds an account by its SID; those of the environment need no database at all.

    Args:
        own: the installation's accounts.
        look_up: finds a clinic's own account; may read the database.
        clock: the present moment.
    """

    def __init__(
        self,
        own: Mapping[str, TwilioAccount],
        look_up: Callable[[str], TwilioAccount | None],
        clock: Clock,
    ) -> None:
        self._own = own
        self._look_up = look_up
        self._clock = clock
        self._known: dict[str, tuple[datetime, TwilioAccount | None]] = {}
        self._guard = threading.Lock()

    def find(self, sid: str) -> TwilioAccount | None:
        """Find an account, or None for one that nobody configured (fail closed, A-03).

        Raises:
            StoreUnavailable: nobody can tell now, and it was never known.
        """
        if sid in self._own:
            return self._own[sid]
        now = self._clock()
        with self._guard:
            at, account = self._known.get(sid, (None, None))
        if at is not None and timedelta(0) <= now - at < REMEMBERED_FOR:
            return account
        try:
            account = self._look_up(sid)
        except StoreUnavailable:
            if account is None:
                raise
            return account
        with self._guard:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[sid] = (now, account)
        return account
