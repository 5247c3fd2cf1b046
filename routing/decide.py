"""The one question of the product: this happened, this is known, what should follow?"""

from datetime import datetime

from routing.acts import decide_action
from routing.arrivals import Triage, decide_inbound
from routing.decision import Decision
from routing.dues import decide_timer
from routing.events import Event, Inbound, Receipt, SecondOpinion, StaffAction, TimerDue
from routing.leaving import kept_back
from routing.missing import AFTER, watched
from routing.reports import decide_receipt
from routing.rereading import decide_opinion
from routing.situation import DeliverySituation, Situation


def decide(
    event: Event, situation: Situation | DeliverySituation, now: datetime, triage: Triage
) -> Decision:
    """Decide what one event causes; pure, so that the same input always gives the same answer.

    Args:
        event: what happened.
        situation: what is known about its thread, or about its delivery for a `Receipt`.
        now: the present, aware.
        triage: reads the words of a family.

    Raises:
        TypeError: the situation does not belong to this kind of event.
    """
    match event, situation:
        case Receipt(), DeliverySituation():
            return watched(decide_receipt(event, situation, now), situation.thread, now)
        case StaffAction(), Situation():
            return watched(decide_action(event, situation, now), situation, now, grace=AFTER)
        case Inbound(), Situation():
            decision = decide_inbound(event, situation, now, triage)
        case TimerDue(), Situation():
            decision = decide_timer(event, situation, now)
        case SecondOpinion(), Situation():
            decision = decide_opinion(event, situation, now)
        case _:
            raise TypeError(f"{type(event).__name__} does not go with {type(situation).__name__}")
    return watched(kept_back(decision, situation), situation, now)
