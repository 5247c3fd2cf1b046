"""Texts through Twilio's API: what every kind of answer, late answer and silence leaves behind."""

import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels.twilio import carrier
from bot.channels.twilio.client import TwilioSms
from bot.channels.twilio.clients import credentials
from bot.channels.twilio.reading import PROVIDER
from routing.events import Receipt, ReceiptSource
from routing.faults import Fault, fault_of
from routing.types import DeliveryClass, DeliveryState, Lane
from store.outgoing import Outgoing, Step
from store.settings import TwilioAccount
from tests.faketwilio.account import ACCOUNT, API_KEY, API_SECRET, TOKEN
from tests.faketwilio.client import FakeTwilio

ROSA = "+13125550131"
CLINIC = "+13125550111"
PUBLIC = "http://127.0.0.1:9"  # nobody listens there: callbacks go nowhere
WORDS = "Recibimos su mensaje. Ana le escribe hoy antes de las 16:00."
NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
OURS = TwilioAccount(ACCOUNT, (TOKEN,))


def outgoing(**changes: Any) -> Outgoing:
    """A reply to Rosa, claimed for the first time."""
    fields: dict[str, Any] = {
        "delivery_id": 7,
        "clinic_id": 1,
        "ref": "opaque-7",
        "fence": 3,
        "step": Step.SEND,
        "channel": "sms",
        "to": ROSA,
        "sender": CLINIC,
        "text": WORDS,
        "lane": Lane.AUTOMATIC,
        "delivery_class": DeliveryClass.AT_MOST_ONCE,
        "attempt": 1,
        "since": NOW,
        "valid_seconds": 600,
    }
    return Outgoing(**(fields | changes))


