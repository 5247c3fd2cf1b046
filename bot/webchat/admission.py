"""Slows down floods of new conversations; who has written before is never slowed (B-14, I-07)."""

import threading
from collections import Counter
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)
# Far above what families do, far below the 1,000 a minute of B-14. A proxy in front may make all
# visitors look like one.
MOST_OF_ONE_PLACE = 60
MOST_OF_ONE_CLINIC = 120


class Admission:
    """Counts first messages by minute, clinic and place; forgets all of it each minute."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._of_place: Counter[str] = Counter()
        self._of_clinic: Counter[int] = Counter()
        self._guard = threading.Lock()

    def admits(self, clinic_id: int, place: str, now: datetime) -> bool:
        """Count one more conversation, unless there were too many in this minute.

        Args:
            clinic_id: whose chat it is.
            place: the network address that asks.
            now: the present moment.
        """
        with self._guard:
            if self._since is None or not timedelta(0) <= now - self._since < WINDOW:
                self._since = now
                self._of_place.clear()
                self._of_clinic.clear()
            if (
                self._of_place[place] >= MOST_OF_ONE_PLACE
                or self._of_clinic[clinic_id] >= MOST_OF_ONE_CLINIC
            ):
                return False
            self._of_place[place] += 1
            self._of_clinic[clinic_id] += 1
            return True
