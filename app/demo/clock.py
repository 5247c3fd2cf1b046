"""The time of the trial: a story of one week, and then the present, which a visitor can skip."""

from datetime import datetime, timedelta

from store.clock import Clock


class StoryClock:
    """Stands where the story is; runs as fast as the real clock after its end.

    Args:
        real: tells the present moment.
    """

    def __init__(self, real: Clock) -> None:
        self._real = real
        self._ahead = timedelta(0)
        self._at: datetime | None = None

    def __call__(self) -> datetime:
        """Tell the moment."""
        return self._at or self._real() + self._ahead

    def stand_at(self, moment: datetime) -> None:
        """Stand still there."""
        self._at = moment

    def run(self) -> None:
        """Go on from where it stands, as fast as the real clock."""
        if self._at is not None:
            self._ahead, self._at = self._at - self._real(), None

    def skip(self, time: timedelta) -> None:
        """Jump ahead; what was due in between is due now.

        Raises:
            ValueError: backwards: what has happened cannot happen again.
        """
        if time < timedelta(0):
            raise ValueError("the time of the trial never goes back")
        self._ahead += time
