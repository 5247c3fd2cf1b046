"""C7: a coordinator who did not come to work is not waited for; cover speaks the language."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from routing.arrivals import decide_inbound
from routing.cover import Absence
from routing.decide import decide
from routing.decision import Decision
from routing.events import ActionKind, Event, TimerKind
from routing.hours import week_of
from routing.situation import Situation
from routing.types import EpisodeState, Hazard, Urgency
from tests.routing.people import (
    ANA,
    MINUTE,
    NEVER,
    NIGHT,
    NILS,
    NOW,
    OLGA,
    OPENING,
    act,
    alert,
    due,
    emergency,
    episode,
    maple,
    rosa,
    situation,
    text,
    triage,
    why,
)

OPENED = NOW - 30 * MINUTE
"""Wednesday, half past eight: Ana's day began."""
LATE = OPENED + 45 * MINUTE
DAY = timedelta(days=1)
LUZ = replace(OLGA, id=6, name="Luz", languages=("es",), phone="+13125550126")


def waiting(**changes: Any) -> Situation:
    return situation(**({"episode": episode()} | changes))


def looked(now: datetime = LATE, known: Situation | None = None, **changes: Any) -> Decision:
    return decide(due(TimerKind.MISSING, now), known or waiting(**changes), now, triage())


def planned(event: Event, known: Situation, now: datetime) -> datetime | None:
    return decide(event, known, now, triage()).timers[TimerKind.MISSING]


def test_c7_45_minutes_into_her_hours_without_a_sign_of_ana_the_team_has_it() -> None:
    decision = looked(owner_seen_at=OPENED - MINUTE)
    assert decision.episode is not None
    assert (decision.episode.owner_id, decision.episode.meant_for) == (None, ANA.id)
    assert decision.timers == {TimerKind.MISSING: None}
    assert "owner: the team: Ana is not there 45 minutes into their hours (C7)" in why(decision)
    assert (decision.tells, decision.replies) == ((), ())


def test_c7_a_sign_of_ana_since_her_day_began_leaves_it_with_her_until_tomorrow() -> None:
    decision = looked(owner_seen_at=OPENED)
    assert decision.episode is None
    assert decision.timers == {TimerKind.MISSING: OPENING + 45 * MINUTE}


def test_c7_before_the_45_minutes_nobody_is_missing() -> None:
    decision = looked(LATE - MINUTE)
    assert (decision.episode, decision.timers) == (None, {TimerKind.MISSING: LATE})


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"episode": episode(is_waiting=False)}, id="answered"),
        pytest.param({"episode": episode(urgency=Urgency.ROUTINE)}, id="routine"),
        pytest.param({"episode": episode(owner_id=None)}, id="the-team-has-it"),
        pytest.param({"episode": episode(state=EpisodeState.SNOOZED)}, id="put-off"),
        pytest.param({"episode": None}, id="resolved"),
        pytest.param({"clinic": maple(schedule=NEVER)}, id="no-hours"),
    ],
)
def test_c7_nothing_is_taken_from_ana_without_need(changes: dict[str, Any]) -> None:
    decision = looked(known=waiting(**changes))
    assert (decision.episode, decision.timers) == (None, {TimerKind.MISSING: None})


def test_c7_an_emergency_moves_as_well_and_its_alert_stays_as_it_is() -> None:
    decision = looked(known=situation(episode=emergency(), alert=alert()))
    assert decision.episode is not None
    assert decision.episode.owner_id is None
    assert decision.alert is None


def test_c7_her_own_hours_count_and_a_break_is_no_new_day() -> None:
    afternoon = replace(ANA, week=week_of({"wed": [["13:00", "14:00"], ["15:00", "18:00"]]}))
    clinic = maple(staff=(afternoon, NILS))
    one = NOW + timedelta(hours=4)
    assert looked(known=waiting(clinic=clinic)).timers == {TimerKind.MISSING: one + 45 * MINUTE}
    at_three = looked(one + timedelta(hours=2, minutes=50),
                      waiting(clinic=clinic, owner_seen_at=one + MINUTE))  # fmt: skip
    assert at_three.episode is None


def test_c7_is_planned_when_somebody_begins_to_wait_for_ana() -> None:
    assert planned(text(), situation(), OPENED) == LATE
    assert planned(text(), situation(), NIGHT) == OPENING + 45 * MINUTE
    later = NOW + timedelta(hours=3)
    assert planned(text(), situation(), later) == later, "she should be here by now: look at once"
    routine = decide(text(), situation(), NOW, triage(Urgency.ROUTINE))
    assert TimerKind.MISSING not in routine.timers
    risen = decide(text(), waiting(episode=episode(urgency=Urgency.ROUTINE)), OPENED, triage())
    assert risen.timers[TimerKind.MISSING] == LATE
    again = decide(text(), waiting(), NOW, triage())
    assert TimerKind.MISSING not in again.timers, "it is planned already"


def test_c7_is_planned_anew_for_another_owner_and_forgotten_when_nobody_waits() -> None:
    handed = act(ActionKind.HAND_TO, to_id=NILS.id)
    assert planned(handed, waiting(), OPENED) == LATE
    assert planned(handed, waiting(), LATE) == LATE + 45 * MINUTE, "he need not be there at once"
    called = act(ActionKind.CALLED, text="Spoke with Rosa", reached=True)
    assert planned(called, waiting(), NOW) is None


def test_c7_one_press_gives_it_back_when_she_returns() -> None:
    gone = looked()
    assert gone.episode is not None
    known = waiting(episode=replace(episode(), fields=gone.episode))
    back = decide(act(ActionKind.HAND_TO, to_id=ANA.id), known, LATE, triage())
    assert back.episode is not None
    assert (back.episode.owner_id, back.episode.meant_for) == (ANA.id, None)


def test_c7_whoever_answers_meanwhile_has_it() -> None:
    gone = looked().episode
    assert gone is not None
    known = waiting(episode=replace(episode(), fields=gone))
    reply = act(ActionKind.REPLY, text="I answer for Ana.", staff_id=NILS.id)
    answered = decide(reply, known, LATE, triage()).episode
    assert answered is not None
    assert (answered.owner_id, answered.meant_for) == (NILS.id, None)


def test_c7_who_is_away_hands_over_to_their_cover_then() -> None:
    away = Absence(ANA.id, NOW - DAY, NOW + DAY, NILS.id)
    decision = looked(known=waiting(clinic=maple(absences=(away,)), owner_seen_at=NOW))
    assert decision.episode is not None
    assert (decision.episode.owner_id, decision.episode.meant_for) == (NILS.id, ANA.id)
    assert decision.timers == {TimerKind.MISSING: LATE}, "Nils is looked for in his turn"


def test_c7_of_those_who_stand_in_one_who_speaks_the_language_comes_first() -> None:
    def owner(**changes: Any) -> int | None:
        known = situation(clinic=maple(**changes), contact=rosa(language="es-MX"))
        decided = decide_inbound(text(), known, NOW, triage(hazard=Hazard.MEDICAL))
        return decided.episode.owner_id if decided.episode else None

    staff = (ANA, NILS, OLGA, LUZ)
    away = Absence(ANA.id, NOW - DAY, NOW + DAY, NILS.id)
    assert owner(staff=staff) == ANA.id
    assert owner(staff=staff, absences=(away,), backups={ANA.id: LUZ.id}) == LUZ.id
    assert owner(staff=staff, absences=(away,), backups={ANA.id: OLGA.id}) == NILS.id
    assert owner(staff=staff, absences=(away,)) == NILS.id
