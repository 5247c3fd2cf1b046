"""The power is cut at ten places on the way of an alert, before and after each commit.

From the text that came (CP04) over the step and the lease that were written (CP10, CP15, CP16)
to the report that was kept (CP13): staff are told at least once, the notice of the closed office
comes at most once, and nothing that was accepted is lost (I-02, I-10, I-20, I-27).
"""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faketwilio.account import Params
from tests.faults.place import MAPLE, NOON, OTHER, ROSA
from tests.journeys.clinics import OFFICE_HOURS
from tests.journeys.posting import form, send
from tests.journeys.running import Running, Served, Time
from tests.journeys.secrecy import Twilio
from tests.journeys.waiting import eventually

NIGHT = NOON + timedelta(hours=11)
HURRY = 15.0  # a lease of 30 seconds is over in two
CLOSED = replace(MAPLE, hours=OFFICE_HOURS)
KINDS = ("sqlite", "postgresql")
PLACES = [(KINDS[place % 2], place) for place in range(1, 11)]


@pytest.mark.fault
@pytest.mark.parametrize(("database_url", "place"), PLACES, indirect=["database_url"])
def test_a_nurse_is_told_and_a_family_hears_once_that_it_is_night(
    database_url: str, place: int, own_twilio: Twilio, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    texts = (
        form("forms", OTHER, "I need the school form canary9c", CLOSED.number),
        form("danger", ROSA, "she cant breathe canary9d", CLOSED.number),
    )
    with Running(tmp_path, database_url, own_twilio, time=Time.beginning(NIGHT, HURRY)) as running:
        running.set_up(CLOSED)
        served = running.start(oddly=(f"--die-at={place}", f"--die-after={begun}"))
        begun.touch()
        for text in texts:
            served = sent_until_kept(running, served, text)
        if served.process.poll() is None:
            served.kill()  # it had come through; now it dies with nothing to do
        running.start()
        told = own_twilio.wait_for(to=CLOSED.nils, containing="emergency level", within=30)
        assert "canary" not in told.body
        own_twilio.wait_for(to=ROSA, containing="911", within=30)
        own_twilio.wait_for(to=OTHER, containing="Our office is closed", within=30)
        for phone in (ROSA, OTHER):
            episode = running.wait_for_episode(phone, lambda e: e["messages"], within=15)
            assert [m["direction"] for m in episode["messages"]].count("in") == 1
        eventually(lambda: not _waits_for(running, OTHER), 30)
        assert len(own_twilio.sent(to=OTHER, containing="Our office is closed")) == 1
        for who in (CLOSED.nils, CLOSED.ana, CLOSED.on_call_phone, ROSA):
            own_twilio.allow(to=who)  # told again until somebody takes it, and by day Ana too


def sent_until_kept(running: Running, served: Served, text: Params) -> Served:
    """Send one text as Twilio does, again and again until it is kept; start again what died."""
    for _ in range(20):
        if served.process.poll() is not None:
            served = running.start()
        if send(running, text)[0] == 200:
            return served
        time.sleep(0.3)  # it may be dying this moment
    pytest.fail("it was never kept")


def _waits_for(running: Running, phone: str) -> bool:
    episode = running.wait_for_episode(phone, lambda e: e["messages"], within=15)
    return any(
        m["direction"] == "out" and m["status"] in {"queued", "sending", "unknown"}
        for m in episode["messages"]
    )
