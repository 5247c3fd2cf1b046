"""What a person sees of one episode, as values: who, words, reasons, alert, past."""

from dataclasses import dataclass
from datetime import datetime

from routing.drafts import DRAFT, WAITS
from routing.situation import AlertState
from routing.types import Consent, ContactKind, Hazard, Urgency, is_danger

# C11: off the shared time line, and out of what is copied elsewhere.
CONFIDENTIAL = ("violence", "self_harm")


@dataclass(frozen=True, slots=True)
class ChildSeen:
    """A child of the family; `birth_month` is like 2021-03."""

    name: str
    birth_month: str | None
    flags: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class AttachmentSeen:
    """A picture or file of a message; `state` is recorded, fetched or unavailable."""

    attachment_id: int
    content_type: str
    state: str


@dataclass(frozen=True, slots=True)
class ReasonSeen:
    """A rule that held; spans are half-open ranges of code points of the text as received."""

    rule: str
    why: str
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SetAsideSeen:
    """A rule that was considered and set aside, and because of what (C4)."""

    rule: str
    because: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """One message with how it was judged (inbound) or how it travelled (outbound)."""

    message_id: int
    is_inbound: bool
    is_own: bool  # for staff only
    kind: str
    text: str
    language: str | None
    template: str | None
    author: str | None
    at: datetime
    delivery: str | None
    needs_call: str | None
    urgency: Urgency | None
    understood: bool
    version: str | None
    reasons: tuple[ReasonSeen, ...]
    set_aside: tuple[SetAsideSeen, ...]
    attachments: tuple[AttachmentSeen, ...]
    leaves_at: datetime | None = None  # of words that wait to leave
    author_id: int | None = None
    written_at: datetime | None = None  # of what was found late in the provider's records (I-03)


@dataclass(frozen=True, slots=True)
class DecisionSeen:
    """What was decided after one event, and why: pairs of field and sentence."""

    event: str
    at: datetime
    because: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AlertSeen:
    """How far the alert has come; `no_answer` is C13."""

    state: str
    step: int
    rung: int
    next_step_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    no_answer: str | None
    was_right: bool | None  # C21


@dataclass(frozen=True, slots=True)
class PastEpisode:
    """An earlier need of the same thread."""

    episode_id: int
    urgency: Urgency
    opened_at: datetime
    resolved_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class EpisodeSeen:
    """Everything on the page of one episode."""

    episode_id: int
    state: str
    urgency: Urgency
    hazard: str | None
    topics: tuple[str, ...]
    needs_eyes: bool
    owner: str | None
    opened_at: datetime
    waiting_since: datetime
    is_waiting: bool
    reply_due: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    looked_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    outcome: str | None
    waits_for: str | None
    put_off_until: datetime | None
    kind: ContactKind
    family: str
    writer: str | None
    relation: str | None
    address: str
    channel: str
    language: str | None
    consent: Consent
    unusable: str | None
    children: tuple[ChildSeen, ...]
    messages: tuple[MessageSeen, ...]
    decisions: tuple[DecisionSeen, ...]
    alert: AlertSeen | None
    past: tuple[PastEpisode, ...]
    families: tuple[tuple[int, str], ...]
    family_id: int
    owner_id: int | None
    meant_for: tuple[int, str] | None = None  # C7: whose it was, while nobody has it
    needs_interpreter: bool = False  # C7
    acknowledged_by_id: int | None = None
    reads: str | None = None  # the language in which they are answered

    def is_with(self, staff_id: int) -> bool:
        """Tell whether somebody has it; while an alert is open its owner must still take it."""
        if self.acknowledged_by_id == staff_id:
            return True
        is_called = self.alert is not None and self.alert.state == AlertState.OPEN
        return self.owner_id == staff_id and not is_called and self.acknowledged_at is None

    @property
    def is_open(self) -> bool:
        """Tell whether something can still be done in it."""
        return self.state != "resolved"

    @property
    def last_id(self) -> int:
        """Give the id of the last message on the screen (C6)."""
        return max((m.message_id for m in self.messages if not m.is_own), default=0)

    @property
    def drafts(self) -> tuple[MessageSeen, ...]:
        """List the words that wait for a colleague who speaks the family's language (C5)."""
        return tuple(m for m in self.messages if m.kind == DRAFT)

    @property
    def call_due(self) -> datetime | None:
        """Tell when a draft becomes a call with an interpreter: in danger it soon does."""
        is_grave = is_danger(self.urgency, Hazard(self.hazard) if self.hazard else None)
        return self.drafts[0].at + WAITS if self.drafts and is_grave else None

    @property
    def is_unread(self) -> bool:
        """Tell whether no person has opened it since the last message (C3)."""
        return self.looked_at is None

    @property
    def is_confidential(self) -> bool:
        """Tell whether its words must not leave this page (C11)."""
        return self.hazard in CONFIDENTIAL

    @property
    def cannot_text(self) -> bool:
        """Tell whether no text can reach this address (C13)."""
        return self.consent is Consent.OPTED_OUT or self.unusable is not None

    @property
    def undelivered(self) -> str | None:
        """Tell why a text did not arrive and must be said by telephone (C13)."""
        return next((m.needs_call for m in reversed(self.messages) if m.needs_call), None)


@dataclass(frozen=True, slots=True)
class AttachmentContent:
    """The bytes of an attachment, as the provider gave them."""

    content_type: str
    content: bytes
