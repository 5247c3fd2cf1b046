"""Writing first to a family: a new episode that begins with words of staff (C23, C20)."""

from datetime import datetime

from routing.decision import Decision, HumanReply
from routing.events import StaffAction, TimerKind
from routing.leaving import leaving
from routing.situation import ContactView, EpisodeFields, Situation, StaffView
from routing.types import Because, Consent, ContactKind, EpisodeState, Problem, Urgency

LONGEST_REPLY = 1500  # Twilio takes 1,600 characters (FACTS A1); the signature needs some


def unsendable(text: str, contact: ContactView) -> Problem | None:
    """Say why words cannot be texted to somebody, if so (C13)."""
    if not text:
        return Problem.EMPTY_TEXT
    if len(text) > LONGEST_REPLY:
        return Problem.TOO_LONG
    if contact.consent is Consent.OPTED_OUT or contact.cannot_text:
        return Problem.CANNOT_TEXT
    return None


def start(
    event: StaffAction, situation: Situation, person: StaffView, now: datetime
) -> Decision:  # fmt: skip
    """Open an episode with words of a person; they wait for the writer's hours, at night (C20).

    It is answered, so that it does not stand among those who wait, and stays open until somebody
    resolves it: what the family writes back joins it.
    """
    contact, text = situation.contact, event.text.strip()
    if situation.episode is not None:
        return Decision(problem=Problem.HAS_OPEN)
    if contact.kind is not ContactKind.FAMILY:
        return Decision(problem=Problem.NOT_FOUND)
    problem = unsendable(text, contact)
    if problem is not None:
        return Decision(problem=problem)
    leaves = leaving(event, situation.clinic, None, now)
    if leaves.problem is not None:
        return Decision(problem=leaves.problem)
    fields = EpisodeFields(
        state=EpisodeState.OPEN, urgency=Urgency.ROUTINE, hazard=None, topics=(),
        needs_eyes=False, owner_id=person.id, is_waiting=False, waiting_since=now, looked_at=now,
    )  # fmt: skip
    return Decision(
        episode=fields,
        opens_episode=True,
        human=HumanReply(text, person, leaves.hold),
        timers={TimerKind.UNOPENED: None},
        because=(Because("started by staff (C23)", f"by {person.name}"), *leaves.because),
    )
