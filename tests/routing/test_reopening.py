"""One slip on Resolve is not final: what was resolved is open again, and nothing is left lying."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.decide import decide
from routing.decision import Decision, FollowUpEnd, PromiseChange
from routing.events import ActionKind, TimerKind
from routing.situation import AlertState, Draft, FollowUpView, ResolvedView, Situation
from routing.types import EpisodeState, Hazard, Problem, Urgency, is_danger
from tests.routing.people import ANA, MINUTE, NILS, NOW, act, alert, episode, situation, triage

SOON_DUE = NOW + timedelta(hours=2)


def resolved(known: Situation, now: datetime = NOW, **details: Any) -> Situation:
    """Let Ana resolve what is open, and give what is known when she finds that it was a slip."""
    assert known.episode is not None
    decision = decide(act(ActionKind.RESOLVE, outcome="called"), known, now, triage())
    assert decision.episode is not None
    view = replace(known.episode, fields=decision.episode)
    ended = tuple(FollowUpView(9, c.due_at, has_come=False)
                  for c in decision.follow_ups if c.due_at)  # fmt: skip
    closed = ResolvedView(view, promise_due=known.promise_due)
    return replace(known, episode=None, alert=None, promise_due=None, previous_episode_id=9,
                   follow_ups=ended, resolved=replace(closed, **details))  # fmt: skip


def reopen(known: Situation, now: Any = NOW + MINUTE, **changes: Any) -> Decision:
    return decide(act(ActionKind.REOPEN, **changes), known, now, triage())


def test_it_stands_in_the_inbox_again_with_its_promise_and_its_clocks() -> None:
    waiting = episode(reply_due=SOON_DUE)
    decision = reopen(resolved(situation(episode=waiting, promise_due=SOON_DUE)))
    fields = decision.episode
    assert decision.reopens
    assert fields is not None
    assert (fields.state, fields.is_waiting, fields.reply_due) == (
        EpisodeState.OPEN, True, SOON_DUE
    )  # fmt: skip
    assert (fields.resolved_at, fields.resolved_by, fields.outcome) == (None, None, None)
    assert (decision.promise, decision.promise_due) == (PromiseChange.MADE, SOON_DUE)
    assert decision.timers[TimerKind.PROMISE] == SOON_DUE
    assert decision.timers[TimerKind.PROMISE_WARNING] == SOON_DUE - timedelta(minutes=30)
    assert decision.timers[TimerKind.MISSING] is not None, "C7"
    assert decision.note is not None
    assert (decision.note.kind, decision.note.text) == ("reopened", "called")


def test_a_family_that_was_answered_does_not_wait_again() -> None:
    answered = resolved(situation(episode=episode(is_waiting=False)), has_call=True)
    fields = reopen(answered).episode
    assert fields is not None
    assert not fields.is_waiting
    # The reply was on its way when Ana resolved it, and has arrived since.
    waiting = episode(reply_due=SOON_DUE)
    later = resolved(situation(episode=waiting, promise_due=SOON_DUE), is_answered=True)
    decision = reopen(later)
    assert decision.episode is not None
    assert not decision.episode.is_waiting
    assert (decision.promise, decision.episode.reply_due) == (None, None)


def test_c2_an_emergency_that_somebody_had_taken_is_theirs_who_open_it_again() -> None:
    taken = episode(
        urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL, acknowledged_at=NOW,
        acknowledged_by=NILS.id,
    )  # fmt: skip
    decision = reopen(resolved(situation(episode=taken, alert=alert())))
    assert decision.alert is not None
    assert (decision.alert.state, decision.alert.acknowledged_by) == (
        AlertState.ACKNOWLEDGED, ANA.id
    )  # fmt: skip
    assert decision.alert.next_step_at == NOW + 16 * MINUTE, "C1: then she is asked"
    assert decision.tells == ()


def test_i10_an_emergency_that_nobody_had_taken_tells_people_once_more() -> None:
    wild = episode(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    decision = reopen(resolved(situation(episode=wild, alert=alert())))
    assert decision.alert is not None
    assert decision.alert.state == AlertState.OPEN
    assert NILS.id in {tell.staff_id for tell in decision.tells}


def test_the_follow_up_that_resolving_had_planned_ends() -> None:
    wild = episode(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    decision = reopen(resolved(situation(episode=wild, alert=alert())))
    assert [(c.episode_id, c.ends) for c in decision.follow_ups] == [(9, FollowUpEnd.REOPENED)]
    assert decision.timers[TimerKind.FOLLOW_UP] is None


def test_c5_a_draft_that_waits_has_its_clock_again() -> None:
    known = resolved(situation(episode=episode()))
    decision = reopen(replace(known, drafts=(Draft(77, NOW),)))
    assert decision.timers[TimerKind.DRAFT] == NOW + 10 * MINUTE


def test_what_was_put_off_is_here_now() -> None:
    asleep = episode(state=EpisodeState.WAITING, waits_for="the pharmacy", put_off_until=SOON_DUE)
    fields = reopen(resolved(situation(episode=asleep))).episode
    assert fields is not None
    assert (fields.state, fields.waits_for, fields.put_off_until) == (EpisodeState.OPEN, None, None)


def test_whose_it_was_may_have_left_meanwhile() -> None:
    fields = reopen(resolved(situation(episode=episode(owner_id=99)))).episode
    assert fields is not None
    assert fields.owner_id == ANA.id
    of_the_team = reopen(resolved(situation(episode=episode(owner_id=None)))).episode
    assert of_the_team is not None
    assert of_the_team.owner_id is None


@pytest.mark.parametrize(
    ("known", "now", "problem"),
    [
        pytest.param(
            situation(previous_episode_id=9), NOW, Problem.HAS_NEWER, id="the thread has gone on"
        ),
        pytest.param(
            resolved(situation(episode=episode())), NOW + timedelta(hours=25), Problem.TOO_LATE,
            id="a day is over",
        ),
        pytest.param(situation(episode=episode()), NOW, None, id="somebody was faster"),
    ],
)  # fmt: skip
def test_what_is_not_opened_again(known: Situation, now: Any, problem: Problem | None) -> None:
    decision = reopen(known, now)
    assert decision.problem is problem
    assert (decision.episode, decision.note, decision.reopens) == (None, None, False)


@settings(max_examples=100, deadline=None)
@given(
    urgency=st.sampled_from(Urgency),
    hazard=st.none() | st.sampled_from(Hazard),
    is_taken=st.booleans(),
    is_waiting=st.booleans(),
    has_promise=st.booleans(),
    minutes=st.integers(0, 1440),
)
def test_whatever_was_resolved_nothing_is_lower_and_every_danger_has_a_next_step(
    urgency: Urgency, hazard: Hazard | None, is_taken: bool, is_waiting: bool, has_promise: bool,
    minutes: int,
) -> None:  # fmt: skip
    """C2, I-08, I-10."""
    grave = is_danger(urgency, hazard)
    taker = {"acknowledged_at": NOW, "acknowledged_by": NILS.id} if is_taken else {}
    due = SOON_DUE if is_waiting and not grave else None
    view = episode(urgency=urgency, hazard=hazard, is_waiting=is_waiting, reply_due=due, **taker)
    known = situation(episode=view, alert=alert(urgency=urgency) if grave else None,
                      promise_due=due if has_promise else None)  # fmt: skip
    now = NOW + minutes * MINUTE
    decision = reopen(resolved(known), now)
    fields = decision.episode
    assert fields is not None
    assert (fields.urgency, fields.hazard) == (urgency, hazard)
    assert fields.is_waiting or not is_waiting, "who waited waits again"
    assert (decision.alert is not None) == grave
    if decision.alert is not None:
        assert decision.alert.next_step_at is not None
        assert decision.alert.next_step_at > now
        is_theirs = decision.alert.state == AlertState.ACKNOWLEDGED
        assert is_theirs == is_taken == (fields.acknowledged_at is not None)
        assert decision.promise is None
    if has_promise and due is not None:
        assert decision.promise is PromiseChange.MADE
        assert decision.timers[TimerKind.PROMISE] == due