@pytest.fixture
def sms(twilio: FakeTwilio) -> Iterator[TwilioSms]:
    twilio.set_clock(NOW)
    channel = TwilioSms(twilio.url, {ACCOUNT: OURS}.get, PUBLIC, own_account=ACCOUNT)
    yield channel
    channel.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for Twilio for a quarter of a second only."""
    monkeypatch.setattr(carrier, "READ_SECONDS", 0.25)


def test_a_text_reaches_twilio_with_its_callback_and_validity(
    twilio: FakeTwilio, sms: TwilioSms
) -> None:
    receipt = sms.send(outgoing())
    sent = twilio.wait_for(to=ROSA)
    assert receipt == Receipt(
        source=ReceiptSource.ATTEMPT,
        provider=PROVIDER,
        state=DeliveryState.SENDING,
        status="queued",
        provider_id=sent.sid,
        ref="opaque-7",
        fence=3,
        account=ACCOUNT,
    )
    assert (sent.body, sent.sender, sent.validity) == (WORDS, CLINIC, 600)
    assert sent.callback == f"{PUBLIC}/twilio/status?ref=opaque-7"


@pytest.mark.parametrize("words", ["¿Está bien? ñ 👍🏽", "هل هو بخير؟", "a & b = c + d %"])
def test_words_of_every_script_arrive_as_they_were_written(
    twilio: FakeTwilio, sms: TwilioSms, words: str
) -> None:
    sms.send(outgoing(text=words))
    assert twilio.wait_for(to=ROSA).body == words


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (90, 90), (86_400, 36_000)])
def test_validity_stays_within_what_twilio_takes(
    twilio: FakeTwilio, sms: TwilioSms, asked: int, given: int
) -> None:
    sms.send(outgoing(valid_seconds=asked))
    assert twilio.wait_for(to=ROSA).validity == given


def test_a_messaging_service_chooses_the_number(twilio: FakeTwilio, sms: TwilioSms) -> None:
    receipt = sms.send(outgoing(messaging_service_sid="MG1"))
    assert receipt.status == "accepted"
    assert twilio.wait_for(to=ROSA).service == "MG1"


def test_without_a_public_address_no_callback_is_asked_for(twilio: FakeTwilio) -> None:
    channel = TwilioSms(twilio.url, {ACCOUNT: OURS}.get, None, own_account=ACCOUNT)
    channel.send(outgoing())
    channel.close()
    assert twilio.wait_for(to=ROSA).callback is None


def test_an_api_key_signs_in_where_one_is_set(twilio: FakeTwilio) -> None:
    account = TwilioAccount(ACCOUNT, ("a token that Twilio would refuse",), API_KEY, API_SECRET)
    channel = TwilioSms(twilio.url, {ACCOUNT: account}.get, PUBLIC, own_account=ACCOUNT)
    assert channel.send(outgoing()).state is DeliveryState.SENDING
    channel.close()
    twilio.wait_for(to=ROSA)
    assert credentials(OURS) == (ACCOUNT, TOKEN)


def test_a_clinic_with_its_own_account_uses_it(twilio: FakeTwilio) -> None:
    channel = TwilioSms(twilio.url, {ACCOUNT: OURS}.get, PUBLIC, own_account="ACother")
    receipt = channel.send(outgoing(account_sid=ACCOUNT))
    channel.close()
    twilio.wait_for(to=ROSA)
    assert receipt.account == ACCOUNT


def test_an_account_without_keys_is_a_configuration_fault(sms: TwilioSms) -> None:
    sent = sms.send(outgoing(account_sid="ACunknown"))
    looked_up = sms.look_up(outgoing(account_sid="ACunknown"))
    assert (sent.state, sent.status, sent.error) == (DeliveryState.FAILED, "no_account", 401)
    assert looked_up.state is DeliveryState.UNKNOWN


def test_a_wrong_token_is_refused(twilio: FakeTwilio) -> None:
    account = TwilioAccount(ACCOUNT, ("old-token",))
    channel = TwilioSms(twilio.url, {ACCOUNT: account}.get, PUBLIC, own_account=ACCOUNT)
    receipt = channel.send(outgoing())
    channel.close()
    assert (receipt.state, receipt.error) == (DeliveryState.FAILED, 20003)


@pytest.mark.parametrize(
    ("status", "code", "state", "error"),
    [
        pytest.param(429, 20429, DeliveryState.QUEUED, 20429, id="throttled with a code"),
        pytest.param(429, None, DeliveryState.QUEUED, 429, id="throttled without one"),
        pytest.param(400, 21610, DeliveryState.FAILED, 21610, id="opted out (C13)"),
        pytest.param(400, 21211, DeliveryState.FAILED, 21211, id="not a number"),
        pytest.param(400, 21408, DeliveryState.FAILED, 21408, id="country not allowed"),
        pytest.param(400, 21606, DeliveryState.FAILED, 21606, id="sender not usable"),
        pytest.param(400, 99999, DeliveryState.FAILED, 99999, id="a code nobody knows"),
        pytest.param(401, 20003, DeliveryState.FAILED, 20003, id="not signed in"),
        pytest.param(403, None, DeliveryState.FAILED, 403, id="forbidden"),
        pytest.param(408, None, DeliveryState.UNKNOWN, 408, id="the request took too long"),
        pytest.param(500, 20500, DeliveryState.UNKNOWN, 20500, id="internal error"),
        pytest.param(502, None, DeliveryState.UNKNOWN, 502, id="bad gateway"),
        pytest.param(503, 20503, DeliveryState.UNKNOWN, 20503, id="not available"),
        pytest.param(302, None, DeliveryState.FAILED, 302, id="a redirect is not followed"),
    ],
)
def test_each_refusal_leaves_its_state(
    twilio: FakeTwilio,
    sms: TwilioSms,
    status: int,
    code: int | None,
    state: DeliveryState,
    error: int,
) -> None:
    """FACTS A5: 429 was not processed; a 5xx proves nothing (A4)."""
    twilio.refuse(status, code, retry_after=1)
    receipt = sms.send(outgoing())
    assert (receipt.state, receipt.error, receipt.provider_id) == (state, error, None)
    assert twilio.sent() == ()


@pytest.mark.parametrize("text", ["", "x" * 1601], ids=["empty", "too long"])
def test_words_that_twilio_does_not_take_are_a_failure(sms: TwilioSms, text: str) -> None:
    assert sms.send(outgoing(text=text)).state is DeliveryState.FAILED


def test_a_family_that_wrote_stop_cannot_be_texted(twilio: FakeTwilio, sms: TwilioSms) -> None:
    """What 21610 means is decided in routing: cannot text, must call (C13)."""
    twilio.text(PUBLIC, ROSA, "Stop")
    receipt = sms.send(outgoing())
    assert (receipt.state, receipt.error) == (DeliveryState.FAILED, 21610)
    assert fault_of(PROVIDER, receipt.error) is Fault.OPTED_OUT


def test_a_refused_connection_surely_sent_nothing() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{bound.getsockname()[1]}"
        channel = TwilioSms(nobody, {ACCOUNT: OURS}.get, PUBLIC, own_account=ACCOUNT)
        receipt = channel.send(outgoing())
        channel.close()
    assert (receipt.state, receipt.status, receipt.error) == (
        DeliveryState.QUEUED,
        "unreachable",
        None,
    )


def test_a_name_that_does_not_exist_surely_sent_nothing() -> None:
    channel = TwilioSms("http://twilio.invalid", {ACCOUNT: OURS}.get, None, own_account=ACCOUNT)
    receipt = channel.send(outgoing())
    channel.close()
    assert receipt.state is DeliveryState.QUEUED


@pytest.mark.usefixtures("impatient")
def test_a_call_that_hangs_is_unknown_and_not_failed(twilio: FakeTwilio, sms: TwilioSms) -> None:
    """STYLE, trap 8."""
    twilio.hang(1.0)
    assert sms.send(outgoing()).state is DeliveryState.UNKNOWN


def test_a_cut_connection_is_unknown(twilio: FakeTwilio, sms: TwilioSms) -> None:
    twilio.reset_connections()
    receipt = sms.send(outgoing())
    assert (receipt.state, receipt.status) == (DeliveryState.UNKNOWN, "no_answer")


def test_nothing_is_sent_twice_by_the_client_itself(twilio: FakeTwilio, sms: TwilioSms) -> None:
    """I-16: only the decision may try again."""
    twilio.refuse(503, times=5)
    sms.send(outgoing())
    assert len(twilio.seen()) == 1


@pytest.mark.parametrize("loss", ["drop_answers", "garble_answers", "accept_then_fail"])
def test_a_lost_answer_is_found_in_twilios_records(
    twilio: FakeTwilio, sms: TwilioSms, loss: str
) -> None:
    """F-17: the text went out, only the answer did not come back."""
    getattr(twilio, loss)(**({"status": 500} if loss == "accept_then_fail" else {}))
    lost = sms.send(outgoing())
    sent = twilio.wait_for(to=ROSA)
    twilio.wait_until(sent.sid, "delivered")
    found = sms.look_up(outgoing(step=Step.LOOK_UP, fence=4))
    assert (lost.state, lost.provider_id) == (DeliveryState.UNKNOWN, None)
    assert found == Receipt(
        source=ReceiptSource.LOOKUP,
        provider=PROVIDER,
        state=DeliveryState.DELIVERED,
        status="delivered",
        provider_id=sent.sid,
        ref="opaque-7",
        fence=4,
        account=ACCOUNT,
    )


def test_what_was_never_sent_is_not_found(sms: TwilioSms) -> None:
    found = sms.look_up(outgoing())
    assert (found.state, found.status, found.provider_id) == (
        DeliveryState.QUEUED,
        "not_found",
        None,
    )


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"to": "+13125550132"}, id="to somebody else"),
        pytest.param({"sender": "+13125550112"}, id="from another clinic's number"),
        pytest.param({"text": "Ana le llama hoy."}, id="other words"),
        pytest.param(
            {"messaging_service_sid": "MG1", "sender": "+13125550112"}, id="of another service"
        ),
        pytest.param({"since": NOW + timedelta(minutes=5)}, id="long before the first try"),
    ],
)
def test_another_text_is_not_taken_for_ours(
    twilio: FakeTwilio, sms: TwilioSms, change: dict[str, Any]
) -> None:
    sms.send(outgoing())
    twilio.wait_for(to=ROSA)
    assert sms.look_up(outgoing(**change)).status == "not_found"


@pytest.mark.parametrize("service", ["MG1", ""], ids=["number of the service", "our number"])
def test_a_clinic_with_a_messaging_service_finds_its_texts(
    twilio: FakeTwilio, sms: TwilioSms, service: str
) -> None:
    """Words in the answer to a webhook leave from the number, without the service's name."""
    sms.send(outgoing(messaging_service_sid=service))
    sent = twilio.wait_for(to=ROSA)
    assert sms.look_up(outgoing(messaging_service_sid="MG1")).provider_id == sent.sid


