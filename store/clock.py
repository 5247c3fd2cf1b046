"""The only reader of the clock; everywhere else the time is a parameter."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""A source of the present moment, aware and in UTC."""


def system_clock() -> datetime:
    """Tell the present moment."""
    return datetime.now(UTC)  # noqa: TID251  the one allowed place
