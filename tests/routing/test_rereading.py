"""What follows when a second reader has read Rosa's message: it may raise, and no more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.decide import decide
from routing.decision import Decision, PromiseChange
from routing.events import InboundKind, SecondOpinion, TimerKind
from routing.rereading import is_wanted, patient
from routing.situation import Situation
from routing.triage.second import Opinion
from routing.types import (
    Automation,
    ChildFlag,
    ContactKind,
    DeliveryState,
    EpisodeState,
    Hazard,
    Mark,
    ReplyKey,
    Urgency,
)
from tests.routing.people import (
    LUIS,
    MIA,
    MINUTE,
    NILS,
    NOW,
    ROSAS_PHONE,
    alert,
    emergency,
    episode,
    grandmother,
    judged,
    maple,
    rosa,
    said,
    situation,
    taken_alert,
    text,
    triage,
    why,
)


def opinion(urgency: Urgency = Urgency.URGENT, **changes: Any) -> SecondOpinion:
    """What a second reader thinks of what Rosa wrote a moment ago; the rules said `soon`."""
    hazard = changes.pop("hazard", None)
    defaults: dict[str, Any] = {
        "clinic_id": 1,
        "episode_id": 9,
        "message_id": 100,
        "reading_id": 3,
        "fence": 1,
        "first": judged(Urgency.SOON),
        "opinion": Opinion("linear", urgency, "Reads like danger.", 0.9, hazard),
        "wrote_at": NOW - timedelta(seconds=3),
    }
    return SecondOpinion(**{**defaults, **changes})


def decided(event: SecondOpinion, thread: Situation | None = None) -> Decision:
    return decide(event, thread or situation(episode=episode()), NOW, triage())


def test_a_danger_that_the_rules_missed_tells_a_nurse_and_sends_the_safety_words() -> None:
    decision = decided(opinion())
    assert decision.episode
    assert decision.episode.urgency is Urgency.URGENT
    assert decision.episode.reply_due is None
    assert decision.alert
    assert NILS.phone in {tell.address for tell in decision.tells}
    [reply] = decision.replies
    assert (reply.key, reply.urgency) == (ReplyKey.CALL_NURSE, Urgency.URGENT)
    assert why(decision).startswith(
        "raised to urgent: second reader (linear): Reads like danger. (90\N{NO-BREAK SPACE}% sure)"
    )


def test_an_emergency_sends_the_words_of_an_emergency_and_none_of_the_readers() -> None:
    [reply] = decided(opinion(Urgency.EMERGENCY)).replies
    assert reply.key is ReplyKey.CALL_EMERGENCY


def test_violence_keeps_its_discretion_also_when_a_reader_finds_it() -> None:
    decision = decided(opinion(hazard=Hazard.VIOLENCE))
    assert decision.episode
    assert decision.episode.hazard is Hazard.VIOLENCE
    assert [reply.key for reply in decision.replies] == [ReplyKey.VIOLENCE]


def test_what_becomes_soon_is_due_earlier_and_says_nothing_to_the_family() -> None:
    due = NOW + timedelta(days=1)
    calm = situation(episode=episode(urgency=Urgency.ROUTINE, reply_due=due))
    decision = decided(opinion(Urgency.SOON, first=judged(Urgency.ROUTINE)), calm)
    assert decision.episode
    assert decision.episode.urgency is Urgency.SOON
    assert decision.episode.reply_due
    assert decision.episode.reply_due < due
    assert (decision.replies, decision.tells, decision.alert) == ((), (), None)


@pytest.mark.parametrize("urgency", Urgency)
def test_an_opinion_never_lowers(urgency: Urgency) -> None:
    first = judged(Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    grave = situation(episode=emergency(), alert=alert())
    assert decided(opinion(urgency, first=first), grave) == Decision()


def test_what_another_message_has_raised_already_is_left_alone() -> None:
    grave = situation(episode=emergency(acknowledged_at=NOW), alert=taken_alert())
    assert decided(opinion(), grave) == Decision()


def test_what_a_person_has_dealt_with_is_theirs() -> None:
    assert decided(opinion(is_dealt_with=True)) == Decision()


def test_what_is_resolved_stays_resolved() -> None:
    assert decided(opinion(), situation(episode=None, previous_episode_id=9)) == Decision()


def test_what_was_put_off_comes_back_and_a_promise_is_taken_back() -> None:
    later = NOW + timedelta(days=2)
    asleep = episode(state=EpisodeState.SNOOZED, put_off_until=later, looked_at=NOW)
    decision = decided(opinion(), situation(episode=asleep, promise_due=later))
    assert decision.episode
    assert decision.episode.state is EpisodeState.OPEN
    assert decision.episode.put_off_until is None
    assert decision.episode.looked_at is None
    assert decision.promise is PromiseChange.WITHDRAWN
    timers = dict(decision.timers)
    assert timers.pop(TimerKind.MISSING) is not None, "C7 begins anew for what is open again"
    assert timers == {
        TimerKind.RETURN: None, TimerKind.PROMISE: None, TimerKind.PROMISE_WARNING: None,
    }  # fmt: skip


def test_safety_words_that_would_come_late_stay_away_and_the_nurse_is_told_all_the_same() -> None:
    decision = decided(opinion(wrote_at=NOW - 16 * MINUTE))
    assert decision.replies == ()
    assert decision.tells


def test_a_voice_mail_that_staff_typed_in_is_answered_by_no_text() -> None:
    decision = decided(opinion(is_text=False))
    assert decision.replies == ()
    assert decision.tells


def test_a_clinic_in_shadow_sends_nothing(  # C22
) -> None:
    shadow = situation(episode=episode(), clinic=maple(automation=Automation.SHADOW))
    decision = decided(opinion(), shadow)
    assert (decision.replies, decision.tells) == ((), ())
    assert decision.episode
    assert decision.episode.urgency is Urgency.URGENT


def test_a_family_that_has_opted_out_is_to_be_called() -> None:
    out = situation(episode=episode(), contact=replace(rosa(), cannot_text=True))
    decision = decided(opinion(), out)
    assert [reply.state for reply in decision.replies] == [DeliveryState.BLOCKED]
    assert decision.alert
    assert decision.alert.no_answer == "unusable_number"


def test_the_same_words_are_not_said_twice_in_five_minutes() -> None:
    history = situation(episode=episode()).history
    heard = replace(history, said=(said(ReplyKey.CALL_NURSE, MINUTE, Urgency.URGENT),))
    medical = situation(episode=episode(hazard=Hazard.MEDICAL), history=heard)
    assert decided(opinion(), medical).replies == ()


WHOLE = judged(Urgency.SOON)


def test_a_message_of_a_family_is_read_once_more() -> None:
    assert is_wanted(text("he is grey"), situation(), WHOLE)
    assert is_wanted(text("hello"), situation(contact=grandmother()), judged(Urgency.ROUTINE))


@pytest.mark.parametrize(
    ("event", "thread", "first"),
    [
        (text("he is grey"), situation(), judged(Urgency.EMERGENCY)),
        (text(" "), situation(), WHOLE),
        (text("x", kind=InboundKind.MISSED_CALL), situation(), WHOLE),
        (text("gracias"), situation(), judged(Urgency.ROUTINE, marks=frozenset({Mark.THANKS}))),
        (text("x"), situation(contact=rosa(kind=ContactKind.STAFF)), WHOLE),
        (text("x"), situation(takes_alert=True), WHOLE),
        (text("x"), situation(clinic=maple(is_system=True)), WHOLE),
    ],
    ids=["emergency", "empty", "missed call", "thanks", "staff", "word of an alert", "no clinic"],
)
def test_what_needs_no_second_reading_gets_none(event: Any, thread: Any, first: Any) -> None:
    assert not is_wanted(event, thread, first)


def test_the_reader_is_told_of_all_conditions_and_of_the_youngest_child() -> None:
    flags, age = patient(situation(children=(LUIS, MIA)))
    assert (flags, age) == (LUIS.flags, 30)
    unknown = patient(situation(contact=grandmother(address=ROSAS_PHONE), children=()))
    assert unknown == (frozenset({ChildFlag.TRACH, ChildFlag.CENTRAL_LINE}), None)