def test_a_text_whose_id_is_known_is_asked_for_by_it(twilio: FakeTwilio, sms: TwilioSms) -> None:
    sms.send(outgoing())
    sent = twilio.wait_for(to=ROSA)
    twilio.wait_until(sent.sid, "delivered")
    found = sms.look_up(outgoing(provider_id=sent.sid, text="words that Twilio has redacted"))
    assert (found.state, found.provider_id) == (DeliveryState.DELIVERED, sent.sid)


def test_an_id_that_twilio_does_not_know_leaves_the_outcome_unknown(sms: TwilioSms) -> None:
    assert sms.look_up(outgoing(provider_id="SM0")).state is DeliveryState.UNKNOWN


def test_a_familys_own_words_are_not_taken_for_ours(twilio: FakeTwilio, sms: TwilioSms) -> None:
    twilio.text(PUBLIC, CLINIC, WORDS, recipient=ROSA)
    assert sms.look_up(outgoing()).status == "not_found"


def test_a_text_is_found_behind_many_others(twilio: FakeTwilio, sms: TwilioSms) -> None:
    sms.send(outgoing())
    ours = twilio.wait_for(to=ROSA)
    for number in range(120):
        twilio.text(PUBLIC, "+13125550999", f"note {number}", recipient=ROSA, within=0.05)
    assert sms.look_up(outgoing()).provider_id == ours.sid


