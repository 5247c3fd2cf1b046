"""The fake itself: it signs like Twilio, walks like Twilio, and notices a text too many."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.channels.twilio.carrier import Carrier
from store.clock import system_clock
from tests.faketwilio.account import ACCOUNT, TOKEN
from tests.faketwilio.client import FakeTwilio, Unexpected

ROSA = "+13125550131"
CLINIC = "+13125550111"


class Webhook:
    """A clinic that only writes down what Twilio posts, and answers the same each time."""

    def __init__(self) -> None:
        self.posts: list[dict[str, str]] = []
        self.forged = 0
        self.twiml = "<Response/>"
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                webhook.note(form | {"path": self.path}, self.headers["X-Twilio-Signature"])
                self.send_response(200)
                self.end_headers()
                self.wfile.write(webhook.twiml.encode())

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def note(self, form: dict[str, str], signature: str) -> None:
        """Check the signature with Twilio's own package."""
        signed = {name: value for name, value in form.items() if name != "path"}
        if not RequestValidator(TOKEN).validate(self.url + form["path"], signed, signature):
            self.forged += 1
        self.posts.append(form)

    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for form in self.posts if "MessageStatus" in form]

    def wait_for(self, count: int) -> list[str]:
        deadline = time.monotonic() + 5
        while len(self.statuses()) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.statuses()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    yield webhook
    webhook.server.shutdown()
    webhook.server.server_close()
    assert webhook.forged == 0


@pytest.fixture
def client(twilio: FakeTwilio) -> Iterator[Client]:
    carrier = Carrier(twilio.url)
    yield Client(ACCOUNT, TOKEN, http_client=carrier)
    carrier.close()


def test_it_is_ready_within_a_second() -> None:
    begun = time.monotonic()
    with FakeTwilio() as fake:
        assert fake.url.startswith("http://127.0.0.1:")
    assert time.monotonic() - begun < 2


def test_a_text_walks_to_delivered_with_signed_callbacks(
    twilio: FakeTwilio, client: Client, webhook: Webhook
) -> None:
    callback = webhook.url + "/twilio/status?ref=a%20b"
    client.messages.create(to=ROSA, from_=CLINIC, body="Hola", status_callback=callback)
    assert webhook.wait_for(3) == ["sending", "sent", "delivered"]
    assert webhook.posts[0]["path"] == "/twilio/status?ref=a%20b"
    assert twilio.wait_for(to=ROSA).status == "delivered"


@pytest.mark.parametrize(
    ("do", "how", "told"),
    [
        ("reverse", {}, ["delivered", "sent", "sending"]),
        ("happy", {"repeat": 2}, ["sending", "sending", "sent", "sent", "delivered", "delivered"]),
        ("statuses", {"statuses": ["sent"]}, ["sent"]),
        ("silent", {}, []),
    ],
)
def test_callbacks_come_as_told(
    twilio: FakeTwilio,
    client: Client,
    webhook: Webhook,
    do: str,
    how: dict[str, Any],
    told: list[str],
) -> None:
    """F-18."""
    twilio.report(do, **how)
    client.messages.create(to=ROSA, from_=CLINIC, body="Hola", status_callback=webhook.url + "/s")
    assert webhook.wait_for(len(told)) == told
    twilio.wait_until(twilio.wait_for().sid, told[-1] if do == "statuses" else "delivered")


def test_callbacks_may_come_before_the_answer(
    twilio: FakeTwilio, client: Client, webhook: Webhook
) -> None:
    twilio.report("early")
    client.messages.create(to=ROSA, from_=CLINIC, body="Hola", status_callback=webhook.url + "/s")
    assert webhook.statuses() == ["sending", "sent", "delivered"]
    twilio.allow(to=ROSA)


def test_a_failed_delivery_tells_its_code(
    twilio: FakeTwilio, client: Client, webhook: Webhook
) -> None:
    twilio.fail_deliveries(30005)
    client.messages.create(to=ROSA, from_=CLINIC, body="Hola", status_callback=webhook.url + "/s")
    webhook.wait_for(3)
    assert [form.get("ErrorCode") for form in webhook.posts] == [None, None, "30005"]
    twilio.wait_for(to=ROSA)


def test_a_rule_for_one_person_leaves_others_alone(twilio: FakeTwilio, client: Client) -> None:
    twilio.refuse(500, to="+13125550132", times=-1)
    client.messages.create(to=ROSA, from_=CLINIC, body="Hola")
    assert twilio.wait_for(to=ROSA).body == "Hola"


def test_a_text_from_a_phone_is_a_signed_webhook(twilio: FakeTwilio, webhook: Webhook) -> None:
    photo = twilio.picture(b"\xff\xd8\xff")
    answer = twilio.text(webhook.url, ROSA, "mire 👀 & diga", media=[(photo, "image/jpeg")])
    [form] = webhook.posts
    assert answer.status == 200
    assert (form["path"], form["From"], form["Body"]) == ("/twilio/inbound", ROSA, "mire 👀 & diga")
    assert (form["NumMedia"], form["MediaUrl0"], form["FromCity"]) == ("1", photo, "")
    assert form["MessageSid"] == answer.sid


