"""Checks what staff write down of a family that nobody knew yet (C8)."""

import re
from dataclasses import replace

from routing.decision import Decision
from routing.events import Newcomer
from routing.types import Problem

LONGEST_NAME = 100
BIRTH_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")


def tidied(newcomer: Newcomer) -> Newcomer:
    """Take off what surrounds the names; the writer's name stands in for the family's."""
    caregiver = newcomer.caregiver.strip()
    return replace(
        newcomer,
        family=newcomer.family.strip() or caregiver,
        caregiver=caregiver,
        child=newcomer.child.strip(),
        birth_month=newcomer.birth_month.strip(),
    )


def checked(newcomer: Newcomer) -> Decision | None:
    """Refuse what cannot be written down; None when it can."""
    if not newcomer.caregiver:
        return Decision(problem=Problem.NEEDS_NAME)
    names = (newcomer.family, newcomer.caregiver, newcomer.child)
    if any(len(name) > LONGEST_NAME for name in names):
        return Decision(problem=Problem.TOO_LONG)
    if newcomer.birth_month and not BIRTH_MONTH.fullmatch(newcomer.birth_month):
        return Decision(problem=Problem.NEEDS_BIRTH_MONTH)
    if (newcomer.birth_month or newcomer.flags) and not newcomer.child:
        return Decision(problem=Problem.NEEDS_CHILD)
    return None
