"""What comes due: a step of an alert, a promise, a text that nobody opened (C2, C3, I-10)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.decision import Decision, PromiseChange
from routing.dues import decide_timer
from routing.events import TimerKind
from routing.situation import AlertState
from routing.types import Hazard, Urgency
from tests.routing.people import (
    ANA,
    MINUTE,
    NILS,
    NOW,
    after,
    alert,
    due,
    emergency,
    episode,
    situation,
    taken_alert,
    why,
)

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("kind", TimerKind)
def test_nothing_is_due_in_a_closed_episode(kind: TimerKind) -> None:
    decision = decide_timer(due(kind), situation(), NOW)
    assert decision == Decision(timers={kind: None})


# Steps of an alert.


def test_the_next_step_tells_everybody_again_i10() -> None:
    known = situation(episode=emergency(), alert=alert(next_step_at=NOW))
    decision = decide_timer(due(TimerKind.ALERT_STEP), known, NOW)
    assert decision.alert is not None
    assert (decision.alert.step, decision.alert.next_step_at) == (1, NOW + 5 * MINUTE)
    assert [tell.address for tell in decision.tells] == [ANA.phone, NILS.phone]
    assert {tell.step for tell in decision.tells} == {1}
    assert decision.episode is None
    assert "nobody has acknowledged (I-10)" in why(decision)


@pytest.mark.parametrize(
    "standing",
    [
        pytest.param(None, id="no-alert"),
        pytest.param(taken_alert(), id="acknowledged"),
        pytest.param(alert(next_step_at=NOW + MINUTE), id="another-worker-was-first"),
        pytest.param(alert(next_step_at=None), id="no-next-step"),
    ],
)
def test_a_step_that_is_not_due_does_nothing(standing: Any) -> None:
    known = replace(situation(episode=emergency()), alert=standing)
    assert decide_timer(due(TimerKind.ALERT_STEP), known, NOW) == Decision()


# Promises.


def test_a_promise_that_was_not_kept_is_broken_once() -> None:
    known = situation(episode=episode(), promise_due=NOW)
    decision = decide_timer(due(TimerKind.PROMISE), known, NOW)
    assert decision.promise is PromiseChange.BROKEN
    assert "promise broken" in why(decision)
    again = decide_timer(due(TimerKind.PROMISE), replace(known, promise_due=None), NOW)
    assert again.promise is None


@pytest.mark.parametrize("standing", [None, NOW + MINUTE], ids=["settled", "a-later-one"])
def test_a_promise_that_is_not_due_is_not_broken(standing: Any) -> None:
    known = replace(situation(episode=episode()), promise_due=standing)
    decision = decide_timer(due(TimerKind.PROMISE), known, NOW)
    assert decision.promise is None
    assert decision.timers == {TimerKind.PROMISE: standing}


# Nobody opened it.


def test_an_unopened_text_rises_to_urgent_and_then_somebody_is_told_c3() -> None:
    known = situation(episode=episode(urgency=Urgency.ROUTINE), promise_due=NOW + HOUR)
    first = decide_timer(due(TimerKind.UNOPENED), known, NOW)
    assert first.episode is not None
    assert first.episode.urgency is Urgency.SOON
    again = first.timers[TimerKind.UNOPENED]
    assert again == NOW + 4.5 * HOUR, "four more open hours, lunch is closed"
    assert (first.alert, first.tells) == (None, ())
    second = decide_timer(due(TimerKind.UNOPENED), after(known, first), again)
    assert second.episode is not None
    assert second.episode.urgency is Urgency.URGENT
    assert second.episode.reply_due is None
    assert second.alert is not None
    assert second.alert.next_step_at is not None
    assert [tell.address for tell in second.tells] == [ANA.phone]
    assert second.promise is PromiseChange.WITHDRAWN, "C2"
    assert second.timers == {TimerKind.UNOPENED: None, TimerKind.PROMISE: None}
    assert "C3" in why(second)


def test_silence_never_makes_an_emergency_c16() -> None:
    for urgency in (Urgency.URGENT, Urgency.EMERGENCY):
        known = situation(episode=episode(urgency=urgency), alert=alert())
        decision = decide_timer(due(TimerKind.UNOPENED), known, NOW)
        assert decision == Decision(timers={TimerKind.UNOPENED: None})


def test_what_somebody_has_opened_does_not_rise_c3() -> None:
    known = situation(episode=episode(looked_at=NOW - MINUTE))
    decision = decide_timer(due(TimerKind.UNOPENED), known, NOW)
    assert decision == Decision(timers={TimerKind.UNOPENED: None})


def test_what_rose_without_a_promise_withdraws_none() -> None:
    decision = decide_timer(due(TimerKind.UNOPENED), situation(episode=episode()), NOW)
    assert decision.alert is not None
    assert decision.promise is None


def test_what_rose_is_taken_by_nobody_although_an_earlier_text_was_c1() -> None:
    taken = episode(acknowledged_at=NOW - 9 * HOUR, acknowledged_by=ANA.id, looked_at=None)
    decision = decide_timer(due(TimerKind.UNOPENED), situation(episode=taken), NOW)
    assert decision.episode is not None
    assert decision.episode.acknowledged_at is None


def test_an_unopened_text_after_a_taken_hazard_tells_who_took_it_c1() -> None:
    taken = episode(hazard=Hazard.MEDICAL, acknowledged_at=NOW, acknowledged_by=NILS.id)
    known = situation(episode=taken, alert=taken_alert(urgency=Urgency.SOON))
    decision = decide_timer(due(TimerKind.UNOPENED), known, NOW)
    assert decision.alert is not None
    assert (decision.alert.state, decision.alert.urgency) == (AlertState.OPEN, Urgency.URGENT)
    assert [tell.address for tell in decision.tells] == [NILS.phone]
