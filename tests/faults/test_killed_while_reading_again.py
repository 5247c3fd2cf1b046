"""The power is cut at six places on the way of a second reading, before and after each commit.

From the text that came over the reading that was taken to the opinion that was written: the
nurse is told of what the model found, and the message is there once (I-02, I-27).
"""

from pathlib import Path

import pytest
from sqlalchemy import select

from store.tables import second_readings
from tests.bot.model import listening
from tests.faults.place import MAPLE, NOON, ROSA
from tests.faults.test_killed_on_the_way_of_an_alert import sent_until_kept
from tests.journeys.posting import form
from tests.journeys.running import Running, Time
from tests.journeys.secrecy import Twilio
from tests.journeys.waiting import eventually

HURRY = 15.0  # a lease of 30 seconds is over in two
KINDS = ("sqlite", "postgresql")
PLACES = [(KINDS[place % 2], place) for place in range(1, 7)]


@pytest.mark.fault
@pytest.mark.parametrize(("database_url", "place"), PLACES, indirect=["database_url"])
def test_what_a_second_reader_finds_reaches_a_nurse_whenever_the_power_is_cut(
    database_url: str, place: int, own_twilio: Twilio, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    text = form("letter", ROSA, "I need the school form canary9e", MAPLE.number)
    for phone in (ROSA, MAPLE.nils, MAPLE.ana, MAPLE.on_call_phone):
        own_twilio.allow(to=phone)  # told again until somebody takes it
    with listening() as model:
        more = {"KINLINE_SECOND_READERS": "endpoint", "KINLINE_READER_URL": model.url,
                "KINLINE_READER_MODEL": "ours"}  # fmt: skip
        time = Time.beginning(NOON, HURRY)
        with Running(tmp_path, database_url, own_twilio, time=time, more=more) as running:
            running.set_up(MAPLE)
            served = running.start(oddly=(f"--die-at={place}", f"--die-after={begun}"))
            begun.touch()
            served = sent_until_kept(running, served, text)
            first = served
            eventually(lambda: first.process.poll() is not None or _result(running), 20)
            if served.process.poll() is None:
                served.kill()  # it had come through; now it dies with nothing to do
            running.start()
            eventually(lambda: own_twilio.sent(to=MAPLE.nils), 40)
            episode = running.wait_for_episode(ROSA, lambda e: e["urgency"] == "urgent", within=15)
            assert [m["direction"] for m in episode["messages"]].count("in") == 1
            assert _result(running) == "raised"


def _result(running: Running) -> str | None:
    """Tell what came of the one reading; None while it waits."""
    with running.database.read() as connection:
        result: str | None = connection.execute(select(second_readings.c.result)).scalar_one()
    return result
