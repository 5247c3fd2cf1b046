"""What Ana and Nils may do to an episode, and what follows (C2, C5, C6, C13, I-12)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.acts import decide_action
from routing.decision import HumanReply, PromiseChange
from routing.events import ActionKind, TimerKind
from routing.situation import AlertState
from routing.starting import LONGEST_REPLY
from routing.types import Consent, EpisodeState, Hazard, Problem, Urgency
from tests.routing.people import (
    ANA,
    MINUTE,
    NILS,
    NOW,
    act,
    alert,
    emergency,
    episode,
    grandmother,
    rosa,
    situation,
    taken_alert,
    why,
)

OPEN = situation(episode=episode())
EMERGENCY = situation(episode=emergency(), alert=alert())


def test_ana_answers_rosa_and_the_family_waits_until_it_is_sent_c5() -> None:
    decision = decide_action(act(ActionKind.REPLY, text="  Llamo en 5 minutos \n"), OPEN, NOW)
    assert decision.problem is None
    assert decision.human == HumanReply("Llamo en 5 minutos", ANA)
    assert decision.episode is not None
    assert decision.episode.is_waiting, "what is only queued is no answer"
    assert decision.promise is None
    assert (decision.episode.acknowledged_by, decision.episode.looked_at) == (ANA.id, NOW)
    assert decision.timers == {TimerKind.UNOPENED: None}
    assert "to the last writer (C19): by Ana" in why(decision)


def test_a_reply_takes_the_emergency_and_ends_its_steps_i12() -> None:
    event = act(ActionKind.REPLY, text="Voy a llamar", staff_id=NILS.id)
    decision = decide_action(event, EMERGENCY, NOW)
    assert decision.alert is not None
    assert (decision.alert.state, decision.alert.acknowledged_by) == (
        AlertState.ACKNOWLEDGED, NILS.id,
    )  # fmt: skip


@pytest.mark.parametrize("kind", [ActionKind.REPLY, ActionKind.CALLED])
def test_a_reply_to_what_stood_before_the_emergency_takes_nothing_i12(kind: ActionKind) -> None:
    """Ana writes of a refill; "he is turning blue" came a second before, and rings on."""
    late = act(kind, text="Your refill is ready.", seen=99)
    refused = decide_action(late, EMERGENCY, NOW)
    assert (refused.problem, refused.alert, refused.human) == (Problem.NEWER_MESSAGE, None, None)
    taken = situation(episode=emergency(), alert=alert(state=AlertState.ACKNOWLEDGED))
    assert decide_action(late, taken, NOW).problem is None, "who has it answers as they write"
    assert decide_action(late, OPEN, NOW).problem is None


def test_whoever_answers_an_episode_of_nobody_becomes_its_owner() -> None:
    event = act(ActionKind.REPLY, text="Hola", staff_id=NILS.id)
    nobodys = decide_action(event, situation(episode=episode(owner_id=None)), NOW)
    assert nobodys.episode is not None
    assert nobodys.episode.owner_id == NILS.id
    anas = decide_action(event, OPEN, NOW)
    assert anas.episode is not None
    assert anas.episode.owner_id == ANA.id


def test_a_reply_opens_what_was_put_off() -> None:
    known = situation(episode=episode(state=EpisodeState.WAITING))
    decision = decide_action(act(ActionKind.REPLY, text="Hola"), known, NOW)
    assert decision.episode is not None
    assert decision.episode.state is EpisodeState.OPEN


@pytest.mark.parametrize(
    ("words", "contact", "problem"),
    [
        pytest.param("", rosa(), "empty_text", id="empty"),
        pytest.param(" \n\t", rosa(), "empty_text", id="only-spaces"),
        pytest.param("a" * (LONGEST_REPLY + 1), rosa(), "too_long", id="too-long"),
        pytest.param("Hola", rosa(consent=Consent.OPTED_OUT), "cannot_text", id="C13-opted-out"),
        pytest.param("Hola", rosa(cannot_text=True), "cannot_text", id="C13-landline"),
        pytest.param("a" * LONGEST_REPLY, rosa(), None, id="longest"),
        pytest.param("Hola", grandmother(), None, id="an-unknown-sender"),
    ],
)
def test_a_reply_that_cannot_arrive_is_refused_with_its_reason(
    words: str, contact: Any, problem: str | None
) -> None:
    known = replace(OPEN, contact=contact)
    decision = decide_action(act(ActionKind.REPLY, text=words), known, NOW)
    assert decision.problem == problem
    assert (decision.human is None) == (problem is not None)
    assert (decision.episode is None) == (problem is not None), "a refusal changes nothing"


@pytest.mark.parametrize("kind", ActionKind)
def test_a_stranger_to_the_clinic_can_do_nothing_i22(kind: ActionKind) -> None:
    event = act(kind, staff_id=99, text="Hola", outcome="called", family_id=7)
    decision = decide_action(event, EMERGENCY, NOW)
    assert decision.problem is Problem.NOT_FOUND
    assert decision.episode is None
    assert decision.alert is None


AT_ANY_TIME = {
    ActionKind.START, ActionKind.ANNOUNCE, ActionKind.UNDO, ActionKind.HANG_UP, ActionKind.REOPEN
}  # fmt: skip


@pytest.mark.parametrize("kind", set(ActionKind) - AT_ANY_TIME)
def test_what_is_closed_stays_closed(kind: ActionKind) -> None:
    event = act(kind, text="Hola", outcome="called", family_id=7)
    assert decide_action(event, situation(), NOW).problem is Problem.ALREADY_CLOSED


# Closing.


def test_ana_closes_a_routine_episode() -> None:
    known = situation(episode=episode(is_waiting=False), promise_due=NOW)
    decision = decide_action(act(ActionKind.RESOLVE), known, NOW)
    assert decision.episode is not None
    assert decision.episode.state is EpisodeState.RESOLVED
    assert (decision.episode.resolved_by, decision.episode.resolved_at) == (ANA.id, NOW)
    assert (decision.episode.is_waiting, decision.episode.outcome) == (False, None)
    assert decision.alert is None
    assert decision.promise is PromiseChange.WITHDRAWN
    assert decision.timers == dict.fromkeys(TimerKind), "nothing is planned any more"


def test_what_nobody_answered_closes_only_with_a_word_of_how_it_ended() -> None:
    asked = situation(episode=episode(is_waiting=True))
    slip = decide_action(act(ActionKind.RESOLVE), asked, NOW)
    assert (slip.problem, slip.episode) == (Problem.NOT_ANSWERED, None)
    meant = decide_action(act(ActionKind.RESOLVE, outcome="not_needed"), asked, NOW)
    assert meant.episode is not None
    assert meant.episode.state is EpisodeState.RESOLVED


@pytest.mark.parametrize("seen", [None, 99])
def test_a_newer_message_refuses_the_closing_c6(seen: int | None) -> None:
    decision = decide_action(act(ActionKind.RESOLVE, seen=seen, outcome="called"), OPEN, NOW)
    assert decision.problem is Problem.NEWER_MESSAGE
    assert decision.episode is None


@pytest.mark.parametrize(
    ("urgency", "hazard"),
    [
        (Urgency.URGENT, None),
        (Urgency.EMERGENCY, Hazard.MEDICAL),
        (Urgency.SOON, Hazard.VIOLENCE),
    ],
)
@pytest.mark.parametrize("outcome", ["", "  "])
def test_urgent_does_not_die_quietly_c2(
    urgency: Urgency, hazard: Hazard | None, outcome: str
) -> None:
    known = situation(episode=episode(urgency=urgency, hazard=hazard), alert=alert())
    assert decide_action(act(ActionKind.RESOLVE, outcome=outcome), known, NOW).problem == (
        "needs_outcome"
    )


def test_an_emergency_closes_with_its_outcome_and_ends_the_alert() -> None:
    decision = decide_action(act(ActionKind.RESOLVE, outcome=" in the ER "), EMERGENCY, NOW)
    assert decision.problem is None
    assert decision.episode is not None
    assert decision.episode.outcome == "in the ER"
    assert decision.alert is not None
    assert (decision.alert.state, decision.alert.next_step_at) == (AlertState.CLOSED, None)
    assert decision.promise is None


# Taking and opening.


def test_nils_takes_the_emergency_i12() -> None:
    decision = decide_action(act(ActionKind.TAKE, staff_id=NILS.id), EMERGENCY, NOW)
    assert decision.episode is not None
    assert (decision.episode.acknowledged_by, decision.episode.acknowledged_at) == (NILS.id, NOW)
    assert decision.episode.inbox_rank == 1
    assert decision.episode.is_waiting
    assert decision.alert is not None
    assert decision.alert.next_step_at == NOW + 15 * MINUTE, "C1: then he is asked"
    assert "taken: by Nils" in why(decision)


def test_the_second_to_take_it_leaves_the_first_on_record_i12() -> None:
    taken = emergency(acknowledged_by=NILS.id, acknowledged_at=NOW - MINUTE)
    known = situation(episode=taken, alert=taken_alert())
    decision = decide_action(act(ActionKind.TAKE), known, NOW)
    assert decision.episode is not None
    assert decision.episode.acknowledged_by == NILS.id
    assert decision.alert == taken_alert(next_step_at=NOW + 15 * MINUTE)


def test_an_episode_without_an_alert_is_taken_as_well() -> None:
    decision = decide_action(act(ActionKind.TAKE), OPEN, NOW)
    assert decision.alert is None
    assert decision.episode is not None
    assert decision.episode.acknowledged_by == ANA.id


def test_looking_at_an_emergency_does_not_take_it_i12() -> None:
    decision = decide_action(act(ActionKind.OPENED), EMERGENCY, NOW)
    assert decision.alert is None
    assert decision.episode is not None
    assert (decision.episode.acknowledged_at, decision.episode.looked_at) == (None, NOW)
    assert decision.timers == {TimerKind.UNOPENED: None}
    assert "opened: by Ana" in why(decision)


@pytest.mark.parametrize("kind", [ActionKind.OPENED, ActionKind.TAKE, ActionKind.REPLY])
def test_a_message_that_came_after_the_page_was_drawn_stays_unopened_c3(kind: ActionKind) -> None:
    decision = decide_action(act(kind, seen=99, text="Hola"), OPEN, NOW)
    assert decision.problem is None
    assert decision.episode is not None
    assert decision.episode.looked_at is None
    assert not decision.timers, "its four hours run on"


@pytest.mark.parametrize("seen", [None, 100, 101])
def test_whoever_has_the_newest_message_on_the_screen_has_opened_it_c3(seen: int | None) -> None:
    later = NOW + timedelta(hours=1)
    decision = decide_action(act(ActionKind.OPENED, seen=seen), OPEN, later)
    assert decision.episode is not None
    assert decision.episode.looked_at == later


# Attaching an unknown sender.


def test_ana_attaches_a_grandmother_to_her_family_c8() -> None:
    known = situation(contact=grandmother(), episode=episode())
    decision = decide_action(act(ActionKind.ATTACH, family_id=7), known, NOW)
    assert decision.claims == 7
    assert "by Ana (C8)" in why(decision)


def test_attaching_to_no_family_is_refused_c8() -> None:
    decision = decide_action(act(ActionKind.ATTACH), OPEN, NOW)
    assert (decision.problem, decision.claims) == ("not_found", None)
