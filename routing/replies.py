"""Which automatic text a family gets, if any: true, safe, in their language, and little of it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing.allowance import MOST_AUTOMATIC_A_DAY, automatic_today, is_loop, takes_room
from routing.clocks import is_within
from routing.consent import Keyword
from routing.decision import Reply
from routing.hours import WhyClosed, Window, notice_window, why_closed
from routing.newcomers import UNREAD_CLOSED_FOR, may_ask_name
from routing.situation import ChildView, ContactView, EpisodeFields, Said, Situation
from routing.types import (
    Assessment,
    Automation,
    Because,
    Consent,
    ContactKind,
    DeliveryClass,
    DeliveryState,
    Hazard,
    Lane,
    Mark,
    ReplyKey,
    Urgency,
    is_danger,
)

# A "call 911" that comes late is harmful (FACTS A4).
SAFETY_VALID = timedelta(minutes=15)
AUTOMATIC_VALID = timedelta(minutes=30)
SAFETY_AGAIN_AFTER = timedelta(minutes=5)  # C13
QUIET_AFTER_STAFF = timedelta(hours=2)  # C15
STAFF_NOTE_AGAIN_AFTER = timedelta(minutes=10)
# After "call 911" the weaker "call the nurse" would take it back.
STRONGER = {ReplyKey.CALL_NURSE: {ReplyKey.CALL_EMERGENCY, ReplyKey.CALL_EMERGENCY_ABROAD}}
OF_ONE_HAZARD = frozenset({ReplyKey.VIOLENCE, ReplyKey.SELF_HARM})
CLOSED_WORDS = {
    WhyClosed.NIGHT: ReplyKey.CLOSED,
    WhyClosed.WEEKEND: ReplyKey.CLOSED_WEEKEND,
    WhyClosed.HOLIDAY: ReplyKey.CLOSED_HOLIDAY,
    WhyClosed.CLOSING: ReplyKey.CLOSED_FOR_NOW,
}
NOTICES = frozenset(
    {ReplyKey.CLOSED_NO_TIME, ReplyKey.NOT_UNDERSTOOD, *CLOSED_WORDS.values()}
)  # what is said once in a closed window and urgency
LONGEST_HOLIDAY = 30  # a longer name would cost one more part of a text


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known when the answer to an inbound message is chosen; `episode` is as it becomes."""

    situation: Situation
    assessment: Assessment
    keyword: Keyword | None
    episode: EpisodeFields
    window: Window
    now: datetime
    provider_answers: bool = True  # the provider has dealt with the keyword by itself
    is_call: bool = False  # they called and nobody picked up (C17); they wrote nothing

    @property
    def is_danger(self) -> bool:
        """Tell whether this message, not an earlier one, needs safety words."""
        return is_danger(self.assessment.urgency, self.assessment.hazard)


def choose(arrival: Arrival) -> tuple[tuple[Reply, ...], tuple[Because, ...]]:
    """Choose the automatic answer to one inbound message.

    Returns:
        the replies (none or one), and why; in shadow no reply, but why says which it would be.
    """
    reply, why = _wanted(arrival)
    if reply is None:
        return (), (Because("no automatic text", why),)
    automation = arrival.situation.clinic.automation
    if automation is not Automation.ON:
        return (), (Because("no automatic text", f"{automation}: would be {reply.key} ({why})"),)
    if is_loop(arrival.situation, arrival.now):
        return (), (Because("no automatic text", "loop guard: too many texts in 30 seconds"),)
    reachable = _as_reachable(arrival, reply)
    if reachable is None:
        return (), (Because("no automatic text", f"{reply.key}: they cannot be texted"),)
    return (reachable,), (Because(f"text {reply.key}", why),)


def languages_of(arrival: Arrival) -> tuple[str, ...]:
    """Order the languages of an answer: the caregiver's own, the message's, the clinic's first."""
    clinic, contact = arrival.situation.clinic, arrival.situation.contact
    wanted = (contact.language, arrival.assessment.language, clinic.languages[0])
    return tuple(dict.fromkeys(tag for tag in wanted if tag))


def _wanted(arrival: Arrival) -> tuple[Reply | None, str]:
    if arrival.situation.contact.kind is ContactKind.STAFF:
        return _to_staff(arrival)
    if arrival.keyword is not None:
        return _to_keyword(arrival, arrival.keyword)
    if arrival.is_danger or _is_news_of_care(arrival):
        return _safety(arrival)
    if Mark.THANKS in arrival.assessment.marks:
        return None, "C15: thanks need no answer"
    if arrival.episode.needs_outcome:
        return None, "C2: no promise while an urgent episode is open"
    if arrival.situation.clinic.is_system:
        return None, "nobody has set up this number yet"
    if _is_away(arrival.situation.children):
        return None, "C20: the child was admitted, moved or has died"
    if arrival.is_call and (arrival.window.is_open or not _is_telephone(arrival)):
        return None, "C14: they called; no text arrived, and a voice has told them the number"
    return _notice(arrival) if not arrival.window.is_open else _acknowledgement(arrival)


