"""Counts failed sign-ins, so that a stranger cannot guess for long (A-23)."""

import threading
from collections import deque
from datetime import datetime, timedelta

TRIES = 10
TRIES_WITHIN = timedelta(minutes=5)
REMEMBERED = 10_000


class Tries:
    """Failed sign-ins of one e-mail address from one computer, in a sliding window.

    Counting the two together means that a stranger who guesses cannot lock out a nurse on call.
    """

    def __init__(self) -> None:
        self._failed: dict[tuple[str, str], deque[datetime]] = {}
        self._guard = threading.Lock()

    def are_too_many(self, email: str, computer: str, now: datetime) -> bool:
        """Tell whether this person at this computer must wait."""
        with self._guard:
            failed = self._failed.get(_whose(email, computer), deque())
            # Those of a clock that was set back since keep nobody out either.
            return sum(abs(now - at) < TRIES_WITHIN for at in failed) >= TRIES

    def fail(self, email: str, computer: str, now: datetime) -> None:
        """Remember a failed try; whoever failed longest ago is forgotten when there are many."""
        with self._guard:
            failed = self._failed.pop(_whose(email, computer), deque(maxlen=TRIES))
            failed.append(now)
            self._failed[_whose(email, computer)] = failed
            if len(self._failed) > REMEMBERED:
                del self._failed[next(iter(self._failed))]

    def forget(self, email: str, computer: str) -> None:
        """Begin anew after a good sign-in."""
        with self._guard:
            self._failed.pop(_whose(email, computer), None)


def _whose(email: str, computer: str) -> tuple[str, str]:
    return email.strip().lower()[:200], computer
