"""The small closed sets and values that every decision is made of."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Urgency(IntEnum):
    """How soon a person must act; ordered, so that `max` combines several readers (I-08)."""

    ROUTINE = 0
    SOON = 1
    URGENT = 2
    EMERGENCY = 3

    @property
    def word(self) -> str:
        """Give the word of the contracts: `routine`, `soon`, `urgent`, `emergency`."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Urgency":
        """Read the word of the contracts; `KeyError` for any other word."""
        return cls[word.upper()]


class Hazard(StrEnum):
    """What kind of danger, where there is one."""

    MEDICAL = "medical"
    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    POISON = "poison"


def is_danger(urgency: Urgency, hazard: Hazard | None) -> bool:
    """Tell whether somebody must be alerted and the family gets safety words (C2).

    A medical matter below `urgent` is a symptom that somebody answers today, no danger: an
    alert for every fever would teach nurses to look away (C21). The other hazards always are.
    """
    return urgency >= Urgency.URGENT or hazard not in {None, Hazard.MEDICAL}


class Topic(StrEnum):
    """What a message is about (PEOPLE.md, "What coordinators do all day")."""

    SYMPTOMS = "symptoms"
    MEDICATION = "medication"
    EQUIPMENT = "equipment"
    APPOINTMENTS = "appointments"
    AUTHORIZATION = "authorization"
    TRANSPORT = "transport"
    SCHOOL = "school"
    FORMS = "forms"
    HOME_CARE = "home_care"
    BILLING = "billing"
    RESOURCES = "resources"
    SUPPORT = "support"
    SOCIAL = "social"


class ChildFlag(StrEnum):
    """A condition or device that changes how a message about this child is read."""

    TRACH = "trach"
    VENTILATOR = "ventilator"
    OXYGEN = "oxygen"
    CENTRAL_LINE = "central_line"
    VP_SHUNT = "vp_shunt"
    G_TUBE = "g_tube"
    ADRENAL_INSUFFICIENCY = "adrenal_insufficiency"
    EPILEPSY = "epilepsy"
    IMMUNOCOMPROMISED = "immunocompromised"
    INFANT_UNDER_3MO = "infant_under_3mo"
    DIABETES_TYPE1 = "diabetes_type1"
    CARDIAC = "cardiac"


DEVICE_FLAGS = frozenset({ChildFlag.TRACH, ChildFlag.VENTILATOR, ChildFlag.OXYGEN})
"""Flags of a child whose breathing depends on a device (C3)."""


class Mark(StrEnum):
    """What triage noticed beside urgency and topic; each changes the reply, never the level."""

    IN_CARE = "in_care"  # C9: in the ER, the ambulance is here, 911 was called
    THANKS = "thanks"  # C15: nothing but thanks, ok, a thumb
    NO_WORDS = "no_words"  # empty, only media, only emoji: nothing to read
    FAILED = "failed"  # I-09: triage itself failed


class Consent(StrEnum):
    """Whether we may text a contact."""

    UNKNOWN = "unknown"
    GRANTED = "granted"
    OPTED_OUT = "opted_out"


class ContactKind(StrEnum):
    """Whose address it is."""

    FAMILY = "family"
    UNCLAIMED = "unclaimed"  # C8: nobody knows yet whose it is
    STAFF = "staff"  # C19: a text from it is a note for staff


class EpisodeState(StrEnum):
    """Where a need stands."""

    OPEN = "open"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Automation(StrEnum):
    """How live a clinic is (C22)."""

    ON = "on"
    SHADOW = "shadow"
    OFF = "off"


class Lane(IntEnum):
    """Which deliveries go first."""

    SAFETY = 0
    HUMAN = 1
    AUTOMATIC = 2
    BESIDE = 3  # to staff beside a text, through what may be slow: on threads of its own


class DeliveryClass(StrEnum):
    """What an unknown outcome means for a delivery (INVARIANTS 1, finding 10)."""

    AT_LEAST_ONCE = "at_least_once"
    AT_MOST_ONCE = "at_most_once"


