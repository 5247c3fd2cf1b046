"""Mails to staff, through a real mail server on this machine."""

from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Mailbox

from bot.channels.mail import Mail
from routing.types import DeliveryState
from store.outgoing import Outgoing, Step
from tests.bot.twilio.test_client import outgoing
from tests.browser.serving import free_port

NILS = "nils@maple.example"
WORDS = (
    "Kinline (automatic): a message at the emergency level waits for Maple Complex Care. "
    "Sign in to read and take it: https://kinline.maple.example/alerts/x Nobody reads answers."
)


class Box(Mailbox):
    """Keeps what arrives; refuses everybody with `code` where one is set."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []
        self.code = ""

    def handle_message(self, message: Message) -> None:
        self.mails.append(message)

    async def handle_RCPT(  # noqa: N802  the package's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.code:
            return self.code
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, Mail]]:
    mailbox = Box()
    port = free_port()
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield mailbox, Mail(f"smtp://127.0.0.1:{port}", "Kinline <kinline@maple.example>")
    finally:
        server.stop()


def to_nils(**changes: Any) -> Outgoing:
    return outgoing(**({"channel": "email", "to": NILS, "sender": "", "text": WORDS} | changes))


def test_the_first_sentence_is_the_subject_and_robots_leave_it_alone(
    box: tuple[Box, Mail],
) -> None:
    mailbox, mail = box
    receipt = mail.send(to_nils())
    assert receipt.state is DeliveryState.SENT
    (mail_of_nils,) = mailbox.mails
    assert mail_of_nils["To"] == NILS
    assert " ".join(str(mail_of_nils["Subject"]).split()) == (
        "Kinline (automatic): a message at the emergency level waits for Maple Complex Care"
    )
    assert mail_of_nils["Auto-Submitted"] == "auto-generated"
    assert mail_of_nils["Message-ID"].endswith("@maple.example>")
    body = mail_of_nils.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().strip() == WORDS


@pytest.mark.parametrize(
    ("code", "state"),
    [("550 no such person", DeliveryState.FAILED), ("451 later", DeliveryState.QUEUED)],
)
def test_an_address_refused_for_good_has_failed_and_one_refused_for_now_waits(
    box: tuple[Box, Mail], code: str, state: DeliveryState
) -> None:
    mailbox, mail = box
    mailbox.code = code
    assert mail.send(to_nils()).state is state
    assert mailbox.mails == []


def test_a_server_that_is_away_is_tried_again() -> None:
    receipt = Mail("smtp://127.0.0.1:1", "kinline@maple.example").send(to_nils())
    assert (receipt.state, receipt.status) == (DeliveryState.QUEUED, "unreachable")


def test_nobody_can_tell_afterwards_so_it_is_sent_again() -> None:
    """I-19."""
    mail = Mail("smtp://127.0.0.1:1", "kinline@maple.example")
    assert mail.look_up(to_nils(step=Step.LOOK_UP)).state is DeliveryState.QUEUED
