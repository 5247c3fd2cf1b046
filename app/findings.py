"""What `kinline doctor` reports: one line per check, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FIX = "fix"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `advice` says what to do; it is empty where nothing is to be done."""

    level: Level
    what: str
    advice: str = ""

    def say(self) -> str:
        """Write it as one line."""
        return f"{self.level:<5} {self.what}" + (f" {self.advice}" if self.advice else "")


def fine(what: str) -> Finding:
    """Report that something is as it should be."""
    return Finding(Level.OK, what)


def warn(what: str, advice: str) -> Finding:
    """Report something that works but should be better."""
    return Finding(Level.WARN, what, advice)


def fix(what: str, advice: str) -> Finding:
    """Report something that must be mended before families rely on it."""
    return Finding(Level.FIX, what, advice)
