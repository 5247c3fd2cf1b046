"""The morning after an emergency somebody asks how the child is (issue 5, 10)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from routing.acts import decide_action
from routing.decision import Decision, FollowUpChange, FollowUpEnd
from routing.dues import decide_timer
from routing.events import ActionKind, TimerKind
from routing.followups import due_at
from routing.hours import Closing, Day, Schedule
from routing.reports import decide_receipt
from routing.situation import EpisodeView, FollowUpView, Situation
from routing.types import ContactKind, DeliveryState, Hazard, Problem, Urgency
from tests.routing.people import (
    ANA,
    LUIS,
    MIA,
    NEVER,
    NIGHT,
    NOW,
    OFFICE,
    OPENING,
    WEEK,
    about,
    act,
    anas_reply,
    due,
    emergency,
    episode,
    receipt,
    rosa,
    situation,
    why,
)

ALL_DAY = (("00:00", "24:00"),)
ROUND_THE_CLOCK = Schedule((ALL_DAY,) * 7, (), "America/Chicago")
EVENINGS = Schedule.read({"wed": [["20:00", "02:00"]], "thu": OFFICE}, (), "America/Chicago")
AWAY = replace(LUIS, is_active=False)
YESTERDAYS = 9  # what was resolved yesterday
OTHER = 30


def chicago(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on the wall in Chicago, six hours behind."""
    return datetime(2026, 11, day, hour + 6, minute, tzinfo=UTC)


def standing(*, has_come: bool = True, **changes: Any) -> Situation:
    """Yesterday's emergency, resolved, is to be followed up."""
    waits = (FollowUpView(YESTERDAYS, NOW, has_come=has_come),)
    return situation(**({"follow_ups": waits, "previous_episode_id": YESTERDAYS} | changes))


def resolved(view: EpisodeView, **changes: Any) -> Decision:
    known = situation(episode=view, **changes)
    return decide_action(act(ActionKind.RESOLVE, outcome="emergency_care"), known, NOW)


# When.


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        pytest.param(WEEK, NOW, OPENING, id="by day: tomorrow's opening"),
        pytest.param(WEEK, NIGHT, OPENING, id="late in the evening: the morning after"),
        pytest.param(WEEK, chicago(19, 2), OPENING, id="deep in the night: the same morning"),
        pytest.param(WEEK, chicago(19, 6), chicago(20, 8, 30), id="early: a day later"),
        pytest.param(WEEK, chicago(20, 15), chicago(23, 8, 30), id="on Friday: Monday"),
        pytest.param(NEVER, NOW, chicago(19, 8), id="no hours at all: eight"),
        pytest.param(ROUND_THE_CLOCK, NOW, chicago(19, 8), id="round the clock: eight"),
        pytest.param(EVENINGS, NOW, chicago(19, 8, 30), id="what began at night is not the day"),
        pytest.param(
            replace(WEEK, days=(Day(chicago(19, 8).date(), "Thanksgiving"),)),
            NOW,
            chicago(20, 8, 30),
            id="a holiday: the day after it",
        ),
        pytest.param(
            replace(WEEK, closings=(Closing(NOW, chicago(20, 11)),)),
            NOW,
            chicago(20, 11),
            id="closed for snow: when it opens again",
        ),
    ],
)
def test_it_is_due_when_the_office_opens_on_the_next_open_day(
    schedule: Schedule, now: datetime, expected: datetime
) -> None:
    assert due_at(schedule, now) == expected


# Planning.


def test_an_emergency_that_is_resolved_is_followed_up_the_next_morning() -> None:
    view = emergency()
    decision = resolved(view)
    assert decision.follow_ups == (FollowUpChange(view.id, due_at=OPENING),)
    assert decision.timers[TimerKind.FOLLOW_UP] == OPENING
    assert decision.replies == (), "nothing is sent to the family by itself"
    assert decision.tells == ()


@pytest.mark.parametrize(
    ("urgency", "hazard", "is_followed"),
    [
        (Urgency.EMERGENCY, None, True),
        (Urgency.EMERGENCY, Hazard.SELF_HARM, True),
        (Urgency.URGENT, Hazard.MEDICAL, True),
        (Urgency.URGENT, None, False),
        (Urgency.SOON, Hazard.MEDICAL, False),
        (Urgency.ROUTINE, None, False),
    ],
)
def test_only_what_was_grave_is_followed_up(
    urgency: Urgency, hazard: Hazard | None, *, is_followed: bool
) -> None:
    decision = resolved(episode(urgency=urgency, hazard=hazard))
    assert decision.problem is None
    assert bool(decision.follow_ups) is is_followed
    assert (decision.timers[TimerKind.FOLLOW_UP] is not None) is is_followed


@pytest.mark.parametrize(("children", "is_followed"), [((AWAY,), False), ((AWAY, MIA), True),
                                                       ((), True)])  # fmt: skip
def test_c20_nobody_asks_after_a_child_who_died_or_is_in_hospital(
    children: tuple[Any, ...], *, is_followed: bool
) -> None:
    assert bool(resolved(emergency(), children=children).follow_ups) is is_followed


