"""Nils picks up: what he hears, and what his key does (I-12, I-24)."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from routing.events import ActionKind, StaffAction
from store.alert_calls import NO_CALL, AlertCall, Standing
from tests.bot.twilio.calling import Desk, call_form, post

REF = "opaque-1"
WAITS = AlertCall(Standing.WAITS, "Maple Complex Care", "en", True, 1, 2, 7)
MINE = AlertCall(Standing.MINE, "Maple Complex Care", "en", True, 1, 2, 7)
OVER = AlertCall(Standing.OVER, "Maple Complex Care", "en", True, 1, 2, 7)
NOBODYS = AlertCall(Standing.WAITS, "Maple Complex Care", "en", True, 1, None, 7)


def picked_up(*standings: AlertCall, digits: str = "") -> tuple[ET.Element, Desk]:
    """Post what Twilio posts; the call stands as given, first before and then after the key."""
    waiting = list(standings)

    def call(ref: str) -> AlertCall:
        assert ref == REF
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    desk = Desk(call=call)
    form = call_form(Direction="outbound-api", **({"Digits": digits} if digits else {}))
    answer = post(desk.ports(), f"/twilio/alert?ref={REF}", form)
    assert answer.status_code == 200
    return ET.fromstring(answer.text), desk  # noqa: S314  our own words


def said(answer: ET.Element) -> str:
    return " ".join(say.text or "" for say in answer.iter("Say"))


def test_he_hears_three_times_what_waits_and_which_key_takes_it() -> None:
    answer, desk = picked_up(WAITS)
    gathers = list(answer.iter("Gather"))
    assert [one.get("numDigits") for one in gathers] == ["1"] * 3
    assert {one.get("action") for one in gathers} == {
        f"https://texts.maple.example/twilio/alert?ref={REF}"
    }
    assert "press 1" in said(answer)
    assert [child.tag for child in answer][-1] == "Hangup"
    assert desk.kept == []


@pytest.mark.parametrize(
    ("digits", "kind", "words"),
    [
        ("1", ActionKind.TAKE, "You have taken it for Maple Complex Care"),
        ("2", ActionKind.PASS_ON, "goes to the next person"),
    ],
)
def test_a_key_is_the_act_of_the_person_who_was_called(
    digits: str, kind: ActionKind, words: str
) -> None:
    answer, desk = picked_up(WAITS, MINE, digits=digits)
    (act,) = desk.kept
    assert isinstance(act, StaffAction)
    assert (act.kind, act.clinic_id, act.staff_id, act.episode_id) == (kind, 1, 2, 7)
    assert act.key.startswith("call:CA")
    assert words in said(answer)


def test_whoever_is_second_hears_that_somebody_else_has_it() -> None:
    answer, _ = picked_up(WAITS, OVER, digits="1")
    assert "Somebody at Maple Complex Care has taken it already" in said(answer)


@pytest.mark.parametrize("digits", ["3", "9", "*", "#", "11"])
def test_another_key_does_nothing_and_the_words_come_again(digits: str) -> None:
    answer, desk = picked_up(WAITS, digits=digits)
    assert desk.kept == []
    assert "press 1" in said(answer)


def test_at_the_clinics_own_telephone_nobody_can_take_it_with_a_key() -> None:
    answer, desk = picked_up(NOBODYS, digits="1")
    assert desk.kept == []
    assert not list(answer.iter("Gather"))
    assert "tell the nurse on call to sign in" in said(answer)


def test_a_call_about_nothing_says_that_it_is_over() -> None:
    answer, desk = picked_up(NO_CALL, digits="1")
    assert desk.kept == []
    assert "taken it already" in said(answer)


def test_without_a_signature_nobody_takes_anything() -> None:
    desk = Desk(call=lambda _ref: WAITS)
    form = call_form(Digits="1")
    assert post(desk.ports(), f"/twilio/alert?ref={REF}", form, unsigned=True).status_code == 403
    assert desk.kept == []


def test_a_test_call_says_three_times_that_it_is_one_and_takes_no_key() -> None:
    words = "TEST from Kinline: alerts reach you this way. There is nothing to do."
    tried = AlertCall(Standing.TEST, language="vi", clinic_id=1, staff_id=2, words=words)
    answer, desk = picked_up(tried, digits="1")
    assert said(answer) == " ".join([words] * 3)
    assert {say.get("language") for say in answer.iter("Say")} == {"en-US"}
    assert list(answer.iter("Gather")) == []
    assert desk.kept == []


ROSA, OURS = "+13125550131", "+13125550111"
TAKEN = replace(MINE, family_phone=ROSA, from_phone=OURS)


def test_whoever_took_it_is_asked_for_one_more_key_that_calls_the_family_c18() -> None:
    answer, desk = picked_up(WAITS, TAKEN, digits="1")
    assert "To be connected with the family now, press 3." in said(answer)
    assert ROSA not in said(answer), "I-24: a number is not spoken"
    assert {one.get("action") for one in answer.iter("Gather")} == {
        f"https://texts.maple.example/twilio/alert?ref={REF}"
    }
    assert [act.kind for act in desk.kept if isinstance(act, StaffAction)] == [ActionKind.TAKE]


def test_key_3_rings_the_family_from_the_clinics_number_and_is_logged_c18_c23() -> None:
    answer, desk = picked_up(TAKEN, digits="3")
    (dial,) = answer.iter("Dial")
    assert (dial.get("callerId"), dial.findtext("Number")) == (OURS, ROSA)
    (act,) = desk.kept
    assert isinstance(act, StaffAction)
    assert (act.kind, act.staff_id, act.reached) == (ActionKind.CALLED, 2, False)


@pytest.mark.parametrize(
    "call", [replace(TAKEN, standing=Standing.WAITS), replace(TAKEN, standing=Standing.OVER), MINE]
)
def test_key_3_connects_nobody_who_has_not_taken_it_c18(call: AlertCall) -> None:
    answer, desk = picked_up(call, digits="3")
    assert list(answer.iter("Dial")) == []
    assert desk.kept == []


SPEAKS_SOMALI = replace(TAKEN, reads="so", has_interpreter=True, ref=REF)


def test_whoever_does_not_speak_the_familys_language_hears_that_an_interpreter_is_called() -> None:
    answer, _ = picked_up(WAITS, SPEAKS_SOMALI, digits="1")
    assert "Language of the family: Somali. An interpreter is called as well." in said(answer)
    assert "press 3" in said(answer)


def test_without_a_line_of_interpreters_the_call_connects_and_the_words_say_so_c18() -> None:
    alone = replace(SPEAKS_SOMALI, has_interpreter=False)
    answer, _ = picked_up(WAITS, alone, digits="1")
    assert "Language of the family: Somali. No interpreter joins this call." in said(answer)
    answer, desk = picked_up(alone, digits="3")
    assert answer.findtext("Dial/Number") == ROSA
    assert [act.conference for act in desk.kept if isinstance(act, StaffAction)] == [""]


def test_key_3_begins_a_talk_of_three_under_an_opaque_name_c18() -> None:
    answer, desk = picked_up(SPEAKS_SOMALI, digits="3")
    (conference,) = answer.iter("Conference")
    assert conference.attrib == {
        "beep": "onEnter", "startConferenceOnEnter": "true", "endConferenceOnExit": "true",
    }  # fmt: skip
    (act,) = desk.kept
    assert isinstance(act, StaffAction)
    assert (act.kind, act.conference) == (ActionKind.CALLED, conference.text)
    assert len(str(conference.text)) == 32
    again, _ = picked_up(SPEAKS_SOMALI, digits="3")
    assert again.findtext("Dial/Conference") == conference.text, "a repeated request"


def test_when_whoever_leads_it_hangs_up_nobody_is_called_into_it_any_more() -> None:
    begun, _ = picked_up(SPEAKS_SOMALI, digits="3")
    desk = Desk(call=lambda _ref: SPEAKS_SOMALI)
    path = f"/twilio/alert?ref={REF}&stage=left"
    dial = begun.find("Dial")
    assert dial is not None
    assert dial.get("action") == f"https://texts.maple.example{path}"
    assert post(desk.ports(), path, call_form()).status_code == 200
    (act,) = desk.kept
    assert isinstance(act, StaffAction)
    assert (act.kind, act.conference) == (
        ActionKind.HANG_UP, begun.findtext("Dial/Conference"),
    )  # fmt: skip


def test_the_family_joins_without_a_word_and_the_interpreter_hears_the_language_alone() -> None:
    family = AlertCall(Standing.JOINS, "Maple Complex Care", clinic_id=1, conference="opaque")
    answer, desk = picked_up(family, digits="1")
    (conference,) = answer.iter("Conference")
    assert (conference.text, conference.get("startConferenceOnEnter")) == ("opaque", "false")
    assert (said(answer), desk.kept) == ("", [])
    answer, _ = picked_up(replace(family, reads="so"))
    assert said(answer) == (
        "Maple Complex Care asks for an interpreter. Language: Somali. You are being connected now."
    )


def test_whoever_picks_up_after_the_end_of_a_talk_waits_for_nobody() -> None:
    answer, _ = picked_up(AlertCall(Standing.JOINS, "Maple Complex Care", clinic_id=1))
    assert [child.tag for child in answer] == ["Hangup"]