def _is_away(children: tuple[ChildView, ...]) -> bool:
    return bool(children) and not any(child.is_active for child in children)


def _is_news_of_care(arrival: Arrival) -> bool:
    """C9: they tell that they are in care; once in an episode, for then they ask for other things.

    Who writes of a form from a hospital bed has told it already, or is known to be there (C20).
    """
    is_told = _latest(arrival, {ReplyKey.IN_CARE}) is not None
    is_known = is_told or _is_away(arrival.situation.children)
    return Mark.IN_CARE in arrival.assessment.marks and not is_known


def _is_telephone(arrival: Arrival) -> bool:
    """Tell whether it can be texted at all; who hides their number has none."""
    return arrival.situation.contact.address.startswith("+")


def _to_staff(arrival: Arrival) -> tuple[Reply | None, str]:
    if arrival.situation.takes_alert:
        return _automatic(arrival, ReplyKey.STAFF_TAKEN), "I-12: the word of an alert"
    said = next((s for s in arrival.situation.history.said if s.key == ReplyKey.STAFF_NOTE), None)
    if said is not None and is_within(said.at, arrival.now, STAFF_NOTE_AGAIN_AFTER):
        return None, "C19: already said a moment ago"
    return _automatic(arrival, ReplyKey.STAFF_NOTE), "C19: a staff phone wrote"


def _to_keyword(arrival: Arrival, keyword: Keyword) -> tuple[Reply | None, str]:
    own = arrival.situation.clinic.opt_out == "own"
    is_new = arrival.situation.contact.consent is not Consent.OPTED_OUT
    match keyword:
        case Keyword.STOP if is_new and (own or not arrival.provider_answers):
            return _automatic(arrival, ReplyKey.OPTED_OUT), "one confirmation (FACTS C)"
        case Keyword.START if own:
            return _automatic(arrival, ReplyKey.OPTED_IN), "texts are wanted again"
        case Keyword.HELP if own:
            reply = _automatic(arrival, ReplyKey.HELP)
            return replace(reply, lane=Lane.SAFETY, at_once=True), "HELP, answered by ourselves"
        case Keyword.HELP:
            # The provider's canned answer says nothing about 911 (FACTS B1).
            return _safety(arrival)
        case _:
            return None, "the provider answers this keyword"


def _safety(arrival: Arrival) -> tuple[Reply | None, str]:
    key, why, phone = _safety_key(arrival)
    said = _said_here(arrival, {key} | STRONGER.get(key, set()))
    just_said = [one for one in said if is_within(one.at, arrival.now, SAFETY_AGAIN_AFTER)]
    is_louder = bool(said) and arrival.assessment.urgency > said[0].urgency
    is_news = is_louder or (len(just_said) == 1 and _is_new_hazard(arrival, key))
    if just_said and not is_news:
        return None, "C13: the same words were sent less than five minutes ago"
    languages, in_all = _understood_by(arrival)
    reply = Reply(
        key=key,
        urgency=arrival.assessment.urgency,
        languages=languages,
        lane=Lane.SAFETY,
        delivery_class=DeliveryClass.AT_LEAST_ONCE,
        valid=SAFETY_VALID,
        at_once=True,
        phone=phone,
        in_all=in_all,
    )
    return reply, why


def _understood_by(arrival: Arrival) -> tuple[tuple[str, ...], bool]:
    """Name the languages of safety words, and whether they are said in each of them.

    Whoever holds the telephone now may read another language than its owner: a grandmother
    writes hers. Where nobody knows what they read, it is each of the clinic's (C8).
    """
    contact, read = arrival.situation.contact, arrival.assessment.language
    if _reads_unknown(contact) and read is None:
        return arrival.situation.clinic.languages, True
    wanted = languages_of(arrival)
    is_another = bool(contact.language and read) and not _is_same(contact.language, read)
    return (wanted[:2], True) if is_another else (wanted, False)


def _is_same(one: str | None, other: str | None) -> bool:
    return (one or "").partition("-")[0] == (other or "").partition("-")[0]


def _is_new_hazard(arrival: Arrival, key: ReplyKey) -> bool:
    """Tell whether words that fit several hazards have been said of another one only (C13)."""
    if key in OF_ONE_HAZARD:
        return False
    episode, hazard = arrival.situation.episode, arrival.assessment.hazard
    return episode is not None and hazard is not None and hazard is not episode.fields.hazard


