"""The time line "if a danger came now": who would be told when, and in which ways."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query

from admin.turns import COLOURS
from routing import foresight
from routing.hours import window_at
from routing.situation import ClinicView, StaffView
from routing.steps import AGAIN, AGAIN_URGENT, MINUTE
from routing.types import StaffChannel, Urgency

LEVELS = (Urgency.EMERGENCY, Urgency.URGENT)
OTHERWISE = "otherwise"
HOUR = 60  # minutes


@dataclass(frozen=True, slots=True)
class Asked:
    """What the time line is for; `owner_id` None: whoever is the first coordinator.

    `otherwise`: not now, but when the office has opened or closed next.
    """

    owner_id: int | None = None
    level: Urgency = Urgency.EMERGENCY
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One person of a step, or the services; `name` is empty for the clinic's own telephone.

    `is_new`: not told at an earlier step.
    """

    name: str
    ways: tuple[StaffChannel, ...]
    colour: int | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `clock` is the time since the beginning as a clock shows it: 0:05."""

    clock: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The whole time line, and what it was asked for.

    `is_open` is how the office stands now; `again`, minutes from step to step above the last.
    """

    asked: Asked
    owners: tuple[StaffView, ...]
    steps: tuple[Step, ...]
    again: int
    is_open: bool
    can_turn: bool


def _asked(
    of: Annotated[str, Query(max_length=20)] = "",
    level: Annotated[str, Query(max_length=20)] = "",
    when: Annotated[str, Query(max_length=20)] = "",
) -> Asked:
    is_number = of.isascii() and of.isdigit()
    wanted = next((one for one in LEVELS if one.word == level), Urgency.EMERGENCY)
    return Asked(int(of) if is_number else None, wanted, when == OTHERWISE)


AskedFor = Annotated[Asked, Depends(_asked)]


def foreseen(clinic: ClinicView, asked: Asked, now: datetime) -> Foreseen:
    """Let the engine tell what would happen."""
    owners = tuple(one for one in clinic.staff if "coordinator" in one.roles)
    if asked.owner_id not in {one.id for one in owners}:
        asked = replace(asked, owner_id=owners[0].id if owners else None)
    window = window_at(clinic.schedule, now)
    moment = window.ends if asked.otherwise and window.ends else now
    steps = foresight.foresee(clinic, asked.level, asked.owner_id, moment)
    again = AGAIN if asked.level is Urgency.EMERGENCY else AGAIN_URGENT
    return Foreseen(
        asked, owners, tuple(_shown(clinic, steps)), again // MINUTE, window.is_open,
        can_turn=window.ends is not None,
    )  # fmt: skip


def _shown(clinic: ClinicView, steps: Sequence[foresight.Foreseen]) -> Iterator[Step]:
    colours: dict[int, int] = {}
    services = ", ".join(service.name for service in clinic.services)
    for step in steps:
        told = []
        for person, ways in step.told:
            is_new = person is None or person.id not in colours
            if person is not None:
                colours.setdefault(person.id, len(colours) % COLOURS)
            colour = colours[person.id] if person else None
            name = person.name if person else services if StaffChannel.SERVICE in ways else ""
            told.append(Told(name, ways, colour, is_new))
        yield Step(_clock(step.after), tuple(told))


def _clock(after: timedelta) -> str:
    minutes = after // MINUTE
    return f"{minutes // HOUR}:{minutes % HOUR:02}"
