"""Writing first to a family, the quiet hours of families, and a family that nobody knew."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing import quiet
from routing.acts import decide_action
from routing.decision import Decision
from routing.events import ActionKind, Newcomer, StaffAction
from routing.situation import EpisodeView
from routing.types import ChildFlag, Consent, EpisodeState, Problem, Urgency
from tests.routing.people import (
    ANA,
    NIGHT,
    NOW,
    emergency,
    episode,
    fields,
    grandmother,
    maple,
    rosa,
    situation,
)

TEN_SECONDS = timedelta(seconds=10)
UNTIL_EIGHT = timedelta(hours=9)  # from eleven at night in Chicago
ON_DUTY = maple(on_call=(ANA,))
"""Tonight Ana is on call: only the sleep of families holds her words."""


def act(kind: ActionKind, **changes: Any) -> StaffAction:
    defaults = {"seen": 9999, "hold": TEN_SECONDS, "text": "How is Luis today?"}
    return StaffAction(kind, 1, ANA.id, 0, "key", **{**defaults, **changes})


def start(now: datetime = NOW, known: Any = None, **changes: Any) -> Decision:
    return decide_action(act(ActionKind.START, **changes), known or situation(), now)


def held(decision: Decision) -> timedelta:
    assert decision.human is not None
    return decision.human.hold


def test_words_to_a_family_open_an_episode_that_is_answered_and_theirs_who_wrote() -> None:
    decision = start()
    assert decision.opens_episode
    assert decision.episode is not None
    assert (decision.episode.state, decision.episode.is_waiting) == (EpisodeState.OPEN, False)
    assert (decision.episode.owner_id, decision.episode.urgency) == (ANA.id, Urgency.ROUTINE)
    assert decision.human is not None
    assert decision.human.text == "How is Luis today?"
    assert held(decision) == TEN_SECONDS


def test_at_night_they_wait_for_eight_in_the_morning_c20() -> None:
    assert held(start(NIGHT, situation(clinic=ON_DUTY))) == UNTIL_EIGHT


def test_at_night_they_leave_when_somebody_says_why_and_it_is_on_record() -> None:
    known = situation(clinic=ON_DUTY)
    decision = start(NIGHT, known, now_because="The power company cuts the street at six")
    assert held(decision) == TEN_SECONDS
    assert "The power company cuts the street at six" in {b.why for b in decision.because}


@pytest.mark.parametrize(
    ("known", "text", "problem"),
    [
        pytest.param(situation(episode=episode()), "Hi", Problem.HAS_OPEN, id="open already"),
        pytest.param(situation(contact=grandmother()), "Hi", Problem.NOT_FOUND, id="nobody"),
        pytest.param(situation(), "  ", Problem.EMPTY_TEXT, id="empty"),
        pytest.param(situation(), "x" * 1501, Problem.TOO_LONG, id="too long"),
        pytest.param(
            situation(contact=rosa(consent=Consent.OPTED_OUT)), "Hi", Problem.CANNOT_TEXT,
            id="opted out",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_started_is_refused(known: Any, text: str, problem: Problem) -> None:
    assert start(known=known, text=text).problem is problem


def reply(now: datetime, wrote_at: datetime | None, **changes: Any) -> Decision:
    view = EpisodeView(9, fields(), 100, wrote_at)
    event = act(ActionKind.REPLY, text="Yes, he can.", **changes)
    return decide_action(event, situation(episode=view, clinic=ON_DUTY), now)


def test_a_reply_to_words_of_the_last_twelve_hours_leaves_at_any_hour_c20() -> None:
    assert held(reply(NIGHT, NIGHT - timedelta(hours=12))) == TEN_SECONDS


def test_a_reply_to_older_words_waits_for_the_morning_c20() -> None:
    assert held(reply(NIGHT, NIGHT - timedelta(hours=12, minutes=1))) == UNTIL_EIGHT
    late = reply(NIGHT, NIGHT - timedelta(days=1), now_because="She asked me to")
    assert held(late) == TEN_SECONDS


def test_a_reply_in_danger_waits_for_nothing() -> None:
    view = EpisodeView(9, emergency().fields, 100, NIGHT - timedelta(days=1))
    event = act(ActionKind.REPLY, text="I am calling you now.")
    assert held(decide_action(event, situation(episode=view), NIGHT)) == timedelta(0)


@pytest.mark.parametrize(
    ("clock", "is_quiet"),
    [("20:59", False), ("21:00", True), ("00:00", True), ("07:59", True), ("08:00", False)],
)
def test_families_sleep_from_nine_to_eight(clock: str, is_quiet: bool) -> None:
    moment = datetime.fromisoformat(f"2026-11-18T{clock}:00-06:00").astimezone(UTC)
    assert quiet.is_quiet("America/Chicago", moment) is is_quiet


def test_the_morning_after_the_clocks_change_is_eight_by_the_wall() -> None:
    night = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)  # Saturday 23:00; clocks go back at 2
    assert quiet.morning_after("America/Chicago", night) == datetime(2026, 11, 1, 14, 0, tzinfo=UTC)


NEWCOMER = Newcomer("Flores", " Inés ", "mother", "es", "Mateo", "2022-05", (ChildFlag.TRACH,))


def welcome(newcomer: Newcomer, contact: Any = None) -> Decision:
    known = situation(contact=contact or grandmother(), episode=episode())
    return decide_action(act(ActionKind.WELCOME, newcomer=newcomer), known, NOW)


def test_an_unknown_sender_becomes_a_family_c8() -> None:
    written = welcome(NEWCOMER).welcomes
    assert written is not None
    assert (written.family, written.caregiver, written.child) == ("Flores", "Inés", "Mateo")


def test_the_writer_names_the_family_where_nobody_else_does() -> None:
    written = welcome(Newcomer("", "Inés Flores")).welcomes
    assert written is not None
    assert written.family == "Inés Flores"


@pytest.mark.parametrize(
    ("newcomer", "problem"),
    [
        (Newcomer("Flores", " "), Problem.NEEDS_NAME),
        (Newcomer("x" * 101, "Inés"), Problem.TOO_LONG),
        (Newcomer("Flores", "Inés", child="Mateo", birth_month="May 22"), "needs_birth_month"),
        (Newcomer("Flores", "Inés", child="Mateo", birth_month="2022-13"), "needs_birth_month"),
        (Newcomer("Flores", "Inés", flags=(ChildFlag.TRACH,)), Problem.NEEDS_CHILD),
    ],
)
def test_what_cannot_be_written_down_is_refused(newcomer: Newcomer, problem: str) -> None:
    assert welcome(newcomer).problem == problem


def test_a_sender_who_belongs_to_a_family_is_not_written_down_again() -> None:
    assert welcome(NEWCOMER, contact=rosa()).problem is Problem.ALREADY_KNOWN
