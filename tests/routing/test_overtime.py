"""What people do outside their hours is counted; notices wait for their hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from routing.acts import decide_action
from routing.cover import Absence
from routing.dues import decide_timer
from routing.events import ActionKind, TimerKind
from routing.hours import week_of
from routing.ladder import people
from routing.overtime import AfterHours, Counted, Done, Overtime, by_week, mondays
from routing.situation import ClinicView, Situation
from routing.types import Problem, Urgency
from tests.routing.people import (
    ANA,
    CARLA,
    MINUTE,
    NEVER,
    NIGHT,
    NILS,
    NOW,
    OLGA,
    act,
    alert,
    due,
    emergency,
    episode,
    maple,
    rosa,
    situation,
)

CHICAGO = "America/Chicago"
GRAVE = situation(episode=emergency(), alert=alert())
MORNINGS = week_of({"wed": [["06:00", "08:00"]]})


def counted(kind: ActionKind, now: datetime, known: Situation = GRAVE, **changes: Any) -> Any:
    event = act(kind, **({"text": "Calling you.", "reached": True} | changes))
    return decide_action(event, known, now).after_hours


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (ActionKind.REPLY, AfterHours.REPLY),
        (ActionKind.TAKE, AfterHours.TAKE),
        (ActionKind.CALLED, AfterHours.CALL),
        (ActionKind.NOTE, None),
        (ActionKind.OPENED, None),
    ],
)
def test_replies_takes_and_calls_count_at_night_and_by_day_nothing_does(
    kind: ActionKind, counts: AfterHours | None
) -> None:
    assert counted(kind, NIGHT) == (Overtime(counts, on_call=False) if counts else None)
    assert counted(kind, NOW) is None


def test_writing_at_night_counts_also_when_it_leaves_in_the_morning() -> None:
    assert counted(ActionKind.REPLY, NIGHT, situation(episode=episode())) is not None
    assert counted(ActionKind.START, NIGHT, situation()) is not None


def test_what_was_refused_and_a_second_i_take_it_count_nothing() -> None:
    assert counted(ActionKind.REPLY, NIGHT, text=" ") is None
    taken = situation(episode=emergency(acknowledged_at=NOW, acknowledged_by=NILS.id))
    assert counted(ActionKind.TAKE, NIGHT, taken) is None
    assert decide_action(act(ActionKind.REPLY), GRAVE, NIGHT).problem is Problem.EMPTY_TEXT


def test_work_on_call_counts_and_says_so() -> None:
    found = counted(ActionKind.TAKE, NIGHT, staff_id=NILS.id)
    assert found == Overtime(AfterHours.TAKE, on_call=True)


def test_her_own_hours_decide_not_the_clinics() -> None:
    early = replace(ANA, week=MORNINGS)
    known = replace(GRAVE, clinic=maple(staff=(early, NILS)))
    assert counted(ActionKind.TAKE, NOW, known) is not None
    assert counted(ActionKind.TAKE, NOW - timedelta(hours=2), known) is None


def test_where_there_are_no_hours_nothing_is_outside_of_them() -> None:
    assert counted(ActionKind.TAKE, NIGHT, replace(GRAVE, clinic=maple(schedule=NEVER))) is None


def warned(clinic: ClinicView, now: datetime = NOW, **changes: Any) -> list[int | None]:
    known = situation(
        clinic=clinic, episode=episode(owner_id=ANA.id), promise_due=now + 30 * MINUTE, **changes
    )
    decision = decide_timer(due(TimerKind.PROMISE_WARNING, now), known, now)
    return [tell.staff_id for tell in decision.tells]


def test_the_warning_of_a_promise_reaches_ana_in_her_hours_or_on_call() -> None:
    assert warned(maple()) == [ANA.id]
    assert warned(maple(on_call=(ANA,)), NIGHT) == [ANA.id]
    assert warned(maple(), NIGHT) == []


def test_when_ana_has_gone_home_her_backup_is_warned_else_who_speaks_the_language() -> None:
    home = replace(ANA, week=MORNINGS)
    spanish = replace(OLGA, id=6, name="Luz", languages=("es",), phone="+13125550126")
    staff = (home, NILS, CARLA, OLGA, spanish)
    assert warned(maple(staff=staff, backups={ANA.id: NILS.id})) == [NILS.id]
    assert warned(maple(staff=staff)) == [spanish.id]
    assert warned(maple(staff=staff), contact=rosa(language="vi")) == [OLGA.id]
    away = Absence(spanish.id, NOW - MINUTE, NOW + timedelta(days=1))
    assert warned(maple(staff=staff, absences=(away,))) == [OLGA.id]
    assert warned(maple(staff=(home, CARLA))) == []


def test_weeks_begin_on_monday_by_the_clinics_calendar() -> None:
    assert mondays(CHICAGO, NOW, 2) == (date(2026, 11, 9), date(2026, 11, 16))
    midnight = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
    assert mondays(CHICAGO, midnight - MINUTE, 1) == (date(2026, 11, 9),)
    assert mondays(CHICAGO, midnight, 1) == (date(2026, 11, 16),)


def test_each_person_has_every_week_and_what_is_older_is_left_out() -> None:
    reply = Overtime(AfterHours.REPLY, on_call=False)
    call = Overtime(AfterHours.CALL, on_call=True)
    done = [
        Done(ANA.id, reply, NOW),
        Done(ANA.id, reply, NOW - timedelta(hours=1)),
        Done(ANA.id, call, NOW - timedelta(days=7)),
        Done(NILS.id, call, NOW - timedelta(days=21)),
    ]
    assert by_week(done, CHICAGO, NOW, 2) == {
        ANA.id: (
            Counted(date(2026, 11, 9), {AfterHours.CALL: 1}, 1),
            Counted(date(2026, 11, 16), {AfterHours.REPLY: 2}, 0),
        )
    }
    assert [week.total for week in by_week(done, CHICAGO, NOW, 3)[ANA.id]] == [0, 1, 2]


def test_an_urgent_text_after_ana_went_home_reaches_somebody_at_work_in_the_same_moment() -> None:
    """She is told as well: an alert tells more people, never fewer."""
    home = replace(ANA, week=MORNINGS)
    staff = (home, CARLA, OLGA)
    known = situation(clinic=maple(staff=staff), episode=episode(urgency=Urgency.URGENT))
    told = people(known, known.episode.fields, 0, NOW) if known.episode else ()
    assert told == (OLGA, home)
    working = replace(known, clinic=maple(staff=(ANA, CARLA, OLGA)))
    assert people(working, episode().fields, 0, NOW) == (ANA,)
