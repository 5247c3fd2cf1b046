"""The whole of Kinline is killed again and again while families text."""

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests.faults.place import MAPLE, RECEIVED
from tests.journeys.crowd import Crowd, received
from tests.journeys.posting import form
from tests.journeys.running import Running
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.journeys.waiting import eventually

KILLS, CLIENTS = 3, 4


@pytest.mark.fault
def test_what_was_accepted_is_in_the_inbox_once_after_three_kills(
    sqlite_url: str, own_twilio: Twilio, tmp_path: Path
) -> None:
    """I-01, against the history of all answers; nobody insists here, refused is refused."""
    chance = random.Random(13)
    with Running(tmp_path, sqlite_url, own_twilio) as running:
        running.set_up(MAPLE)
        served = running.start()
        crowd, enough, numbers = Crowd(running), threading.Event(), count()
        own_twilio.allow(containing=RECEIVED)
        with ThreadPoolExecutor(CLIENTS) as clients:
            texting = [clients.submit(_text, crowd, numbers, enough) for _ in range(CLIENTS)]
            try:
                for _ in range(KILLS):
                    _wait_for_more(crowd)
                    time.sleep(chance.uniform(0.05, 0.4))
                    served.kill()
                    served = running.start()
                _wait_for_more(crowd)
                own_twilio.wait_for(containing=RECEIVED, within=15)
            finally:
                enough.set()
            for one in texting:
                one.result()

        ids = Counter(received(running))
        assert crowd.accepted <= set(ids), "accepted and lost"
        assert set(ids.values()) == {1}, "kept twice"
        replies = Counter(sent.to for sent in own_twilio.sent())
        assert max(replies.values()) == 1
        assert served.stop() == 0
        with closing(sqlite3.connect(str(running.database.engine.url.database))) as file:
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        expect_secrecy(running, own_twilio)


def _text(crowd: Crowd, numbers: Iterator[int], enough: threading.Event) -> None:
    while not enough.is_set():
        number = next(numbers)
        phone = MAPLE.households[number % 20].phone
        text = form(f"load {number}", phone, "Question about the school form", MAPLE.number)
        if not crowd.send(text):
            enough.wait(0.05)


def _wait_for_more(crowd: Crowd, texts: int = 20) -> None:
    before = len(crowd.accepted)
    eventually(lambda: len(crowd.accepted) >= before + texts, within=30)
