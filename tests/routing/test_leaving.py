"""Words written after work leave when work begins, unless somebody says why they cannot wait."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing.acts import decide_action
from routing.cover import Absence
from routing.decide import decide
from routing.decision import Decision
from routing.events import ActionKind, Unsent
from routing.hours import week_of
from routing.leaving import WhyNow, offered
from routing.situation import EpisodeView, Held, History, Situation
from routing.types import Hazard, Problem, ReplyKey, Urgency
from tests.routing.people import (
    ANA,
    MINUTE,
    NIGHT,
    NILS,
    NOW,
    OPENING,
    act,
    alert,
    emergency,
    episode,
    fields,
    maple,
    situation,
    text,
    triage,
    why,
)

TEN_SECONDS = timedelta(seconds=10)
AN_HOUR_AGO = timedelta(hours=1)


def waiting(**changes: Any) -> Situation:
    """Rosa wrote an hour before that night, and waits."""
    view = EpisodeView(9, fields(), 100, NIGHT - AN_HOUR_AGO)
    return situation(**({"episode": view} | changes))


def reply(now: datetime = NIGHT, known: Situation | None = None, **changes: Any) -> Decision:
    event = act(ActionKind.REPLY, **({"text": "Yes, he can.", "hold": TEN_SECONDS} | changes))
    return decide_action(event, known or waiting(), now)


def leaves(decision: Decision, now: datetime = NIGHT) -> datetime:
    assert decision.human is not None, decision.problem
    return now + decision.human.hold


def test_what_ana_writes_at_night_leaves_when_her_hours_begin() -> None:
    decision = reply()
    assert leaves(decision) == OPENING
    assert "leaves in the writer's hours: 2026-11-19T14:30Z" in why(decision)


def test_by_day_it_leaves_after_the_seconds_in_which_it_can_be_taken_back() -> None:
    assert leaves(reply(NOW), NOW) == NOW + TEN_SECONDS


def test_to_send_it_now_ana_says_why_and_it_is_on_record() -> None:
    assert reply(at_once=True).problem is Problem.NEEDS_WHY_NOW
    assert reply(at_once=True, why_now="because").problem is Problem.NEEDS_WHY_NOW
    assert reply(at_once=True, now_because="  ").problem is Problem.NEEDS_WHY_NOW
    for said in ({"why_now": WhyNow.ASKED}, {"now_because": "The bus comes at six."}):
        decision = reply(at_once=True, **said)
        assert leaves(decision) == NIGHT + TEN_SECONDS
        assert f"sent outside the writer's hours: {next(iter(said.values()))}" in why(decision)


def test_a_reason_without_the_button_sends_nothing_at_night() -> None:
    assert leaves(reply(now_because="The bus comes at six.")) == OPENING


def test_who_is_on_call_is_asked_nothing() -> None:
    assert leaves(reply(known=waiting(clinic=maple(on_call=(ANA,))))) == NIGHT + TEN_SECONDS
    assert offered(maple(), NILS.id, None, NIGHT) is None


@pytest.mark.parametrize(
    "grave",
    [emergency(), episode(urgency=Urgency.URGENT), episode(hazard=Hazard.SELF_HARM)],
    ids=["emergency", "urgent", "self-harm"],
)
def test_a_family_in_danger_waits_for_nobodys_hours(grave: EpisodeView) -> None:
    assert leaves(reply(known=situation(episode=grave, alert=alert()))) == NIGHT


def test_in_the_morning_families_still_sleep_c20() -> None:
    early = replace(ANA, week=week_of({"thu": [["06:00", "14:00"]]}))
    clinic = maple(staff=(early,))
    recent, old = NIGHT - AN_HOUR_AGO, NIGHT - timedelta(days=1)
    six, eight = OPENING - timedelta(hours=2, minutes=30), OPENING - 30 * MINUTE
    assert offered(clinic, ANA.id, recent, NIGHT) == six
    assert offered(clinic, ANA.id, old, NIGHT) == eight


def test_now_at_night_to_old_words_still_waits_for_the_family_to_wake_c20() -> None:
    view = EpisodeView(9, fields(), 100, NIGHT - timedelta(days=1))
    known = situation(episode=view)
    chosen = reply(known=known, at_once=True, why_now=WhyNow.AGREED)
    assert leaves(chosen) == OPENING - 30 * MINUTE
    own = reply(known=known, at_once=True, now_because="The power is cut at six.")
    assert leaves(own) == NIGHT + TEN_SECONDS


def test_over_the_weekend_it_waits_for_monday() -> None:
    friday = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
    assert offered(maple(), ANA.id, friday, friday) == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


def test_who_is_away_for_weeks_writes_by_the_clinics_hours() -> None:
    away = Absence(ANA.id, NOW - timedelta(days=1), NOW + timedelta(days=20))
    clinic = maple(absences=(away,))
    assert offered(clinic, ANA.id, None, NIGHT) == OPENING
    assert offered(clinic, ANA.id, None, NOW) is None


def test_c5_words_that_wait_are_kept_back_when_the_family_writes_of_something_graver() -> None:
    def arrives(urgency: Urgency, **changes: Any) -> Decision:
        return decide(text(), waiting(), NIGHT, triage(urgency, **changes))

    assert arrives(Urgency.URGENT).keeps_back
    assert arrives(Urgency.SOON, hazard=Hazard.VIOLENCE).keeps_back
    assert not arrives(Urgency.SOON).keeps_back
    assert not arrives(Urgency.ROUTINE).keeps_back
    assert not decide(text(), situation(), NIGHT, triage()).keeps_back


def test_c5_something_new_and_grave_keeps_back_what_waits_from_before_it_was_resolved() -> None:
    assert decide(text(), situation(), NIGHT, triage(Urgency.URGENT)).keeps_back


def resolves(*held: Held, staff_id: int = NILS.id, **details: Any) -> Decision:
    event = act(ActionKind.RESOLVE, staff_id=staff_id, outcome="called", seen=100, **details)
    return decide(event, situation(episode=episode(), held=held), NOW, triage())


def test_whoever_resolves_says_first_what_becomes_of_a_colleagues_reply() -> None:
    of_ana = Held(ANA.id, NOW + TEN_SECONDS)
    assert resolves(of_ana).problem is Problem.HAS_UNSENT
    leaves, kept = (resolves(of_ana, unsent=choice) for choice in Unsent)
    assert (leaves.problem, leaves.leaves_out) == (None, False)
    assert (kept.problem, kept.leaves_out) == (None, True)
    assert "a reply that waited: kept back for good: by Nils" in why(kept)


def test_ones_own_reply_of_a_moment_ago_leaves_and_one_for_the_morning_is_asked_about() -> None:
    assert resolves(Held(NILS.id, NOW + TEN_SECONDS)).problem is None
    assert resolves(Held(NILS.id, NOW + timedelta(hours=9))).problem is Problem.HAS_UNSENT
    assert resolves().problem is None


def test_a_reply_that_waits_can_be_taken_back_after_the_episode_was_resolved() -> None:
    event = act(ActionKind.UNDO, message_id=7)
    assert decide(event, situation(), NOW, triage()).undoes == 7


def test_c5_words_that_wait_to_leave_silence_no_acknowledgement() -> None:
    quiet_until = History(staff_wrote_at=NOW + timedelta(hours=20))
    heard = History(staff_wrote_at=NOW - timedelta(hours=1))
    for history, expected in ((quiet_until, [ReplyKey.RECEIVED]), (heard, [])):
        known = situation(episode=episode(), history=history)
        decision = decide(text(), known, NOW, triage())
        assert [one.key for one in decision.replies] == expected