def test_a_note_from_a_staff_phone_is_not_followed_up() -> None:
    assert resolved(emergency(), contact=rosa(kind=ContactKind.STAFF)).follow_ups == ()


def test_a_second_emergency_takes_the_follow_up_of_the_first_along() -> None:
    view = emergency()
    known = standing(episode=view)
    decision = decide_action(act(ActionKind.RESOLVE, outcome="called"), known, NOW)
    assert decision.follow_ups == (
        FollowUpChange(YESTERDAYS, ends=FollowUpEnd.JOINED),
        FollowUpChange(view.id, due_at=OPENING),
    )


# Coming.


def _due(known: Situation) -> Decision:
    return decide_timer(replace(due(TimerKind.FOLLOW_UP), episode_id=YESTERDAYS), known, NOW)


@pytest.mark.parametrize("open_since", [None, episode()])
def test_in_the_morning_it_stands_in_the_inbox_and_sends_nothing(
    open_since: EpisodeView | None,
) -> None:
    decision = _due(standing(has_come=False, episode=open_since))
    assert decision.follow_ups == (FollowUpChange(YESTERDAYS, comes=True),)
    assert decision.timers == {TimerKind.FOLLOW_UP: None}
    assert (decision.replies, decision.tells, decision.episode) == ((), (), None)


def test_c20_it_ends_in_silence_when_the_child_was_admitted_or_died_overnight() -> None:
    decision = _due(standing(has_come=False, children=(AWAY,)))
    assert decision.follow_ups == (FollowUpChange(YESTERDAYS, ends=FollowUpEnd.AWAY),)
    assert "C20" in why(decision)


# Ending.


def _ends(how: FollowUpEnd) -> tuple[FollowUpChange, ...]:
    return (FollowUpChange(YESTERDAYS, ends=how),)


@pytest.mark.parametrize("has_come", [True, False])
def test_a_call_in_which_ana_spoke_with_rosa_ends_it(*, has_come: bool) -> None:
    event = act(ActionKind.CALLED, episode_id=YESTERDAYS, text="Rosa: he sleeps", reached=True)
    decision = decide_action(event, standing(has_come=has_come), NOW)
    assert decision.follow_ups == _ends(FollowUpEnd.CALL)
    assert decision.note is not None
    assert (decision.note.kind, decision.note.author) == ("call", ANA)
    assert decision.timers == {TimerKind.FOLLOW_UP: None}


def test_a_call_that_nobody_answered_is_kept_and_ends_nothing() -> None:
    event = act(ActionKind.CALLED, episode_id=YESTERDAYS, text="no answer", reached=False)
    decision = decide_action(event, standing(), NOW)
    assert decision.problem is None
    assert decision.note is not None
    assert decision.follow_ups == ()


def test_a_note_with_an_outcome_ends_it_and_one_without_does_not() -> None:
    event = act(ActionKind.NOTE, episode_id=YESTERDAYS, text="The ED called us", outcome="known")
    assert decide_action(event, standing(), NOW).follow_ups == _ends(FollowUpEnd.KNOWN)
    bare = decide_action(replace(event, outcome=""), standing(), NOW)
    assert bare.problem is Problem.ALREADY_CLOSED


@pytest.mark.parametrize(
    ("text", "problem"), [("  ", Problem.EMPTY_TEXT), ("x" * 4001, Problem.TOO_LONG)]
)
def test_a_call_without_words_or_with_too_many_is_refused(text: str, problem: Problem) -> None:
    event = act(ActionKind.CALLED, episode_id=YESTERDAYS, text=text, reached=True)
    assert decide_action(event, standing(), NOW).problem is problem


def test_another_resolved_episode_of_the_family_stays_closed() -> None:
    event = act(ActionKind.CALLED, episode_id=OTHER, text="Rosa", reached=True)
    assert decide_action(event, standing(), NOW).problem is Problem.ALREADY_CLOSED


def test_a_call_about_something_new_is_the_follow_up_as_well() -> None:
    """Once it has come: a call of yesterday evening does not ask how the night was."""
    event = act(ActionKind.CALLED, text="Rosa: all well, wants a letter", reached=True)
    assert decide_action(event, standing(episode=episode()), NOW).follow_ups == _ends(
        FollowUpEnd.CALL
    )
    early = standing(episode=episode(), has_come=False)
    assert decide_action(event, early, NOW).follow_ups == ()
    missed = replace(event, reached=False)
    assert decide_action(missed, standing(episode=episode()), NOW).follow_ups == ()


def test_c5_a_reply_ends_it_when_it_was_delivered_and_not_before() -> None:
    thread = standing(episode=episode(looked_at=NOW))
    waiting = about(anas_reply(), thread)
    sent = decide_receipt(receipt(DeliveryState.SENT, provider_id="SM1"), waiting, NOW)
    assert sent.follow_ups == ()
    delivered = decide_receipt(receipt(DeliveryState.DELIVERED, provider_id="SM1"), waiting, NOW)
    assert delivered.follow_ups == _ends(FollowUpEnd.REPLY)


def test_c5_a_reply_that_failed_ends_nothing() -> None:
    failed = receipt(DeliveryState.FAILED, error=30005)
    assert decide_receipt(failed, about(anas_reply(), standing()), NOW).follow_ups == ()
