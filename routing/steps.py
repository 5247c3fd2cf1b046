"""The steps of an alert as a clinic sets them, and what no clinic may set.

Defaults of the product: the first person at once, the next after five minutes, everybody on the
list within fifteen; `urgent` after fifteen and sixty minutes (FACTS F2, URAC call-back times).
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from routing.types import StaffChannel

MINUTE = timedelta(minutes=1)
EVERYBODY_BY = timedelta(minutes=15)  # promised for an emergency (docs/alerts.md)
EVERYBODY_BY_URGENT = timedelta(minutes=75)
AGAIN = timedelta(minutes=5)  # above the last step, without end
AGAIN_URGENT = timedelta(minutes=15)
MOST_STEPS = 8


class Group(StrEnum):
    """People who are told together."""

    OWNER = "owner"  # whose family it is, or who covers
    BACKUP = "backup"
    NURSES = "nurses"
    SUPERVISORS = "supervisors"
    FIRST = "first"  # on call at that moment
    SECOND = "second"
    LIST = "list"  # everybody on call
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: who is told beside those of the steps below, how long after the alert opened.

    `channels` ring and write beside the text from this step on; None: those of the clinic.
    """

    groups: tuple[Group, ...]
    after: timedelta
    after_urgent: timedelta
    channels: frozenset[StaffChannel] | None = None

    def at(self, *, emergency: bool) -> timedelta:
        """Tell how long after the alert opened this step comes."""
        return self.after if emergency else self.after_urgent


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps while the office is open (`day`) and while it is closed (`night`)."""

    day: tuple[Rung, ...]
    night: tuple[Rung, ...]


def _rung(after: int, after_urgent: int, *groups: Group) -> Rung:
    return Rung(groups, after * MINUTE, after_urgent * MINUTE)


DEFAULT = Ladder(
    day=(
        _rung(0, 0, Group.OWNER),
        _rung(5, 15, Group.BACKUP, Group.NURSES),
        _rung(10, 60, Group.SUPERVISORS),
        _rung(15, 75, Group.LIST, Group.STAFF),
    ),
    night=(
        _rung(0, 0, Group.FIRST),
        _rung(5, 15, Group.SECOND),
        _rung(10, 60, Group.LIST, Group.NURSES),
    ),
)


def everybody_by(*, emergency: bool) -> timedelta:
    """Tell within what time everybody is told."""
    return EVERYBODY_BY if emergency else EVERYBODY_BY_URGENT


class Flaw(StrEnum):
    """Why a ladder cannot be so: it would end, be empty, or be slower than what is promised."""

    EMPTY = "empty"
    TOO_MANY = "too_many"
    NOBODY = "nobody"
    NOT_AT_ONCE = "not_at_once"
    ORDER = "order"
    LATE = "late"
    NOT_EVERYBODY = "not_everybody"


@dataclass(frozen=True, slots=True)
class Fault:
    """One flaw and its place: `part` is `day` or `night`, `key` that of the step, if of one."""

    part: str
    step: int | None
    key: str
    flaw: Flaw


def faults(ladder: Ladder) -> Iterator[Fault]:
    """Name everything for which a ladder must be refused.

    Whoever it names, the engine never ends above the last step (I-10); what is looked at here is
    that there is one, that it names everybody, and that it comes in the promised time.
    """
    for part, rungs in (("day", ladder.day), ("night", ladder.night)):
        if not rungs:
            yield Fault(part, None, "", Flaw.EMPTY)
        elif len(rungs) > MOST_STEPS:
            yield Fault(part, MOST_STEPS, "", Flaw.TOO_MANY)
        for number, rung in enumerate(rungs):
            if not rung.groups:
                yield Fault(part, number, "who", Flaw.NOBODY)
        yield from _in_time(part, "after", rungs, EVERYBODY_BY, lambda rung: rung.after)
        yield from _in_time(
            part, "after_urgent", rungs, EVERYBODY_BY_URGENT, lambda rung: rung.after_urgent
        )
        named = {group for rung in rungs for group in rung.groups}
        if rungs and not (Group.STAFF in named or {Group.LIST, Group.NURSES} <= named):
            yield Fault(part, len(rungs) - 1, "who", Flaw.NOT_EVERYBODY)


def _in_time(
    part: str, key: str, rungs: tuple[Rung, ...], last: timedelta,
    when: Callable[[Rung], timedelta],
) -> Iterator[Fault]:  # fmt: skip
    if rungs and when(rungs[0]) != timedelta(0):
        yield Fault(part, 0, key, Flaw.NOT_AT_ONCE)
    for number, (before, rung) in enumerate(itertools.pairwise(rungs), start=1):
        if when(rung) > last:
            yield Fault(part, number, key, Flaw.LATE)
        elif when(rung) <= when(before):
            yield Fault(part, number, key, Flaw.ORDER)
