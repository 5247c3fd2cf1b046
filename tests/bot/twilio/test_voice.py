"""She calls the number that texted her (C17)."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from bot.channels.twilio import voice
from locales.catalogs import Catalogs
from locales.replies import Speaker
from routing.events import Inbound, InboundKind, Receipt, StaffAction
from store.outcomes import Outcome, StoreUnavailable
from store.voice import UNKNOWN_NUMBER, VoicePlan
from tests.bot.twilio.calling import HOME, MAPLE, ROSA, SPEAKER, Desk, call_form, post

ENDED = "/twilio/voice?stage=ended"


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  our own words


def calling(desk: Desk, path: str = "/twilio/voice", **fields: str) -> ET.Element:
    response = post(desk.ports(), path, call_form(**fields))
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    return parse(response.text)


def spoken(answer: ET.Element) -> list[tuple[str, str]]:
    return [(say.attrib["language"], say.text or "") for say in answer.iter("Say")]


def planned(plan: VoicePlan) -> Desk:
    return Desk(plan=lambda _number: plan)


def unreadable(_number: str) -> VoicePlan:
    raise StoreUnavailable("OperationalError")


async def store_is_away(_event: Inbound | Receipt | StaffAction) -> Outcome:
    raise StoreUnavailable("OperationalError")


def missed(desk: Desk) -> list[str]:
    return [
        event.sender
        for event in desk.kept
        if isinstance(event, Inbound) and event.kind is InboundKind.MISSED_CALL
    ]


def test_rosa_hears_whom_to_call_in_an_emergency_before_anything_else_c17() -> None:
    answer = calling(Desk())
    assert spoken(answer)[0] == ("en-US", "In an emergency hang up and call 9 1 1.")
    assert [child.tag for child in answer][-1] == "Dial"


def test_rosa_is_connected_to_the_telephone_of_the_hour() -> None:
    desk = Desk()
    dial = calling(desk).find("Dial")
    assert dial is not None
    assert dial.findtext("Number") == "+13125550140"
    assert dial.attrib["action"] == f"{HOME}{ENDED}"
    assert missed(desk) == []


def test_the_emergency_words_are_spoken_in_each_language_of_the_clinic() -> None:
    languages = [language for language, text in spoken(calling(Desk())) if "9 1 1" in text]
    assert languages == ["en-US", "es-US"]


@pytest.mark.parametrize("languages", [("vi", "en"), ("vi",), ("so", "vi"), ()])
def test_a_language_that_twilio_cannot_speak_is_left_out_and_the_call_goes_on(
    languages: tuple[str, ...],
) -> None:
    """A wrong <Say> would end the call before Rosa is connected, even where words exist."""
    vietnamese = {"voice.emergency": "Gọi {emergency}.", "voice.connecting": "Xin chờ."}
    known = SPEAKER.catalogs
    speaker = Speaker(
        Catalogs(
            {**known.texts, "vi": vietnamese},
            {**known.reviewed, "vi": frozenset(vietnamese)},
        )
    )
    answer = parse(voice.answer(replace(MAPLE, languages=languages), speaker, HOME))
    assert spoken(answer)[0] == ("en-US", "In an emergency hang up and call 9 1 1.")
    assert {language for language, _ in spoken(answer)} == {"en-US"}
    assert answer.find("Dial") is not None


def test_words_in_arabic_carry_no_invisible_marks() -> None:
    answer = calling(planned(replace(MAPLE, languages=("ar",))))
    words = "".join(text for language, text in spoken(answer) if language == "arb")
    assert "9 1 1" in words
    assert "\u200e" not in words


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "", "asleep"])
def test_a_call_that_reached_nobody_opens_an_episode_c17(status: str) -> None:
    desk = Desk()
    answer = calling(desk, ENDED, DialCallStatus=status)
    assert missed(desk) == [ROSA]
    assert any("9 1 1" in text for _, text in spoken(answer))
    assert answer[-1].tag == "Hangup"


@pytest.mark.parametrize("status", ["completed", "answered"])
def test_a_call_that_reached_somebody_simply_ends(status: str) -> None:
    desk = Desk()
    answer = calling(desk, ENDED, DialCallStatus=status)
    assert (missed(desk), [child.tag for child in answer]) == ([], ["Hangup"])


def test_a_call_to_a_clinic_without_a_telephone_is_missed_at_once() -> None:
    desk = planned(replace(MAPLE, connect_to=None))
    answer = calling(desk)
    assert missed(desk) == [ROSA]
    assert spoken(answer)[0][1] == "In an emergency hang up and call 9 1 1."
    assert answer.find("Dial") is None


def test_a_call_to_a_number_that_no_clinic_has_is_not_dropped() -> None:
    desk = planned(UNKNOWN_NUMBER)
    answer = calling(desk, To="+13125559999")
    assert missed(desk) == [ROSA]
    assert [language for language, _ in spoken(answer)] == ["en-US"]
    assert "Call your local emergency number" in spoken(answer)[0][1]
    assert answer[-1].tag == "Hangup"


def test_a_missed_call_is_kept_when_the_store_is_back_while_rosa_listens_c17() -> None:
    away = Desk(answer=store_is_away)
    first = calling(away, ENDED, DialCallStatus="no-answer")
    assert "emergency" in spoken(first)[0][1]
    again = first.findtext("Redirect")
    assert again == f"{HOME}{ENDED}&try=2"
    back = Desk()
    assert calling(back, again.removeprefix(HOME))[-1].tag == "Hangup"
    assert missed(back) == [ROSA]


def test_a_missed_call_that_cannot_be_kept_is_not_a_success() -> None:
    desk = Desk(answer=store_is_away)
    response = post(desk.ports(), f"{ENDED}&try=3", call_form(DialCallStatus="no-answer"))
    assert response.status_code == 503


def test_rosa_hears_whom_to_call_also_while_her_call_cannot_be_kept_c17() -> None:
    """Nobody is rung, so these are all the words there are; Twilio's own error says nothing."""
    desk = Desk(plan=lambda _number: replace(MAPLE, connect_to=None), answer=store_is_away)
    first = calling(desk)
    assert spoken(first)[0][1] == "In an emergency hang up and call 9 1 1."
    assert first.findtext("Redirect") == f"{HOME}/twilio/voice?try=2"
    assert post(desk.ports(), "/twilio/voice?try=3", call_form()).status_code == 503, "not kept"


