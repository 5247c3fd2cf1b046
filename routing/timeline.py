"""The story of an alert, told from what was kept: who was told how, who took it, who ended it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.faults import Cause, Fault, cause_of
from routing.types import DeliveryState, StaffChannel

NOBODY_THERE = frozenset({"no-answer", "busy", "canceled"})  # Twilio's words for how a call ended
TAKES = frozenset({"staffaction.take", "staffaction.reply", "staffaction.called"})
LOWERS_OR_ENDS = frozenset({"staffaction.resolve", "staffaction.set_level"})
RAISES = frozenset({"staffaction.set_level", "timerdue.unopened"})


class Happened(StrEnum):
    """One kind of line."""

    OPENED = "opened"
    TOLD = "told"
    NEXT_STEP = "next_step"  # nobody had taken it
    TAKEN = "taken"
    PASSED_ON = "passed_on"
    ASKED = "asked"  # C1: still with the family?
    OPEN_AGAIN = "open_again"  # I-13: taken, no outcome, no answer
    DANGER = "danger"  # another message of danger
    RAISED = "raised"
    NO_ANSWER = "no_answer"  # C13: words to the family did not arrive
    CLOSED = "closed"


class Became(StrEnum):
    """What became of telling somebody."""

    WAITING = "waiting"
    ON_ITS_WAY = "on_its_way"
    SENT = "sent"
    DELIVERED = "delivered"
    PICKED_UP = "picked_up"  # by a person or a machine; only a key takes it
    NOBODY = "nobody_picked_up"
    FAILED = "failed"
    TOO_LATE = "too_late"
    NOT_CERTAIN = "not_certain"


STILL_OPEN = frozenset({Became.WAITING, Became.ON_ITS_WAY, Became.NOT_CERTAIN})


@dataclass(frozen=True, slots=True)
class Effort:
    """One alert of an episode: from its opening until a person ended it."""

    opened_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was decided, as the record names it, like `staffaction.take`.

    `is_danger`: it came with a message that is a danger.
    """

    action: str
    at: datetime
    who: str = ""
    is_danger: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One notification. `who` is empty for the clinic's own telephone.

    `status` is the provider's last word; `ended_at` when it said so.
    """

    at: datetime
    who: str
    way: str
    state: str
    status: str = ""
    error: int | None = None
    tries: int = 0
    ended_at: datetime | None = None

    @property
    def became(self) -> Became:
        """Say what became of it."""
        is_call = self.way == StaffChannel.CALL
        match self.state:
            case DeliveryState.QUEUED:
                return Became.WAITING
            case DeliveryState.SENDING:
                return Became.ON_ITS_WAY
            case DeliveryState.SENT:
                return Became.SENT
            case DeliveryState.DELIVERED:
                return Became.PICKED_UP if is_call else Became.DELIVERED
            case DeliveryState.EXPIRED:
                return Became.TOO_LATE
            case DeliveryState.FAILED | DeliveryState.BLOCKED:
                return Became.NOBODY if is_call and self.status in NOBODY_THERE else Became.FAILED
        return Became.NOT_CERTAIN

    @property
    def cause(self) -> Cause | None:
        """Say why it failed, where the provider gave a reason that we know."""
        is_twilio = self.way in {StaffChannel.SMS, StaffChannel.CALL}
        provider = "twilio" if is_twilio else self.way
        cause = cause_of(provider, self.error)
        has_failed = self.became in {Became.FAILED, Became.WAITING}
        return None if cause.fault is Fault.NONE or not has_failed else cause


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `after`: since the step before; `since`: since the alert was opened.

    `told` belongs to TOLD, and has what became of it; `who` is who did it, or who was told.
    """

    happened: Happened
    at: datetime
    after: timedelta
    since: timedelta
    who: str = ""
    told: Told | None = None

    @property
    def took(self) -> timedelta | None:
        """Tell how long it took until somebody was reached, or surely not."""
        if self.told is None or self.told.ended_at is None or self.told.became in STILL_OPEN:
            return None
        return max(self.told.ended_at - self.told.at, timedelta(0))


def story(efforts: Sequence[Effort], acts: Sequence[Act], told: Sequence[Told]) -> tuple[Line, ...]:
    """Tell what happened to the alerts of an episode, in order.

    Args:
        efforts: the alerts, the earliest first.
        acts: everything that was decided about the episode, in the order of the record.
        told: every notification to staff about an alert.
    """
    lines: list[Line] = []
    for index, effort in enumerate(efforts):
        is_last = index + 1 == len(efforts)
        ends = None if is_last else efforts[index + 1].opened_at
        mine = [t for t in told if effort.opened_at <= t.at and (ends is None or t.at < ends)]
        lines += _timed(effort, _steps(effort, acts, mine), mine)
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Step:
    happened: Happened
    at: datetime
    who: str = ""


def _steps(effort: Effort, acts: Sequence[Act], told: Sequence[Told]) -> Iterator[_Step]:
    """Follow the rules of `routing/alerts.py` through the record."""
    yield _Step(Happened.OPENED, effort.opened_at)
    taker: str | None = None
    is_asked = False
    spoken_at = {one.at for one in told}
    for act in acts:
        if act.at < effort.opened_at or (effort.closed_at and act.at > effort.closed_at):
            continue
        if act.at == effort.closed_at and act.action in LOWERS_OR_ENDS:
            yield _Step(Happened.CLOSED, act.at, act.who)
            return
        happened = _meaning(act, taker, is_asked=is_asked, speaks=act.at in spoken_at)
        if act.at == effort.opened_at and happened not in {Happened.TAKEN, Happened.PASSED_ON}:
            continue
        if act.action in TAKES:
            taker, is_asked = act.who if taker is None else taker, False
        if happened is Happened.ASKED:
            is_asked = True
            yield _Step(happened, act.at, taker or "")
        elif happened is not None:
            taker = taker if happened is Happened.TAKEN else None
            yield _Step(happened, act.at, act.who)
    if effort.closed_at is not None:
        yield _Step(Happened.CLOSED, effort.closed_at)


def _meaning(act: Act, taker: str | None, *, is_asked: bool, speaks: bool) -> Happened | None:
    """Say what an act did to an alert that `taker` has, or nobody."""
    if act.action in TAKES:
        return Happened.TAKEN if taker is None else None
    if act.action == "staffaction.pass_on":
        return Happened.PASSED_ON
    if act.action == "timerdue.alert_step":
        if taker is None:
            return Happened.NEXT_STEP
        return Happened.OPEN_AGAIN if is_asked else Happened.ASKED
    if act.action.startswith("inbound.") and (act.is_danger or speaks):
        return Happened.DANGER
    if act.action.startswith("receipt.") and speaks:
        return Happened.NO_ANSWER
    return Happened.RAISED if act.action in RAISES and speaks else None


def _timed(effort: Effort, steps: Iterator[_Step], told: Sequence[Told]) -> Iterator[Line]:
    """Lay the notifications after the steps that caused them, and measure both."""
    waiting = sorted(told, key=lambda one: one.at)
    before = effort.opened_at
    following = [*steps]
    for index, step in enumerate(following):
        yield Line(step.happened, step.at, step.at - before, step.at - effort.opened_at, step.who)
        before = step.at
        until = following[index + 1].at if index + 1 < len(following) else None
        while waiting and (until is None or waiting[0].at < until):
            one = waiting.pop(0)
            yield Line(
                Happened.TOLD, one.at, one.at - step.at, one.at - effort.opened_at, one.who, one
            )
