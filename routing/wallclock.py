"""Where a time on the wall lies on the line of instants, also on nights when the clock jumps."""

from bisect import bisect_left
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MIDNIGHT_AFTER = "24:00"
MINUTE = timedelta(minutes=1)


def opening(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the first moment at which the clock on the wall shows `wall` or has jumped over it."""
    return _moment(wall, zone, fold=0) or _jump_over(wall, zone)


def closing(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the end of the last minute before `wall`.

    On the night the clocks go back an hour comes twice: it is open until its second. A closing
    time at the start of that hour (01:00 in Chicago, 00:00 in Havana) comes first, and counts.
    """
    last = _moment(wall - MINUTE, zone, fold=1)
    return last + MINUTE if last else _jump_over(wall - MINUTE, zone)


def _moment(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime | None:
    """Tell when the clock shows `wall`, the first or second time; None if it skips it."""
    at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == wall else None


def _jump_over(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the moment at which the clock jumps over `wall`."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    skipped = range((after - before) // MINUTE)
    jumped = bisect_left(
        skipped, 1, key=lambda m: (before + m * MINUTE).astimezone(zone).utcoffset() != offset
    )
    return before + jumped * MINUTE


def minutes(words: str) -> int:
    """Count the minutes from midnight to `08:30`."""
    hour, minute = words.split(":")
    return int(hour) * 60 + int(minute)


def clock(words: str) -> time:
    """Read `08:30`; `24:00` is midnight."""
    return time(0) if words == MIDNIGHT_AFTER else time.fromisoformat(words)
