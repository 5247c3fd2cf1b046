"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

# A Wednesday, nine in the morning in Chicago: the offices of the tests' clinics are open.
START = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


class MovableClock:
    """Tells the same moment until it is moved; a `store.clock.Clock`."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Let `by` pass and tell the new moment."""
        self.set(self._now + by)
        return self._now

    def set(self, to: datetime) -> None:
        """Jump to `to`, ahead or back (clocks of real machines do both, I-31)."""
        if to.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        self._now = to.astimezone(UTC)
