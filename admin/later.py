"""The times that something can be put off to: a few that fit, or one that a person chose."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHOICES = ("hour", "afternoon", "tomorrow", "monday")
AFTERNOON, MORNING = time(14), time(8, 30)


def moment(chosen: str, now: datetime, timezone: str) -> datetime | None:
    """Turn a choice, or `2026-11-25T14:00` by the clinic's clock, into a moment; None for neither.

    "This afternoon" is tomorrow's once it has passed; "Monday" is never today.
    """
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    match chosen:
        case "hour":
            return now + timedelta(hours=1)
        case "afternoon":
            today = datetime.combine(local.date(), AFTERNOON, zone)
            return (today if today > local else today + timedelta(days=1)).astimezone(UTC)
        case "tomorrow":
            day = local.date() + timedelta(days=1)
        case "monday":
            day = local.date() + timedelta(days=7 - local.weekday())
        case _:
            try:
                return datetime.fromisoformat(chosen).replace(tzinfo=zone).astimezone(UTC)
            except (ValueError, OverflowError):  # the year 9999 has no tomorrow
                return None
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
