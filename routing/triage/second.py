"""Second readers: others who read a message after the rules did, and who may only raise.

The rules answer first, and what they say is acted upon at once. A second reader gives an opinion
later; `heard` adds it to what the rules found, by maximum, so that nothing it says can lower.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from routing.types import Assessment, Hazard, Note, Reason, Urgency

RULE = "second_reader"
LONGEST_WHY = 200


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one second reader thinks of one message.

    `confidence` is from 0 to 1, by the reader's own account; it is shown and decides nothing.
    `hazard` is the kind of danger, where the reader can tell.
    """

    reader: str
    urgency: Urgency
    why: str
    confidence: float
    hazard: Hazard | None = None

    @property
    def sentence(self) -> str:
        """Say it as a reason that staff read."""
        sure = f"{self.confidence:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
        return f"second reader ({self.reader}): {self.why} ({sure} sure)"


class Unread(StrEnum):
    """Why a second reader gave no opinion: the rules stand."""

    TOO_SLOW = "too_slow"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # it answered with an error
    OUTSIDE_SCHEMA = "outside_schema"  # it answered something else than what was asked
    TOO_LARGE = "too_large"
    FAILED = "failed"


class NotRead(Exception):
    """A second reader gave no opinion; `why` is all that may be written down."""

    def __init__(self, why: Unread) -> None:
        super().__init__(why.value)
        self.why = why


class SecondReader(Protocol):
    """Somebody else who reads a message. There are several, so this is a Protocol."""

    @property
    def name(self) -> str:
        """Name it as settings and reasons do."""
        ...

    @property
    def is_outside(self) -> bool:
        """Tell whether the words leave this process: names and numbers are taken out first."""
        ...

    def read(self, note: Note, first: Assessment) -> Opinion:
        """Give an opinion about a message that the rules have read; raises `NotRead`."""
        ...


def raises(first: Assessment, opinion: Opinion) -> bool:
    """Tell whether an opinion goes beyond what the rules have found."""
    return opinion.urgency > first.urgency


def heard(first: Assessment, opinion: Opinion) -> Assessment:
    """Add an opinion to what the rules found; one that does not raise changes nothing (I-08).

    What the rules say about the hazard stays, unless they saw none; their words for the family
    give way to those of the raised level. A danger of no known kind is taken for a medical one,
    so that a nurse is told beside the owner (C18).
    """
    if not raises(first, opinion):
        return first
    hazard = first.hazard or opinion.hazard
    if hazard is None and opinion.urgency >= Urgency.URGENT:
        hazard = Hazard.MEDICAL
    reason = Reason(f"{RULE}.{opinion.reader}", opinion.sentence, "", (), opinion.urgency, hazard)
    return replace(
        first,
        urgency=opinion.urgency,
        hazard=hazard,
        reasons=(reason, *first.reasons),
        reply=None,
    )
