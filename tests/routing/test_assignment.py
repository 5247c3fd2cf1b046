"""Who gets what the team has: coordinator, language, duty, load; and age."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from routing.acts import decide_action
from routing.assignment import Queued, chosen, in_order, risen, shared_out
from routing.cover import Absence
from routing.events import ActionKind
from routing.hours import week_of
from routing.types import EpisodeState, Problem
from tests.routing.people import (
    ANA,
    CARLA,
    MINUTE,
    NEVER,
    NIGHT,
    NILS,
    NOW,
    OLGA,
    WEEK,
    act,
    episode,
    maple,
    situation,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON, ROUTINE = 3, 4
LUZ = replace(OLGA, id=6, name="Luz", languages=("es",))
"""Speaks Spanish alone; Olga's languages nobody has written down."""


def waits(episode_id: int, **changes: Any) -> Queued:
    defaults: dict[str, Any] = {
        "family_id": episode_id, "rank": SOON, "waiting_since": NOW - 10 * MINUTE,
        "language": "en", "coordinator_id": None,
    }  # fmt: skip
    return Queued(episode_id, **(defaults | changes))


def ordered(*queue: Queued) -> list[int]:
    return [one.episode_id for one in in_order(queue, maple(), ANA, NOW)]


def test_dangers_come_first_by_level_whatever_their_language() -> None:
    assert ordered(
        waits(1),
        waits(2, rank=2, language="vi"),
        waits(3, rank=0, language="vi"),
        waits(4, rank=ROUTINE, waiting_since=NOW - 20 * DAY),
    ) == [3, 2, 4, 1]


def test_her_own_families_then_her_languages_then_who_has_waited_longest() -> None:
    assert ordered(
        waits(1, language="vi", waiting_since=NOW - 30 * MINUTE),
        waits(2, language="es-MX", waiting_since=NOW - 5 * MINUTE),
        waits(3, waiting_since=NOW - 6 * MINUTE),
        waits(4, language="vi", coordinator_id=ANA.id, waiting_since=NOW),
        waits(5, language=None, waiting_since=NOW - MINUTE),
        waits(6, language="vi", meant_for=ANA.id, waiting_since=NOW - MINUTE),
    ) == [6, 4, 3, 2, 5, 1]


def test_four_open_hours_count_as_one_level_and_the_night_as_none() -> None:
    at_ten = NOW + HOUR
    assert risen(waits(1, waiting_since=NOW - 30 * MINUTE), WEEK, at_ten) == SOON
    assert risen(waits(1, waiting_since=NOW - 30 * MINUTE), WEEK, NOW + 4 * HOUR) == SOON - 1
    assert risen(waits(1, waiting_since=NOW - 16 * HOUR), WEEK, at_ten) == SOON
    assert risen(waits(1, waiting_since=NOW - 50 * DAY), WEEK, NOW) < 0
    assert risen(waits(1, waiting_since=NOW - DAY), NEVER, NOW) == SOON


@given(younger=st.lists(st.integers(0, 600), max_size=8))
def test_nothing_is_passed_over_for_ever_because_of_its_language(younger: list[int]) -> None:
    old = waits(1, language="vi", rank=ROUTINE, waiting_since=NOW - 10 * DAY)
    others = [
        waits(n + 2, waiting_since=NOW - minutes * MINUTE, coordinator_id=ANA.id)
        for n, minutes in enumerate(younger)
    ]
    assert ordered(*others, old)[0] == 1


def test_the_familys_own_coordinator_gets_it_when_on_duty() -> None:
    clinic = maple(staff=(ANA, NILS, OLGA, LUZ))
    theirs = waits(1, language="es", coordinator_id=OLGA.id)
    assert chosen(theirs, clinic, {OLGA.id: 99}, NOW) == OLGA
    away = replace(clinic, absences=(Absence(OLGA.id, NOW - DAY, NOW + DAY),))
    assert chosen(theirs, away, {}, NOW) in (ANA, LUZ)


def test_otherwise_the_language_then_a_coordinator_then_the_least_load() -> None:
    clinic = maple(staff=(ANA, NILS, CARLA, OLGA, LUZ))
    assert chosen(waits(1, language="es"), clinic, {ANA.id: 5, LUZ.id: 4}, NOW) == LUZ
    assert chosen(waits(1, language="es"), clinic, {ANA.id: 4, LUZ.id: 4}, NOW) == ANA
    assert chosen(waits(1, language="en"), clinic, {ANA.id: 5}, NOW) == ANA, "Nils is a nurse"
    assert chosen(waits(1, language="vi"), clinic, {ANA.id: 3, LUZ.id: 1, OLGA.id: 2}, NOW) == LUZ


def test_only_who_is_in_their_hours_gets_anything_and_no_supervisor_does() -> None:
    mornings = replace(ANA, week=week_of({"wed": [["06:00", "08:00"]]}))
    clinic = maple(staff=(mornings, NILS, CARLA))
    assert chosen(waits(1), clinic, {}, NOW) == NILS
    assert chosen(waits(1), clinic, {}, NIGHT) is None
    assert shared_out([waits(1)], maple(staff=(CARLA,)), {}, NOW) == []


def test_sharing_out_gives_everybody_about_the_same() -> None:
    clinic = maple(staff=(ANA, OLGA, LUZ))
    queue = [waits(n, language="vi") for n in range(1, 8)]
    loads = {ANA.id: 2}
    for _, staff_id in shared_out(queue, clinic, loads, NOW):
        loads[staff_id] = loads.get(staff_id, 0) + 1
    assert sorted(loads.values()) == [3, 3, 3]


def test_what_somebody_has_is_given_to_nobody_else() -> None:
    for kind in (ActionKind.NEXT, ActionKind.GIVE):
        event = act(kind, to_id=ANA.id, staff_id=ANA.id)
        taken = situation(episode=episode(owner_id=NILS.id))
        assert decide_action(event, taken, NOW).problem is Problem.HAS_OWNER
        free = decide_action(event, situation(episode=episode(owner_id=None)), NOW)
        assert free.episode is not None
        assert (free.episode.owner_id, free.episode.state) == (ANA.id, EpisodeState.OPEN)
    nobody = act(ActionKind.GIVE, to_id=99)
    waiting = situation(episode=episode(owner_id=None))
    assert decide_action(nobody, waiting, NOW).problem is Problem.NOT_HERE