def test_the_newest_of_two_equal_texts_is_ours(twilio: FakeTwilio, sms: TwilioSms) -> None:
    sms.send(outgoing(ref="first"))
    twilio.set_clock(NOW + timedelta(seconds=30))
    sms.send(outgoing(ref="second"))
    first, second = twilio.wait_for(to=ROSA), twilio.wait_for(to=ROSA)
    assert first.callback != second.callback
    assert sms.look_up(outgoing(ref="second")).provider_id == second.sid


def test_a_carriers_reason_comes_with_the_look_up(twilio: FakeTwilio, sms: TwilioSms) -> None:
    twilio.fail_deliveries(30003)
    sms.send(outgoing())
    twilio.wait_until(twilio.wait_for(to=ROSA).sid, "undelivered")
    found = sms.look_up(outgoing())
    assert (found.state, found.status, found.error) == (
        DeliveryState.FAILED,
        "undelivered",
        30003,
    )


def test_a_look_up_that_fails_leaves_the_outcome_unknown(
    twilio: FakeTwilio, sms: TwilioSms
) -> None:
    twilio.refuse_lists(503)
    found = sms.look_up(outgoing())
    assert (found.state, found.status) == (DeliveryState.UNKNOWN, "not_looked_up")


def test_nothing_of_a_family_is_logged(
    twilio: FakeTwilio, sms: TwilioSms, caplog: pytest.LogCaptureFixture
) -> None:
    """I-24: no words, no number, whatever the level."""
    caplog.set_level(logging.DEBUG)
    twilio.refuse(400, 21211)
    with capture_logs() as ours:
        sms.send(outgoing())
        sms.look_up(outgoing())
    said = caplog.text + str(ours)
    assert "twilio.not_sent" in said
    assert not any(secret in said for secret in (ROSA, "13125550131", "Recibimos", TOKEN))