class DeliveryState(StrEnum):
    """Where an outbound message or notification stands, in the words of the contracts."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    BLOCKED = "blocked"  # C13: cannot text, must call
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class ReplyKey(StrEnum):
    """Every automatic text; the words live in `locales/<tag>/LC_MESSAGES/kinline.po`."""

    CALL_EMERGENCY = "safety.call_emergency"
    CALL_EMERGENCY_ABROAD = "safety.call_emergency_abroad"  # outside the United States
    CALL_LOCAL_EMERGENCY = "safety.call_local_emergency"  # the clinic is not known: no number
    CALL_NURSE = "safety.call_nurse"
    IN_CARE = "safety.in_care"
    COMFORT_PLAN = "safety.comfort_plan"
    SELF_HARM = "safety.self_harm"
    VIOLENCE = "safety.violence"
    NOT_UNDERSTOOD = "safety.not_understood"
    RECEIVED = "auto.received"
    RECEIVED_COVER = "auto.received_cover"  # their coordinator is away: who answers instead
    RECEIVED_NO_TIME = "auto.received_no_time"
    NEW_TIME = "auto.new_time"
    NEW_SENDER = "auto.new_sender"
    NEW_VISITOR = "auto.new_visitor"
    CLOSED = "auto.closed"
    CLOSED_WEEKEND = "auto.closed_weekend"
    CLOSED_HOLIDAY = "auto.closed_holiday"
    CLOSED_FOR_NOW = "auto.closed_for_now"
    CLOSED_NO_TIME = "auto.closed_no_time"
    STAFF_NOTE = "auto.staff_note"
    OPTED_OUT = "consent.opted_out"
    OPTED_IN = "consent.opted_in"
    HELP = "consent.help"
    STAFF_ALERT = "staff.alert"
    STAFF_ALERT_URGENT = "staff.alert_urgent"
    STAFF_ALERT_NO_ANSWER = "staff.alert_no_answer"
    STAFF_PROMISE = "staff.promise"
    STAFF_MAIL = "staff.mail"
    STAFF_MAIL_URGENT = "staff.mail_urgent"
    STAFF_BARE = "staff.bare"  # to services and browsers: the level and a link, no clinic
    STAFF_BARE_URGENT = "staff.bare_urgent"
    STAFF_TAKEN = "staff.taken"
    STAFF_STILL_WITH_FAMILY = "staff.still_with_family"

    @property
    def is_safety(self) -> bool:
        """Safety words are always sent, whatever was reviewed or capped."""
        return self.value.startswith("safety.")

    @classmethod
    def promising(cls) -> frozenset["ReplyKey"]:
        """List the texts that tell a family by when a person answers."""
        return frozenset({cls.RECEIVED, cls.RECEIVED_COVER, cls.NEW_TIME})


class StaffChannel(StrEnum):
    """How staff are told of a danger; the clinic chooses what comes beside the text."""

    SMS = "sms"
    CALL = "call"  # rings and asks to press 1
    EMAIL = "email"
    SERVICE = "service"  # a room of the team, a pager: any address that apprise knows
    PUSH = "push"  # to the browsers in which somebody has switched it on


class Problem(StrEnum):
    """Why a person's act was refused; the closed list of errors that pages can show."""

    NOT_FOUND = "not_found"
    NEWER_MESSAGE = "newer_message"  # C6: something arrived that has not been seen
    NEEDS_OUTCOME = "needs_outcome"  # C2, C6: urgent and above close with an outcome only
    NOT_ANSWERED = "not_answered"  # the family waits: resolved by a slip, nobody would answer
    ALREADY_CLOSED = "already_closed"
    CANNOT_TEXT = "cannot_text"  # C13: opted out or no text phone: call
    EMPTY_TEXT = "empty_text"
    TOO_LONG = "too_long"
    ALREADY_SENT = "already_sent"  # too late to take it back
    TOO_URGENT = "too_urgent"  # C6: urgent and above is not put off
    NURSES_ONLY = "nurses_only"  # C18: lowering a medical danger
    NEEDS_REASON = "needs_reason"
    DRAFT_IS_GONE = "draft_is_gone"  # C5: somebody has sent it or taken it away
    HAS_UNSENT = "has_unsent"  # a reply waits to leave: say what becomes of it
    NEEDS_WHY_NOW = "needs_why_now"  # outside the writer's hours: why it cannot wait
    NEEDS_TIME = "needs_time"  # a moment that is still to come
    NOTHING_TO_PASS_ON = "nothing_to_pass_on"  # noqa: S105  no password
    HAS_OWNER = "has_owner"  # somebody was faster
    NOT_HERE = "not_here"  # whom it was to be given to does not work here (any more)
    HAS_NEWER = "has_newer"  # what was resolved stays so: the thread has gone on
    TOO_LATE = "too_late"  # it was resolved too long ago to be opened again
    HAS_OPEN = "has_open"  # there is something open with them already: answer there
    ALREADY_KNOWN = "already_known"  # the sender belongs to a family by now
    NEEDS_NAME = "needs_name"
    NEEDS_CHILD = "needs_child"
    NEEDS_BIRTH_MONTH = "needs_birth_month"
    NOT_AT_HOME = "not_at_home"  # C20: no child of the family is at home

    @property
    def can_retry(self) -> bool:
        """Tell whether the same act may succeed when the person looks and tries again."""
        return self is Problem.NEWER_MESSAGE


@dataclass(frozen=True, slots=True)
class Because:
    """Why one field of a decision is what it is; stored, shown and asserted in tests."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that held: its id, its sentence, the words that matched and where they stand.

    `spans` are half-open ranges of Unicode code points of the text as received.
    """

    rule: str
    why: str
    text: str
    spans: tuple[tuple[int, int], ...]
    urgency: Urgency
    hazard: Hazard | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """One rule that was considered and set aside, and because of what (C4)."""

    rule: str
    because: str
    text: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The immutable triage result of one inbound message.

    `language` is a base tag (`es`, `zh`) or None; `version` names rules and lexicons for ever.
    """

    urgency: Urgency
    hazard: Hazard | None
    topics: tuple[Topic, ...]
    language: str | None
    understood: bool
    reasons: tuple[Reason, ...]
    set_aside: tuple[SetAside, ...]
    version: str
    marks: frozenset[Mark] = frozenset()
    reply: ReplyKey | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What triage reads: the words of a family and what is known about the child.

    `text` is as received, without reactions and quotations (C15); `media` counts attachments;
    `age_months` is None when unknown; `prior_language` is the contact's base tag.
    """

    text: str
    flags: frozenset[ChildFlag] = frozenset()
    age_months: int | None = None
    prior_language: str | None = None
    media: int = 0
