"""A draft for a colleague who speaks Somali: held, released by one, and never an answer (C5)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.acts import decide_action
from routing.decision import Decision, HumanReply, StaffNote
from routing.drafts import waited
from routing.dues import decide_timer
from routing.events import ActionKind, TimerKind
from routing.situation import Draft, Situation
from routing.starting import LONGEST_REPLY
from routing.types import Hazard, Problem, Urgency
from tests.routing.people import (
    ANA,
    MINUTE,
    NOW,
    act,
    alert,
    due,
    emergency,
    episode,
    situation,
    taken_alert,
    why,
)

WORDS = "Please bring her today at two."
OLD = Draft(70, NOW - 10 * MINUTE)


def held(known: Situation, text: str = WORDS) -> Decision:
    return decide_action(act(ActionKind.DRAFT, text=text), known, NOW)


def test_a_draft_is_kept_for_staff_and_the_family_goes_on_waiting_c5() -> None:
    known = situation(episode=emergency(), alert=alert())
    decision = held(known)
    assert decision.note == StaffNote("draft", WORDS, ANA)
    assert (decision.human, decision.replies, decision.episode) == (None, (), None)
    assert (decision.alert, decision.promise) == (None, None), "it takes nothing, it ends nothing"
    assert decision.timers == {TimerKind.DRAFT: NOW + 10 * MINUTE}


def test_a_second_draft_does_not_put_off_the_clock_of_the_first() -> None:
    earlier = Draft(70, NOW - 7 * MINUTE)
    decision = held(situation(episode=episode(), drafts=(earlier,)))
    assert decision.timers == {TimerKind.DRAFT: NOW + 3 * MINUTE}


@pytest.mark.parametrize(
    ("text", "problem"),
    [("  ", Problem.EMPTY_TEXT), ("x" * (LONGEST_REPLY + 1), Problem.TOO_LONG)],
)
def test_a_draft_that_could_not_be_sent_is_not_kept(text: str, problem: Problem) -> None:
    assert held(situation(episode=episode()), text).problem is problem


def test_whoever_releases_it_sends_their_own_words_once() -> None:
    event = act(ActionKind.REPLY, text="Fadlan maanta keen.", draft_id=70)
    decision = decide_action(event, situation(episode=episode(), drafts=(OLD,)), NOW)
    assert decision.human == HumanReply("Fadlan maanta keen.", ANA)
    assert decision.releases == 70
    again = decide_action(event, situation(episode=episode()), NOW)
    assert (again.problem, again.human) == (Problem.DRAFT_IS_GONE, None)


def test_a_draft_is_taken_away_once() -> None:
    event = act(ActionKind.WITHDRAW, draft_id=70)
    assert decide_action(event, situation(episode=episode(), drafts=(OLD,)), NOW).withdraws == 70
    gone = decide_action(event, situation(episode=episode()), NOW)
    assert gone.problem is Problem.DRAFT_IS_GONE


def fires(**known: Any) -> Decision:
    defaults: dict[str, Any] = {"episode": emergency(), "drafts": (OLD,)}
    return decide_timer(due(TimerKind.DRAFT), situation(**(defaults | known)), NOW)


def test_after_ten_minutes_in_danger_whoever_took_it_is_asked_at_once_c5_c1() -> None:
    decision = fires(alert=taken_alert())
    assert decision.alert == taken_alert(next_step_at=NOW)
    assert "call with an interpreter" in why(decision)
    urgent = episode(urgency=Urgency.SOON, hazard=Hazard.POISON)
    assert fires(episode=urgent, alert=taken_alert()).alert is not None


def test_an_alert_that_climbs_or_was_asked_about_keeps_its_own_time() -> None:
    climbing, asked = alert(), taken_alert(asked=True)
    assert fires(alert=climbing).alert == climbing
    assert fires(alert=asked).alert == asked


def test_below_urgent_the_clock_of_the_reply_is_enough() -> None:
    decision = fires(episode=episode())
    assert (decision.alert, decision.timers) == (None, {TimerKind.DRAFT: None})


def test_a_draft_that_was_released_meanwhile_rings_nobody() -> None:
    assert fires(alert=taken_alert(), drafts=()).alert is None
    assert waited(replace(situation(), drafts=(OLD,)), NOW).alert is None, "it is resolved"


def test_a_younger_draft_has_its_own_ten_minutes() -> None:
    young = Draft(71, NOW - timedelta(minutes=4))
    decision = fires(alert=taken_alert(), drafts=(young,))
    assert (decision.alert, decision.timers) == (None, {TimerKind.DRAFT: NOW + 6 * MINUTE})
