"""What Twilio is told to send or say is always well-formed, whatever the words are."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.twilio import twiml
from bot.channels.twilio.twiml import Spoken
from store.outcomes import Answer
from tests.bot.twilio.calling import HOME

CALL_911 = "Call 911 now. It is free and works without minutes."


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  our own words


def test_nothing_to_say_is_an_empty_answer() -> None:
    assert list(parse(twiml.texts((), HOME))) == []


def test_a_safety_text_carries_the_address_of_its_reports() -> None:
    (message,) = parse(twiml.texts((Answer(CALL_911, "k3y_Q-7"),), HOME))
    reports = f"{HOME}/twilio/status?ref=k3y_Q-7"
    assert message.text == CALL_911
    assert message.attrib == {"action": reports, "statusCallback": reports, "method": "POST"}


def test_only_the_last_of_several_texts_may_end_the_answer() -> None:
    answers = (Answer("one", "r1"), Answer("two", "r2"))
    first, last = parse(twiml.texts(answers, HOME))
    assert (first.text, last.text) == ("one", "two")
    assert "action" not in first.attrib
    assert "action" in last.attrib


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_words_make_a_well_formed_answer(words: str, ref: str) -> None:
    words = words.encode("utf-8", "replace").decode()
    ref = ref.encode("utf-8", "replace").decode()
    (message,) = parse(twiml.texts((Answer(words, ref),), HOME))
    printable = [c for c in words if c in "\t\n\r" or (ord(c) >= 32 and c not in "\ufffe\uffff")]
    assert (message.text or "") == "".join(printable)


def test_words_that_look_like_twiml_are_only_words() -> None:
    words = '</Message><Redirect>https://evil.example</Redirect> & "quotes" <'
    (message,) = parse(twiml.texts((Answer(words, '"><x'),), HOME))
    assert message.text == words
    assert message.attrib["statusCallback"].startswith(f"{HOME}/twilio/status?ref=%22")


def test_an_answer_stays_below_what_twilio_takes() -> None:
    """FACTS A2: more than 64 kB is error 11750, and the family would get nothing."""
    answers = tuple(Answer("🚑" * 1600, f"r{n}") for n in range(20))
    text = twiml.texts(answers, HOME)
    assert len(text.encode()) <= 64_000
    assert 1 <= len(parse(text)) < len(answers)


def test_words_of_a_call_are_spoken_in_their_language_and_then_it_rings() -> None:
    words = (Spoken("Hang up & call", "en-US", "Polly.Joanna"), Spoken("你好", "zh-CN"))
    first, second, dial = parse(
        twiml.say_and_connect(words, "+13125550140", f"{HOME}/twilio/voice?stage=ended&a=1")
    )
    assert first.attrib == {"language": "en-US", "voice": "Polly.Joanna"}
    assert (second.text, second.attrib) == ("你好", {"language": "zh-CN"})
    assert dial.attrib["action"] == f"{HOME}/twilio/voice?stage=ended&a=1"
    assert dial.attrib["timeout"] == "25"
    assert dial.findtext("Number") == "+13125550140"
