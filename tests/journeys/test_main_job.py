"""The main job, as a clinic runs it: PostgreSQL, Valkey, one web process, two workers."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.journeys.clinics import Clinic, households
from tests.journeys.conftest import ELEVEN_AT_NIGHT
from tests.journeys.crowd import Crowd, received
from tests.journeys.posting import form
from tests.journeys.running import Running, Time
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.journeys.waiting import eventually

# A lease of 30 seconds is over in two, so that what a killed worker held is soon looked up.
HURRY = 15.0
TEXTS, CLIENTS = 200, 4
OAK = Clinic(
    key="oak",
    name="Oak Complex Care",
    number="+13125550111",
    on_call_phone="+13125550100",
    ana="+13125550121",
    nils="+13125550122",
    households=households("13125552000", 20),
)


@pytest.mark.fault
def test_two_hundred_texts_survive_the_kill_of_a_worker_and_of_the_web_process(
    tmp_path: Path, postgres_url: str, valkey_url: str
) -> None:
    """I-01, I-16, I-27: each text sent twice or more; what was accepted is there exactly once."""
    time = Time.beginning(ELEVEN_AT_NIGHT, HURRY)
    with (
        Twilio() as twilio,
        Running(tmp_path, postgres_url, twilio, redis_url=valkey_url, time=time) as running,
    ):
        running.set_up(OAK)
        web, first, _ = running.start_all("web", "worker", "worker")
        twilio.be_slow(0.2, times=12)  # so that the first worker dies with texts in its hands
        texts = [
            form(number, OAK.households[number % 20].phone,
                 f"Need to ask about the appointment number {number}", OAK.number)
            for number in range(1000, 1000 + TEXTS)
        ]  # fmt: skip
        crowd = Crowd(running)
        with ThreadPoolExecutor(CLIENTS) as clients:
            sending = clients.map(crowd.insist, texts)
            eventually(lambda: len(twilio.posts()) >= 2, within=20)
            first.kill()
            eventually(lambda: len(crowd.accepted) >= TEXTS // 2, within=30)
            web.kill()
            running.start("web")
            list(sending)

        assert crowd.codes <= {200, 503, 0}
        ids = received(running)
        assert sorted(ids) == sorted({dict(text)["MessageSid"] for text in texts})
        assert set(ids) == crowd.accepted
        eventually(lambda: not running.unfinished(), within=25)
        replies = Counter(sent.to for sent in twilio.sent())
        assert replies == {family.phone: 1 for family in OAK.households}
        states = {m["status"] for e in running.inbox() for m in e["messages"]}
        assert states == {"received", "delivered"}
        expect_secrecy(running, twilio, running.get("/metrics")[1])
