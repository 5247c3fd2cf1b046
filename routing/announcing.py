"""Words to many families at once, for those whose child has a condition (C20).

A power cut, a recalled pump: a supervisor approves the words, and they leave at any hour.
"""

from datetime import datetime

from routing.decision import Decision, HumanReply
from routing.events import StaffAction
from routing.situation import EpisodeFields, Situation, StaffView
from routing.starting import unsendable
from routing.types import Because, ContactKind, EpisodeState, Problem, Urgency

MAY_APPROVE = frozenset({"supervisor", "admin"})


def announce(
    event: StaffAction, situation: Situation, person: StaffView, now: datetime
) -> Decision:
    """Say approved words to one contact; they answer nothing that the family has asked (C5).

    Quiet hours do not hold them (C20). A family with nothing open gets a closed episode to keep
    them in, so that hundreds of them fill no inbox; what it writes back opens its own.
    """
    contact, text = situation.contact, event.text.strip()
    if not MAY_APPROVE & person.roles or contact.kind is not ContactKind.FAMILY:
        return Decision(problem=Problem.NOT_FOUND)
    if not any(child.is_active for child in situation.children):
        return Decision(problem=Problem.NOT_AT_HOME)
    problem = unsendable(text, contact)
    if problem is not None:
        return Decision(problem=problem)
    words = HumanReply(text, person, announces=True)
    because = (Because("emergency message by condition (C20)", f"approved by {person.name}"),)
    if situation.episode is not None or situation.previous_episode_id is not None:
        return Decision(human=words, because=because)
    fields = EpisodeFields(
        state=EpisodeState.RESOLVED, urgency=Urgency.ROUTINE, hazard=None, topics=(),
        needs_eyes=False, owner_id=person.id, is_waiting=False, waiting_since=now, looked_at=now,
        resolved_at=now, resolved_by=person.id,
    )  # fmt: skip
    return Decision(episode=fields, opens_episode=True, human=words, because=because)
