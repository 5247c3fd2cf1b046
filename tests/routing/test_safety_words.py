"""The words a family gets in danger: which, when again, and when not (C2, C9-C13)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.arrivals import decide_inbound
from routing.decision import Decision, Reply
from routing.situation import ChildView, History, Situation
from routing.types import (
    Automation,
    ChildFlag,
    Consent,
    DeliveryClass,
    DeliveryState,
    Hazard,
    Lane,
    Mark,
    ReplyKey,
    Urgency,
)
from tests.routing.people import (
    MIA,
    MINUTE,
    NIGHT,
    NOW,
    alert,
    emergency,
    episode,
    grandmother,
    judged,
    maple,
    rosa,
    said,
    situation,
    text,
    why,
)

WITH_PLAN = ChildView(frozenset(), 90, is_active=True, comfort_phone="+13125550177")


def decide(known: Situation, urgency: Urgency = Urgency.EMERGENCY, **found: Any) -> Decision:
    found = {"hazard": Hazard.MEDICAL if urgency > Urgency.SOON else None, **found}
    now = found.pop("now", NOW)
    return decide_inbound(text(), known, now, lambda _: judged(urgency, **found))


def answer(known: Situation, urgency: Urgency = Urgency.EMERGENCY, **found: Any) -> Reply:
    (reply,) = decide(known, urgency, **found).replies
    return reply


@pytest.mark.parametrize(
    ("urgency", "hazard", "marks", "clinic", "key"),
    [
        pytest.param(3, Hazard.MEDICAL, (), {}, ReplyKey.CALL_EMERGENCY, id="C12-emergency"),
        pytest.param(3, Hazard.POISON, (), {}, ReplyKey.CALL_EMERGENCY, id="poison"),
        pytest.param(2, Hazard.MEDICAL, (), {}, ReplyKey.CALL_NURSE, id="C2-urgent"),
        pytest.param(2, None, (), {}, ReplyKey.CALL_NURSE, id="urgent-without-hazard"),
        pytest.param(1, Hazard.POISON, (), {}, ReplyKey.CALL_NURSE, id="hazard-below-urgent"),
        pytest.param(3, Hazard.VIOLENCE, (), {}, ReplyKey.VIOLENCE, id="C11-violence"),
        pytest.param(2, Hazard.VIOLENCE, (), {}, ReplyKey.VIOLENCE, id="C11-violence-urgent"),
        pytest.param(3, Hazard.SELF_HARM, (), {}, ReplyKey.SELF_HARM, id="self-harm"),
        pytest.param(2, Hazard.SELF_HARM, (), {}, ReplyKey.SELF_HARM, id="self-harm-feared"),
        pytest.param(3, Hazard.MEDICAL, (Mark.IN_CARE,), {}, ReplyKey.IN_CARE, id="C9-in-care"),
        pytest.param(1, None, (Mark.IN_CARE,), {}, ReplyKey.IN_CARE, id="C9-in-the-ER"),
        pytest.param(
            3, Hazard.MEDICAL, (), {"country": "IE"}, ReplyKey.CALL_EMERGENCY_ABROAD, id="abroad"
        ),
        pytest.param(
            3, Hazard.SELF_HARM, (), {"country": "IE"}, ReplyKey.CALL_EMERGENCY_ABROAD,
            id="self-harm-abroad",
        ),
        pytest.param(
            2, Hazard.SELF_HARM, (), {"country": "IE"}, ReplyKey.CALL_NURSE,
            id="self-harm-feared-abroad",
        ),
        pytest.param(
            3, Hazard.MEDICAL, (), {"is_system": True}, ReplyKey.CALL_LOCAL_EMERGENCY,
            id="unknown-clinic",
        ),
        pytest.param(
            3, Hazard.MEDICAL, (Mark.IN_CARE,), {"is_system": True},
            ReplyKey.CALL_LOCAL_EMERGENCY, id="unknown-clinic-in-care",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("now", [NOW, NIGHT], ids=["office-open", "office-closed"])
def test_the_danger_chooses_the_words_at_any_hour(
    urgency: int, hazard: Hazard, marks: tuple[Mark, ...], clinic: dict[str, Any], key: ReplyKey,
    now: Any,
) -> None:  # fmt: skip
    known = situation(clinic=maple(**clinic))
    reply = answer(known, Urgency(urgency), hazard=hazard, marks=frozenset(marks), now=now)
    assert reply.key is key


def test_safety_words_go_at_once_first_of_all_and_never_late_a4() -> None:
    reply = answer(situation())
    assert (reply.at_once, reply.lane) == (True, Lane.SAFETY)
    assert reply.delivery_class is DeliveryClass.AT_LEAST_ONCE
    assert reply.valid == timedelta(minutes=15)
    assert reply.state is DeliveryState.QUEUED
    assert reply.due is None, "C2: never a time to wait for"


def test_rosa_is_answered_in_her_language_then_the_messages_then_the_clinics() -> None:
    hers = answer(situation(contact=rosa(language="es")))
    assert (hers.languages, hers.in_all) == (("es", "en"), False)
    unknown = answer(situation(contact=rosa(language=None)), language=None)
    assert (unknown.languages, unknown.in_all) == (("en",), False)


@pytest.mark.parametrize("owner", ["en", "vi"])
def test_a_grandmother_with_her_daughters_telephone_reads_both_languages_c8(owner: str) -> None:
    """Somebody writes Spanish from the telephone of somebody who reads something else."""
    reply = answer(situation(contact=rosa(language=owner)))
    assert (reply.languages, reply.in_all) == ((owner, "es"), True)
    same = answer(situation(contact=rosa(language="es-MX")))
    assert not same.in_all, "Mexican Spanish is Spanish: nothing is said twice"


def test_a_new_sender_in_danger_whose_words_say_no_language_reads_all_of_the_clinics_c8() -> None:
    """A picture or a cry of one word: nobody knows what they read."""
    known = situation(contact=grandmother(), children=())
    reply = answer(known, language=None)
    assert (reply.languages, reply.in_all, reply.at_once) == (("en", "es"), True, True)
    written = answer(known, language="es")
    assert (written.languages[0], written.in_all) == ("es", False)


def test_a_comfort_plan_changes_the_words_and_not_the_alert_c10() -> None:
    decision = decide(situation(children=(WITH_PLAN,)))
    (reply,) = decision.replies
    assert (reply.key, reply.phone) == (ReplyKey.COMFORT_PLAN, "+13125550177")
    assert decision.alert is not None
    assert decision.alert.urgency is Urgency.EMERGENCY
    assert decision.tells


@pytest.mark.parametrize("hazard", [Hazard.POISON, Hazard.SELF_HARM])
def test_a_comfort_plan_says_nothing_about_poison_or_despair_c10(hazard: Hazard) -> None:
    assert answer(situation(children=(WITH_PLAN,)), hazard=hazard).key is not ReplyKey.COMFORT_PLAN


def test_a_comfort_plan_of_one_child_does_not_answer_for_a_sibling_c8() -> None:
    assert answer(situation(children=(WITH_PLAN, MIA))).key is ReplyKey.CALL_EMERGENCY
    sister = ChildView(frozenset(), 30, is_active=False)
    assert answer(situation(children=(WITH_PLAN, sister))).key is ReplyKey.COMFORT_PLAN


def test_violence_is_answered_before_the_comfort_plan_c11() -> None:
    known = situation(children=(WITH_PLAN,))
    assert answer(known, hazard=Hazard.VIOLENCE).key is ReplyKey.VIOLENCE


def test_a_form_asked_for_from_the_hospital_is_answered_as_a_form_c9_c15() -> None:
    """Only the first word of it is news; then "stay with the medical team" answers nothing."""
    from_hospital: dict[str, Any] = {"hazard": None, "marks": frozenset({Mark.IN_CARE})}
    first = answer(situation(), Urgency.SOON, **from_hospital)
    assert first.key is ReplyKey.IN_CARE
    told = History(said=(said(ReplyKey.IN_CARE, 30 * MINUTE),))
    then = situation(episode=episode(), history=told)
    assert answer(then, Urgency.SOON, **from_hospital).key is ReplyKey.RECEIVED
    assert answer(then, marks=frozenset({Mark.IN_CARE})).key is ReplyKey.IN_CARE, "a danger"


def test_a_child_who_is_known_to_be_in_hospital_needs_no_word_about_it_c20() -> None:
    admitted = ChildView(frozenset({ChildFlag.TRACH}), 60, is_active=False)
    marks = frozenset({Mark.IN_CARE})
    decision = decide(situation(children=(admitted,)), Urgency.SOON, hazard=None, marks=marks)
    assert decision.replies == ()
    assert "C20" in why(decision)


def test_violence_told_from_the_er_shows_nothing_of_it_c11() -> None:
    """Whoever did it may hold the telephone: no word of a hospital (C9 gives way)."""
    marks = frozenset({Mark.IN_CARE})
    assert answer(situation(), hazard=Hazard.VIOLENCE, marks=marks).key is ReplyKey.VIOLENCE
    assert answer(situation(), hazard=Hazard.SELF_HARM, marks=marks).key is ReplyKey.IN_CARE


def test_a_familys_grief_does_not_silence_the_call_for_help_c20() -> None:
    gone = ChildView(frozenset({ChildFlag.TRACH}), 60, is_active=False)
    assert answer(situation(children=(gone,))).key is ReplyKey.CALL_EMERGENCY


@pytest.mark.parametrize(
    ("contact", "needs_call"),
    [
        pytest.param({"consent": Consent.OPTED_OUT}, "opted_out", id="opted-out"),
        pytest.param({"cannot_text": True}, "unusable_number", id="landline"),
    ],
)
def test_who_cannot_be_texted_must_be_called_c13(contact: dict[str, Any], needs_call: str) -> None:
    decision = decide(situation(contact=rosa(**contact)))
    (reply,) = decision.replies
    assert (reply.state, reply.needs_call) == (DeliveryState.BLOCKED, needs_call)
    assert not reply.at_once, "I-17: nothing leaves, not even in the webhook's answer"
    assert decision.alert is not None
    assert decision.alert.no_answer == needs_call
    assert {t.key for t in decision.tells} == {ReplyKey.STAFF_ALERT_NO_ANSWER}


def test_safety_words_that_cannot_arrive_at_night_alert_somebody_whatever_was_said_c13() -> None:
    opted_out = situation(contact=rosa(consent=Consent.OPTED_OUT), children=(MIA,))
    decision = decide(opted_out, Urgency.SOON, understood=False, now=NIGHT)
    (reply,) = decision.replies
    assert (reply.key, reply.state) == (ReplyKey.NOT_UNDERSTOOD, DeliveryState.BLOCKED)
    assert decision.alert is not None
    assert decision.alert.next_step_at is not None
    assert decision.alert.no_answer == "opted_out"
    assert decision.tells


def test_an_ordinary_notice_that_cannot_arrive_wakes_nobody_c21() -> None:
    decision = decide(situation(contact=rosa(consent=Consent.OPTED_OUT)), Urgency.SOON, now=NIGHT)
    assert decision.replies == ()
    assert decision.alert is None
    assert not decision.tells


AGAIN = [
    pytest.param(4 * MINUTE, Urgency.EMERGENCY, 0, id="same-words-four-minutes-ago"),
    pytest.param(5 * MINUTE, Urgency.EMERGENCY, 1, id="after-five-minutes"),
    pytest.param(4 * MINUTE, Urgency.URGENT, 1, id="louder-than-before"),
]


@pytest.mark.parametrize(("ago", "before", "texts"), AGAIN)
def test_the_same_safety_words_come_at_most_every_five_minutes_c13(
    ago: timedelta, before: Urgency, texts: int
) -> None:
    told = History(said=(said(ReplyKey.CALL_EMERGENCY, ago, before),))
    known = situation(episode=emergency(), alert=alert(), history=told)
    decision = decide(known)
    assert len(decision.replies) == texts
    assert texts or "C13" in why(decision)


def test_a_new_hazard_is_answered_within_the_five_minutes_c13() -> None:
    told = History(said=(said(ReplyKey.CALL_EMERGENCY, MINUTE, Urgency.EMERGENCY),))
    known = situation(episode=emergency(), alert=alert(), history=told)
    assert answer(known, hazard=Hazard.POISON).key is ReplyKey.CALL_EMERGENCY
    assert answer(known, hazard=Hazard.SELF_HARM).key is ReplyKey.SELF_HARM


@pytest.mark.parametrize(
    ("hazard", "key", "before"),
    [
        pytest.param(Hazard.VIOLENCE, ReplyKey.VIOLENCE, 1, id="words-of-one-hazard"),
        pytest.param(Hazard.SELF_HARM, ReplyKey.SELF_HARM, 1, id="despair"),
        pytest.param(Hazard.POISON, ReplyKey.CALL_EMERGENCY, 2, id="words-of-several"),
    ],
)
def test_a_second_hazard_told_again_and_again_is_answered_once_in_five_minutes_c13(
    hazard: Hazard, key: ReplyKey, before: int
) -> None:
    """The episode keeps the kind of its first danger; the other one is not new for ever."""
    told = History(said=tuple(said(key, n * MINUTE, Urgency.EMERGENCY) for n in range(before)))
    known = situation(episode=emergency(), alert=alert(), history=told)
    assert decide(known, hazard=hazard).replies == ()
    past = replace(known, history=History(said=(said(key, 5 * MINUTE, Urgency.EMERGENCY),)))
    assert answer(past, hazard=hazard).key is key


def test_call_the_nurse_does_not_take_back_call_911_c13() -> None:
    told = History(said=(said(ReplyKey.CALL_EMERGENCY, MINUTE, Urgency.EMERGENCY),))
    known = situation(episode=emergency(), alert=alert(), history=told)
    assert not decide(known, Urgency.URGENT).replies


def test_a_rise_from_urgent_to_emergency_speaks_again() -> None:
    told = History(said=(said(ReplyKey.CALL_NURSE, MINUTE, Urgency.URGENT),))
    known = situation(episode=episode(urgency=Urgency.URGENT), history=told)
    assert answer(known).key is ReplyKey.CALL_EMERGENCY


def test_a_new_episode_is_answered_although_the_last_one_heard_the_same_words_c13() -> None:
    told = History(said=(said(ReplyKey.CALL_EMERGENCY, MINUTE, Urgency.EMERGENCY, 8),))
    assert answer(situation(previous_episode_id=8, history=told)).key is ReplyKey.CALL_EMERGENCY
    known = situation(episode=emergency(), alert=alert(), history=told)
    assert answer(known).key is ReplyKey.CALL_EMERGENCY


def test_caps_and_a_persons_words_hold_nothing_back_in_danger_c13() -> None:
    many = tuple(said(ReplyKey.RECEIVED, n * MINUTE, episode_id=n) for n in range(1, 8))
    known = situation(history=History(said=many, staff_wrote_at=NOW - MINUTE))
    assert answer(known).key is ReplyKey.CALL_EMERGENCY


@pytest.mark.parametrize(("sent", "texts"), [(7, 1), (8, 0)])
def test_only_the_loop_guard_holds_safety_words_back_14107(sent: int, texts: int) -> None:
    second = timedelta(seconds=1)
    loop = tuple(said(ReplyKey.CALL_NURSE, n * 3 * second, episode_id=8) for n in range(sent))
    decision = decide(situation(history=History(said=loop)))
    assert len(decision.replies) == texts
    assert ("loop guard" in why(decision)) == (not texts)
    assert decision.tells, "people are told all the same"


@pytest.mark.parametrize("mode", [Automation.SHADOW, Automation.OFF])
def test_a_clinic_that_is_not_live_sends_nothing_and_says_what_it_would_c22(
    mode: Automation,
) -> None:
    decision = decide(situation(clinic=maple(automation=mode)))
    assert not decision.replies
    assert not decision.tells
    assert f"{mode}: would be safety.call_emergency" in why(decision)
    assert decision.alert is not None
    assert decision.alert.next_step_at is not None, "I-10 holds in shadow as well"


def test_an_unknown_sender_in_danger_is_told_to_call_c8() -> None:
    assert answer(situation(contact=grandmother(), children=())).key is ReplyKey.CALL_EMERGENCY
