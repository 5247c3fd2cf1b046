"""What is usual for a child and wakes nobody: named rules, until a date, never under `soon`."""

import re
from dataclasses import dataclass, replace

from routing.types import Assessment, Hazard, Reason, Urgency

# C21: the usual saturation, and a plan for usual seizures. Not one that goes on now, is long, the
# first, or unlike the others: those are never usual.
SATURATION = frozenset({"breathing.saturation_low", "breathing.saturation_falling"})
NAMED = (
    "breathing.saturation_low",
    "seizure.any",
    "seizure.spoken_of",
    "seizure.rescue_given",
)
LOWEST_SATURATION, HIGHEST_SATURATION = 70, 92  # what a baseline may call usual, in per cent
LONGEST_DAYS = 366
LONGEST_WORDS = 200
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Usual:
    """A rule that a nurse has called usual for one child, in her words; it has not run out.

    `lowest` belongs to saturation alone: the lowest value that is still usual, in per cent.
    """

    rule: str
    says: str
    lowest: int | None = None

    @property
    def is_complete(self) -> bool:
        """Tell whether it may be set: a named rule, words, and for saturation a lowest value."""
        if self.rule not in NAMED or not self.says.strip():
            return False
        if self.rule not in SATURATION:
            return True
        return self.lowest is not None and LOWEST_SATURATION <= self.lowest <= HIGHEST_SATURATION

    def covers(self, reason: Reason) -> bool:
        """Tell whether a reason says only what is usual; a value that is not read never is."""
        if self.rule not in SATURATION:
            return reason.rule == self.rule
        if reason.rule not in SATURATION or self.lowest is None:
            return False
        values = [int(digits) for digits in _NUMBER.findall(reason.text)]
        return bool(values) and min(values) >= self.lowest


def as_usual(assessment: Assessment, usual: tuple[Usual, ...]) -> Assessment:
    """Lower what is usual for this child to `soon`, if nothing else in the message is a danger.

    It is a person who lowers, ahead of time (C21, I-08). Whatever else the message holds counts
    as ever: a rule without a baseline, another kind of danger, words that were not understood.
    """
    complete = tuple(one for one in usual if one.is_complete)
    covered = {
        reason: one
        for one in complete
        for reason in assessment.reasons
        if reason.urgency > Urgency.SOON and one.covers(reason)
    }
    if not covered or assessment.hazard not in {None, Hazard.MEDICAL}:
        return assessment
    if max(r.urgency for r in assessment.reasons) is not assessment.urgency:
        return assessment  # something beside the rules has judged: that is not usual
    rest = tuple(r for r in assessment.reasons if r not in covered)
    if any(r.urgency > Urgency.SOON or r.hazard is not None for r in rest):
        return assessment
    calm = tuple(replace(r, urgency=Urgency.SOON, hazard=None) for r in covered)
    return replace(
        assessment, urgency=Urgency.SOON, hazard=None,
        reasons=(*map(_because, dict.fromkeys(covered.values())), *calm, *rest),
    )  # fmt: skip


def _because(one: Usual) -> Reason:
    why = f"A nurse has called this usual for this child: {one.says} (C21)."
    return Reason(f"usual.{one.rule}", why, "", (), Urgency.SOON)
