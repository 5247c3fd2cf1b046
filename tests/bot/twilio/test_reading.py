"""Twilio's forms become events, and nothing a family wrote is lost on the way (FACTS A1, A4)."""

from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.twilio import reading
from bot.channels.twilio.reading import UnreadableForm
from routing.events import Inbound, InboundKind, Media, Receipt, ReceiptSource
from routing.types import DeliveryState
from tests.bot.twilio.calling import ACCOUNT, CLINIC, ROSA, call_form, status_form, text_form


def read(form: dict[str, str] | bytes) -> Inbound:
    raw = form if isinstance(form, bytes) else urlencode(form).encode()
    return reading.inbound(reading.read_params(raw), raw)


def report(form: dict[str, str], ref: str | None = "k3yQ") -> Receipt:
    return reading.receipt(reading.read_params(urlencode(form).encode()), ref)


def test_a_text_from_rosa_is_read_whole() -> None:
    form = text_form("Luis no quiere comer", OptOutType="")
    raw = urlencode(form).encode()
    assert read(form) == Inbound(
        provider="twilio",
        account=ACCOUNT.sid,
        provider_id=f"SM{'1' * 32}",
        channel="sms",
        sender=ROSA,
        recipient=CLINIC,
        text="Luis no quiere comer",
        raw=raw,
    )


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \n ", id="only blanks, which stay"),
        pytest.param("mi hijo no puede respirar ñ", id="Spanish"),
        pytest.param("ابني لا يتنفس", id="Arabic"),
        pytest.param("孩子喘不过气", id="Chinese"),
        pytest.param("bé khó thở", id="Vietnamese"),
        pytest.param("👨‍👩‍👧‍👦 🆘 🏳️‍🌈 \U0001f691", id="emoji of several characters"),
        pytest.param("a\x00b \u202e c\u200b\x1b[31m", id="NUL and control characters"),
        pytest.param("a=b&c=d;e+f%20g", id="characters of forms"),
        pytest.param("x" * 1600, id="as long as a text may be"),
        pytest.param("é" * 1600, id="as long in letters of two bytes"),
    ],
)
def test_any_words_arrive_as_they_were_written(words: str) -> None:
    assert read(text_form(words)).text == words


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_words_are_changed(words: str) -> None:
    assert read(text_form(words)).text == words


@given(st.binary(max_size=80))
def test_bytes_that_are_not_text_never_stop_a_message(body: bytes) -> None:
    raw = (
        urlencode(text_form(""))
        .encode()
        .replace(b"Body=", b"Body=" + quote_from_bytes(body).encode())
    )
    message = read(raw)
    assert message.raw == raw
    assert message.text == body.decode("utf-8", "replace")
    message.text.encode()  # no lone surrogates, which no database takes


def test_bytes_that_were_not_even_encoded_never_stop_a_message() -> None:
    message = read(urlencode(text_form("")).encode().replace(b"Body=", b"Body=caf\xc3\xa9 \xff"))
    assert message.text == "café \ufffd"


def test_fields_that_twilio_adds_one_day_are_accepted() -> None:
    assert read(text_form(NewThing="x", **{"Weird[1]": ""})).text == "Luis has a fever"


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        pytest.param({"NumMedia": "0"}, (), id="none"),
        pytest.param(
            {"NumMedia": "1", "MediaUrl0": "https://m/0", "MediaContentType0": "image/jpeg"},
            (Media("https://m/0", "image/jpeg"),),
            id="one",
        ),
        pytest.param(
            {"NumMedia": "many", "MediaUrl0": "https://m/0"},
            (Media("https://m/0", ""),),
            id="a number that is none, a type that is missing",
        ),
        pytest.param(
            {"NumMedia": "3", "MediaUrl2": "https://m/2", "MediaUrl0": "https://m/0"},
            (Media("https://m/0", ""), Media("https://m/2", "")),
            id="a gap",
        ),
        pytest.param({"NumMedia": "2", "MediaUrl0": " "}, (), id="announced but not there"),
        pytest.param({"MediaUrl": "https://m", "MediaUrlX": "https://m"}, (), id="look-alikes"),
    ],
)
def test_pictures_are_taken_as_they_come(fields: dict[str, str], media: tuple[Media, ...]) -> None:
    assert read(text_form("look", **fields)).media == media


def test_ten_pictures_keep_their_order() -> None:
    fields = {f"MediaUrl{n}": f"https://m/{n}" for n in reversed(range(10))}
    message = read(text_form("", NumMedia="10", **fields))
    assert [media.url for media in message.media] == [f"https://m/{n}" for n in range(10)]


