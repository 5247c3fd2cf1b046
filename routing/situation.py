"""Everything a decision may look at, frozen: who writes, for whom, what is open, what was said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from routing.baselines import Usual
from routing.cover import Absence, Answering, answering
from routing.hours import Schedule, Week, window_at
from routing.oncall import Roster, on_call_at
from routing.shifts import of_person
from routing.steps import DEFAULT, Ladder
from routing.types import (
    Automation,
    ChildFlag,
    Consent,
    ContactKind,
    DeliveryClass,
    DeliveryState,
    EpisodeState,
    Hazard,
    Lane,
    StaffChannel,
    Topic,
    Urgency,
    is_danger,
)


@dataclass(frozen=True, slots=True)
class StaffView:
    """One member of staff, active; without a `week` of their own they have the clinic's."""

    id: int
    name: str
    phone: str | None
    roles: frozenset[str]
    languages: tuple[str, ...]
    email: str = ""
    week: Week | None = None

    def speaks(self, language: str) -> bool:
        """Tell whether somebody speaks a language; `es-MX` is Spanish."""
        base = language.partition("-")[0]
        return any(one.partition("-")[0] == base for one in self.languages)

    browsers: tuple[str, ...] = ()  # opaque names of those in which push is switched on


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is told as well; its address is a secret, in the variable `address_env`."""

    name: str
    address_env: str


@dataclass(frozen=True, slots=True)
class ClinicView:
    """What an administrator has set; the same for every message until they change it.

    `flags_cared_for` are all flags of the clinic's children: an unknown sender is judged as if
    the child had each of them (C8).
    """

    id: int
    key: str
    name: str
    country: str
    languages: tuple[str, ...]
    template_policy: str
    emergency_number: str
    on_call_phone: str
    automation: Automation
    opt_out: str
    is_system: bool
    schedule: Schedule
    on_call: tuple[StaffView, ...]  # the list, in order; rosters come before it
    staff: tuple[StaffView, ...]
    flags_cared_for: frozenset[ChildFlag]
    numbers: tuple[str, ...]
    alert_number: str | None = None
    office_phone: str | None = None
    interpreter_phone: str | None = None
    account_sid: str | None = None
    token_env: str | None = None
    messaging_service_sid: str | None = None
    chat_sites: tuple[str, ...] = ()
    alert_channels: frozenset[StaffChannel] = frozenset()  # beside the text
    services: tuple[Service, ...] = ()
    ladder: Ladder = DEFAULT  # who is told of a danger, and when
    rosters: tuple[Roster, ...] = ()
    absences: tuple[Absence, ...] = ()
    backups: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    # By language and text: the clinic's own words, and whether somebody vouches for them.
    own_words: Mapping[tuple[str, str], tuple[str, bool]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def on_call_at(self, now: datetime) -> tuple[StaffView, ...]:
        """List who is on call at a moment: whose turn it is on each roster, then the list."""
        turns = (self.person(on_call_at(roster, now)) for roster in self.rosters)
        people = (*(person for person in turns if person is not None), *self.on_call)
        return tuple(dict.fromkeys(people))

    def answering(
        self, owner_id: int | None, now: datetime, language: str | None = None
    ) -> Answering:
        """Tell who answers for an owner at a moment; the team where nobody is there.

        Of those who may stand in, one who speaks the family's language comes first (C7).
        """
        active = frozenset(person.id for person in self.staff)
        backup = self.backups.get(owner_id) if owner_id is not None else None
        speaking = frozenset(p.id for p in self.staff if language and p.speaks(language))
        return answering(owner_id, self.absences, active, now, backup, speaking)

    def hours_of(self, staff_id: int | None) -> Schedule:
        """Give the hours of a person; when they are away they have none."""
        person = self.person(staff_id)
        away = (one for one in self.absences if one.staff_id == staff_id)
        return of_person(self.schedule, person.week if person else None, away)

    def is_off(self, staff_id: int | None, now: datetime) -> bool:
        """Tell whether a moment lies outside a person's hours; who never has any is never off."""
        hours = self.hours_of(staff_id)
        return not hours.never_opens and not window_at(hours, now).is_open

    def has_duty(self, staff_id: int | None, now: datetime) -> bool:
        """Tell whether somebody is on call: it is their turn, or nobody's and they are listed."""
        turns = {on_call_at(roster, now) for roster in self.rosters} - {None}
        return staff_id in (turns or {person.id for person in self.on_call})

    def may_notify(self, staff_id: int, now: datetime) -> bool:
        """Tell whether a notice that is no alert may reach a person: in their hours, or on call."""
        return not self.is_off(staff_id, now) or self.has_duty(staff_id, now)

    def person(self, staff_id: int | None) -> StaffView | None:
        """Find a member of staff of this clinic."""
        return next((s for s in self.staff if s.id == staff_id), None)


@dataclass(frozen=True, slots=True)
class ChildView:
    """One child: what changes how a message about them is read and answered."""

    flags: frozenset[ChildFlag]
    age_months: int | None
    is_active: bool  # C20: not deceased, admitted or moved
    comfort_phone: str | None = None  # C10: of a plan that has not run out
    usual: tuple[Usual, ...] = ()  # C21


