"""What can happen: a family writes, a person acts, something is due, somebody reports."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from routing.triage.second import Opinion
from routing.types import Assessment, ChildFlag, DeliveryState, Urgency


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment as the provider announced it; not yet fetched."""

    url: str
    content_type: str


class InboundKind(StrEnum):
    """What came in."""

    TEXT = "text"
    MISSED_CALL = "missed_call"  # C17
    OTHER_WAY = "other_way"  # C23: a voice mail, the portal, a private phone; staff typed it in


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from outside, verified, exactly as it came.

    `raw` holds the bytes of the provider's form; `text` is their `Body`, not cleaned.
    `(provider, account, provider_id)` is unique for ever. `opt_out` is the provider's own
    reading of a keyword (`STOP`, `START`, `HELP`) where it made one. `takes_answer`: words can
    travel in the answer to the provider's request. `written_at`: when the provider took it, where
    it was found in the provider's records because nobody had told us (I-03).
    """

    provider: str
    account: str
    provider_id: str
    channel: str
    sender: str
    recipient: str
    text: str
    raw: bytes = field(repr=False)
    media: tuple[Media, ...] = ()
    opt_out: str | None = None
    kind: InboundKind = InboundKind.TEXT
    takes_answer: bool = True
    author_id: int | None = None  # who typed it in, of OTHER_WAY
    clinic_id: int | None = None  # whose staff that is: they speak for no other clinic
    language: str | None = None  # of the page on which it was written
    written_at: datetime | None = None


class ActionKind(StrEnum):
    """What a signed-in person can do to an episode."""

    REPLY = "reply"
    RESOLVE = "resolve"
    TAKE = "take"  # "I take it": acknowledges
    PASS_ON = "pass_on"  # noqa: S105  "pass on now": whoever took it, or nobody yet, cannot
    OPENED = "opened"  # a person has the message on the screen
    ATTACH = "attach"  # an unclaimed sender belongs to this family (C8)
    NOTE = "note"  # for staff only
    HAND_TO = "hand_to"  # another owner, oneself included
    NEXT = "next"  # the first of the team's queue becomes theirs
    GIVE = "give"  # what nobody has gets an owner
    PUT_OFF = "put_off"  # wait on somebody, or sleep, until a time
    BRING_BACK = "bring_back"
    SET_LEVEL = "set_level"  # raise or lower, with a reason (C18)
    CALLED = "called"  # a call was made, and how it ended (C23)
    DRAFT = "draft"  # words for a colleague who speaks the family's language (C5)
    WITHDRAW = "withdraw"  # such words are not to be sent
    HANG_UP = "hang_up"  # whoever leads a talk of three has left it
    UNDO = "undo"  # take a reply back that has not left yet
    START = "start"  # write to somebody who has nothing open (C23)
    ANNOUNCE = "announce"  # one of many families is told approved words (C20)
    REOPEN = "reopen"  # a slip: what was resolved is open again
    WELCOME = "welcome"  # an unclaimed sender is a family that nobody knew yet (C8)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A family that staff write down when it first writes; checked by `routing.newcomers`.

    `birth_month` is like 2021-03 or empty; an empty `child` is no child.
    """

    family: str
    caregiver: str
    relation: str = "guardian"
    language: str = ""
    child: str = ""
    birth_month: str = ""
    flags: tuple[ChildFlag, ...] = ()


class Unsent(StrEnum):
    """What becomes of replies that wait to leave when somebody resolves the episode."""

    LEAVES = "leaves"  # at its time, all the same
    KEPT = "kept"  # the family does not get it


