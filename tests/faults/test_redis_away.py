"""Redis only wakes: without it, or with one that hangs, texts flow a little later."""

import os
import signal
import time
from pathlib import Path

import pytest
import redis

from tests.faults.place import MAPLE, RECEIVED
from tests.journeys.posting import form, send
from tests.journeys.running import Running
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.servers import valkey

ANSWERED_WITHIN = 3.0
SENT_WITHIN = 5.0
NOBODY = "redis://127.0.0.1:9/0"  # the discard port, where nothing listens


@pytest.mark.fault
def test_texts_flow_while_redis_hangs_and_after_it_died(
    postgres_url: str, own_twilio: Twilio, tmp_path: Path
) -> None:
    """I-28: a web process and a worker that have only the database in common."""
    with (
        valkey() as url,
        Running(tmp_path, postgres_url, own_twilio, redis_url=url) as running,
    ):
        with redis.Redis.from_url(url) as client:
            process = int(client.info("server")["process_id"])
        running.set_up(MAPLE)
        running.start_all("web", "worker")
        _expect_flow(running, own_twilio, range(3))
        os.kill(process, signal.SIGSTOP)
        _expect_flow(running, own_twilio, range(3, 6))
        os.kill(process, signal.SIGKILL)
        _expect_flow(running, own_twilio, range(6, 9))
        expect_secrecy(running, own_twilio, running.get("/metrics")[1])


@pytest.mark.fault
def test_texts_flow_where_redis_never_was(
    sqlite_url: str, own_twilio: Twilio, tmp_path: Path
) -> None:
    with Running(tmp_path, sqlite_url, own_twilio, redis_url=NOBODY) as running:
        running.set_up(MAPLE)
        running.start()
        _expect_flow(running, own_twilio, range(3))


def _expect_flow(running: Running, twilio: Twilio, families: range) -> None:
    for number in families:
        phone = MAPLE.households[number].phone
        began = time.monotonic()
        text = form(f"redis {number}", phone, "I need the school form", MAPLE.number)
        assert send(running, text)[0] == 200
        assert time.monotonic() - began < ANSWERED_WITHIN
        twilio.wait_for(to=phone, containing=RECEIVED, within=SENT_WITHIN)
        running.wait_for_episode(phone, lambda e: e["messages"][-1]["status"] == "delivered")
