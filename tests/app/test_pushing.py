"""From Rosa's text to Nils's browser, through a real service that can read what it carries."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from app import pushing
from bot.channels.channel import Channel
from bot.channels.console import Console
from bot.sending import Sender
from routing.situation import AlertState
from store import browsers, tables
from store.db import Database
from store.manage import Change
from store.settings import Settings
from tests.bot.posted import listening
from tests.bot.pushed_to import KEY, Firefox
from tests.store.clinic import LINK, NILS, Clinic

CANNOT_BREATHE = "Luis no puede respirar"
NEVER = ("Luis", "Rosa", "Garcia", "Nils", "Maple", "respirar", "0131", "0122")


@dataclass
class Night:
    """Nils is on call, push is on in his browser; a worker sends."""

    maple: Clinic
    firefox: Firefox
    worker: Sender

    def carried(self) -> list[Any]:
        return [json.loads(self.firefox.read(body)) for _, _, body in self.firefox.posted.came]

    def alert(self) -> Any:
        return self.maple.rows(tables.alerts)[0]


@pytest.fixture
def maple(sqlite_database: Database) -> Clinic:
    return Clinic(sqlite_database)


@pytest.fixture
def night(maple: Clinic) -> Iterator[Night]:
    maple.later(hours=14)
    maple.set_clinic(alert_channels=["push"])
    settings = Settings(push_key=SecretStr(KEY), push_hosts=("127.0.0.1",), public_url=LINK)
    channel = pushing.channel(settings, maple.database)
    assert channel is not None
    channels: dict[str, Channel] = {"push": channel, "sms": Console("sms")}
    worker = Sender(maple.database, maple.conductor, channels, lambda: maple.now, maple.live)
    with listening() as service:
        firefox = Firefox(service)
        with maple.database.write() as connection:
            change = Change(maple.id, maple.nils, maple.now)
            browsers.switch_on(connection, change, firefox.browser, "Firefox")
        yield Night(maple, firefox, worker)


def test_nils_browser_gets_the_level_and_the_link_to_the_alert_and_no_name(night: Night) -> None:
    with capture_logs() as said:
        night.maple.text(CANNOT_BREATHE)
        night.worker.run_once()
    (told,) = night.carried()
    assert told == {"urgency": "emergency", "link": f"{LINK}/alerts/{night.alert().ref}"}
    for word in NEVER:
        assert word not in str(told)
        assert word not in str(said)
    assert night.firefox.browser.endpoint not in str(said)
    assert night.alert().state == AlertState.OPEN, "I-12: a push that arrived takes nothing"


def test_every_step_pushes_again_until_somebody_takes_it_i10(night: Night) -> None:
    night.maple.text(CANNOT_BREATHE)
    for _ in range(3):
        night.worker.run_once()
        night.maple.later(minutes=5)
    assert len(night.carried()) == 3


def test_a_browser_that_is_gone_is_forgotten_and_the_alert_goes_on(night: Night) -> None:
    night.firefox.posted.status = 410
    night.maple.text(CANNOT_BREATHE)
    night.worker.run_once()
    assert night.maple.rows(tables.browsers) == []
    night.maple.later(minutes=5)
    night.worker.run_once()
    assert len(night.firefox.posted.came) == 1, "it is not called a second time"
    texts = [row for row in night.maple.rows(tables.deliveries) if row.to_address == NILS]
    assert {row.state for row in texts} == {"delivered"}
    assert night.alert().next_step_at > night.maple.now


def test_a_service_that_is_away_is_tried_again_and_the_text_waits_for_nothing(
    night: Night,
) -> None:
    night.firefox.posted.status = 503
    night.maple.text(CANNOT_BREATHE)
    night.worker.run_once()
    (text,) = [row for row in night.maple.rows(tables.deliveries) if row.to_address == NILS]
    assert text.state == "delivered"
    night.firefox.posted.status = 201
    night.maple.later(seconds=10)
    night.worker.run_once()
    assert len(night.carried()) == 2
    (push,) = [row for row in night.maple.rows(tables.deliveries) if row.channel == "push"]
    assert (push.state, push.attempts) == ("sent", 2)
    assert len(night.maple.rows(tables.browsers)) == 1


def test_without_a_key_there_is_no_channel_and_nothing_to_subscribe_to(maple: Clinic) -> None:
    assert pushing.channel(Settings(), maple.database) is None
    assert pushing.set_up(Settings()) is None


@pytest.mark.parametrize(
    ("settings", "contact"),
    [
        ({"public_url": "https://texts.maple.example/x"}, "https://texts.maple.example"),
        ({"public_url": "http://localhost:8000"}, "mailto:kinline@localhost"),
        ({}, "mailto:kinline@localhost"),
        (
            {"smtp_url": "smtp://mail.example", "mail_from": "Kinline <kinline@maple.example>"},
            "mailto:kinline@maple.example",
        ),
    ],
)
def test_services_are_told_whom_to_write_to(
    maple: Clinic, settings: dict[str, Any], contact: str
) -> None:
    channel = pushing.channel(Settings(push_key=SecretStr(KEY), **settings), maple.database)
    assert channel is not None
    assert channel.contact == contact