@dataclass(frozen=True, slots=True)
class ContactView:
    """The address that writes or is written to."""

    id: int
    family_id: int
    thread_id: int
    kind: ContactKind
    channel: str
    address: str
    consent: Consent
    language: str | None
    cannot_text: bool
    our_address: str
    coordinator_id: int | None
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class EpisodeFields:
    """The part of an episode that decisions change."""

    state: EpisodeState
    urgency: Urgency
    hazard: Hazard | None
    topics: tuple[Topic, ...]
    needs_eyes: bool
    owner_id: int | None
    is_waiting: bool
    waiting_since: datetime
    reply_due: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: int | None = None
    looked_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: int | None = None
    outcome: str | None = None
    waits_for: str | None = None  # while put off: on whom; None sleeps
    put_off_until: datetime | None = None
    meant_for: int | None = None  # C7: whose it was before it went to the team

    @property
    def inbox_rank(self) -> int:
        """Give the first key of the inbox: unacknowledged emergency 0, emergency 1 … routine 4."""
        if self.urgency is Urgency.EMERGENCY and self.acknowledged_at is None:
            return 0
        return Urgency.EMERGENCY - self.urgency + 1

    @property
    def needs_outcome(self) -> bool:
        """Tell whether it closes only with an outcome (C2): every danger does."""
        return is_danger(self.urgency, self.hazard)


@dataclass(frozen=True, slots=True)
class EpisodeView:
    """The open episode of a thread. `last_inbound` is the id of its newest inbound message.

    `wrote_at` is when that message came; None where only staff have written.
    """

    id: int
    fields: EpisodeFields
    last_inbound: int
    wrote_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResolvedView:
    """The newest episode of a thread, which a person has resolved and somebody opens again.

    `promise_due` is the promise that resolving has ended; `is_answered`: words of a person were
    sent after the family's last ones; `has_call`: a call was logged after them.
    """

    episode: EpisodeView
    promise_due: datetime | None = None
    is_answered: bool = False
    has_call: bool = False


class AlertState:
    """Where the effort to reach a person stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AlertFields:
    """The state of getting one episode acknowledged."""

    state: str
    step: int
    urgency: Urgency
    opened_at: datetime
    next_step_at: datetime | None
    ref: str = ""
    word: str = ""
    no_answer: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: int | None = None
    closed_at: datetime | None = None
    rung: int = 0
    asked: bool = False  # C1: whoever took it was asked whether they are still with the family
    # Everybody up to the rung was told at `round_at`; their own next time is `round_ends_at`.
    round_at: datetime | None = None
    round_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notified:
    """One notification of an alert; `staff_id` None: the clinic's own telephone, or a service.

    `has_failed`: it surely brought the alert to nobody.
    """

    staff_id: int | None
    address: str
    channel: StaffChannel
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A reply of a person that waits to leave."""

    author_id: int
    leaves_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """Words that wait for a colleague who speaks the family's language (C5)."""

    message_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """A follow-up that has not ended. `has_come`: it stands in the inbox by now."""

    episode_id: int
    due_at: datetime
    has_come: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One automatic text that this contact was sent, for counting (C13, C15)."""

    key: str
    urgency: Urgency
    episode_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What was said to a contact lately. `once` are the keys of what was already said once."""

    said: tuple[Said, ...] = ()
    ours: tuple[str, ...] = ()  # newest first, for quotations (C15)
    once: frozenset[str] = frozenset()
    staff_wrote_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """One thread at one moment. `alert` is the one that is not closed; `promise_due` is open.

    `follow_ups` are those of its resolved episodes.
    """

    clinic: ClinicView
    contact: ContactView
    children: tuple[ChildView, ...] = ()
    episode: EpisodeView | None = None
    alert: AlertFields | None = None
    promise_due: datetime | None = None
    previous_episode_id: int | None = None
    history: History = History()
    follow_ups: tuple[FollowUpView, ...] = ()
    owner_seen_at: datetime | None = None  # C7: the owner's last activity, where it is asked for
    takes_alert: bool = False  # the text is the word of an alert: a person takes it (I-12)
    held: tuple[Held, ...] = ()  # replies that have not left, where it is asked for
    drafts: tuple[Draft, ...] = ()  # that wait, where it is asked for
    resolved: ResolvedView | None = None  # nothing is newer, where it is asked for
    notified: tuple[Notified, ...] = ()  # in this round of the alert, where it is asked for


@dataclass(frozen=True, slots=True)
class DeliveryFields:
    """The part of a delivery that reports change; `due_at` None: nothing left to do."""

    state: DeliveryState
    due_at: datetime | None
    provider_id: str | None = None
    error: int | None = None
    needs_call: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery about which something was reported. `is_to_family` or else to staff."""

    id: int
    purpose: str
    urgency: Urgency
    lane: Lane
    delivery_class: DeliveryClass
    attempts: int
    fence: int
    expires_at: datetime
    fields: DeliveryFields
    is_to_family: bool
    is_human: bool
    is_safety: bool
    is_extra: bool = False  # of a notification: it came beside a text that tells the same
    others: int = 0  # how often this very purpose was already looked up without a find


@dataclass(frozen=True, slots=True)
class DeliverySituation:
    """One delivery, and the thread it belongs to."""

    delivery: DeliveryView
    thread: Situation
