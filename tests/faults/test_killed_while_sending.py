"""The process is killed between "accepted" and "sent"; after the restart nothing is doubled."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.place import MAPLE, NOON, OTHER, RECEIVED, ROSA
from tests.journeys.posting import form, send
from tests.journeys.running import Running, Time
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.journeys.waiting import eventually

# A lease of 30 seconds is over in two.
HURRY = 15.0


def _taken(twilio: Twilio) -> None:
    """Twilio takes the text a moment after we died, and all its reports are lost as well."""
    twilio.be_slow(1, to=ROSA)
    twilio.report("silent", to=ROSA)


def _not_taken(twilio: Twilio) -> None:
    """Twilio never takes it: nothing is found, so it may be sent once more."""
    twilio.hang(1, to=ROSA)


@pytest.mark.fault
@pytest.mark.parametrize("fate", [_taken, _not_taken], ids=["taken", "not taken"])
def test_texts_in_the_hands_of_a_killed_process_are_kept_once_and_answered_once(
    database_url: str, own_twilio: Twilio, tmp_path: Path, fate: Callable[[Twilio], None]
) -> None:
    """I-02, I-16, I-27: one text is on its way to Twilio, another one was just accepted.

    The lease runs out, and Twilio is asked before anything is sent again.
    """
    time = Time.beginning(NOON, HURRY)
    texts = {
        ROSA: form("on its way", ROSA, "I need the school form canary9a", MAPLE.number),
        OTHER: form("accepted", OTHER, "I need the bus form canary9b", MAPLE.number),
    }
    with Running(tmp_path, database_url, own_twilio, time=time) as running:
        running.set_up(MAPLE)
        served = running.start()
        fate(own_twilio)
        assert send(running, texts[ROSA])[0] == 200
        eventually(own_twilio.posts)
        assert send(running, texts[OTHER])[0] == 200
        served.kill()
        running.start()
        for phone, text in texts.items():
            assert send(running, text)[0] == 200, "the provider asks again, too"
            sent = own_twilio.wait_for(to=phone, containing=RECEIVED, within=15)
            episode = running.wait_for_episode(
                phone, lambda e: e["messages"][-1]["status"] == "delivered", within=15
            )
            assert [m["direction"] for m in episode["messages"]] == ["in", "out"]
            assert episode["messages"][1]["provider_id"] == sent.sid
        eventually(lambda: not running.unfinished())
        own_twilio.expect_nothing_more(after=1.0)
        expect_secrecy(running, own_twilio, running.get("/metrics")[1])
