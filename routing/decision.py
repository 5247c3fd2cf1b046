"""What should happen, frozen; `store/conducting/records.py` writes it and nothing else does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from routing.events import Newcomer, TimerKind
from routing.overtime import Overtime
from routing.situation import AlertFields, DeliveryFields, EpisodeFields, StaffView
from routing.types import (
    Assessment,
    Because,
    Consent,
    DeliveryClass,
    DeliveryState,
    Lane,
    Problem,
    ReplyKey,
    StaffChannel,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One automatic text to the family.

    `languages` in order of preference; `in_all`: in each of them (C8). `at_once`: travels in the
    provider's own answer. `once` makes it one for ever (a notice per window). `due` is the time
    that the words name (a promise, the next opening). `valid`: too old to send after that.
    """

    key: ReplyKey
    urgency: Urgency
    languages: tuple[str, ...]
    lane: Lane
    delivery_class: DeliveryClass
    valid: timedelta
    at_once: bool = False
    in_all: bool = False
    once: str | None = None
    due: datetime | None = None
    phone: str | None = None  # C10: the comfort plan's number
    holiday: str = ""
    away: str = ""  # first name of the coordinator who is away, and of who answers meanwhile
    cover: str = ""
    state: DeliveryState = DeliveryState.QUEUED
    needs_call: str | None = None


@dataclass(frozen=True, slots=True)
class HumanReply:
    """What a person wrote to the family, signed with their first name (C14)."""

    text: str
    author: StaffView
    hold: timedelta = timedelta(0)  # time to take it back
    announces: bool = False  # to many families at once: it answers nobody (C5, C20)


@dataclass(frozen=True, slots=True)
class StaffNote:
    """A line for staff only in the thread: what they noted or did.

    `text` is what they wrote; of `passed_on` how many were told, of `level` from what to what,
    of `reopened` the outcome that was no end.
    """

    kind: str  # note, call, level, passed_on, given, reopened
    text: str
    author: StaffView


@dataclass(frozen=True, slots=True)
class Tell:
    """One notification to one member of staff: urgency and an opaque link, nothing else (FACTS J).

    `address` is a telephone, or for EMAIL an e-mail address. `staff_id` is None for the clinic's
    own on-call telephone. `step` makes it one for each step of the alert.
    """

    address: str
    staff_id: int | None
    language: str
    key: ReplyKey
    urgency: Urgency
    step: int
    channel: StaffChannel = StaffChannel.SMS
    due: datetime | None = None  # the time that the words name


class Joins(StrEnum):
    """Who is called into a talk of a nurse with a family (C18); names the delivery."""

    FAMILY = "conference.family"
    INTERPRETER = "conference.interpreter"


@dataclass(frozen=True, slots=True)
class Leg:
    """A call into such a talk; `conference` is its opaque name."""

    joins: Joins
    address: str
    conference: str


class PromiseChange(StrEnum):
    """What becomes of the promise of an episode."""

    MADE = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class FollowUpEnd(StrEnum):
    """What ended the follow-up of an emergency."""

    REPLY = "reply"  # a person's words were delivered
    CALL = "call"  # somebody spoke with the family
    KNOWN = "known"  # a note says how it went
    JOINED = "joined"  # a later emergency has its own
    AWAY = "away"  # C20: no child is at home
    REOPENED = "reopened"  # what it was about is open again


@dataclass(frozen=True, slots=True)
class FollowUpChange:
    """What becomes of the follow-up of an episode: planned, come, or ended."""

    episode_id: int
    due_at: datetime | None = None
    comes: bool = False
    ends: FollowUpEnd | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole consequence of one event; what is None or empty stays as it is.

    With a `promise` that is BROKEN, `promise_due` is the new time that the family is told.
    """

    assessment: Assessment | None = None
    episode: EpisodeFields | None = None
    opens_episode: bool = False
    reopens: bool = False  # `episode` is one that was resolved
    replies: tuple[Reply, ...] = ()
    human: HumanReply | None = None
    note: StaffNote | None = None
    undoes: int | None = None  # the message whose delivery must not leave
    after_hours: Overtime | None = None  # the person did it outside their hours
    keeps_back: bool = False  # replies that wait to leave: a person looks at them again
    releases: int | None = None  # the draft whose words a person sends, changed or not (C5)
    withdraws: int | None = None  # … that nobody is to send
    leaves_out: bool = False  # … a person has resolved the episode without them
    tells: tuple[Tell, ...] = ()
    legs: tuple[Leg, ...] = ()
    ends_conference: str = ""  # nobody is called into it any more
    alert: AlertFields | None = None
    promise: PromiseChange | None = None
    promise_due: datetime | None = None
    timers: Mapping[TimerKind, datetime | None] = field(
        default_factory=lambda: MappingProxyType({})
    )
    follow_ups: tuple[FollowUpChange, ...] = ()
    consent: Consent | None = None
    unusable: str | None = None
    language: str | None = None
    delivery: DeliveryFields | None = None
    claims: int | None = None  # C8: the family that an unclaimed sender belongs to
    welcomes: Newcomer | None = None  # C8: a new family that the sender belongs to
    problem: Problem | None = None  # why a person's act is refused
    because: tuple[Because, ...] = ()
