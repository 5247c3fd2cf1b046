"""Waits for something to come true, and says what was seen instead when it does not."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen | None], within: float = 5.0) -> Seen:
    """Look again and again until what is seen counts as true; give it."""
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s; last seen: {seen!r}")
        time.sleep(0.03)


def never(look: Callable[[], object], during: float) -> None:
    """Look for some time and fail when anything is seen."""
    deadline = time.monotonic() + during
    while time.monotonic() < deadline:
        seen = look()
        assert not seen, f"seen, and must not be: {seen!r}"
        time.sleep(0.05)
