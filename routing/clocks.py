"""What to make of an instant that lies ahead: a clock has been set back since it was written."""

from datetime import datetime, timedelta

CLOCKS_DIFFER = timedelta(minutes=1)  # of several machines; more means that one was set back


def is_ahead(at: datetime, now: datetime) -> bool:
    """Tell whether something that has happened is dated in the future (I-31)."""
    return at > now + CLOCKS_DIFFER


def is_within(at: datetime, now: datetime, span: timedelta) -> bool:
    """Tell whether something happened less than `span` ago.

    What is dated ahead was written by a clock that was set back since: nobody knows when it was,
    and it keeps back no words of today.
    """
    return now - at < span and not is_ahead(at, now)
