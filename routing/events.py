"""What can happen: a family writes, a person acts, something is due, a provider reports."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from routing.types import DeliveryState


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment as the provider announced it; not yet fetched."""

    url: str
    content_type: str


class InboundKind(StrEnum):
    """What came in."""

    TEXT = "text"
    MISSED_CALL = "missed_call"  # C17


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from outside, verified, exactly as it came.

    `raw` holds the bytes of the provider's form; `text` is their `Body`, not cleaned.
    `(provider, account, provider_id)` is unique for ever. `opt_out` is the provider's own
    reading of a keyword (`STOP`, `START`, `HELP`) where it made one. `takes_answer`: words can
    travel in the answer to the provider's request.
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


class ActionKind(StrEnum):
    """What a signed-in person can do to an episode."""

    REPLY = "reply"
    RESOLVE = "resolve"
    TAKE = "take"  # "I take it": acknowledges
    PASS_ON = "pass_on"  # noqa: S105  "pass on now": whoever took it, or nobody yet, cannot
    OPENED = "opened"  # a person has the message on the screen
    ATTACH = "attach"  # an unclaimed sender belongs to this family (C8)


@dataclass(frozen=True, slots=True)
class StaffAction:
    """One act of one signed-in person on one episode.

    `seen` is the id of the last message that stood on the screen (C6); `key` makes a repeated
    form (double click, reload) one act; `family_id` belongs to ATTACH, `outcome` to RESOLVE.
    """

    kind: ActionKind
    clinic_id: int
    staff_id: int
    episode_id: int
    key: str
    text: str = field(default="", repr=False)
    outcome: str = ""
    seen: int | None = None
    family_id: int | None = None


class TimerKind(StrEnum):
    """What can become due."""

    ALERT_STEP = "alert_step"
    PROMISE = "promise"
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


Event = Inbound | StaffAction | TimerDue | Receipt