def test_while_the_store_is_away_a_caller_hears_what_to_do_and_is_kept_on_the_line() -> None:
    desk = Desk(plan=unreadable)
    first = calling(desk)
    assert "Call your local emergency number" in spoken(first)[0][1]
    assert first.findtext("Redirect") == f"{HOME}/twilio/voice?try=2"
    second = calling(desk, "/twilio/voice?try=2")
    assert second.findtext("Redirect") == f"{HOME}/twilio/voice?try=3"
    assert post(desk.ports(), "/twilio/voice?try=3", call_form()).status_code == 503


def test_a_missed_call_that_was_kept_is_answered_even_if_the_clinic_cannot_be_read() -> None:
    desk = Desk(plan=unreadable)
    answer = calling(desk, ENDED, DialCallStatus="busy")
    assert missed(desk) == [ROSA]
    assert "Call your local emergency number" in spoken(answer)[0][1]


@pytest.mark.parametrize(
    ("number", "digits"),
    [("911", "9 1 1"), ("112", "1 1 2"), ("+13125550100", "3 1 2 5 5 5 0 1 0 0")],
)
def test_numbers_are_spoken_digit_by_digit(number: str, digits: str) -> None:
    plan = replace(MAPLE, emergency_number=number)
    assert f"call {digits}." in spoken(parse(voice.answer(plan, SPEAKER, HOME)))[0][1]


def test_a_call_is_answered_for_the_clinic_that_was_called() -> None:
    asked: list[str] = []

    def plan(number: str) -> VoicePlan:
        asked.append(number)
        return MAPLE

    calling(Desk(plan=plan), To="+13125550112")
    assert asked == ["+13125550112"]
