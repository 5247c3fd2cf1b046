"""What an administrator typed about the steps of an alert, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Form

from routing.steps import MINUTE, MOST_STEPS, Group, Ladder, Rung, faults
from routing.types import StaffChannel

PARTS = ("day", "night")
LONGEST_NUMBER = 3
Many = Annotated[list[str] | None, Form()]
Problems = dict[str, str]
"""By place: `day-0-after`; the sentence is `say("flaw", …)`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One step, each field as it was typed. `own`: it has ways of its own, which are `ways`."""

    after: str = ""
    urgent: str = ""
    who: tuple[str, ...] = ()
    own: bool = False
    ways: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was typed, which is how a step is taken away."""
        return not (self.after or self.urgent or self.who)


@dataclass(frozen=True, slots=True)
class StepsTyped:
    """The whole form, by part; places that were left empty are not in it."""

    day: tuple[Row, ...]
    night: tuple[Row, ...]

    @classmethod
    def of(cls, ladder: Ladder) -> "StepsTyped":
        """Fill the form with what stands."""
        return cls(tuple(map(_row, ladder.day)), tuple(map(_row, ladder.night)))

    def shown(self, part: str, *, with_place: bool) -> tuple[Row, ...]:
        """List the rows of a part, with an empty place for one more."""
        rows: tuple[Row, ...] = getattr(self, part)
        has_room = with_place and len(rows) < MOST_STEPS
        return (*rows, Row()) if has_room else rows


def _steps(
    *, places: Many = None, after: Many = None, urgent: Many = None, who: Many = None,
    own: Many = None, ways: Many = None,
) -> StepsTyped:  # fmt: skip
    """Put the fields together; `who`, `own` and `ways` name the place that they belong to."""
    rows: dict[str, list[Row]] = {part: [] for part in PARTS}
    chosen, loud, alone = who or (), ways or (), set(own or ())
    typed = zip(places or (), after or (), urgent or (), strict=False)
    for place, minutes, more in list(typed)[: 2 * MOST_STEPS]:
        named = _of(place, loud)
        # Whoever ticks a way means it, also without the tick before it.
        is_own = place in alone or bool(named)
        row = Row(minutes.strip(), more.strip(), _of(place, chosen), is_own, named)
        part = place.partition("-")[0]
        if part in rows and not row.is_blank:
            rows[part].append(row)
    return StepsTyped(tuple(rows["day"]), tuple(rows["night"]))


StepsForm = Annotated[StepsTyped, Depends(_steps)]


def read_steps(typed: StepsTyped) -> tuple[Ladder | None, Problems]:
    """Read the form; None where something cannot be read or may not be so."""
    problems: Problems = {}
    rungs: dict[str, list[Rung]] = {part: [] for part in PARTS}
    for part in PARTS:
        for number, row in enumerate(getattr(typed, part)):
            after, urgent = _minutes(row.after), _minutes(row.urgent)
            for key, read in (("after", after), ("urgent", urgent)):
                if read is None:
                    problems[f"{part}-{number}-{key}"] = "minutes"
            groups = tuple(group for group in Group if group.value in row.who)
            ways = frozenset(way for way in StaffChannel if way.value in row.ways)
            rungs[part].append(
                Rung(
                    groups, after or timedelta(0), urgent or timedelta(0), ways if row.own else None
                )
            )
    if problems:
        return None, problems
    ladder = Ladder(tuple(rungs["day"]), tuple(rungs["night"]))
    problems = dict(_flaws(ladder))
    return (None, problems) if problems else (ladder, {})


def _flaws(ladder: Ladder) -> Iterator[tuple[str, str]]:
    for fault in faults(ladder):
        key = {"after_urgent": "urgent"}.get(fault.key, fault.key)
        place = fault.part if fault.step is None else f"{fault.part}-{fault.step}"
        flaw = f"{fault.flaw}_{key}" if fault.flaw == "late" else fault.flaw.value
        yield (f"{place}-{key}" if key else place), flaw


def _row(rung: Rung) -> Row:
    return Row(
        str(rung.after // MINUTE),
        str(rung.after_urgent // MINUTE),
        tuple(group.value for group in rung.groups),
        rung.channels is not None,
        tuple(way.value for way in StaffChannel if way in (rung.channels or ())),
    )


def _of(place: str, chosen: Sequence[str]) -> tuple[str, ...]:
    return tuple(one.removeprefix(f"{place}-") for one in chosen if one.startswith(f"{place}-"))


def _minutes(typed: str) -> timedelta | None:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER
    return int(typed) * MINUTE if is_number else None
