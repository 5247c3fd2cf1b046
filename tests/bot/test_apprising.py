"""Rooms and pagers of a clinic's choice, through a real service on this machine."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels.apprising import Services, is_address
from routing.types import DeliveryState
from store.outgoing import Outgoing, Step
from tests.bot.posted import Posted, listening
from tests.bot.twilio.test_client import outgoing

ROOM = "MAPLE_ROOM"
SECRET = "s3cr3t-t0ken"
WORDS = (
    "Kinline (automatic): a message at the emergency level waits. "
    "Sign in to read and take it: https://kinline.maple.example/alerts/x"
)


@pytest.fixture
def room() -> Iterator[tuple[Posted, Services]]:
    with listening() as posted:
        address = f"json://kinline:{SECRET}@127.0.0.1:{posted.port}/room?rto=0.3&cto=0.3"
        yield posted, Services({ROOM: address})


def to_room(**changes: Any) -> Outgoing:
    return outgoing(**({"channel": "service", "to": ROOM, "sender": "", "text": WORDS} | changes))


def test_a_room_gets_the_level_and_a_link_and_nothing_else(room: tuple[Posted, Services]) -> None:
    posted, services = room
    assert services.send(to_room()).state is DeliveryState.SENT
    ((path, _, body),) = posted.came
    said = json.loads(body)
    assert path == "/room"
    assert said["message"] == WORDS
    assert said["title"] == "Kinline"
    assert said["attachments"] == []


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_a_room_that_refuses_was_not_told(room: tuple[Posted, Services], status: int) -> None:
    posted, services = room
    posted.status = status
    assert services.send(to_room()).state is DeliveryState.FAILED


def test_a_room_that_does_not_answer_in_time_was_not_told(room: tuple[Posted, Services]) -> None:
    posted, services = room
    posted.held = threading.Event()
    assert services.send(to_room()).state is DeliveryState.FAILED
    assert len(posted.came) == 1


@pytest.mark.parametrize(
    "address", ["", "nonsense", "slack://", f"json://127.0.0.1:1/?token={SECRET}"]
)
def test_an_address_that_is_not_set_or_leads_nowhere_is_a_failure_and_stays_secret(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as said:
        receipt = Services({ROOM: address}).send(to_room())
    assert receipt.state is DeliveryState.FAILED
    assert SECRET not in f"{said}{caplog.text}{receipt}{Services({ROOM: address})!r}"


def test_nobody_can_tell_afterwards_so_a_room_is_told_again() -> None:
    """I-19."""
    lost = Services({}).look_up(to_room(step=Step.LOOK_UP))
    assert lost.state is DeliveryState.QUEUED


@pytest.mark.parametrize(
    ("address", "is_known"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", True),
        ("ntfy://maple-on-call", True),
        ("pagerduty://a3IJ9d1N@b7Jc0dqD", True),
        ("https://maple.example/hook", False),
        ("nonsense", False),
    ],
)
def test_the_doctor_can_tell_whether_an_address_is_one(address: str, *, is_known: bool) -> None:
    assert is_address(address) is is_known
