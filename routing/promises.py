"""Reply times that a family is told: computed from urgency and open hours, below `urgent` only."""

from datetime import datetime, timedelta

from routing.hours import Schedule, after_open_time, window_at
from routing.types import Urgency

# FACTS F2: `soon` is a same-day matter, `routine` the next working day. Open hours, not wall time.
OPEN_TIME = {Urgency.SOON: timedelta(hours=4), Urgency.ROUTINE: timedelta(hours=8)}
ROUND_TO = timedelta(minutes=30)


def reply_due(schedule: Schedule, urgency: Urgency, now: datetime) -> datetime | None:
    """Tell by when a person answers; None at `urgent` and above (C2) or where nothing ever opens.

    Rounded up to the half hour, but never past the end of the open window it falls into.
    """
    if urgency not in OPEN_TIME:
        return None
    due = after_open_time(schedule, now, OPEN_TIME[urgency])
    if due is None:
        return None
    window = window_at(schedule, due)
    if not window.is_open:  # the time runs out exactly when the office closes
        return due
    beyond = due.timestamp() % ROUND_TO.total_seconds()
    rounded = due if not beyond else due + ROUND_TO - timedelta(seconds=beyond)
    return min(rounded, window.ends) if window.ends is not None else rounded
