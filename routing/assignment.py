"""Who gets what the team has: the family's coordinator, the language, who is on duty, the load.

Age raises the rank: every four open hours of waiting count as one level, without an end, so that
nothing below a danger is passed over for ever (issue of hours and alerts, 6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.hours import Schedule, window_at
from routing.situation import ClinicView, StaffView

LEVEL_AFTER = timedelta(hours=4)
"""Of open time, as C3 counts it."""
DANGER = 2
"""The rank of the inbox down to which nothing is weighed against age or language."""
WORKERS = frozenset({"coordinator", "nurse"})
_MOST_WINDOWS = 60  # a month of working days; what is older is old enough


@dataclass(frozen=True, slots=True)
class Queued:
    """One episode that the team has. `rank` is its `inbox_rank`, `meant_for` whose it was (C7)."""

    episode_id: int
    family_id: int
    rank: int
    waiting_since: datetime
    language: str | None
    coordinator_id: int | None
    meant_for: int | None = None


def in_order(
    queue: Iterable[Queued], clinic: ClinicView, person: StaffView, now: datetime
) -> list[Queued]:
    """List the team's queue as one person should take it: dangers first, then by risen level.

    Within a level their own families come first, then those whose language they speak, then who
    has waited longest.
    """

    def place(one: Queued) -> tuple[object, ...]:
        is_own = person.id in {one.coordinator_id, one.meant_for}
        is_spoken = one.language is None or person.speaks(one.language)
        is_danger = one.rank <= DANGER
        level = one.rank if is_danger else risen(one, clinic.schedule, now)
        return not is_danger, level, not is_own, not is_spoken, one.waiting_since, one.episode_id

    return sorted(queue, key=place)


def shared_out(
    queue: Iterable[Queued], clinic: ClinicView, loads: Mapping[int, int], now: datetime
) -> list[tuple[Queued, int]]:
    """Give each episode of the queue to somebody on duty, the first in order to choose first.

    Args:
        queue: what the team has.
        clinic: with its staff, hours and absences.
        loads: how many open episodes each person has already; who is not there has none.
        now: the moment; whoever is in their hours now, and not away, is on duty.

    Returns:
        Episodes with the id of who gets them; those for whom nobody is on duty are left out.
    """
    carried = dict(loads)
    given: list[tuple[Queued, int]] = []
    for one in sorted(queue, key=lambda q: _urgency(q, clinic.schedule, now)):
        person = chosen(one, clinic, carried, now)
        if person is not None:
            carried[person.id] = carried.get(person.id, 0) + 1
            given.append((one, person.id))
    return given


def chosen(
    one: Queued, clinic: ClinicView, loads: Mapping[int, int], now: datetime
) -> StaffView | None:
    """Choose who gets an episode: the family's coordinator, else language, then the least load."""
    on_duty = [p for p in clinic.staff if p.roles & WORKERS and not clinic.is_off(p.id, now)]
    own = next((p for p in on_duty if p.id == one.coordinator_id), None)
    return own or min(on_duty, key=lambda p: _fitness(p, one, loads), default=None)


def risen(one: Queued, schedule: Schedule, now: datetime) -> int:
    """Give the rank with a level off for every four open hours of waiting; it may go below 0."""
    return one.rank - _open_time(schedule, one.waiting_since, now) // LEVEL_AFTER


def _urgency(one: Queued, schedule: Schedule, now: datetime) -> tuple[object, ...]:
    is_danger = one.rank <= DANGER
    level = one.rank if is_danger else risen(one, schedule, now)
    return not is_danger, level, one.waiting_since, one.episode_id


def _fitness(
    person: StaffView, one: Queued, loads: Mapping[int, int]
) -> tuple[bool, bool, int, int]:
    is_spoken = one.language is None or person.speaks(one.language)
    is_coordinator = "coordinator" in person.roles
    return (not is_spoken, not is_coordinator, loads.get(person.id, 0), person.id)


def _open_time(schedule: Schedule, since: datetime, now: datetime) -> timedelta:
    """Count the open time between two moments."""
    total, moment = timedelta(0), since
    for _ in range(_MOST_WINDOWS):
        if moment >= now:
            break
        window = window_at(schedule, moment)
        ends = now if window.ends is None else min(window.ends, now)
        total += ends - moment if window.is_open else timedelta(0)
        moment = ends
    return total
