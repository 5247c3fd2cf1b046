"""A room of the team and Nils's browser are told of an emergency beside the text, with no name."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bot.posted import Posted, listening
from tests.bot.pushed_to import KEY, Firefox, written
from tests.journeys.clinics import OFFICE_HOURS, Clinic, households
from tests.journeys.conftest import ELEVEN_AT_NIGHT
from tests.journeys.desk import Desk
from tests.journeys.running import Running, Time
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.journeys.waiting import eventually

WILLOW = Clinic(
    key="willow",
    name="Willow Complex Care",
    number="+16145550111",
    on_call_phone="+16145550100",
    ana="+16145550121",
    nils="+16145550122",
    hours=OFFICE_HOURS,
    alert_channels=("service", "push"),
    services=(("The night room", "WILLOW_ROOM"),),
    households=households("16145552000", 3, name="Moreno", language="es"),
)
CANNOT_BREATHE = "mi hijo no puede respirar"
TOKEN_OF_THE_ROOM = "s3cr3t-of-the-room"
NEVER = ("respirar", "Moreno", "Luis", "Rosa", "Nils", "Willow", "2000", "0122")


@dataclass
class Night:
    """Willow at eleven at night, its room, and the browser of Nils."""

    running: Running
    twilio: Twilio
    room: Posted
    firefox: Firefox
    nils: Desk

    def pushed(self) -> list[dict[str, str]]:
        return [json.loads(self.firefox.read(one[2])) for one in self.firefox.posted.came]

    def said_in_the_room(self) -> list[str]:
        return [json.loads(one[2])["message"] for one in self.room.came]

    def text(self, number: int) -> str:
        phone = WILLOW.households[number].phone
        answered = self.twilio.text(
            self.running.base, phone, CANNOT_BREATHE, recipient=WILLOW.number
        )
        assert answered.status == 200
        return phone


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with listening() as room, listening() as service, Twilio() as twilio:
        address = f"json://kinline:{TOKEN_OF_THE_ROOM}@127.0.0.1:{room.port}/?rto=15"
        more = {"KINLINE_PUSH_KEY": KEY, "KINLINE_PUSH_HOSTS": "127.0.0.1", "WILLOW_ROOM": address}
        time = Time.beginning(ELEVEN_AT_NIGHT)
        url = f"sqlite:///{tmp_path / 'kinline.db'}"
        with Running(tmp_path, url, twilio, time=time, more=more) as running:
            running.set_up(WILLOW)
            running.start()
            firefox = Firefox(service)
            found = firefox.browser
            with Desk.of(running, WILLOW, "nils") as nils:
                switched = nils.send(
                    "/reach/browsers", endpoint=found.endpoint, p256dh=found.p256dh,
                    auth=written(firefox.auth),
                )  # fmt: skip
                assert switched.status_code == 303, switched.text
                yield Night(running, twilio, room, firefox, nils)


def test_the_room_and_the_browser_get_a_level_and_a_link_and_opening_it_takes_nothing(
    night: Night,
) -> None:
    phone = night.text(0)
    night.twilio.wait_for(to=WILLOW.nils, containing="emergency")
    eventually(lambda: night.pushed() and night.said_in_the_room(), 15)
    (told,), (said,) = night.pushed(), night.said_in_the_room()
    assert told["urgency"] == "emergency"
    assert said.endswith(told["link"])
    for word in NEVER:
        assert word not in said
        assert word not in str(told)
    path = told["link"].removeprefix(night.running.base)
    episode = night.running.episode(phone)
    assert night.nils.follow(path) == (303, f"/episodes/{episode['episode']}")
    night.nils.page(f"/episodes/{episode['episode']}")
    assert not night.running.episode(phone)["acknowledged"], "I-12"
    assert night.nils.act(episode["episode"], "take").status_code == 303
    assert night.running.episode(phone)["acknowledged"]
    log = night.running.log()
    expect_secrecy(night.running, night.twilio)
    for secret in (TOKEN_OF_THE_ROOM, KEY, night.firefox.browser.endpoint):
        assert secret not in log


def test_a_room_that_hangs_keeps_no_text_from_the_next_emergency(night: Night) -> None:
    night.room.held = threading.Event()
    night.firefox.posted.held = night.room.held
    for number in range(3):
        phone = night.text(number)
        night.twilio.wait_for(to=phone, containing="911")
        night.twilio.wait_for(to=WILLOW.nils, containing="emergency")
    assert night.room.came or night.firefox.posted.came
    night.room.held.set()
