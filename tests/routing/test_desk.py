"""What a person does beside answering: notes, owners, putting off, levels, calls, undoing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.acts import decide_action
from routing.arrivals import decide_inbound
from routing.decision import Decision, PromiseChange
from routing.dues import decide_timer
from routing.events import ActionKind, InboundKind, StaffAction, TimerKind
from routing.situation import AlertState, EpisodeFields, Situation
from routing.types import EpisodeState, Hazard, Problem, ReplyKey, Urgency
from tests.routing.people import (
    ANA,
    MINUTE,
    NILS,
    NOW,
    alert,
    due,
    emergency,
    episode,
    fields,
    situation,
    taken_alert,
    text,
    triage,
)

TOMORROW = NOW + timedelta(days=1)


def act(kind: ActionKind, who: int = ANA.id, **changes: Any) -> StaffAction:
    return StaffAction(kind, 1, who, 9, "key", **{"seen": 9999, **changes})


def decide(kind: ActionKind, known: Situation | None = None, **changes: Any) -> Decision:
    known = known or situation(episode=episode())
    return decide_action(act(kind, **changes), known, NOW)


def changed(decision: Decision) -> EpisodeFields:
    assert decision.problem is None
    assert decision.episode is not None
    return decision.episode


def test_a_note_is_kept_for_staff_and_answers_nobody() -> None:
    decision = decide(ActionKind.NOTE, text=" Mother prefers evenings. ")
    assert decision.note is not None
    assert (decision.note.kind, decision.note.text) == ("note", "Mother prefers evenings.")
    assert (decision.human, decision.replies, decision.episode) == (None, (), None)


@pytest.mark.parametrize("kind", [ActionKind.NOTE, ActionKind.CALLED])
def test_nothing_and_too_much_are_refused(kind: ActionKind) -> None:
    assert decide(kind, text="  ").problem is Problem.EMPTY_TEXT
    assert decide(kind, text="x" * 4001).problem is Problem.TOO_LONG


def test_ana_gives_the_family_to_nils_and_takes_it_back() -> None:
    assert changed(decide(ActionKind.HAND_TO, to_id=NILS.id)).owner_id == NILS.id
    assert changed(decide(ActionKind.HAND_TO, to_id=ANA.id)).owner_id == ANA.id
    assert decide(ActionKind.HAND_TO, to_id=404).problem is Problem.NOT_HERE


def test_what_waits_on_the_pharmacy_comes_back_tomorrow() -> None:
    decision = decide(ActionKind.PUT_OFF, text="the pharmacy", until=TOMORROW)
    put = changed(decision)
    assert (put.state, put.waits_for, put.put_off_until) == (
        EpisodeState.WAITING, "the pharmacy", TOMORROW,
    )  # fmt: skip
    assert decision.timers[TimerKind.RETURN] == TOMORROW
    known = situation(episode=replace(episode(), fields=put))
    early = decide_timer(due(TimerKind.RETURN), known, NOW)
    assert early.timers == {TimerKind.RETURN: TOMORROW}
    back = decide_timer(due(TimerKind.RETURN, TOMORROW), known, TOMORROW)
    assert changed(back).state is EpisodeState.OPEN
    assert changed(back).looked_at is None, "C3: somebody must look at it again"
    assert back.timers[TimerKind.UNOPENED] is not None


def test_without_a_name_it_sleeps() -> None:
    assert changed(decide(ActionKind.PUT_OFF, until=TOMORROW)).state is EpisodeState.SNOOZED


@pytest.mark.parametrize(
    ("known", "changes", "problem"),
    [
        (fields(urgency=Urgency.URGENT), {}, Problem.TOO_URGENT),
        (fields(hazard=Hazard.SELF_HARM), {}, Problem.TOO_URGENT),
        (fields(), {"seen": 4}, Problem.NEWER_MESSAGE),
        (fields(), {"seen": None}, Problem.NEWER_MESSAGE),
        (fields(), {"until": NOW}, Problem.NEEDS_TIME),
        (fields(), {"until": None}, Problem.NEEDS_TIME),
    ],
    ids=["urgent", "hazard", "newer", "unseen", "now", "never"],
)
def test_what_is_urgent_or_unseen_is_not_put_off_c6(
    known: EpisodeFields, changes: dict[str, Any], problem: Problem
) -> None:
    where = situation(episode=replace(episode(), fields=known, last_inbound=5))
    wanted = {"until": TOMORROW, **changes}
    assert decide(ActionKind.PUT_OFF, where, **wanted).problem is problem


def test_the_familys_next_text_ends_the_putting_off() -> None:
    put = fields(state=EpisodeState.WAITING, waits_for="insurance", put_off_until=TOMORROW)
    known = situation(episode=replace(episode(), fields=put))
    decision = decide_inbound(text(), known, NOW, triage(Urgency.ROUTINE))
    back = changed(decision)
    assert (back.state, back.waits_for, back.put_off_until) == (EpisodeState.OPEN, None, None)


def test_a_person_brings_it_back_at_once() -> None:
    put = fields(state=EpisodeState.SNOOZED, put_off_until=TOMORROW)
    decision = decide(ActionKind.BRING_BACK, situation(episode=replace(episode(), fields=put)))
    assert changed(decision).state is EpisodeState.OPEN
    assert decision.timers == {TimerKind.RETURN: None}


# Raising and lowering (C18).


def test_ana_raises_it_and_people_are_told() -> None:
    decision = decide(ActionKind.SET_LEVEL, urgency=Urgency.EMERGENCY, text="She sounds grey.")
    assert changed(decision).urgency is Urgency.EMERGENCY
    assert decision.alert is not None
    assert decision.alert.state == AlertState.OPEN
    assert decision.tells
    assert decision.note is not None
    assert "She sounds grey." in decision.note.text


@pytest.mark.parametrize(
    ("who", "hazard", "problem"),
    [
        (ANA.id, Hazard.MEDICAL, Problem.NURSES_ONLY),
        (ANA.id, None, Problem.NURSES_ONLY),
        (NILS.id, Hazard.MEDICAL, None),
    ],
)
def test_only_a_nurse_lowers_a_medical_danger_c18(
    who: int, hazard: Hazard | None, problem: Problem | None
) -> None:
    grave = fields(urgency=Urgency.URGENT, hazard=hazard)
    known = situation(episode=replace(episode(), fields=grave), alert=alert())
    decision = decide(ActionKind.SET_LEVEL, known, who=who, urgency=Urgency.SOON, text="A toy.")
    assert decision.problem is problem
    if problem is None:
        assert changed(decision).urgency is Urgency.SOON
        assert decision.alert is not None
        assert decision.alert.state == AlertState.CLOSED


def test_lowering_an_emergency_to_urgent_keeps_its_alert_c2() -> None:
    known = situation(episode=emergency(), alert=taken_alert())
    decision = decide(
        ActionKind.SET_LEVEL, known, who=NILS.id, urgency=Urgency.URGENT, text="Pink again."
    )
    assert decision.alert is not None
    assert (decision.alert.state, decision.alert.urgency) == (
        AlertState.ACKNOWLEDGED, Urgency.URGENT,
    )  # fmt: skip
    assert decision.alert.next_step_at is not None


@pytest.mark.parametrize(
    "changes",
    [{"urgency": Urgency.URGENT, "text": " "}, {"urgency": None, "text": "x"},
     {"urgency": Urgency.SOON, "text": "the same level"}],
)  # fmt: skip
def test_a_level_changes_only_with_a_reason(changes: dict[str, Any]) -> None:
    assert decide(ActionKind.SET_LEVEL, **changes).problem is Problem.NEEDS_REASON


def test_nothing_is_lowered_over_a_message_that_was_not_seen_c6() -> None:
    known = situation(episode=replace(episode(), last_inbound=5))
    lowered = decide(ActionKind.SET_LEVEL, known, urgency=Urgency.ROUTINE, text="x", seen=4)
    assert lowered.problem is Problem.NEWER_MESSAGE


def test_what_sleeps_wakes_when_somebody_raises_it_to_a_danger_c6() -> None:
    put = fields(state=EpisodeState.SNOOZED, put_off_until=TOMORROW)
    known = situation(episode=replace(episode(), fields=put))
    decision = decide(ActionKind.SET_LEVEL, known, urgency=Urgency.URGENT, text="She sounds grey.")
    awake = changed(decision)
    assert (awake.state, awake.put_off_until) == (EpisodeState.OPEN, None)
    assert decision.timers[TimerKind.RETURN] is None
    assert decision.tells


def test_raising_over_an_unseen_message_does_not_mark_it_as_read_c3() -> None:
    known = situation(episode=replace(episode(), last_inbound=5))
    decision = decide(ActionKind.SET_LEVEL, known, urgency=Urgency.URGENT, text="Grey.", seen=4)
    assert changed(decision).looked_at is None


# Calls, other ways, and taking back.


def test_a_call_that_reached_them_answers_and_keeps_the_promise_c5() -> None:
    known = situation(episode=episode(), promise_due=NOW + 60 * MINUTE)
    decision = decide(ActionKind.CALLED, known, text="Rosa, 5 min", reached=True)
    assert not changed(decision).is_waiting
    assert decision.promise is PromiseChange.KEPT
    missed = decide(ActionKind.CALLED, known, text="no answer", reached=False)
    assert changed(missed).is_waiting
    assert missed.promise is None


def test_a_call_does_not_answer_what_came_during_it_c3() -> None:
    known = situation(episode=replace(episode(), last_inbound=5), promise_due=NOW + 60 * MINUTE)
    decision = decide(ActionKind.CALLED, known, text="Rosa, 5 min", reached=True, seen=4)
    assert changed(decision).is_waiting
    assert changed(decision).looked_at is None
    assert decision.promise is None
    assert decision.timers == {}


def test_a_call_gives_an_alert_more_time_i13() -> None:
    known = situation(episode=emergency(), alert=taken_alert(asked=True, next_step_at=NOW))
    decision = decide(ActionKind.CALLED, known, who=NILS.id, text="With 911 now", reached=True)
    assert decision.alert is not None
    assert (decision.alert.asked, decision.alert.next_step_at) == (False, NOW + 15 * MINUTE)


def test_what_came_another_way_is_judged_and_gets_no_text_c23() -> None:
    heard = replace(text("no respira"), kind=InboundKind.OTHER_WAY, takes_answer=False)
    decision = decide_inbound(heard, situation(), NOW, triage(Urgency.EMERGENCY))
    assert not decision.replies
    assert decision.alert is not None
    assert decision.tells


def test_stop_in_a_voice_mail_that_staff_typed_in_ends_no_consent() -> None:
    heard = replace(text("Stop"), kind=InboundKind.OTHER_WAY, takes_answer=False)
    assert decide_inbound(heard, situation(), NOW, triage(Urgency.SOON)).consent is None
    assert decide_inbound(text("Stop"), situation(), NOW, triage(Urgency.SOON)).consent


def test_an_ordinary_reply_is_held_for_a_moment_and_one_in_danger_is_not() -> None:
    held = decide(ActionKind.REPLY, text="Tuesday.", hold=timedelta(seconds=10))
    assert held.human is not None
    assert held.human.hold == timedelta(seconds=10)
    grave = situation(episode=emergency(), alert=taken_alert())
    at_once = decide(ActionKind.REPLY, grave, text="Calling you.", hold=timedelta(seconds=10))
    assert at_once.human is not None
    assert at_once.human.hold == timedelta(0)
    assert ReplyKey.RECEIVED not in {reply.key for reply in held.replies}


def test_undoing_names_the_message() -> None:
    assert decide(ActionKind.UNDO, message_id=7).undoes == 7
