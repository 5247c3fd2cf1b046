"""When a new sender is asked for a name, and what staff write down of their family (C8)."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from routing.decision import Decision
from routing.events import Newcomer
from routing.hours import Window, window_at
from routing.situation import ClinicView
from routing.types import DEVICE_FLAGS, Problem

LONGEST_NAME = 100
UNREAD_CLOSED_FOR = timedelta(hours=4)  # C3
NAME_WITHIN = timedelta(hours=1)  # how long somebody may take to answer with their name
BIRTH_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")


def may_ask_name(clinic: ClinicView, window: Window, now: datetime) -> bool:
    """Tell whether a name would still come while somebody reads it.

    A name alone is not understood; what is not understood while the office is closed for long is
    urgent where children depend on devices (C3, C8). No question of ours may cause that.
    """
    closes = window.ends
    if closes is None or closes - now > NAME_WITHIN or not clinic.flags_cared_for & DEVICE_FLAGS:
        return True
    opens = window_at(clinic.schedule, closes).ends
    return opens is not None and opens - closes <= UNREAD_CLOSED_FOR


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
