"""The addresses that Twilio calls: 2xx only for what was kept, a plain no for everything else."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import httpx
import pytest
import structlog
from structlog.testing import capture_logs
from structlog.typing import EventDict

from routing.events import Inbound, Receipt, StaffAction
from routing.types import DeliveryState
from store.outcomes import Answer, Outcome, StoreUnavailable
from tests.bot.twilio.calling import (
    HOME,
    ROSA,
    Desk,
    ask,
    call_form,
    post,
    sign,
    status_form,
    text_form,
    without_home,
)

PATHS = ("/twilio/inbound", "/twilio/status", "/twilio/voice", "/twilio/fallback")
CALL_911 = "Llame al 911 ahora. Es gratis."
SECRET = "luis-cannot-breathe"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[EventDict]]:
    structlog.reset_defaults()
    with capture_logs() as lines:
        yield lines


def raising(error: Exception) -> Callable[[Inbound | Receipt], object]:
    async def answer(_event: Inbound | Receipt | StaffAction) -> Outcome:
        raise error

    return answer


def form_for(path: str) -> dict[str, str]:
    forms = {"/twilio/status": status_form("sent"), "/twilio/voice": call_form()}
    return forms.get(path, text_form(SECRET))


@pytest.mark.parametrize("path", ["/twilio/inbound", "/twilio/fallback"])
def test_rosas_text_is_kept_before_it_is_answered(desk: Desk, path: str) -> None:
    response = post(desk.ports(), path, text_form())
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    assert list(ET.fromstring(response.text)) == []  # noqa: S314  our own words
    (kept,) = desk.kept
    assert isinstance(kept, Inbound)
    assert (kept.sender, kept.text) == (ROSA, "Luis has a fever")


def test_safety_words_travel_in_the_answer_itself(desk: Desk) -> None:
    async def emergency(_event: Inbound | Receipt | StaffAction) -> Outcome:
        return Outcome(answers=(Answer(CALL_911, "k3yQ"),))

    desk.answer = emergency
    response = post(desk.ports(), "/twilio/inbound", text_form("mi hijo no puede respirar"))
    (message,) = ET.fromstring(response.text)  # noqa: S314  our own words
    assert message.text == CALL_911
    assert message.attrib["statusCallback"] == f"{HOME}/twilio/status?ref=k3yQ"


def test_a_repeated_text_gets_the_same_safety_words(desk: Desk) -> None:
    async def emergency(_event: Inbound | Receipt | StaffAction) -> Outcome:
        return Outcome(answers=(Answer(CALL_911, "k3yQ"),), repeated=bool(desk.kept))

    desk.answer = emergency
    first, again = (post(desk.ports(), "/twilio/inbound", text_form()) for _ in range(2))
    assert first.text == again.text
    assert "911" in again.text


def test_a_status_report_names_its_delivery(desk: Desk) -> None:
    response = post(desk.ports(), "/twilio/status?ref=k3yQ", status_form("delivered"))
    assert (response.status_code, response.content) == (204, b"")
    (kept,) = desk.kept
    assert isinstance(kept, Receipt)
    assert (kept.ref, kept.state) == ("k3yQ", DeliveryState.DELIVERED)


def test_a_status_report_without_a_name_is_found_by_its_message(desk: Desk) -> None:
    assert post(desk.ports(), "/twilio/status", status_form("failed")).status_code == 204
    (kept,) = desk.kept
    assert isinstance(kept, Receipt)
    assert (kept.ref, kept.provider_id) == (None, f"SM{'2' * 32}")


def test_the_name_of_a_delivery_cannot_be_changed(desk: Desk) -> None:
    """INVARIANTS A-05: the query is signed too."""
    signed_url = f"{HOME}/twilio/status?ref=k3yQ"
    form = status_form("delivered")
    response = post(desk.ports(), "/twilio/status?ref=0ther", form, signed_url=signed_url)
    assert (response.status_code, desk.kept) == (403, [])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no signature"),
        pytest.param({"x-twilio-signature": ""}, id="an empty one"),
        pytest.param({"x-twilio-signature": "x"}, id="a wrong one"),
        pytest.param({"x-twilio-signature": "\xe9\xff"}, id="one of odd bytes"),
    ],
)
def test_what_is_not_signed_is_refused(desk: Desk, path: str, headers: dict[str, str]) -> None:
    """INVARIANTS A-01: 403, never 500."""
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    response = post(desk.ports(), path, form_for(path), headers=encoded, unsigned=True)  # type: ignore[arg-type]  # odd bytes are the point
    assert (response.status_code, desk.kept) == (403, [])


@pytest.mark.parametrize("path", PATHS)
def test_the_signature_of_somebody_else_is_refused(desk: Desk, path: str) -> None:
    response = post(desk.ports(), path, form_for(path), token="other-clinic")
    assert (response.status_code, desk.kept) == (403, [])


def test_two_signatures_are_refused_even_when_one_is_right(desk: Desk) -> None:
    """INVARIANTS A-01."""
    body = urlencode(text_form()).encode()
    right = sign(f"{HOME}/twilio/inbound", body)
    headers = [("x-twilio-signature", right), ("x-twilio-signature", right)]
    response = ask(desk.ports(), "POST", "/twilio/inbound", content=body, headers=headers)
    assert (response.status_code, desk.kept) == (403, [])


def test_an_account_that_nobody_set_up_is_refused(desk: Desk) -> None:
    form = text_form(AccountSid=f"AC{'9' * 32}")
    assert post(desk.ports(), "/twilio/inbound", form).status_code == 403
    assert desk.refused == ["unknown_account"]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http"},
        {"x-original-url": "/twilio/voice", "x-forwarded-path": "/other"},
        {"x-twilio-webhooks-signature-settings": "key=1,algorithm=HMAC_SHA256"},
    ],
    ids=["host", "forwarded", "original address", "another algorithm"],
)
def test_no_header_chooses_the_address_or_the_algorithm(
    desk: Desk, headers: dict[str, str]
) -> None:
    """INVARIANTS A-04."""
    assert post(desk.ports(), "/twilio/inbound", text_form(), headers=headers).status_code == 200
    wrong = f"https://{headers.get('x-forwarded-host', 'evil.example')}/twilio/inbound"
    response = post(desk.ports(), "/twilio/inbound", text_form(), headers=headers, signed_url=wrong)
    assert response.status_code == 403


def test_a_form_signed_for_one_address_is_not_good_at_another(desk: Desk) -> None:
    """INVARIANTS A-02."""
    signed_url = f"{HOME}/twilio/inbound"
    for path in PATHS[1:]:
        response = post(desk.ports(), path, text_form(), signed_url=signed_url)
        assert response.status_code == 403
    assert desk.kept == []


def test_percent_encoding_in_the_address_stays_as_it_was_sent(desk: Desk) -> None:
    path = "/twilio/status?ref=a%2Bb&x=%c3%b1"
    assert post(desk.ports(), path, status_form("sent")).status_code == 204
    (kept,) = desk.kept
    assert isinstance(kept, Receipt)
    assert kept.ref == "a+b"


@pytest.mark.parametrize("path", PATHS)
def test_an_installation_without_an_outside_address_lets_nothing_in(desk: Desk, path: str) -> None:
    """INVARIANTS A-03: fail closed."""
    response = post(without_home(desk.ports()), path, form_for(path))
    assert (response.status_code, desk.kept) == (503, [])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_posts_are_answered(desk: Desk, path: str, method: str) -> None:
    assert ask(desk.ports(), method, path).status_code == 405


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(urlencode(text_form(MessageSid="", SmsSid="", SmsMessageSid="")).encode(),
                     {}, id="no message id"),
        pytest.param(urlencode(text_form(From="")).encode(), {}, id="no sender"),
        pytest.param(b"&".join(b"a%d=" % n for n in range(300)), {}, id="300 fields"),
        pytest.param(b'{"Body": "hi"}', {"content-type": "application/json"}, id="JSON"),
        pytest.param(b"--x--", {"content-type": "multipart/form-data; boundary=x"}, id="parts"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_read_is_a_bad_request(
    desk: Desk, body: bytes, headers: dict[str, str]
) -> None:
    response = post(desk.ports(), "/twilio/inbound", body, headers=headers)
    assert (response.status_code, desk.kept, desk.refused) == (400, [], ["unreadable"])


def test_an_empty_request_is_refused(desk: Desk) -> None:
    assert ask(desk.ports(), "POST", "/twilio/inbound").status_code == 403


def test_a_form_of_64_kib_is_read_and_one_byte_more_is_not(desk: Desk) -> None:
    largest = urlencode(text_form(Padding="")).encode()
    largest = largest.replace(b"Padding=", b"Padding=" + b"x" * (64 * 1024 - len(largest)))
    assert post(desk.ports(), "/twilio/inbound", largest).status_code == 200
    response = post(desk.ports(), "/twilio/inbound", largest + b"x")
    assert (response.status_code, len(desk.kept)) == (413, 1)


@pytest.mark.parametrize("path", PATHS)
def test_a_form_that_is_too_large_is_refused_before_it_is_verified(desk: Desk, path: str) -> None:
    response = post(desk.ports(), path, b"x" * 70_000, unsigned=True)
    assert (response.status_code, desk.refused) == (413, ["too_large"])


@pytest.mark.parametrize("path", ["/twilio/inbound", "/twilio/status", "/twilio/fallback"])
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        pytest.param(StoreUnavailable("OperationalError"), 503, "not_kept", id="no database"),
        pytest.param(TimeoutError(), 503, "too_late", id="no answer"),
        pytest.param(ValueError(SECRET), 500, "failed", id="a fault of ours"),
    ],
)
def test_what_was_not_kept_is_never_a_success(
    desk: Desk, path: str, error: Exception, status: int, code: str
) -> None:
    desk.answer = raising(error)  # type: ignore[assignment]  # it only raises
    response = post(desk.ports(), path, form_for(path))
    assert (response.status_code, desk.refused) == (status, [code])


def test_a_store_that_hangs_is_given_up_in_time(desk: Desk) -> None:
    """FACTS A2: Twilio waits 15 seconds and then says nothing to the family."""

    async def hang(_event: Inbound | Receipt | StaffAction) -> Outcome:
        await asyncio.sleep(60)
        return Outcome()

    desk.answer = hang
    ports = replace(desk.ports(), seconds=0.05)
    assert post(ports, "/twilio/inbound", text_form()).status_code == 503
    assert desk.refused == ["too_late"]


def test_the_list_of_accounts_may_be_out_of_reach(desk: Desk) -> None:
    def account(_sid: str) -> None:
        raise StoreUnavailable("OperationalError")

    ports = replace(desk.ports(), account=account)
    assert post(ports, "/twilio/inbound", text_form()).status_code == 503


def refusals(desk: Desk) -> Iterator[httpx.Response]:
    ports = desk.ports()
    yield post(ports, "/twilio/inbound", text_form(SECRET), token="wrong")
    yield post(ports, "/twilio/inbound", text_form(SECRET, MessageSid="S" * 99))
    yield post(ports, "/twilio/inbound", text_form(SECRET * 4000))
    yield post(ports, "/twilio/status", status_form("", Body=SECRET))
    desk.answer = raising(ValueError(f"{SECRET} from {ROSA}"))  # type: ignore[assignment]  # it only raises
    yield post(ports, "/twilio/inbound", text_form(SECRET))


def test_a_refusal_is_one_line_without_words_or_numbers(desk: Desk, logs: list[EventDict]) -> None:
    """INVARIANTS A-36."""
    for response in refusals(desk):
        (line,) = logs
        assert (line["event"], line["code"]) == ("twilio.refused", desk.refused[-1])
        for shown in (repr(line), response.text):
            assert SECRET not in shown
            assert ROSA[2:] not in shown
        logs.clear()
    assert desk.refused == ["wrong_signature", "unreadable", "too_large", "unreadable", "failed"]