def test_the_same_text_can_come_twice(twilio: FakeTwilio, webhook: Webhook) -> None:
    sid = "SM" + "a" * 32
    for _ in range(2):
        twilio.text(webhook.url, ROSA, "hola", sid=sid)
    assert [form["MessageSid"] for form in webhook.posts] == [sid, sid]


def test_the_signature_is_for_the_outside_address(twilio: FakeTwilio, webhook: Webhook) -> None:
    twilio.text(webhook.url, ROSA, "hola", public_url="https://texts.maple.example")
    assert webhook.forged == 1
    webhook.forged = 0


def test_words_in_the_answer_go_out_as_a_text(twilio: FakeTwilio, webhook: Webhook) -> None:
    webhook.twiml = (
        "<Response><Message statusCallback='/twilio/status?ref=r1'>Call 911 &amp; wait"
        "</Message></Response>"
    )
    answer = twilio.text(webhook.url, ROSA, "no respira")
    sent = twilio.wait_for(to=ROSA, containing="911")
    assert (sent.sid,) == answer.replies
    assert (sent.body, sent.direction) == ("Call 911 & wait", "outbound-reply")
    assert webhook.wait_for(3) == ["sending", "sent", "delivered"]
    assert webhook.posts[-1]["path"] == "/twilio/status?ref=r1"


def test_a_lost_answer_sends_nothing(twilio: FakeTwilio, webhook: Webhook) -> None:
    webhook.twiml = "<Response><Message>Call 911</Message></Response>"
    assert twilio.text(webhook.url, ROSA, "no respira", lose_answer=True).replies == ()


def test_stop_blocks_all_later_texts_until_start(
    twilio: FakeTwilio, client: Client, webhook: Webhook
) -> None:
    """FACTS B: also the words in our answer."""
    webhook.twiml = "<Response><Message>Bye</Message></Response>"
    assert twilio.text(webhook.url, ROSA, " stop ").replies == ()
    with pytest.raises(Exception, match="unsubscribed"):
        client.messages.create(to=ROSA, from_=CLINIC, body="Hola")
    assert len(twilio.text(webhook.url, ROSA, "START").replies) == 1
    twilio.wait_for(to=ROSA)


def test_a_call_that_nobody_answers_comes_back_to_us(twilio: FakeTwilio, webhook: Webhook) -> None:
    webhook.twiml = (
        "<Response><Say>In an emergency hang up</Say>"
        "<Dial action='/twilio/voice?stage=ended'>+13125550100</Dial></Response>"
    )
    first, second = twilio.call(webhook.url, ROSA, dial_status="no-answer")
    assert (first.status, second.status) == (200, 200)
    assert [form.get("DialCallStatus") for form in webhook.posts] == [None, "no-answer"]
    assert webhook.posts[1]["path"] == "/twilio/voice?stage=ended"


def test_the_records_come_in_pages_newest_first(twilio: FakeTwilio, client: Client) -> None:
    for number in range(5):
        client.messages.create(to=ROSA, from_=CLINIC, body=f"note {number}")
    twilio.allow(containing="note")
    listed = client.messages.list(to=ROSA, page_size=2)
    assert [one.body for one in listed] == [f"note {n}" for n in (4, 3, 2, 1, 0)]
    assert client.messages.list(to=CLINIC) == []
    assert client.messages(listed[0].sid).fetch().body == "note 4"


def test_the_records_may_show_a_text_late(twilio: FakeTwilio, client: Client) -> None:
    twilio.drop_answers(hidden=0.5)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.messages.create(to=ROSA, from_=CLINIC, body="Hola")
    assert client.messages.list(to=ROSA) == []
    time.sleep(0.6)
    assert len(client.messages.list(to=ROSA)) == 1
    twilio.wait_for(to=ROSA)


def test_its_clock_runs_as_fast_as_the_tests(twilio: FakeTwilio, client: Client) -> None:
    noon, minute = datetime(2027, 3, 14, 12, 0, tzinfo=UTC), timedelta(minutes=1)
    twilio.set_clock(noon, since=system_clock() - minute, speed=60.0)
    made = client.messages.create(to=ROSA, from_=CLINIC, body="Hola").date_created
    assert made is not None
    assert noon + 60 * minute <= made < noon + 70 * minute
    twilio.wait_for(to=ROSA)


def test_its_clock_can_agree_with_the_tests(twilio: FakeTwilio, client: Client) -> None:
    twilio.set_clock(datetime(2027, 3, 14, 9, 30, tzinfo=UTC))
    made = client.messages.create(to=ROSA, from_=CLINIC, body="Hola").date_created
    assert made == parsedate_to_datetime("Sun, 14 Mar 2027 09:30:00 +0000")
    assert len(client.messages.list(date_sent_after=datetime(2027, 3, 14, tzinfo=UTC))) == 1
    assert client.messages.list(date_sent_after=datetime(2027, 3, 15, tzinfo=UTC)) == []
    twilio.wait_for(to=ROSA)


def test_a_text_that_nobody_expected_is_a_failure(twilio: FakeTwilio, client: Client) -> None:
    client.messages.create(to=ROSA, from_=CLINIC, body="Surprise")
    with pytest.raises(Unexpected, match="Surprise"):
        twilio.expect_nothing_more()
    with pytest.raises(Unexpected, match="nothing to"):
        twilio.wait_for(to=CLINIC, within=0.1)
    twilio.allow(to=ROSA, containing="Surprise")
