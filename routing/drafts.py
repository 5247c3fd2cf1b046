"""Words that wait for a colleague who speaks the family's language: held is not answered (C5).

Whoever does not write the language leaves a draft; a colleague who does reads it, changes it and
sends it. In danger nobody waits long for that: after ten minutes it is a call with an interpreter.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from routing.clocks import is_ahead
from routing.decision import Decision, StaffNote
from routing.desk import Act
from routing.events import TimerKind
from routing.situation import AlertState, Situation
from routing.starting import LONGEST_REPLY
from routing.types import Because, Problem, is_danger

DRAFT = "draft"  # the kind of a line in the thread, for staff only
WAITS = timedelta(minutes=10)  # C5, at `urgent` and above


def hold(act: Act) -> Decision:
    """Keep words for a colleague to release; the family goes on waiting, and no clock stops."""
    text = act.event.text.strip()
    if not text:
        return Decision(problem=Problem.EMPTY_TEXT)
    if len(text) > LONGEST_REPLY:
        return Decision(problem=Problem.TOO_LONG)
    earlier = [one.at for one in act.situation.drafts]
    return Decision(
        note=StaffNote(DRAFT, text, act.person),
        timers={TimerKind.DRAFT: min([act.now, *earlier]) + WAITS},
        because=(Because("a draft waits for somebody who speaks the language (C5)",
                         f"by {act.person.name}"),),
    )  # fmt: skip


def withdraw(act: Act) -> Decision:
    """Take a draft away that nobody is to send."""
    if not is_open(act.situation, act.event.draft_id):
        return Decision(problem=Problem.DRAFT_IS_GONE)
    because = Because("draft withdrawn", f"by {act.person.name}")
    return Decision(withdraws=act.event.draft_id, because=(because,))


def is_open(situation: Situation, draft_id: int | None) -> bool:
    """Tell whether a draft still waits; of two who send it at once only one does."""
    return any(one.message_id == draft_id for one in situation.drafts)


def waited(situation: Situation, now: datetime) -> Decision:
    """Decide what follows when a draft has waited: in danger whoever took it is asked at once.

    Without an answer of theirs the alert goes on to everybody (C1, I-13).
    """
    # Of one that a clock since set back has dated, only this timer knows that it has waited.
    due = [now if is_ahead(one.at, now) else one.at + WAITS for one in situation.drafts]
    if not due or situation.episode is None:
        return Decision(timers={TimerKind.DRAFT: None})
    if min(due) > now:
        return Decision(timers={TimerKind.DRAFT: min(due)})
    fields, alert = situation.episode.fields, situation.alert
    if not is_danger(fields.urgency, fields.hazard):
        return Decision(timers={TimerKind.DRAFT: None})
    if alert is not None and alert.state == AlertState.ACKNOWLEDGED and not alert.asked:
        alert = replace(alert, next_step_at=now)
    why = "nobody who speaks the language has released the draft (C5)"
    return Decision(alert=alert, timers={TimerKind.DRAFT: None},
                    because=(Because("call with an interpreter", why),))  # fmt: skip
