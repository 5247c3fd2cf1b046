"""Quiet hours: what people write waits for the morning, unless it answers or cannot wait (C20)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING, MORNING = time(21), time(8)
"""The hours in which families sleep, by the clinic's clock (C20)."""
ANSWERS_FOR = timedelta(hours=12)
"""How long words of a family may be answered at any hour (C20)."""


def is_quiet(timezone: str, now: datetime) -> bool:
    """Tell whether families sleep at this moment, in the clinic's zone."""
    clock = now.astimezone(ZoneInfo(timezone)).time()
    return clock >= EVENING or clock < MORNING


def morning_after(timezone: str, now: datetime) -> datetime:
    """Give the end of the quiet hours that `now` lies in, or of the next ones, in UTC."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)


def waits(timezone: str, wrote_at: datetime | None, now: datetime) -> timedelta:
    """Tell how long words to a family wait; nothing by day, or within 12 hours of their own."""
    is_answer = wrote_at is not None and now - wrote_at <= ANSWERS_FOR
    if is_answer or not is_quiet(timezone, now):
        return timedelta(0)
    return morning_after(timezone, now) - now