@pytest.mark.parametrize(
    ("said", "read_as"),
    [("STOP", "STOP"), ("START", "START"), ("HELP", "HELP"), ("help", "HELP"), ("NEW", None)],
)
def test_the_keyword_that_twilio_saw_is_kept(said: str, read_as: str | None) -> None:
    assert read(text_form(said, OptOutType=said)).opt_out == read_as


def test_a_message_with_only_an_older_id_is_read() -> None:
    form = text_form(MessageSid="")
    assert read(form).provider_id == f"SM{'1' * 32}"


def test_ids_and_numbers_never_carry_control_characters() -> None:
    message = read(text_form(From=f"\x00{ROSA}\r\n", To=f" {CLINIC}\x7f"))
    assert (message.sender, message.recipient) == (ROSA, CLINIC)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"From": ""}, id="no sender"),
        pytest.param({"To": ""}, id="no recipient"),
        pytest.param({"From": "+" + "1" * 200}, id="a sender that is too long"),
        pytest.param({"To": "+" + "1" * 200}, id="a recipient that is too long"),
        pytest.param({"MessageSid": "S" * 65, "SmsSid": ""}, id="an id that is too long"),
        pytest.param({"MessageSid": "", "SmsSid": "", "SmsMessageSid": ""}, id="no id"),
    ],
)
def test_a_form_without_sender_recipient_or_id_is_unreadable(broken: dict[str, str]) -> None:
    with pytest.raises(UnreadableForm):
        read(text_form(**broken))


def test_a_form_of_a_thousand_fields_is_unreadable() -> None:
    with pytest.raises(UnreadableForm):
        reading.read_params(b"&".join(b"a%d=1" % n for n in range(1000)))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", DeliveryState.SENDING),
        ("scheduled", DeliveryState.SENDING),
        ("queued", DeliveryState.SENDING),
        ("sending", DeliveryState.SENDING),
        ("sent", DeliveryState.SENT),
        ("delivered", DeliveryState.DELIVERED),
        ("read", DeliveryState.DELIVERED),
        ("partially_delivered", DeliveryState.DELIVERED),
        ("undelivered", DeliveryState.FAILED),
        ("failed", DeliveryState.FAILED),
        ("canceled", DeliveryState.FAILED),
        ("teleported", DeliveryState.SENDING),
    ],
)
def test_each_status_has_its_state_and_a_new_one_moves_nothing(
    status: str, state: DeliveryState
) -> None:
    """FACTS A4: thirteen statuses, of which two are for inbound only."""
    receipt = report(status_form(status))
    assert (receipt.state, receipt.status) == (state, status)


def test_a_status_report_is_read_whole() -> None:
    assert report(status_form("undelivered", ErrorCode="30007")) == Receipt(
        source=ReceiptSource.CALLBACK,
        provider="twilio",
        state=DeliveryState.FAILED,
        status="undelivered",
        provider_id=f"SM{'2' * 32}",
        ref="k3yQ",
        error=30007,
        account=ACCOUNT.sid,
    )


@pytest.mark.parametrize(
    "code", ["", "none", "-1", "9" * 40], ids=["empty", "word", "below", "huge"]
)
def test_an_error_that_is_no_code_is_no_error(code: str) -> None:
    assert report(status_form("sent", ErrorCode=code)).error is None


def test_a_report_with_only_the_older_status_is_read() -> None:
    assert report(status_form("", SmsStatus="delivered")).state is DeliveryState.DELIVERED


@pytest.mark.parametrize(
    "broken", [{"MessageStatus": "", "SmsStatus": ""}, {"MessageSid": "", "SmsSid": ""}]
)
def test_a_report_about_nothing_is_unreadable(broken: dict[str, str]) -> None:
    with pytest.raises(UnreadableForm):
        report(status_form("sent", **broken))


def test_a_missed_call_is_a_message_without_words() -> None:
    """C17."""
    raw = urlencode(call_form()).encode()
    call = reading.missed_call(reading.read_params(raw), raw)
    assert (call.kind, call.text, call.sender, call.recipient, call.provider_id) == (
        InboundKind.MISSED_CALL,
        "",
        ROSA,
        CLINIC,
        f"CA{'3' * 32}",
    )


@pytest.mark.parametrize("given", ["", "+266696687", "+86282452253"])
def test_a_call_with_a_withheld_number_is_not_dropped(given: str) -> None:
    """C17. Twilio spells ANONYMOUS or UNAVAILABLE as if it were a telephone."""
    raw = urlencode(call_form(From=given)).encode()
    assert reading.missed_call(reading.read_params(raw), raw).sender == "anonymous"
