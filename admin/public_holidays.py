"""The public holidays of a country and a state, from the `holidays` library."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Holiday:
    """One date with the name that families would read."""

    date: date
    name: str


@dataclass(frozen=True, slots=True)
class Holidays:
    """What is known of a country: its states with their names, and the holidays of some dates."""

    states: tuple[tuple[str, str], ...]  # code and name, by name
    days: tuple[Holiday, ...]


def public_holidays(
    country: str, state: str, languages: Iterable[str], first: date, last: date
) -> Holidays | None:
    """List the holidays from `first` to `last`, both included; None for a country without any.

    Args:
        country: two letters.
        state: its code; empty or unknown: of the whole country.
        languages: of the clinic; the first that the names are known in.
        first: the first date.
        last: the last date.
    """
    # Here and not above, because it costs a twentieth of a second at every start.
    import holidays as library  # noqa: PLC0415

    try:
        source = library.country_holidays(country)
    except NotImplementedError:
        return None
    codes = source.subdivisions
    years = range(first.year, last.year + 1)
    found = library.country_holidays(
        country,
        subdiv=state if state in codes else None,
        years=years,
        language=_language(languages, source.supported_languages),
    )
    names = {code: name for name, code in source.subdivisions_aliases.items() if code in codes}
    return Holidays(
        tuple(sorted(((code, names.get(code, code)) for code in codes), key=lambda one: one[1])),
        tuple(
            Holiday(day, found[day].replace("; ", ", ")[:LONGEST_NAME])
            for day in sorted(found)
            if first <= day <= last
        ),
    )


def _language(wanted: Iterable[str], supported: Iterable[str]) -> str | None:
    """Choose the first language of the clinic that names are known in; None: the country's own."""
    offered = tuple(supported)
    for tag in wanted:
        for one in offered:
            if one.split("_")[0] == tag.split("-")[0]:
                return one
    return None
