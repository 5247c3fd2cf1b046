"""The clinic's own steps: what may be set, what is refused, and what the engine makes of them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing import alerts
from routing.foresight import foresee
from routing.situation import AlertState, ClinicView
from routing.steps import DEFAULT, MINUTE, Flaw, Group, Ladder, Rung, faults
from routing.types import Automation, Hazard, StaffChannel, Urgency
from tests.routing.people import (
    ANA,
    CARLA,
    NIGHT,
    NILS,
    NOW,
    OLGA,
    alert,
    fields,
    maple,
    situation,
)

EVENING = NOW.replace(hour=22, minute=55)
"""Five minutes before the office closes."""
SMS, CALL, EMAIL = StaffChannel.SMS, StaffChannel.CALL, StaffChannel.EMAIL
REACHABLE = replace(CARLA, phone="+13125550123")


def rung(after: int, *groups: Group, **more: Any) -> Rung:
    urgent = more.pop("urgent", 5 * after)
    return Rung(groups, after * MINUTE, urgent * MINUTE, **more)


QUICK = (
    rung(0, Group.SUPERVISORS),
    rung(2, Group.OWNER, Group.BACKUP),
    rung(7, Group.STAFF),
)


def with_steps(day: tuple[Rung, ...] = QUICK, night: tuple[Rung, ...] = QUICK) -> ClinicView:
    return maple(staff=(ANA, NILS, REACHABLE, OLGA), on_call=(NILS, ANA), ladder=Ladder(day, night))


def flaws(*day: Rung) -> list[tuple[int | None, str, Flaw]]:
    found = faults(Ladder(day, DEFAULT.night))
    return [(one.step, one.key, one.flaw) for one in found if one.part == "day"]


def test_the_steps_of_the_product_keep_its_promises() -> None:
    assert list(faults(DEFAULT)) == []
    assert list(faults(Ladder(QUICK, QUICK))) == []


def test_one_step_that_tells_everybody_at_once_is_enough() -> None:
    assert flaws(rung(0, Group.STAFF)) == []
    assert flaws(rung(0, Group.LIST, Group.NURSES)) == []


@pytest.mark.parametrize(
    ("day", "place", "flaw"),
    [
        ((), (None, ""), Flaw.EMPTY),
        ((rung(0), rung(5, Group.STAFF)), (0, "who"), Flaw.NOBODY),
        ((rung(1, Group.STAFF, urgent=0),), (0, "after"), Flaw.NOT_AT_ONCE),
        ((rung(0, Group.STAFF, urgent=1),), (0, "after_urgent"), Flaw.NOT_AT_ONCE),
        ((rung(0, Group.OWNER), rung(16, Group.STAFF, urgent=60)), (1, "after"), Flaw.LATE),
        ((rung(0, Group.OWNER), rung(5, Group.STAFF, urgent=76)), (1, "after_urgent"), Flaw.LATE),
        ((rung(0, Group.OWNER), rung(0, Group.STAFF, urgent=9)), (1, "after"), Flaw.ORDER),
        ((rung(0, Group.OWNER), rung(9, Group.LIST)), (1, "who"), Flaw.NOT_EVERYBODY),
        ((rung(0, Group.OWNER), rung(9, Group.NURSES)), (1, "who"), Flaw.NOT_EVERYBODY),
        (tuple(rung(n, Group.STAFF) for n in range(9)), (8, ""), Flaw.TOO_MANY),
    ],
)
def test_no_clinic_can_set_steps_that_end_are_empty_or_slower_than_promised(
    day: tuple[Rung, ...], place: tuple[int | None, str], flaw: Flaw
) -> None:
    assert flaws(*day) == [(*place, flaw)]


def story(clinic: ClinicView, urgency: Urgency = Urgency.EMERGENCY, now: Any = NOW) -> list[Any]:
    return [
        (one.after // MINUTE, [person.name if person else "the number" for person, _ in one.told])
        for one in foresee(clinic, urgency, ANA.id, now)
    ]


def test_an_emergency_climbs_the_clinics_own_steps_and_a_nurse_is_told_in_parallel_c18() -> None:
    assert story(with_steps()) == [
        (0, ["Carla", "Nils"]),
        (2, ["Carla", "Nils", "Ana"]),
        (7, ["Carla", "Nils", "Ana", "Olga", "the number"]),
    ]


def test_urgent_has_times_of_its_own() -> None:
    assert [after for after, _ in story(with_steps(), Urgency.URGENT)] == [0, 10, 35]


def test_a_step_that_means_nobody_today_is_passed_at_once_i11() -> None:
    nobody = (rung(0, Group.BACKUP), rung(10, Group.OWNER), rung(15, Group.STAFF, urgent=75))
    without_nurses = replace(with_steps(nobody), staff=(ANA, OLGA), on_call=())
    assert story(without_nurses)[0] == (0, ["Ana"])


def test_a_clinic_without_anybody_to_reach_foresees_its_own_number_i11() -> None:
    alone = replace(with_steps(), staff=(), on_call=())
    assert story(alone) == [(0, ["the number"])]


def test_above_the_last_step_everybody_is_told_again_without_end_i10() -> None:
    clinic, moment = with_steps(), NOW
    known = situation(clinic=clinic)
    danger = fields(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    current, _ = alerts.after_danger(known, Urgency.EMERGENCY, danger, None, NOW)
    for _ in range(500):
        assert current.next_step_at is not None
        assert moment < current.next_step_at <= moment + 5 * MINUTE
        moment = current.next_step_at
        current, tells = alerts.next_step(replace(known, alert=current), danger, moment)
        assert tells
        assert current.state == AlertState.OPEN


def test_everybody_is_told_in_time_also_when_the_office_closes_meanwhile() -> None:
    """By day all wait ten minutes, by night one after the other: together it would be too late."""
    by_day = (rung(0, Group.OWNER), rung(12, Group.STAFF, urgent=60))
    by_night = (*(rung(n, Group.FIRST) for n in range(6)), rung(14, Group.STAFF, urgent=75))
    steps = story(with_steps(by_day, by_night), now=EVENING)
    assert steps[-1][0] == 15
    assert {"Ana", "Nils", "Carla", "Olga"} <= set(steps[-1][1])


# How they are told.


def ways(clinic: ClinicView, now: Any = NOW) -> list[list[str]]:
    steps = foresee(clinic, Urgency.EMERGENCY, ANA.id, now)
    return [sorted({way for _, how in one.told for way in how}) for one in steps]


def test_a_step_may_ring_at_once_and_the_next_ones_are_no_quieter() -> None:
    loud = (
        rung(0, Group.OWNER, channels=frozenset({CALL})),
        rung(5, Group.NURSES, channels=frozenset()),
        rung(9, Group.STAFF, channels=frozenset({EMAIL})),
    )
    staff = tuple(replace(one, email=f"{one.name}@maple.example") for one in (ANA, NILS))
    clinic = replace(with_steps(loud), staff=staff)
    assert ways(clinic) == [[CALL, SMS], [CALL, SMS], [CALL, EMAIL, SMS]]


def test_a_step_without_ways_of_its_own_has_those_of_the_clinic() -> None:
    quiet_first = (rung(0, Group.OWNER, channels=frozenset()), *QUICK[1:])
    clinic = replace(with_steps(quiet_first, QUICK), alert_channels=frozenset({CALL}))
    assert ways(clinic) == [[SMS], [CALL, SMS], [CALL, SMS]]
    assert ways(clinic, NIGHT)[0] == [CALL, SMS], "at night it rings at once"


def test_a_second_danger_rings_whoever_took_the_first_as_loudly_as_the_steps_can_c1() -> None:
    loud = (rung(0, Group.OWNER), rung(5, Group.STAFF, channels=frozenset({CALL})))
    taken = alert(state=AlertState.ACKNOWLEDGED, acknowledged_by=ANA.id)
    known = replace(situation(clinic=with_steps(loud)), alert=taken)
    danger = fields(urgency=Urgency.EMERGENCY)
    _, tells = alerts.after_danger(known, Urgency.EMERGENCY, danger, None, NOW)
    assert {tell.channel for tell in tells} == {SMS, CALL}


def test_what_is_foreseen_does_not_depend_on_being_live() -> None:
    live = with_steps()
    assert story(replace(live, automation=Automation.SHADOW)) == story(live)
    assert foresee(live, Urgency.EMERGENCY, None, NOW)[0].after == timedelta(0)
