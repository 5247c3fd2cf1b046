"""When an interpreter is called into a nurse's talk with a family, and who is called (C18)."""

from collections.abc import Sequence

from routing.decision import Joins, Leg
from routing.events import StaffAction
from routing.situation import Situation, StaffView


def speaks(languages: Sequence[str], reads: str | None) -> bool:
    """Tell whether one of somebody's languages is the family's; `es-MX` is Spanish.

    Where one of the two is not known nobody can say that they need help.
    """
    if not reads or not languages:
        return True
    base = reads.partition("-")[0]
    return any(one.partition("-")[0] == base for one in languages)


def legs(event: StaffAction, situation: Situation, person: StaffView) -> tuple[Leg, ...]:
    """List whom to call into the talk that somebody has begun; the interpreter comes first."""
    line, contact = situation.clinic.interpreter_phone, situation.contact
    if not event.conference or not line or speaks(person.languages, contact.language):
        return ()
    return (
        Leg(Joins.INTERPRETER, line, event.conference),
        Leg(Joins.FAMILY, contact.address, event.conference),
    )