def _safety_key(arrival: Arrival) -> tuple[ReplyKey, str, str | None]:
    clinic, assessment = arrival.situation.clinic, arrival.assessment
    comfort = _comfort_phone(arrival.situation.children)
    emergency = assessment.urgency is Urgency.EMERGENCY
    in_states = clinic.country == "US"
    if clinic.is_system:
        return ReplyKey.CALL_LOCAL_EMERGENCY, "the clinic of this number is not known", None
    if assessment.hazard is Hazard.VIOLENCE:  # also in the ER: whoever did it may read this
        return ReplyKey.VIOLENCE, "C11: nothing that shows what was said", None
    if Mark.IN_CARE in assessment.marks:
        return ReplyKey.IN_CARE, "C9: already in care", None
    if comfort and assessment.hazard in {Hazard.MEDICAL, None}:
        return ReplyKey.COMFORT_PLAN, "C10: the child has a comfort plan", comfort
    if assessment.hazard is Hazard.SELF_HARM and in_states:
        return ReplyKey.SELF_HARM, "danger to oneself", None
    if emergency and in_states:
        return ReplyKey.CALL_EMERGENCY, "C12: an emergency", None
    if emergency:
        return ReplyKey.CALL_EMERGENCY_ABROAD, "an emergency", None
    return ReplyKey.CALL_NURSE, "C2: an action and a number, never a time to wait for", None


def _comfort_phone(children: tuple[ChildView, ...]) -> str | None:
    """Give the plan's number where no other child of the family can be meant (C8, C10)."""
    phones = [c.comfort_phone for c in children if c.is_active or c.comfort_phone]
    return phones[0] if phones and all(phones) else None


def _notice(arrival: Arrival) -> tuple[Reply | None, str]:
    """Say once in each closed window and urgency that nobody reads now (DESIGN 6)."""
    contact, level = arrival.situation.contact, arrival.assessment.urgency
    window = notice_window(arrival.situation.clinic.schedule, arrival.now)
    if _was_noticed(arrival, window, level):
        return None, "already said in this closed window"
    key, holiday = _closed_key(arrival)
    why = "the office is closed"
    if arrival.is_call:
        key, why = ReplyKey.NOT_UNDERSTOOD, "C14: a call is no text that will be read"
    elif not arrival.assessment.understood and _closed_long(arrival):
        key, why = ReplyKey.NOT_UNDERSTOOD, "C3: not understood while closed for over 4 hours"
    elif automatic_today(arrival.situation, arrival.now) >= MOST_AUTOMATIC_A_DAY:
        key, why = ReplyKey.NOT_UNDERSTOOD, "C15: safety words only, two texts were sent today"
    elif takes_room(arrival.situation, arrival.now):
        key, why = ReplyKey.NOT_UNDERSTOOD, "C14, C15: the second text is kept for a new time"
    reply = _automatic(arrival, key)
    return replace(
        reply,
        once=f"notice:{contact.id}:{window.id}:{level.word}",
        due=window.ends,
        in_all=_reads_unknown(contact),
        holiday=holiday,
    ), why


def _was_noticed(arrival: Arrival, window: Window, level: Urgency) -> bool:
    """Tell whether this window was said already, at this level or above.

    By its name, and by when it was said: a window has another name after the clinic has changed
    its zone or its week, and the family is still in the same night.
    """
    contact, history = arrival.situation.contact, arrival.situation.history
    levels = tuple(u for u in Urgency if u >= level)
    if any(f"notice:{contact.id}:{window.id}:{u.word}" in history.once for u in levels):
        return True
    return window.starts is not None and any(
        said.key in NOTICES
        and said.urgency in levels
        and window.starts <= said.at
        and (window.ends is None or said.at < window.ends)
        for said in history.said
    )


def _closed_key(arrival: Arrival) -> tuple[ReplyKey, str]:
    """Choose the words for a closed window, and the holiday that they name."""
    if arrival.window.ends is None:
        return ReplyKey.CLOSED_NO_TIME, ""
    why, name = why_closed(arrival.situation.clinic.schedule, arrival.now)
    if why is WhyClosed.HOLIDAY and not 0 < len(name) <= LONGEST_HOLIDAY:
        return ReplyKey.CLOSED, ""
    return CLOSED_WORDS[why], name if why is WhyClosed.HOLIDAY else ""


