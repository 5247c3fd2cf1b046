"""Reads a week that a person typed, by the same rules as the clinic's file."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from store.clinicfile.checks import DAYS, hours
from store.clinicfile.schema import HoursSection

Week = dict[str, list[list[str]]]


def read_week(typed: Mapping[str, str]) -> tuple[Week, dict[str, str]]:
    """Read stretches such as `08:30-12:00, 12:30-17:00` for each of `mon` to `sun`.

    Returns:
        the week as it is stored, and a sentence for each day that cannot be read.
    """
    parts = {
        day: [part.strip() for part in typed.get(day, "").replace(";", ",").split(",")]
        for day in DAYS
    }
    wanted = {day: [part for part in found if part] for day, found in parts.items()}
    try:
        section = HoursSection.model_validate(wanted)
    except ValidationError as error:
        return {}, {str(one["loc"][0]): _plain(one["msg"]) for one in error.errors()}
    overlaps = {str(path[1]): sentence for path, sentence in hours(section)}
    return stored(section), overlaps


def typed_week(week: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, str]:
    """Write a week as it is kept for the form that `read_week` reads."""
    return {day: ", ".join("-".join(one) for one in week.get(day, ())) for day in DAYS}


def stored(section: HoursSection | None) -> Week:
    """Write a week as the tables keep it: the stretches in order, no day without any."""
    days = section.model_dump() if section else {}
    return {day: [list(one) for one in sorted(found)] for day, found in days.items() if found}


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
