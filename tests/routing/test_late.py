"""A promise before it breaks and after (C2, C15, C20, C22)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.cover import Absence
from routing.decision import Decision, PromiseChange
from routing.dues import decide_timer
from routing.events import TimerKind
from routing.situation import ChildView, History, Said, Situation
from routing.types import Automation, Consent, ReplyKey, Urgency
from tests.routing.people import (
    ANA,
    MINUTE,
    NOW,
    OLGA,
    due,
    episode,
    maple,
    rosa,
    situation,
)

IN_HALF_AN_HOUR = NOW + 30 * MINUTE


def waiting(**changes: Any) -> Situation:
    """Rosa waits for an answer that she was promised."""
    fields: dict[str, Any] = {
        "episode": episode(owner_id=ANA.id, urgency=Urgency.SOON, is_waiting=True),
        "promise_due": NOW,
    }
    return situation(**(fields | changes))


def broken(**changes: Any) -> Decision:
    return decide_timer(due(TimerKind.PROMISE), waiting(**changes), NOW)


def warned(**changes: Any) -> Decision:
    known = waiting(**({"promise_due": IN_HALF_AN_HOUR} | changes))
    return decide_timer(due(TimerKind.PROMISE_WARNING), known, NOW)


def test_half_an_hour_before_it_breaks_the_owner_is_warned() -> None:
    (tell,) = warned().tells
    assert (tell.staff_id, tell.key, tell.due) == (ANA.id, ReplyKey.STAFF_PROMISE, IN_HALF_AN_HOUR)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"promise_due": None}, id="kept-meanwhile"),
        pytest.param({"episode": episode(owner_id=ANA.id, is_waiting=False)}, id="answered"),
        pytest.param({"episode": episode(owner_id=None)}, id="the-team-answers"),
        pytest.param({"clinic": maple(automation=Automation.SHADOW)}, id="C22-shadow"),
    ],
)
def test_nobody_is_warned_without_need(changes: dict[str, Any]) -> None:
    decision = warned(**changes)
    assert decision.tells == ()
    assert decision.timers == {TimerKind.PROMISE_WARNING: None}


def test_after_it_broke_the_family_gets_one_honest_new_time() -> None:
    decision = broken()
    (reply,) = decision.replies
    assert decision.promise is PromiseChange.BROKEN
    assert reply.key is ReplyKey.NEW_TIME
    assert reply.due == decision.promise_due
    assert reply.due is not None
    assert reply.due > NOW
    assert decision.timers[TimerKind.PROMISE] == reply.due
    assert reply.languages[0] == rosa().language


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"history": History(
            said=(Said(ReplyKey.NEW_TIME, Urgency.SOON, episode().id, NOW - timedelta(hours=5)),)
        )}, id="once-is-enough"),
        pytest.param({"history": History(said=(
            Said(ReplyKey.RECEIVED, Urgency.SOON, episode().id, NOW - timedelta(hours=4)),
            Said(ReplyKey.CLOSED, Urgency.ROUTINE, episode().id, NOW - timedelta(hours=6)),
        ))}, id="C15-two-automatic-texts-today"),
        pytest.param({"contact": rosa(consent=Consent.OPTED_OUT)}, id="I-17-said-stop"),
        pytest.param({"clinic": maple(automation=Automation.SHADOW)}, id="C22-shadow"),
        pytest.param({"episode": episode(owner_id=ANA.id, is_waiting=False)}, id="answered"),
    ],
)  # fmt: skip
def test_a_broken_promise_is_recorded_and_no_more_is_said(changes: dict[str, Any]) -> None:
    decision = broken(**changes)
    assert decision.promise is PromiseChange.BROKEN
    assert decision.replies == ()
    assert decision.promise_due is None


def test_a_family_whose_child_is_in_hospital_gets_no_new_time_c20() -> None:
    known = waiting()
    away = tuple(replace(child, is_active=False) for child in known.children) or (
        ChildView(frozenset(), 60, is_active=False),
    )
    decision = decide_timer(due(TimerKind.PROMISE), replace(known, children=away), NOW)
    assert decision.replies == ()


def test_whoever_covers_is_warned_and_not_the_one_who_is_away() -> None:
    known = waiting(promise_due=IN_HALF_AN_HOUR)
    clinic = replace(known.clinic, staff=(ANA, OLGA), backups={ANA.id: OLGA.id}, absences=_away())
    decision = decide_timer(due(TimerKind.PROMISE_WARNING), replace(known, clinic=clinic), NOW)
    assert [tell.staff_id for tell in decision.tells] == [OLGA.id]


def _away() -> tuple[Any, ...]:
    return (Absence(ANA.id, NOW - timedelta(days=1), NOW + timedelta(days=3), OLGA.id),)
