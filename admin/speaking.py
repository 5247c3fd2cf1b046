"""Who of the staff speaks what a family speaks: shown where somebody writes to them (C5)."""

from dataclasses import dataclass

from routing.interpreting import speaks
from routing.situation import ClinicView
from store.people import Person


@dataclass(frozen=True, slots=True)
class Reading:
    """Who of a clinic reads what a family writes: whether I do, and which colleagues."""

    mine: bool
    colleagues: tuple[str, ...] = ()


def reading_of(clinic: ClinicView, me: Person, reads: str | None) -> Reading:
    """Find who speaks a family's language; where it is not known nobody needs to be found."""
    others = (one for one in clinic.staff if one.id != me.staff_id and one.languages)
    able = tuple(one.name for one in others if reads and speaks(one.languages, reads))
    return Reading(speaks(me.languages, reads), able)
