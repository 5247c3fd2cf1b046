"""When words that a person wrote leave: at once, in their next hours, or when families are awake.

Whoever writes after work is offered the start of their next hours first; to send at once they say
why, unless it is their turn on call (issue of hours and alerts, 4). A family in danger waits for
nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from routing import quiet
from routing.decision import Decision
from routing.events import StaffAction
from routing.shifts import next_start
from routing.situation import ClinicView, Situation
from routing.types import Because, Problem, is_danger

LONGEST_WHY = 200
A_MOMENT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=4)
"""Over a weekend and a holiday; who is away for longer writes by the clinic's hours."""


class WhyNow(StrEnum):
    """What a person may say to send at once outside their hours, without own words."""

    ASKED = "asked"  # the family asked for an answer today
    TONIGHT = "tonight"  # it is about this evening or night
    AGREED = "agreed"  # they agreed to write at this time


@dataclass(frozen=True, slots=True)
class Leaving:
    """How long words are held, and why; or `problem`: they are not taken like this."""

    hold: timedelta = timedelta(0)
    because: tuple[Because, ...] = ()
    problem: Problem | None = None


def offered(
    clinic: ClinicView, staff_id: int, wrote_at: datetime | None, now: datetime
) -> datetime | None:
    """Tell when words of a person leave if they wait for their hours.

    Args:
        clinic: with its hours, turns and absences.
        staff_id: who writes.
        wrote_at: when the family wrote last; its quiet hours hold in the morning too (C20).
        now: the moment of writing.

    Returns:
        None where nothing is to wait for: inside their hours, on call, or no hours are near.
    """
    if clinic.has_duty(staff_id, now):
        return None
    starts = next_start(clinic.hours_of(staff_id), now)
    if starts is not None and starts - now > LONGEST_WAIT:
        starts = next_start(clinic.schedule, now)
    if starts is None or starts - now > LONGEST_WAIT:
        return None
    return starts + quiet.waits(clinic.schedule.timezone, wrote_at, starts)


def kept_back(decision: Decision, situation: Situation) -> Decision:
    """Keep back what waits to leave where the family is worse off than its writer knew (C5)."""
    before, after = situation.episode, decision.episode
    if after is None:
        return decision
    is_grave = is_danger(after.urgency, after.hazard)
    if before is None:  # what it was written for is resolved; this is something new
        return replace(decision, keeps_back=is_grave)
    was_danger = is_danger(before.fields.urgency, before.fields.hazard)
    has_risen = after.urgency > before.fields.urgency or (is_grave and not was_danger)
    return replace(decision, keeps_back=True) if has_risen else decision


def undecided(event: StaffAction, situation: Situation, now: datetime) -> bool:
    """Tell whether somebody resolves an episode and has not said what becomes of a held reply.

    Their own that leaves in a moment leaves: they have just sent it.
    """
    return event.unsent is None and any(
        one.author_id != event.staff_id or one.leaves_at - now > A_MOMENT for one in situation.held
    )


def leaving(
    event: StaffAction, clinic: ClinicView, wrote_at: datetime | None, now: datetime
) -> Leaving:
    """Decide how long words are held that a person wrote to a family that is in no danger."""
    own_words, chosen = event.now_because.strip()[:LONGEST_WHY], event.why_now.strip()
    starts = offered(clinic, event.staff_id, wrote_at, now)
    if starts is not None and not event.at_once:
        why = Because("leaves in the writer's hours", f"{starts:%Y-%m-%dT%H:%MZ}")
        return Leaving(max(event.hold, starts - now), (why,))
    if starts is not None and not (own_words or chosen in set(WhyNow)):
        return Leaving(problem=Problem.NEEDS_WHY_NOW)
    because: tuple[Because, ...] = ()
    if starts is not None:
        because = (Because("sent outside the writer's hours", own_words or chosen),)
    night = quiet.waits(clinic.schedule.timezone, wrote_at, now)
    if not night:
        return Leaving(event.hold, because)
    if not own_words:
        return Leaving(max(event.hold, night), because)
    return Leaving(event.hold, (*because, Because("sent at night (C20)", own_words)))
