"""What an administrator typed about a line of on-call, and what is wrong with it."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Form

from admin.duty import number_of
from routing.oncall import LONGEST_TURN, Override, Rotation
from routing.wallclock import opening

LONGEST_NAME = 100
MOST_PEOPLE = 30
LONGEST_OVERRIDE = timedelta(days=400)
YEARS = range(2000, 2101)
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
NOBODY = "nobody"
Words = Annotated[str, Form(max_length=400)]


@dataclass(frozen=True, slots=True)
class LineTyped:
    """The form of a line, each field as it was typed."""

    name: str = ""
    people: tuple[str, ...] = ()
    first: str = ""
    days: str = ""
    handover: str = ""

    @classmethod
    def of(cls, name: str, rotation: Rotation) -> "LineTyped":
        """Fill the form with what stands."""
        return cls(
            name, tuple(map(str, rotation.people)), rotation.first.isoformat(),
            str(rotation.days), rotation.handover,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OverrideTyped:
    """The form of an override, each field as it was typed."""

    who: str = ""
    starts: str = ""
    ends: str = ""


def _line(
    *,
    name: Words = "",
    people: Annotated[list[str] | None, Form(alias="staff")] = None,
    first: Words = "",
    days: Words = "",
    handover: Words = "",
) -> LineTyped:
    chosen = tuple(one for one in people or () if one)[:MOST_PEOPLE]
    return LineTyped(name.strip(), chosen, first.strip(), days.strip(), handover.strip())


def _override(*, who: Words = "", starts: Words = "", ends: Words = "") -> OverrideTyped:
    return OverrideTyped(who, starts.strip(), ends.strip())


LineForm = Annotated[LineTyped, Depends(_line)]
OverrideForm = Annotated[OverrideTyped, Depends(_override)]


def read_line(typed: LineTyped) -> tuple[Rotation | None, dict[str, str]]:
    """Read a line; for each field that cannot be so, give the key of a sentence."""
    problems = {}
    if not 0 < len(typed.name) <= LONGEST_NAME:
        problems["name"] = "name"
    people = tuple(number for one in typed.people if (number := number_of(one)) is not None)
    if not people or len(people) != len(typed.people):
        problems["people"] = "people"
    first = _day(typed.first)
    if first is None:
        problems["first"] = "date"
    days = number_of(typed.days) or 0
    if not 0 < days <= LONGEST_TURN:
        problems["days"] = "days"
    if not CLOCK.fullmatch(typed.handover):
        problems["handover"] = "handover"
    if problems or first is None:
        return None, problems
    return Rotation(people, first, days, typed.handover), {}


def read_override(
    typed: OverrideTyped, now: datetime, zone: ZoneInfo
) -> tuple[Override | None, dict[str, str]]:
    """Read an override that is not over yet; for each field that cannot be so, a sentence."""
    problems = {}
    who = number_of(typed.who)
    if who is None and typed.who != NOBODY:
        problems["who"] = "who"
    starts, ends = _moment(typed.starts, zone), _moment(typed.ends, zone)
    if starts is None:
        problems["starts"] = "moment"
    if ends is None:
        problems["ends"] = "moment"
    if starts is None or ends is None:
        return None, problems
    if ends <= starts:
        problems["ends"] = "before"
    elif ends <= now:
        problems["ends"] = "past"
    elif ends - starts > LONGEST_OVERRIDE:
        problems["ends"] = "too_long"
    return (None, problems) if problems else (Override(who, starts, ends), {})


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _moment(typed: str, zone: ZoneInfo) -> datetime | None:
    """Read `2026-12-24T08:00` by the clinic's clock, also on nights when the clock jumps."""
    try:
        wall = datetime.fromisoformat(typed)
    except ValueError:
        return None
    if wall.year not in YEARS or wall.tzinfo is not None:
        return None
    return opening(wall.replace(second=0, microsecond=0), zone).astimezone(UTC)
