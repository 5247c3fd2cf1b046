"""Which episode a text joins, what it plans, and whom it alerts (C1-C3, C15, I-08, I-10)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.arrivals import decide_inbound
from routing.events import TimerKind
from routing.situation import AlertState
from routing.types import (
    Assessment,
    EpisodeState,
    Hazard,
    Mark,
    Note,
    ReplyKey,
    Topic,
    Urgency,
)
from tests.routing.people import (
    ANA,
    MINUTE,
    NIGHT,
    NILS,
    NOW,
    alert,
    emergency,
    episode,
    grandmother,
    situation,
    taken_alert,
    text,
    triage,
    why,
)

HOUR = timedelta(hours=1)
FOUR_OPEN_HOURS = NOW + 4.5 * HOUR  # lunch is closed


def danger(**changes: Any) -> Callable[[Note], Assessment]:
    return triage(Urgency.EMERGENCY, **{"hazard": Hazard.MEDICAL, **changes})


# The episode.


def test_the_first_text_opens_an_episode_for_the_familys_coordinator() -> None:
    decision = decide_inbound(text(), situation(), NOW, triage(topics=(Topic.FORMS,)))
    assert decision.opens_episode
    assert decision.episode is not None
    assert decision.episode.owner_id == ANA.id
    assert decision.episode.topics == (Topic.FORMS,)
    assert decision.episode.waiting_since == NOW
    assert "the family's coordinator" in why(decision)


def test_a_text_of_nobodys_family_goes_to_the_team() -> None:
    decision = decide_inbound(text(), situation(contact=grandmother(), children=()), NOW, triage())
    assert decision.episode is not None
    assert decision.episode.owner_id is None
    assert "nobody yet: the team" in why(decision)


def test_a_result_without_a_rule_says_so() -> None:
    decision = decide_inbound(text(), situation(), NOW, triage(reasons=()))
    assert "no rule" in why(decision)


def test_the_next_text_joins_and_may_raise_but_never_lower_i08() -> None:
    open_one = episode(topics=(Topic.FORMS,), needs_eyes=True, looked_at=NOW - MINUTE)
    known = situation(episode=open_one)
    raised = decide_inbound(text(), known, NOW, danger(topics=(Topic.SYMPTOMS, Topic.FORMS)))
    assert raised.episode is not None
    assert not raised.opens_episode
    assert raised.episode.urgency is Urgency.EMERGENCY
    assert raised.episode.topics == (Topic.FORMS, Topic.SYMPTOMS)
    assert raised.episode.needs_eyes
    assert raised.episode.reply_due is None, "C2"
    assert raised.episode.looked_at is None
    assert "raised to emergency" in why(raised)
    later = replace(known, episode=replace(open_one, fields=raised.episode))
    after = decide_inbound(text(), later, NOW, triage(Urgency.ROUTINE))
    assert after.episode is not None
    assert (after.episode.urgency, after.episode.hazard) == (Urgency.EMERGENCY, Hazard.MEDICAL)


@pytest.mark.parametrize(
    ("before", "hazard_before", "then", "hazard_then", "shown"),
    [
        pytest.param(2, Hazard.POISON, 3, Hazard.MEDICAL, Hazard.MEDICAL, id="the-higher-danger"),
        pytest.param(3, Hazard.POISON, 2, Hazard.MEDICAL, Hazard.POISON, id="not-the-lower"),
        pytest.param(3, Hazard.POISON, 3, Hazard.MEDICAL, Hazard.POISON, id="the-earlier"),
        pytest.param(3, None, 2, Hazard.VIOLENCE, Hazard.VIOLENCE, id="the-only-one"),
        pytest.param(2, Hazard.VIOLENCE, 3, None, Hazard.VIOLENCE, id="never-forgotten"),
    ],
)
def test_the_episode_shows_the_kind_of_its_highest_danger(
    before: int, hazard_before: Hazard | None, then: int, hazard_then: Hazard | None, shown: Hazard
) -> None:
    known = situation(episode=episode(urgency=Urgency(before), hazard=hazard_before))
    decision = decide_inbound(text(), known, NOW, triage(Urgency(then), hazard=hazard_then))
    assert decision.episode is not None
    assert decision.episode.hazard is shown


def test_waiting_counts_from_the_first_unanswered_text() -> None:
    since = NOW - 3 * HOUR
    waiting = decide_inbound(text(), situation(episode=episode(waiting_since=since)), NOW, triage())
    assert waiting.episode is not None
    assert waiting.episode.waiting_since == since
    answered = episode(waiting_since=since, is_waiting=False)
    again = decide_inbound(text(), situation(episode=answered), NOW, triage())
    assert again.episode is not None
    assert (again.episode.is_waiting, again.episode.waiting_since) == (True, NOW)


def test_the_earliest_reply_time_counts() -> None:
    soon = NOW + HOUR
    known = situation(episode=episode(reply_due=soon))
    decision = decide_inbound(text(), known, NOW, triage())
    assert decision.episode is not None
    assert decision.episode.reply_due == soon


@pytest.mark.parametrize("state", [EpisodeState.WAITING, EpisodeState.SNOOZED])
def test_a_question_reopens_what_was_put_off_and_thanks_do_not_c15(state: EpisodeState) -> None:
    known = situation(episode=episode(state=state, looked_at=NOW - HOUR, is_waiting=False))
    asked = decide_inbound(text(), known, NOW, triage())
    assert asked.episode is not None
    assert asked.episode.state is EpisodeState.OPEN
    thanks = triage(Urgency.ROUTINE, marks=frozenset({Mark.THANKS}))
    thanked = decide_inbound(text("ok"), known, NOW, thanks)
    assert thanked.episode is not None
    assert (thanked.episode.state, thanked.episode.looked_at) == (state, NOW - HOUR)
    assert not thanked.timers


# C3: opened by a person within four open hours.


def test_a_new_text_is_opened_within_four_open_hours_or_rises_c3() -> None:
    decision = decide_inbound(text(), situation(), NOW, triage())
    assert decision.timers[TimerKind.UNOPENED] == FOUR_OPEN_HOURS


def test_a_text_of_an_unknown_sender_is_opened_within_half_an_open_hour_c8() -> None:
    decision = decide_inbound(text(), situation(contact=grandmother()), NOW, triage())
    assert decision.timers[TimerKind.UNOPENED] == NOW + HOUR / 2


def test_more_texts_do_not_put_the_first_one_off_c3() -> None:
    decision = decide_inbound(text(), situation(episode=episode()), NOW + 3 * HOUR, triage())
    assert TimerKind.UNOPENED not in decision.timers


def test_a_text_after_somebody_has_looked_starts_its_own_four_hours_c3() -> None:
    known = situation(episode=episode(looked_at=NOW - MINUTE))
    decision = decide_inbound(text(), known, NOW, triage())
    assert decision.timers[TimerKind.UNOPENED] == FOUR_OPEN_HOURS


# Danger.


def test_an_emergency_opens_an_alert_with_a_next_step_i10() -> None:
    decision = decide_inbound(text("no respira"), situation(), NOW, danger())
    assert decision.alert is not None
    assert decision.alert.state == AlertState.OPEN
    assert decision.alert.next_step_at == NOW + 5 * MINUTE
    assert [tell.address for tell in decision.tells] == [ANA.phone, NILS.phone]
    assert "2 told" in why(decision)


def test_the_second_text_of_an_open_alert_joins_it_c1() -> None:
    known = situation(episode=emergency(), alert=alert())
    decision = decide_inbound(text("rápido"), known, NOW, danger())
    assert not decision.tells
    assert "nobody told by this message" in why(decision)


def test_a_second_danger_takes_the_acknowledgement_back_c1() -> None:
    taken = emergency(acknowledged_at=NOW - MINUTE, acknowledged_by=NILS.id)
    known = situation(episode=taken, alert=taken_alert())
    decision = decide_inbound(text("otra vez"), known, NOW, danger())
    assert decision.episode is not None
    assert decision.episode.acknowledged_at is None
    assert decision.episode.inbox_rank == 0
    assert decision.alert is not None
    assert decision.alert.next_step_at == NOW + 3 * MINUTE


def test_whoever_took_a_form_has_not_taken_the_emergency_that_follows_i12() -> None:
    taken = episode(acknowledged_at=NOW - HOUR, acknowledged_by=ANA.id)
    decision = decide_inbound(text("no respira"), situation(episode=taken), NOW, danger())
    assert decision.episode is not None
    assert decision.episode.acknowledged_at is None
    assert decision.episode.inbox_rank == 0, "an emergency that nobody has taken stands first"


def test_an_ordinary_text_leaves_the_acknowledgement_alone() -> None:
    taken = emergency(acknowledged_at=NOW - MINUTE, acknowledged_by=NILS.id)
    known = situation(episode=taken, alert=taken_alert())
    decision = decide_inbound(text("ya viene"), known, NOW, triage())
    assert decision.episode is not None
    assert decision.episode.acknowledged_by == NILS.id
    assert decision.alert is None


def test_a_parent_who_texts_help_reaches_a_person_b1() -> None:
    decision = decide_inbound(
        text("HELP", opt_out="HELP"), situation(), NIGHT, triage(Urgency.URGENT)
    )
    assert [reply.key for reply in decision.replies] == [ReplyKey.CALL_NURSE]
    assert [tell.address for tell in decision.tells] == [NILS.phone]


@pytest.mark.parametrize(
    ("minutes", "answered"), [(2, True), (30, True), (31, False), (60 * 24, False)]
)
def test_what_was_found_late_gets_automatic_words_only_while_they_help_f20(
    minutes: int, answered: bool
) -> None:
    found = text(takes_answer=False, written_at=NOW - minutes * MINUTE)
    decision = decide_inbound(found, situation(), NOW, triage())
    assert bool(decision.replies) is answered
    assert decision.opens_episode
    assert f"written {minutes} min before" in why(decision)


def test_safety_words_help_however_late_a_danger_was_found_c13() -> None:
    found = text(takes_answer=False, written_at=NOW - 5 * HOUR)
    danger = triage(Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    decision = decide_inbound(found, situation(), NOW, danger)
    assert [reply.key for reply in decision.replies] == [ReplyKey.CALL_EMERGENCY]
    assert decision.alert is not None
    assert decision.tells
