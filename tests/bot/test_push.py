"""Pushes to a browser, through a real service on this machine that can read what it carries."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from py_vapid import Vapid02
from structlog.testing import capture_logs

from bot.channels import push
from bot.channels.push import public_key
from routing.faults import Fault, fault_of
from routing.types import DeliveryState
from store.browsers import Pushing
from store.conducting.outbox import pushed
from store.outgoing import Outgoing, Step
from store.settings import PUSH_HOSTS
from tests.bot.posted import listening
from tests.bot.pushed_to import KEY, Firefox
from tests.bot.twilio.test_client import outgoing

LINK = "https://kinline.maple.example/alerts/x"


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    with listening() as posted:
        yield Firefox(posted)


def to_nils(**changes: Any) -> Outgoing:
    payload = pushed("emergency", LINK)
    return outgoing(
        **({"channel": "push", "to": "his-browser", "sender": "", "text": payload} | changes)
    )


def test_a_push_carries_the_level_and_a_link_and_only_the_browser_can_read_it(
    firefox: Firefox,
) -> None:
    assert firefox.channel().send(to_nils()).state is DeliveryState.SENT
    ((_, headers, body),) = firefox.posted.came
    assert json.loads(firefox.read(body)) == {"urgency": "emergency", "link": LINK}
    for word in (b"emergency", b"alerts", b"Maple", b"Nils"):
        assert word not in body
    assert headers["urgency"] == "high"
    assert headers["content-encoding"] == "aes128gcm"
    assert int(headers["ttl"]) == to_nils().valid_seconds


def test_the_service_can_check_that_it_is_us_and_whom_to_write_to(firefox: Firefox) -> None:
    """RFC 8292."""
    firefox.channel().send(to_nils())
    ((_, headers, _),) = firefox.posted.came
    scheme, _, rest = headers["authorization"].partition(" ")
    named = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, named["k"]) == ("vapid", public_key(KEY))
    assert Vapid02.verify(headers["authorization"])
    claims = json.loads(base64.urlsafe_b64decode(named["t"].split(".")[1] + "=="))
    assert claims["sub"] == "https://kinline.maple.example"
    assert claims["aud"] == f"http://127.0.0.1:{firefox.posted.port}"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(firefox: Firefox, status: int) -> None:
    firefox.posted.status = status
    receipt = firefox.channel().send(to_nils())
    assert receipt.state is DeliveryState.FAILED
    assert fault_of("push", receipt.error) is Fault.UNUSABLE_NUMBER
    assert firefox.forgotten == [(1, "his-browser")]


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (403, Fault.CONFIGURATION),
        (413, Fault.REJECTED),
        (429, Fault.THROTTLED),
        (503, Fault.TEMPORARY),
        (504, Fault.NONE),
        (302, Fault.UNKNOWN),
    ],
)
def test_a_service_that_refuses_has_not_told_and_the_browser_stays(
    firefox: Firefox, status: int, fault: Fault
) -> None:
    firefox.posted.status = status
    receipt = firefox.channel().send(to_nils())
    assert receipt.state is DeliveryState.FAILED
    assert fault_of("push", receipt.error) is fault
    assert firefox.forgotten == []


def test_a_service_that_does_not_answer_in_time_has_not_told(
    firefox: Firefox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "SECONDS", 0.2)
    firefox.posted.held = threading.Event()
    assert firefox.channel().send(to_nils()).state is DeliveryState.FAILED


def test_no_address_leads_us_anywhere_else_a38(firefox: Firefox) -> None:
    """Whoever is signed in names the address: it must not lead into the clinic's network."""
    with listening() as inside:
        firefox.posted.status = 307
        firefox.posted.location = f"http://127.0.0.1:{inside.port}/admin"
        assert firefox.channel().send(to_nils()).state is DeliveryState.FAILED
        assert inside.came == []


@pytest.mark.parametrize(
    ("endpoint", "is_known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://wns2-am3p.notify.windows.com/w/?token=abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com.evil.example/abc", False),
        ("https://evilpush.apple.com.example/abc", False),
        ("https://notpush.apple.com@evil.example/abc", False),
        ("https://user@fcm.googleapis.com/abc", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("http://127.0.0.1/", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_services_of_known_makers_are_called_a38(endpoint: str, *, is_known: bool) -> None:
    assert Pushing("key", PUSH_HOSTS).may_reach(endpoint) is is_known


def test_an_address_that_may_not_be_called_any_more_is_not(firefox: Firefox) -> None:
    assert firefox.channel("fcm.googleapis.com").send(to_nils()).state is DeliveryState.FAILED
    assert firefox.posted.came == []


@pytest.mark.parametrize(
    "broken", [{"p256dh": "x"}, {"auth": "!"}, {"endpoint": "http://127.0.0.1:1/"}]
)
def test_what_a_browser_says_wrong_is_a_failure_and_stays_secret(
    firefox: Firefox, broken: dict[str, str]
) -> None:
    channel = firefox.channel(found=replace(firefox.browser, **broken))
    with capture_logs() as said:
        receipt = channel.send(to_nils())
    assert receipt.state is DeliveryState.FAILED
    assert "s3cr3t" not in f"{said}{receipt}{channel}"
    assert KEY not in f"{said}{channel}"


def test_nobody_can_tell_afterwards_so_it_is_pushed_again(firefox: Firefox) -> None:
    """I-19."""
    lost = firefox.channel().look_up(to_nils(step=Step.LOOK_UP))
    assert lost.state is DeliveryState.QUEUED
