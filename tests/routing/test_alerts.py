"""Who is told of a danger, when again, and that only a person ends it (C1, C2, C13, C18, I-10)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing import alerts
from routing.situation import AlertFields, AlertState, Situation, StaffView
from routing.types import (
    Automation,
    ContactKind,
    Hazard,
    ReplyKey,
    StaffChannel,
    Urgency,
)
from tests.routing.people import (
    ANA,
    CARLA,
    MINUTE,
    NIGHT,
    NILS,
    NOW,
    OLGA,
    ON_CALL_PHONE,
    ROSAS_PHONE,
    alert,
    fields,
    maple,
    rosa,
    situation,
    taken_alert,
)

ANAS, NILSS = str(ANA.phone), str(NILS.phone)


def danger(
    known: Situation | None = None,
    urgency: Urgency = Urgency.EMERGENCY,
    *,
    no_answer: str | None = None,
    now: Any = NOW,
    **changes: Any,
) -> tuple[AlertFields, list[str]]:
    """Let a danger happen; give the alert and the telephones that ring."""
    known = known or situation()
    becomes = fields(urgency=urgency, **{"hazard": Hazard.MEDICAL, **changes})
    raised, tells = alerts.after_danger(known, urgency, becomes, no_answer, now)
    assert all(tell.step == raised.step for tell in tells)
    return raised, [tell.address for tell in tells]


def staffed(
    on_call: tuple[StaffView, ...], staff: tuple[StaffView, ...], **other: Any
) -> Situation:
    return situation(clinic=maple(on_call=on_call, staff=staff, **other))


FIRST = [
    pytest.param(NOW, Urgency.EMERGENCY, Hazard.MEDICAL, [ANAS, NILSS], id="emergency-by-day"),
    pytest.param(NIGHT, Urgency.EMERGENCY, Hazard.MEDICAL, [NILSS], id="emergency-by-night"),
    pytest.param(NOW, Urgency.URGENT, Hazard.VIOLENCE, [ANAS], id="urgent-by-day"),
    pytest.param(NOW, Urgency.URGENT, None, [ANAS], id="urgent-without-hazard"),
    pytest.param(NOW, Urgency.URGENT, Hazard.MEDICAL, [ANAS, NILSS], id="C18-medical-by-day"),
    pytest.param(NOW, Urgency.SOON, Hazard.MEDICAL, [ANAS, NILSS], id="hazard-below-urgent"),
    pytest.param(NIGHT, Urgency.URGENT, Hazard.MEDICAL, [NILSS], id="urgent-by-night"),
]


@pytest.mark.parametrize(("now", "urgency", "hazard", "phones"), FIRST)
def test_the_first_to_be_told_are_the_right_people(
    now: Any, urgency: Urgency, hazard: Hazard | None, phones: list[str]
) -> None:
    raised, rung = danger(urgency=urgency, hazard=hazard, now=now)
    assert rung == phones
    assert (raised.state, raised.step, raised.urgency) == (AlertState.OPEN, 0, urgency)


@pytest.mark.parametrize(
    ("urgency", "minutes"), [(Urgency.EMERGENCY, 5), (Urgency.URGENT, 15), (Urgency.SOON, 15)]
)
def test_an_emergency_is_passed_on_after_five_minutes_and_urgent_after_fifteen_f2(
    urgency: Urgency, minutes: int
) -> None:
    raised, _ = danger(urgency=urgency)
    assert raised.next_step_at == NOW + minutes * MINUTE


def test_a_nurse_who_owns_the_family_is_told_alone_first_c18() -> None:
    nadia = replace(ANA, roles=frozenset({"nurse", "coordinator"}))
    _, rung = danger(staffed((NILS,), (nadia, NILS)), Urgency.URGENT)
    assert rung == [ANAS]


def test_a_medical_hazard_finds_a_nurse_also_when_none_is_on_call_c18() -> None:
    _, rung = danger(staffed((OLGA,), (ANA, NILS, OLGA)), Urgency.URGENT)
    assert rung == [ANAS, NILSS]


NOBODY_MISSED = [
    pytest.param((CARLA,), (CARLA, NILS, ANA), [NILSS], id="on-call-has-no-phone"),
    pytest.param((), (OLGA, NILS), [NILSS], id="nobody-on-call"),
    pytest.param((), (OLGA, CARLA), [OLGA.phone, ON_CALL_PHONE], id="no-nurse-with-a-phone"),
    pytest.param((), (CARLA,), [ON_CALL_PHONE], id="no-phone-at-all"),
    pytest.param((), (), [ON_CALL_PHONE], id="no-staff"),
]


@pytest.mark.parametrize(("on_call", "staff", "phones"), NOBODY_MISSED)
def test_an_empty_roster_falls_through_at_once_and_never_to_nobody_i11(
    on_call: tuple[StaffView, ...], staff: tuple[StaffView, ...], phones: list[str]
) -> None:
    assert danger(staffed(on_call, staff), owner_id=None)[1] == phones


def test_a_clinic_without_any_telephone_keeps_the_alert_open_i10() -> None:
    raised, rung = danger(staffed((), (), on_call_phone=""))
    assert rung == []
    assert raised.next_step_at is not None


def test_an_owner_without_a_phone_is_replaced_by_who_is_on_call_i11() -> None:
    known = staffed((NILS,), (replace(ANA, phone=None), NILS))
    assert danger(known, Urgency.URGENT, hazard=Hazard.VIOLENCE)[1] == [NILSS]


def test_the_phone_that_wrote_is_not_told_of_itself_c19() -> None:
    nils_writes = rosa(kind=ContactKind.STAFF, staff_id=NILS.id, address=NILSS)
    _, rung = danger(replace(situation(), contact=nils_writes))
    assert rung == [ANAS]
    alone = replace(staffed((NILS,), (NILS,)), contact=nils_writes)
    assert danger(alone, owner_id=None)[1] == [ON_CALL_PHONE]
    on_call_writes = replace(alone, contact=rosa(address=ON_CALL_PHONE))
    assert danger(replace(on_call_writes, clinic=maple(on_call=(), staff=())))[1] == []


def test_two_people_with_one_telephone_are_told_once_i18() -> None:
    shared = replace(NILS, phone=ANA.phone)
    _, rung = danger(staffed((shared, shared, OLGA), (ANA, shared, OLGA)), no_answer="opted_out")
    assert rung == [ANAS, OLGA.phone, ON_CALL_PHONE]


def test_people_are_told_in_their_language_and_without_a_word_about_the_child() -> None:
    known = staffed((NILS, OLGA), (NILS, OLGA))
    becomes = fields(urgency=Urgency.EMERGENCY, owner_id=OLGA.id, hazard=Hazard.MEDICAL)
    _, tells = alerts.after_danger(known, Urgency.EMERGENCY, becomes, None, NOW)
    assert [tell.language for tell in tells] == ["en", "en"]
    assert {tell.key for tell in tells} == {ReplyKey.STAFF_ALERT}
    _, tells = alerts.after_danger(situation(), Urgency.URGENT, fields(), "opted_out", NOW)
    assert {tell.key for tell in tells} == {ReplyKey.STAFF_ALERT_NO_ANSWER}


# It is open already.


def test_texts_before_the_acknowledgement_join_the_one_alert_c1() -> None:
    before = alert()
    raised, rung = danger(situation(alert=before))
    assert (raised, rung) == (before, [])


def test_a_lesser_danger_does_not_lower_an_open_alert_i08() -> None:
    before = alert()
    assert danger(situation(alert=before), Urgency.URGENT)[0] == before


def test_a_rise_tells_everybody_again_who_was_told_before_at_once() -> None:
    before = alert(urgency=Urgency.URGENT, next_step_at=NOW + 14 * MINUTE)
    raised, rung = danger(situation(alert=before))
    assert rung == [ANAS, NILSS]
    assert (raised.step, raised.urgency) == (1, Urgency.EMERGENCY)
    assert raised.next_step_at == NOW + 5 * MINUTE


def test_an_answer_that_did_not_arrive_is_told_to_the_whole_list_once_c13() -> None:
    raised, rung = danger(situation(alert=alert()), no_answer="opted_out")
    assert rung == [ANAS, NILSS, ON_CALL_PHONE]
    assert raised.no_answer == "opted_out"
    again, rung = danger(situation(alert=raised), no_answer="unusable_number")
    assert rung == []
    assert again.no_answer == "unusable_number"
    assert danger(situation(alert=raised))[0].no_answer == "opted_out"


# Somebody has taken it.


def test_a_second_danger_in_a_taken_episode_tells_the_one_who_took_it_first_c1() -> None:
    raised, rung = danger(situation(alert=taken_alert()))
    assert rung == [NILSS]
    assert (raised.state, raised.step) == (AlertState.OPEN, 1)
    assert raised.next_step_at == NOW + 3 * MINUTE
    stepped, tells = alerts.next_step(
        situation(alert=raised), fields(urgency=Urgency.EMERGENCY), NOW + 3 * MINUTE
    )
    everybody = [ANAS, NILSS, ON_CALL_PHONE]
    assert [tell.address for tell in tells] == everybody, "no answer: everybody again"
    assert stepped.step == 2


@pytest.mark.parametrize(
    ("taker", "contact"),
    [
        pytest.param(CARLA.id, {}, id="has-no-phone"),
        pytest.param(99, {}, id="has-left-the-clinic"),
        pytest.param(OLGA.id, {"address": OLGA.phone}, id="wrote-it-from-her-own-phone"),
    ],
)
def test_if_the_one_who_took_it_cannot_be_told_everybody_is_c1(
    taker: int, contact: dict[str, Any]
) -> None:
    known = replace(staffed((NILS,), (ANA, NILS, CARLA, OLGA)), contact=rosa(**contact))
    known = replace(known, alert=taken_alert(acknowledged_by=taker))
    assert {ANAS, NILSS} <= set(danger(known)[1])


def test_a_taken_episode_with_an_open_alert_is_not_taken_c1() -> None:
    taken = fields(acknowledged_at=NOW, acknowledged_by=NILS.id)
    assert alerts.not_taken(taken, alert()).acknowledged_at is None
    assert alerts.not_taken(taken, alert()).acknowledged_by is None
    assert alerts.not_taken(taken, taken_alert()) == taken


# It goes on until a person ends it.


def test_an_alert_never_stops_by_itself_however_long_nobody_answers_i10() -> None:
    known = situation(alert=danger()[0])
    now = NOW
    for step in range(1, 201):
        assert known.alert is not None
        assert known.alert.next_step_at is not None
        assert known.alert.next_step_at - now == 5 * MINUTE
        now = known.alert.next_step_at
        stepped, tells = alerts.next_step(known, fields(urgency=Urgency.EMERGENCY), now)
        assert stepped.step == step
        assert tells, f"step {step} told nobody"
        known = replace(known, alert=stepped)


def test_an_owner_who_does_not_answer_is_not_asked_alone_twice_f2() -> None:
    opened, rung = danger(urgency=Urgency.URGENT, hazard=Hazard.VIOLENCE)
    assert rung == [ANAS]
    becomes = fields(urgency=Urgency.URGENT, hazard=Hazard.VIOLENCE)
    stepped, tells = alerts.next_step(situation(alert=opened), becomes, NOW + 15 * MINUTE)
    assert [tell.address for tell in tells] == [ANAS, NILSS]
    assert stepped.next_step_at == NOW + 60 * MINUTE


@pytest.mark.parametrize("mode", [Automation.SHADOW, Automation.OFF])
def test_a_clinic_that_is_not_live_tells_nobody_and_goes_on_counting_c22(mode: Automation) -> None:
    known = situation(clinic=maple(automation=mode))
    raised, rung = danger(known)
    assert rung == []
    stepped, tells = alerts.next_step(replace(known, alert=raised), fields(), NOW + 5 * MINUTE)
    assert not tells
    assert stepped.next_step_at == NOW + 10 * MINUTE
    woken, rung = danger(replace(known, alert=taken_alert()))
    assert (woken.state, rung) == (AlertState.OPEN, [])


def test_the_first_person_who_takes_it_is_on_record_i12() -> None:
    taken = alerts.acknowledged(alert(), NILS.id, NOW)
    assert (taken.state, taken.next_step_at) == (AlertState.ACKNOWLEDGED, NOW + 15 * MINUTE)
    assert (taken.acknowledged_by, taken.acknowledged_at) == (NILS.id, NOW)
    assert alerts.acknowledged(taken, ANA.id, NOW + MINUTE) == taken


def test_a_closed_alert_has_no_next_step() -> None:
    ended = alerts.closed(alert(), NOW)
    assert (ended.state, ended.next_step_at, ended.closed_at) == (AlertState.CLOSED, None, NOW)


def test_a_step_without_an_alert_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no alert"):
        alerts.next_step(situation(), fields(), NOW)


def test_rosas_own_number_is_never_among_the_telephones_c19() -> None:
    mother_works_here = replace(OLGA, phone=ROSAS_PHONE)
    known = staffed((mother_works_here, NILS), (mother_works_here, NILS, ANA))
    step = alert(step=1, next_step_at=NOW - timedelta(seconds=1))
    _, tells = alerts.next_step(replace(known, alert=step), fields(), NOW)
    assert ROSAS_PHONE not in {tell.address for tell in tells}


RINGING = {"alert_channels": frozenset({StaffChannel.CALL})}
WRITING = {"alert_channels": frozenset({StaffChannel.EMAIL})}


def told(known: Situation, now: Any = NOW, **changes: Any) -> list[tuple[str, str]]:
    """Let an emergency happen; give how and where people are told."""
    becomes = fields(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    urgency = changes.pop("urgency", Urgency.EMERGENCY)
    _, tells = alerts.after_danger(known, urgency, becomes, None, now)
    return [(tell.channel.value, tell.address) for tell in tells]


def test_at_night_the_telephone_rings_at_once_beside_the_text() -> None:
    known = situation(clinic=maple(**RINGING))
    assert told(known, NIGHT) == [("sms", NILSS), ("call", NILSS)]


def test_by_day_it_rings_from_the_second_step_on() -> None:
    known = situation(clinic=maple(**RINGING))
    assert {channel for channel, _ in told(known)} == {"sms"}
    becomes = fields(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    _, tells = alerts.next_step(replace(known, alert=alert(next_step_at=NOW)), becomes, NOW)
    assert {tell.channel for tell in tells} == {StaffChannel.SMS, StaffChannel.CALL}


def test_what_is_only_urgent_wakes_nobody_by_telephone_the_first_time() -> None:
    known = situation(clinic=maple(**RINGING))
    assert told(known, NIGHT, urgency=Urgency.URGENT) == [("sms", NILSS)]


def test_a_mail_comes_beside_the_text_and_replaces_no_telephone_i11() -> None:
    nils = replace(NILS, phone=None, email="nils@maple.example")
    known = situation(clinic=maple(on_call=(nils,), staff=(nils, ANA), **WRITING))
    ways = told(known, NIGHT)
    assert ("email", "nils@maple.example") in ways
    assert any(channel == "sms" for channel, _ in ways), "somebody with a telephone is told too"


def test_mails_have_words_of_their_own_because_nobody_can_answer_them() -> None:
    nils = replace(NILS, email="nils@maple.example")
    known = situation(clinic=maple(on_call=(nils,), staff=(nils,), **WRITING))
    becomes = fields(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    _, tells = alerts.after_danger(known, Urgency.EMERGENCY, becomes, None, NIGHT)
    keys = {tell.channel: tell.key for tell in tells}
    assert keys == {
        StaffChannel.SMS: ReplyKey.STAFF_ALERT,
        StaffChannel.EMAIL: ReplyKey.STAFF_MAIL,
    }


EVERY_WAY = {"alert_channels": frozenset({StaffChannel.CALL, StaffChannel.EMAIL})}


def test_where_the_family_got_no_answer_the_whole_list_is_called_at_once_by_day_too_c13() -> None:
    known = situation(clinic=maple(**RINGING))
    becomes = fields(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    _, tells = alerts.after_danger(known, Urgency.EMERGENCY, becomes, "opted_out", NOW)
    called = [tell.address for tell in tells if tell.channel is StaffChannel.CALL]
    assert called == [ANAS, NILSS, ON_CALL_PHONE]
    assert {tell.key for tell in tells} == {ReplyKey.STAFF_ALERT_NO_ANSWER}


def test_a_second_danger_reaches_who_took_the_first_on_every_channel_at_once_c1() -> None:
    nils = replace(NILS, email="nils@maple.example")
    clinic = maple(on_call=(nils,), staff=(nils, ANA), **EVERY_WAY)
    known = replace(situation(clinic=clinic), alert=taken_alert())
    becomes = fields(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    _, tells = alerts.after_danger(known, Urgency.EMERGENCY, becomes, None, NOW)
    assert [(tell.channel, tell.address) for tell in tells] == [
        (StaffChannel.SMS, NILSS),
        (StaffChannel.CALL, NILSS),
        (StaffChannel.EMAIL, "nils@maple.example"),
    ]


def test_in_shadow_no_telephone_rings_and_no_mail_is_written_c22() -> None:
    both = frozenset({StaffChannel.CALL, StaffChannel.EMAIL})
    known = situation(clinic=maple(alert_channels=both, automation=Automation.SHADOW))
    assert told(known, NIGHT) == []
