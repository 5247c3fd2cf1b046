"""Many families who text at the same moment, and a provider who asks again when unsure."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.faketwilio.account import Params
from tests.journeys.posting import send
from tests.journeys.running import Running

GIVE_UP_SECONDS = 60.0


@dataclass
class Crowd:
    """Sends texts from several connections, and keeps what was answered with 2xx."""

    running: Running
    accepted: set[str] = field(default_factory=set)
    codes: set[int] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def send(self, params: Params) -> bool:
        """Send one text once; tell whether it was accepted."""
        code, _ = send(self.running, params)
        with self._guard:
            self.codes.add(code)
            if code == 200:
                self.accepted.add(dict(params)["MessageSid"])
        return code == 200

    def insist(self, params: Params) -> None:
        """Send one text until it is accepted, and then once more, as an unsure provider does."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while not self.send(params):
            assert time.monotonic() < deadline, "it was never accepted"
            time.sleep(0.1)
        self.send(params)

    def at_once(self, texts: Sequence[Params]) -> list[int]:
        """Send texts in the same instant, each on a connection of its own; give the answers."""
        start = threading.Barrier(len(texts))

        def one(params: Params) -> int:
            start.wait(10)
            return send(self.running, params)[0]

        with ThreadPoolExecutor(len(texts)) as pool:
            return list(pool.map(one, texts))


def received(running: Running) -> list[str]:
    """List the provider's ids of all messages in the inbox, as often as they are there."""
    return [
        str(message["provider_id"])
        for episode in running.inbox()
        for message in episode["messages"]
        if message["direction"] == "in"
    ]