def _acknowledgement(arrival: Arrival) -> tuple[Reply | None, str]:
    contact, history = arrival.situation.contact, arrival.situation.history
    level = arrival.assessment.urgency
    episode = arrival.situation.episode
    first = f"new:{contact.id}"
    if contact.kind is ContactKind.UNCLAIMED and first not in history.once:
        return _to_new_sender(arrival, first)
    wrote = history.staff_wrote_at
    # What waits to leave was not heard yet: it is no reason to be silent (C5).
    if wrote and timedelta(0) <= arrival.now - wrote < QUIET_AFTER_STAFF:
        return None, "C15: a person wrote less than two hours ago"
    said = _latest(arrival, {*ReplyKey.promising(), ReplyKey.RECEIVED_NO_TIME})
    if said is not None and said.urgency >= level:
        return None, "C15: one acknowledgement for each episode and urgency"
    if contact.kind is ContactKind.UNCLAIMED and episode is not None and not said:
        return None, "C8: the first answer to a new sender said it all"
    if automatic_today(arrival.situation, arrival.now) >= MOST_AUTOMATIC_A_DAY:
        return None, "C15: two automatic texts were sent today"
    due = arrival.episode.reply_due
    if due is None:
        reply = _automatic(arrival, ReplyKey.RECEIVED_NO_TIME)
        return reply, "received while the office is open"
    away, cover = _cover(arrival)
    key = ReplyKey.RECEIVED_COVER if cover else ReplyKey.RECEIVED
    reply = replace(_automatic(arrival, key), due=due, away=away, cover=cover)
    return reply, "received while the office is open"


def _to_new_sender(arrival: Arrival, first: str) -> tuple[Reply | None, str]:
    """Ask a new sender for their name, unless it would come when nobody reads it (C3, C8)."""
    in_all = _reads_unknown(arrival.situation.contact)
    if may_ask_name(arrival.situation.clinic, arrival.window, arrival.now):
        key = ReplyKey.NEW_SENDER if in_all else ReplyKey.NEW_VISITOR
        return replace(_automatic(arrival, key), once=first, in_all=in_all), "C8: a new sender"
    if _latest(arrival, {ReplyKey.RECEIVED_NO_TIME}) is not None:
        return None, "C15: one acknowledgement for each episode and urgency"
    reply = replace(_automatic(arrival, ReplyKey.RECEIVED_NO_TIME), in_all=in_all)
    return reply, "C8: a new sender; a name would come after closing"


def _cover(arrival: Arrival) -> tuple[str, str]:
    """Give the first names of the coordinator who is away and of who answers; empty for nobody."""
    clinic, owner_id = arrival.situation.clinic, arrival.situation.contact.coordinator_id
    language = arrival.situation.contact.language
    answering = clinic.answering(owner_id, arrival.now, language)
    owner, cover = clinic.person(owner_id), clinic.person(answering.staff_id)
    if owner is None or cover is None or not answering.away:
        return "", ""
    return owner.name.split()[0], cover.name.split()[0]


def _reads_unknown(contact: ContactView) -> bool:
    """Tell whether nobody knows what they read (C8); on a chat page they chose a language."""
    return contact.kind is ContactKind.UNCLAIMED and contact.language is None


def _automatic(arrival: Arrival, key: ReplyKey) -> Reply:
    languages = languages_of(arrival)
    if arrival.situation.contact.kind is ContactKind.UNCLAIMED:
        languages = tuple(dict.fromkeys((*languages, *arrival.situation.clinic.languages)))
    classes = DeliveryClass
    return Reply(
        key=key,
        urgency=arrival.assessment.urgency,
        languages=languages,
        lane=Lane.SAFETY if key.is_safety else Lane.AUTOMATIC,
        delivery_class=classes.AT_LEAST_ONCE if key.is_safety else classes.AT_MOST_ONCE,
        valid=SAFETY_VALID if key.is_safety else AUTOMATIC_VALID,
    )


def _as_reachable(arrival: Arrival, reply: Reply) -> Reply | None:
    """Mark safety words that cannot be texted, to be said by telephone (C13); drop the rest."""
    contact = arrival.situation.contact
    if reply.key in {ReplyKey.OPTED_OUT, ReplyKey.OPTED_IN}:
        return reply
    if contact.consent is not Consent.OPTED_OUT and not contact.cannot_text:
        return reply
    if reply.lane is not Lane.SAFETY:
        return None
    why = "opted_out" if contact.consent is Consent.OPTED_OUT else "unusable_number"
    return replace(reply, state=DeliveryState.BLOCKED, needs_call=why, at_once=False)


def _latest(arrival: Arrival, keys: set[ReplyKey]) -> Said | None:
    """Find the newest of these texts in the open episode."""
    return next(iter(_said_here(arrival, keys)), None)


def _said_here(arrival: Arrival, keys: set[ReplyKey]) -> tuple[Said, ...]:
    """List these texts of the open episode, newest first; a new one has heard nothing yet."""
    episode = arrival.situation.episode
    if episode is None:
        return ()
    said = arrival.situation.history.said
    return tuple(s for s in said if s.key in keys and s.episode_id == episode.id)


def _closed_long(arrival: Arrival) -> bool:
    ends = arrival.window.ends
    return ends is None or ends - arrival.now > UNREAD_CLOSED_FOR
