"""Ordinary automatic texts: true, in the family's language, and few (C8, C14, C15, C19, C20)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from routing.arrivals import decide_inbound
from routing.decision import Decision, PromiseChange, Reply
from routing.events import Inbound, InboundKind, TimerKind
from routing.hours import Day, window_at
from routing.situation import History, Situation
from routing.types import (
    Because,
    Consent,
    ContactKind,
    DeliveryClass,
    DeliveryState,
    Lane,
    Mark,
    ReplyKey,
    Topic,
    Urgency,
)
from tests.routing.people import (
    ANA,
    LUIS,
    MIA,
    MINUTE,
    NEVER,
    NIGHT,
    NOW,
    OPENING,
    WEEK,
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

HOUR = timedelta(hours=1)


def decide(
    known: Situation,
    urgency: Urgency = Urgency.SOON,
    *,
    now: datetime = NOW,
    event: Inbound | None = None,
    **found: Any,
) -> Decision:
    return decide_inbound(event or text(), known, now, lambda _: judged(urgency, **found))


def only(decision: Decision) -> Reply:
    (reply,) = decision.replies
    return reply


def test_a_text_in_office_hours_is_acknowledged_once_with_a_promised_time() -> None:
    decision = decide(situation())
    reply = only(decision)
    promised = NOW + 4.5 * HOUR  # four open hours, with lunch between
    assert (reply.key, reply.due, reply.lane) == (ReplyKey.RECEIVED, promised, Lane.AUTOMATIC)
    assert reply.delivery_class is DeliveryClass.AT_MOST_ONCE, "I-16"
    assert (decision.promise, decision.promise_due) == (PromiseChange.MADE, promised)
    assert decision.timers[TimerKind.PROMISE] == promised
    assert decision.episode is not None
    assert decision.episode.reply_due == promised


def test_the_next_text_of_the_same_need_is_not_acknowledged_again_c15() -> None:
    told = History(said=(said(ReplyKey.RECEIVED, 20 * MINUTE),))
    decision = decide(situation(episode=episode(), history=told))
    assert not decision.replies
    assert "C15" in why(decision)
    assert decision.promise is None


def test_a_rise_in_urgency_is_acknowledged_again_c15() -> None:
    told = History(said=(said(ReplyKey.RECEIVED, 20 * MINUTE, Urgency.ROUTINE),))
    known = situation(episode=episode(urgency=Urgency.ROUTINE), history=told)
    assert only(decide(known)).key is ReplyKey.RECEIVED
    assert not decide(known, Urgency.ROUTINE).replies


def test_a_new_need_is_acknowledged_although_yesterdays_was_c15() -> None:
    told = History(said=(said(ReplyKey.RECEIVED, 20 * HOUR, episode_id=8),))
    decision = decide(situation(previous_episode_id=8, history=told))
    assert only(decision).key is ReplyKey.RECEIVED
    assert decision.opens_episode


def test_a_promise_that_stands_already_is_not_made_twice() -> None:
    standing = NOW + 4.5 * HOUR
    decision = decide(situation(episode=episode(reply_due=standing), promise_due=standing))
    assert only(decision).due == standing
    assert decision.promise is None
    assert TimerKind.PROMISE not in decision.timers


@pytest.mark.parametrize(("ago", "texts"), [(119 * MINUTE, 0), (120 * MINUTE, 1)])
def test_nothing_automatic_speaks_within_two_hours_of_a_person_c15(
    ago: timedelta, texts: int
) -> None:
    decision = decide(situation(history=History(staff_wrote_at=NOW - ago)))
    assert len(decision.replies) == texts


def test_a_contact_gets_at_most_two_automatic_texts_a_day_c15() -> None:
    two = (
        said(ReplyKey.RECEIVED, HOUR, episode_id=7),
        said(ReplyKey.CLOSED, 9 * HOUR, episode_id=None),
    )
    assert not decide(situation(history=History(said=two))).replies
    day_old = replace(two[1], at=NOW - timedelta(days=1))
    safety = said(ReplyKey.CALL_EMERGENCY, HOUR, episode_id=7)
    few = History(said=(two[0], safety, day_old))
    assert only(decide(situation(history=few))).key is ReplyKey.RECEIVED


def test_on_a_clinics_last_day_no_time_is_promised_that_never_comes() -> None:
    day = timedelta(days=1)
    closed = tuple(Day(NOW.date() + n * day) for n in range(1, 800))
    known = situation(clinic=maple(schedule=replace(WEEK, days=closed)))
    decision = decide(known, Urgency.ROUTINE)
    assert only(decision).key is ReplyKey.RECEIVED_NO_TIME
    assert decision.promise is None


@pytest.mark.parametrize("words", ["thanks", "ok", "👍"])
@pytest.mark.parametrize("now", [NOW, NIGHT], ids=["open", "closed"])
def test_thanks_need_no_answer_and_no_promise_c15(words: str, now: datetime) -> None:
    known = situation(episode=episode(is_waiting=False, reply_due=None))
    decision = decide(
        known, Urgency.ROUTINE, now=now, event=text(words), marks=frozenset({Mark.THANKS})
    )
    assert not decision.replies
    assert decision.promise is None
    assert decision.episode is not None
    assert not decision.episode.is_waiting
    assert decision.episode.reply_due is None


def test_no_time_is_promised_while_an_urgent_episode_is_open_c2() -> None:
    standing = NOW + HOUR
    decision = decide(situation(episode=emergency(), promise_due=standing), Urgency.ROUTINE)
    assert not decision.replies
    assert decision.promise is PromiseChange.WITHDRAWN
    assert decision.timers[TimerKind.PROMISE] is None


# The office is closed.


def test_at_night_the_family_hears_once_that_nobody_reads_now_and_when_somebody_will() -> None:
    decision = decide(situation(children=(MIA,)), now=NIGHT)
    reply = only(decision)
    assert (reply.key, reply.due) == (ReplyKey.CLOSED, OPENING)
    assert decision.promise is None
    again = situation(children=(MIA,), history=History(once=frozenset({str(reply.once)})))
    assert not decide(again, now=NIGHT + HOUR).replies
    assert only(decide(again, now=NIGHT + 24 * HOUR)).once != reply.once


def test_a_rise_in_urgency_speaks_again_in_the_same_night() -> None:
    first = only(decide(situation(), Urgency.ROUTINE, now=NIGHT))
    once = History(once=frozenset({str(first.once)}))
    assert only(decide(situation(history=once), Urgency.SOON, now=NIGHT)).once != first.once
    both = only(decide(situation(history=once), Urgency.SOON, now=NIGHT))
    told = History(once=frozenset({str(both.once)}))
    assert not decide(situation(history=told), Urgency.ROUTINE, now=NIGHT).replies


def test_two_caregivers_each_hear_it_once() -> None:
    first = only(decide(situation(), now=NIGHT))
    father = rosa(id=32, address="+13125550132")
    known = situation(contact=father, history=History(once=frozenset({str(first.once)})))
    assert only(decide(known, now=NIGHT)).key is ReplyKey.CLOSED


def test_a_clinic_without_a_next_opening_names_no_time() -> None:
    decision = decide(situation(clinic=maple(schedule=NEVER)))
    assert (only(decision).key, only(decision).due) == (ReplyKey.CLOSED_NO_TIME, None)


def test_what_is_not_understood_at_night_gets_the_on_call_number_c3() -> None:
    decision = decide(situation(children=(MIA,)), now=NIGHT, understood=False)
    reply = only(decision)
    assert (reply.key, reply.lane) == (ReplyKey.NOT_UNDERSTOOD, Lane.SAFETY)
    assert reply.delivery_class is DeliveryClass.AT_LEAST_ONCE, "safety words: at least once"
    assert reply.valid == timedelta(minutes=15)
    lunch = NOW + 3 * HOUR + 5 * MINUTE
    assert only(decide(situation(children=(MIA,)), now=lunch, understood=False)).key is (
        ReplyKey.CLOSED
    )


def test_a_clinic_that_never_opens_counts_as_closed_for_long_c3() -> None:
    known = situation(clinic=maple(schedule=NEVER), children=(MIA,))
    assert only(decide(known, understood=False)).key is ReplyKey.NOT_UNDERSTOOD


def test_the_third_text_of_a_day_holds_safety_words_only_c15() -> None:
    two = (
        said(ReplyKey.RECEIVED, 9 * HOUR, now=NIGHT),
        said(ReplyKey.CLOSED, 8 * HOUR, episode_id=None, now=NIGHT),
    )
    decision = decide(situation(history=History(said=two)), now=NIGHT)
    assert only(decision).key is ReplyKey.NOT_UNDERSTOOD
    assert "C15" in why(decision)


# Who called, and wrote nothing.


def called(known: Situation, now: datetime) -> Decision:
    event = text("", kind=InboundKind.MISSED_CALL, takes_answer=False)
    return decide_inbound(event, known, now, lambda _: judged(Urgency.ROUTINE))


def test_nobody_who_called_is_told_that_a_text_arrived_c14() -> None:
    stranger = situation(contact=grandmother(), children=())
    for known in (situation(), stranger):
        by_day = called(known, NOW)
        assert by_day.replies == ()
        assert by_day.opens_episode, "C17: somebody sees the call all the same"
        assert only(called(known, NIGHT)).key is ReplyKey.NOT_UNDERSTOOD
        assert only(called(known, NOW + 3 * HOUR + 5 * MINUTE)).key is ReplyKey.NOT_UNDERSTOOD


def test_a_caller_who_hides_the_number_wakes_nobody_with_a_text_that_cannot_arrive_c21() -> None:
    hidden = replace(grandmother(), address="anonymous")
    decision = called(situation(contact=hidden, children=()), NIGHT)
    assert decision.replies == ()
    assert decision.tells == ()


# Who writes.


def test_a_new_sender_is_answered_in_all_languages_of_the_clinic_c8() -> None:
    known = situation(contact=grandmother(), children=())
    reply = only(decide(known, language=None))
    assert (reply.key, reply.in_all) == (ReplyKey.NEW_SENDER, True)
    assert reply.languages == ("en", "es")
    at_night = only(decide(known, now=NIGHT, language="es"))
    assert (at_night.key, at_night.in_all, at_night.languages) == (
        ReplyKey.CLOSED, True, ("es", "en"),
    )  # fmt: skip


def test_a_new_visitor_of_the_chat_is_answered_in_the_language_of_the_page_c8() -> None:
    visitor = replace(grandmother(), channel="webchat", language="es")
    reply = only(decide(situation(contact=visitor, children=()), language=None))
    assert (reply.key, reply.in_all, reply.languages[0]) == (ReplyKey.NEW_VISITOR, False, "es")
    at_night = only(decide(situation(contact=visitor, children=()), now=NIGHT))
    assert (at_night.key, at_night.in_all, at_night.languages[0]) == (ReplyKey.CLOSED, False, "es")


def test_a_new_sender_is_greeted_once_c8() -> None:
    known = situation(contact=grandmother(), children=())
    greeted = History(once=frozenset({str(only(decide(known)).once)}))
    assert not decide(replace(known, episode=episode(), history=greeted)).replies
    later = decide(replace(known, previous_episode_id=9, history=greeted))
    assert only(later).key is ReplyKey.RECEIVED


def test_a_new_sender_whose_second_need_was_acknowledged_hears_of_a_rise() -> None:
    told = History(
        said=(said(ReplyKey.RECEIVED, HOUR, Urgency.ROUTINE),), once=frozenset({"new:31"})
    )
    known = situation(contact=grandmother(), children=(), episode=episode(), history=told)
    assert only(decide(known)).key is ReplyKey.RECEIVED


def test_a_staff_phone_is_told_that_nothing_went_to_the_family_c19() -> None:
    staff = rosa(kind=ContactKind.STAFF, staff_id=ANA.id, address=str(ANA.phone))
    reply = only(decide(situation(contact=staff)))
    assert reply.key is ReplyKey.STAFF_NOTE
    recent = History(said=(said(ReplyKey.STAFF_NOTE, 9 * MINUTE, episode_id=8),))
    assert not decide(situation(contact=staff, history=recent)).replies
    older = History(said=(said(ReplyKey.STAFF_NOTE, 10 * MINUTE, episode_id=8),))
    assert only(decide(situation(contact=staff, history=older))).key is ReplyKey.STAFF_NOTE


def test_a_number_that_no_clinic_has_set_up_answers_nothing_routine() -> None:
    decision = decide(situation(clinic=maple(is_system=True), contact=grandmother(), children=()))
    assert not decision.replies
    assert decision.episode is not None, "and yet somebody sees it"


def test_nothing_automatic_reaches_a_family_whose_child_has_died_c20() -> None:
    gone = replace(LUIS, is_active=False)
    assert not decide(situation(children=(gone,))).replies
    assert not decide(situation(children=(gone,)), now=NIGHT).replies
    assert decide(situation(children=(gone, MIA))).replies


# STOP, START and HELP.


@pytest.mark.parametrize(
    ("words", "opt_out", "consent", "mode", "key"),
    [
        ("STOP", "STOP", Consent.GRANTED, "twilio", None),
        ("STOP", None, Consent.GRANTED, "own", ReplyKey.OPTED_OUT),
        ("STOP", None, Consent.OPTED_OUT, "own", None),
        ("START", "START", Consent.OPTED_OUT, "twilio", None),
        ("START", None, Consent.OPTED_OUT, "own", ReplyKey.OPTED_IN),
        ("YES", None, Consent.OPTED_OUT, "own", ReplyKey.OPTED_IN),
        ("YES", None, Consent.GRANTED, "own", ReplyKey.RECEIVED),
        ("HELP", None, Consent.GRANTED, "own", ReplyKey.HELP),
        ("HELP", "HELP", Consent.GRANTED, "twilio", ReplyKey.CALL_NURSE),
        ("alto", None, Consent.GRANTED, "twilio", ReplyKey.OPTED_OUT),
        ("ayuda", None, Consent.GRANTED, "twilio", ReplyKey.CALL_NURSE),
        ("CANCEL", None, Consent.GRANTED, "twilio", None),
        ("cancel my appointment", None, Consent.GRANTED, "twilio", ReplyKey.RECEIVED),
    ],
)
def test_keywords_are_answered_by_the_provider_or_by_us_but_never_by_both_fb(
    words: str, opt_out: str | None, consent: Consent, mode: str, key: ReplyKey | None
) -> None:
    known = situation(clinic=maple(opt_out=mode), contact=rosa(consent=consent))
    decision = decide(known, event=text(words, opt_out=opt_out))
    assert [r.key for r in decision.replies] == ([key] if key else [])
    assert all(r.state is DeliveryState.QUEUED for r in decision.replies)
    assert decision.episode is not None, "B-04: the keyword is in the inbox all the same"


def test_help_answered_by_ourselves_is_safety_words_fb1() -> None:
    reply = only(decide(situation(clinic=maple(opt_out="own")), event=text("HELP")))
    assert (reply.lane, reply.at_once) == (Lane.SAFETY, True)


@pytest.mark.parametrize(
    ("words", "consent", "becomes"),
    [
        ("STOP", Consent.GRANTED, Consent.OPTED_OUT),
        ("ALTO", Consent.UNKNOWN, Consent.OPTED_OUT),
        ("START", Consent.OPTED_OUT, Consent.GRANTED),
        ("YES", Consent.OPTED_OUT, Consent.GRANTED),
        ("YES", Consent.GRANTED, None),
        ("HELP", Consent.GRANTED, None),
        ("stop he is not breathing", Consent.GRANTED, None),
    ],
)
def test_consent_changes_with_the_keyword_and_with_nothing_else_i17(
    words: str, consent: Consent, becomes: Consent | None
) -> None:
    known = situation(contact=rosa(consent=consent))
    assert decide(known, event=text(words)).consent is becomes


def test_stop_he_is_not_breathing_is_an_emergency_b04() -> None:
    decision = decide(situation(), Urgency.EMERGENCY, event=text("stop he is not breathing"))
    assert only(decision).key is ReplyKey.CALL_EMERGENCY
    assert decision.consent is None


def test_an_opted_out_family_is_read_but_not_texted_i17() -> None:
    decision = decide(situation(contact=rosa(consent=Consent.OPTED_OUT)))
    assert decision.replies == ()
    assert Because("no automatic text", "auto.received: they cannot be texted") in decision.because
    assert decision.promise is None, "what nobody was told is no promise"
    assert decision.episode is not None


def test_everyday_topics_have_no_say_in_the_words() -> None:
    for topic in Topic:
        assert only(decide(situation(), topics=(topic,))).key is ReplyKey.RECEIVED


def test_the_notice_of_a_window_is_named_after_that_window() -> None:
    reply = only(decide(situation(), now=NIGHT))
    assert window_at(WEEK, NIGHT).id in str(reply.once)