@dataclass(frozen=True, slots=True)
class StaffAction:
    """One act of one signed-in person on one episode, or (START) on a contact without one.

    `seen` is the id of the last message that stood on the screen (C6); `key` makes a repeated form
    (double click, reload) one act; `family_id` belongs to ATTACH, `outcome` to RESOLVE and, of a
    follow-up, to NOTE, `unsent` to RESOLVE, `to_id` to HAND_TO, `until` to PUT_OFF (its `text` says
    on whom it waits; without one it sleeps), `urgency` to SET_LEVEL (its `text` is the reason),
    `message_id` to UNDO, `reached` to CALLED: whether the family was spoken to. A REPLY is held
    back for `hold`, and at night until the morning unless `now_because` says why it cannot wait
    (C20). Outside the writer's hours it waits for them, unless it is to go `at_once` and `why_now`
    (a `WhyNow`) or `now_because` says why. `conference` is the opaque name of a talk of three: of
    CALLED, where family and interpreter are to be called into it, and of HANG_UP. `contact_id`
    belongs to START and ANNOUNCE (their `episode_id` is 0), `newcomer` to WELCOME. NEXT names no
    episode (0): the store finds it. `draft_id` is the draft that a REPLY sends, or that WITHDRAW
    takes away.
    """

    kind: ActionKind
    clinic_id: int
    staff_id: int
    episode_id: int
    key: str
    text: str = field(default="", repr=False)
    outcome: str = ""
    unsent: Unsent | None = None
    seen: int | None = None
    family_id: int | None = None
    to_id: int | None = None
    until: datetime | None = None
    urgency: Urgency | None = None
    message_id: int | None = None
    reached: bool = False
    hold: timedelta = timedelta(0)
    now_because: str = ""
    at_once: bool = False
    why_now: str = ""
    contact_id: int | None = None
    newcomer: Newcomer | None = None
    conference: str = ""
    draft_id: int | None = None


class TimerKind(StrEnum):
    """What can become due."""

    ALERT_STEP = "alert_step"
    PROMISE = "promise"
    PROMISE_WARNING = "promise_warning"  # it breaks soon, and nobody has answered
    RETURN = "return"  # what was put off comes back
    FOLLOW_UP = "follow_up"  # an emergency was resolved: the next day somebody asks
    MISSING = "missing"  # C7: has whom the family waits for come to work?
    DRAFT = "draft"  # C5: words wait for a colleague who speaks the language
    UNOPENED = "unopened"  # C3: opened by a person within 4 open hours, or it rises


@dataclass(frozen=True, slots=True)
class TimerDue:
    """Something planned for `due_at` that has come; done once, whoever finds it first."""

    kind: TimerKind
    clinic_id: int
    episode_id: int
    due_at: datetime


class ReceiptSource(StrEnum):
    """Who says how a delivery stands."""

    CALLBACK = "callback"  # the provider's status webhook
    ATTEMPT = "attempt"  # our own call to the provider returned (or did not)
    LOOKUP = "lookup"  # we asked the provider's listing


@dataclass(frozen=True, slots=True)
class Receipt:
    """One report about one delivery.

    Found by `ref` (the opaque name in the callback address) or by `provider_id`. `fence` is the
    lease that an ATTEMPT ran under: a stale one changes nothing but the provider's id (F-03).
    `state` is already in our words; `error` is the provider's code, `permanent` its class.
    `status` keeps the provider's own word for the record.
    """

    source: ReceiptSource
    provider: str
    state: DeliveryState
    status: str
    provider_id: str | None = None
    ref: str | None = None
    error: int | None = None
    fence: int | None = None
    account: str = ""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What a second reader thinks of a message that was kept, and acted upon, a moment ago.

    `reading_id` is the row that asked for it and `fence` the try that it came from (F-03).
    `first` is what the rules found; `wrote_at` when the family wrote. `is_text`: it came as a
    text of theirs, so that a text can answer it. `is_dealt_with`: since then a person has
    answered, called, or set the level, which is theirs to judge (I-08).
    """

    clinic_id: int
    episode_id: int
    message_id: int
    reading_id: int
    fence: int
    first: Assessment
    opinion: Opinion
    wrote_at: datetime
    is_text: bool = True
    is_dealt_with: bool = False


Event = Inbound | StaffAction | TimerDue | Receipt | SecondOpinion
