"""Up the ladder: who is told when nobody answers, by day and by night, and after taking it."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from routing import alerts
from routing.cover import Absence
from routing.oncall import Roster, Rotation
from routing.situation import AlertFields, AlertState, Situation, StaffView
from routing.types import Hazard, ReplyKey, Urgency
from tests.routing.people import (
    ANA,
    CARLA,
    MINUTE,
    NIGHT,
    NILS,
    NOW,
    OLGA,
    ON_CALL_PHONE,
    alert,
    fields,
    maple,
    situation,
    taken_alert,
)

PETE = StaffView(5, "Pete", "+13125550125", frozenset({"nurse"}), ("en",))
CARLA_REACHABLE = replace(CARLA, phone="+13125550123")
STAFF = (ANA, NILS, CARLA_REACHABLE, OLGA, PETE)
BY_DAY = situation(clinic=maple(staff=STAFF, on_call=(NILS, PETE), backups={ANA.id: OLGA.id}))
DANGER = fields(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)


def names(known: Situation, tells: tuple[object, ...]) -> list[str]:
    by_phone = {one.phone: one.name for one in known.clinic.staff} | {ON_CALL_PHONE: "the number"}
    return [by_phone[tell.address] for tell in tells]  # type: ignore[attr-defined]  # tells


def climb(
    known: Situation, urgency: Urgency, now: datetime, steps: int
) -> list[tuple[int, list[str]]]:
    """Let nobody answer; give the minutes since the beginning and who is told at each step."""
    becomes = replace(DANGER, urgency=urgency)
    opened, tells = alerts.after_danger(known, urgency, becomes, None, now)
    told, current, moment = [(0, names(known, tells))], opened, now
    for _ in range(steps):
        assert current.next_step_at is not None
        moment = current.next_step_at
        current, tells = alerts.next_step(replace(known, alert=current), becomes, moment)
        told.append(((moment - now) // MINUTE, names(known, tells)))
    return told


def test_by_day_an_emergency_climbs_from_the_owner_to_everybody_in_fifteen_minutes_f2() -> None:
    assert climb(BY_DAY, Urgency.EMERGENCY, NOW, 4) == [
        (0, ["Ana", "Nils"]),
        (5, ["Ana", "Nils", "Olga", "Pete"]),
        (10, ["Ana", "Nils", "Olga", "Pete", "Carla"]),
        (15, ["Ana", "Nils", "Olga", "Pete", "Carla", "the number"]),
        (20, ["Ana", "Nils", "Olga", "Pete", "Carla", "the number"]),
    ]


def test_by_night_it_climbs_along_the_on_call_list() -> None:
    assert climb(BY_DAY, Urgency.EMERGENCY, NIGHT, 3) == [
        (0, ["Nils"]),
        (5, ["Nils", "Pete"]),
        (10, ["Nils", "Pete", "the number"]),
        (15, ["Nils", "Pete", "the number"]),
    ]


def test_urgent_waits_fifteen_and_sixty_minutes_f2() -> None:
    assert [minutes for minutes, _ in climb(BY_DAY, Urgency.URGENT, NOW, 3)] == [0, 15, 60, 75]
    assert [minutes for minutes, _ in climb(BY_DAY, Urgency.URGENT, NIGHT, 3)] == [0, 15, 60, 75]


def test_an_owner_who_is_away_is_answered_for_and_not_told() -> None:
    away = Absence(ANA.id, NOW - timedelta(days=1), NOW + timedelta(days=1), OLGA.id)
    known = replace(BY_DAY, clinic=replace(BY_DAY.clinic, absences=(away,)))
    (_, first), *_ = climb(known, Urgency.EMERGENCY, NOW, 0)
    assert first == ["Olga", "Nils"]


def test_whose_turn_it_is_comes_before_the_list() -> None:
    turn = Roster("America/Chicago", Rotation((OLGA.id,), date(2026, 11, 2)))
    known = replace(BY_DAY, clinic=replace(BY_DAY.clinic, rosters=(turn,)))
    (_, first), (_, second) = climb(known, Urgency.EMERGENCY, NIGHT, 1)
    assert first == ["Olga", "Nils"], "C18: and a nurse in parallel, because Olga is none"
    assert second == ["Olga", "Nils"]


def test_72_hours_without_an_answer_and_every_step_still_rings_i10() -> None:
    steps = climb(BY_DAY, Urgency.EMERGENCY, NIGHT, 72 * 12)
    assert all(told for _, told in steps)
    minutes = [at for at, _ in steps]
    assert max(later - earlier for earlier, later in itertools.pairwise(minutes)) == 5


# Somebody has taken it.


def step(known: Situation, now: datetime) -> tuple[AlertFields, list[str], set[str]]:
    current, tells = alerts.next_step(known, DANGER, now)
    return current, names(known, tells), {str(tell.key) for tell in tells}


def test_after_fifteen_minutes_without_an_outcome_the_one_who_took_it_is_asked_alone_c1() -> None:
    taken = alerts.acknowledged(alert(), NILS.id, NOW)
    assert taken.next_step_at == NOW + 15 * MINUTE
    asked, told, keys = step(replace(BY_DAY, alert=taken), NOW + 15 * MINUTE)
    assert (told, keys) == (["Nils"], {ReplyKey.STAFF_STILL_WITH_FAMILY})
    assert (asked.state, asked.next_step_at) == (AlertState.ACKNOWLEDGED, NOW + 20 * MINUTE)
    again, told, keys = step(replace(BY_DAY, alert=asked), NOW + 20 * MINUTE)
    assert again.state == AlertState.OPEN, "I-13: an acknowledgement is not care"
    assert {"Ana", "Nils", "Carla", "Olga", "Pete", "the number"} == set(told)
    assert keys == {ReplyKey.STAFF_ALERT}


def test_whoever_does_something_for_the_family_is_given_more_time_i13() -> None:
    asked = taken_alert(asked=True, next_step_at=NOW + MINUTE)
    more = alerts.cared_for(asked, NOW)
    assert (more.asked, more.next_step_at) == (False, NOW + 15 * MINUTE)
    assert alerts.cared_for(alert(), NOW) == alert(), "an open alert is not slowed down"


def test_somebody_who_took_it_and_left_is_not_waited_for_c1() -> None:
    gone = taken_alert(acknowledged_by=99)
    asked, told, _ = step(replace(BY_DAY, alert=gone), NOW)
    assert (told, asked.next_step_at) == ([], NOW + 5 * MINUTE)
    assert step(replace(BY_DAY, alert=asked), NOW + 5 * MINUTE)[1]


def test_pass_on_now_tells_the_next_at_once_and_frees_it_i12() -> None:
    known = replace(BY_DAY, alert=taken_alert())
    freed, tells = alerts.passed_on(known, DANGER, NOW)
    assert (freed.state, freed.acknowledged_by, freed.rung) == (AlertState.OPEN, None, 1)
    assert names(known, tells) == ["Ana", "Nils", "Olga", "Pete"]


def test_nothing_can_be_passed_on_where_there_is_no_alert() -> None:
    with pytest.raises(ValueError, match="no alert"):
        alerts.passed_on(BY_DAY, DANGER, datetime(2026, 1, 1, tzinfo=UTC))
