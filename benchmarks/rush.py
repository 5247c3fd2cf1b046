"""Two hundred families text an emergency in the same instant: how soon is the nurse told of each.

Run: `uv run python -m benchmarks.rush [--database sqlite|postgresql] [--families 200]`.
One process that takes and sends, a provider on the same machine, night, one nurse on call. Beside
it stands how long the same provider takes for as many texts that nobody decides about; the ratio
inside one run is what counts.
"""

import argparse
import base64
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.faketwilio.account import ACCOUNT, TOKEN
from tests.faketwilio.client import FakeTwilio
from tests.faults.place import MAPLE
from tests.journeys.clinics import OFFICE_HOURS, Clinic, households
from tests.journeys.crowd import Crowd
from tests.journeys.posting import form
from tests.journeys.running import Running, Time
from tests.servers import PostgresServer

NIGHT = datetime(2026, 11, 18, 23, 0, tzinfo=ZoneInfo("America/Chicago"))
GIVE_UP_SECONDS = 120.0
LOOK_EVERY = 0.05


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--families", type=int, default=200)
    wanted = parser.parse_args()
    clinic = replace(
        MAPLE, hours=OFFICE_HOURS, households=households("13125562000", wanted.families)
    )
    twilio = FakeTwilio()
    try:
        twilio.set_clock(NIGHT)
        floor = _floor(twilio, wanted.families)
        with _database(wanted.database) as url, tempfile.TemporaryDirectory() as folder:
            time_of_it = Time.beginning(NIGHT)
            with Running(Path(folder), url, twilio, time=time_of_it) as running:
                running.set_up(clinic)
                running.start()
                accepted, told = _rush(running, clinic)
    finally:
        twilio.stop()
    print(f"{wanted.families} bare texts to the provider, one after the other: {floor:.1f} s")
    print(f"all {wanted.families} emergencies kept and answered after {accepted:.1f} s")
    print(f"the nurse was told of each of them after {told:.1f} s")
    print(f"kinline / bare texts: {told / floor:.1f}")


def _rush(running: Running, clinic: Clinic) -> tuple[float, float]:
    """Let all families text at once.

    Returns:
        seconds until the last text was accepted, and until the last alert had left.
    """
    texts = [
        form(f"rush {n}", family.phone, "my son cant breathe", clinic.number)
        for n, family in enumerate(clinic.households)
    ]
    began = time.monotonic()
    answers = Crowd(running).at_once(texts)
    accepted = time.monotonic() - began
    if set(answers) != {200}:
        raise SystemExit(f"not all were accepted: {sorted(set(answers))}")
    while len(running.twilio.sent(to=clinic.nils)) < len(texts):
        if time.monotonic() - began > GIVE_UP_SECONDS:
            raise SystemExit("not all alerts have left")
        time.sleep(LOOK_EVERY)
    return accepted, time.monotonic() - began


def _floor(twilio: FakeTwilio, count: int) -> float:
    """Send as many texts to the provider without Kinline, one after the other; give seconds."""
    address = f"{twilio.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    sign_in = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    words = urllib.parse.urlencode({"To": "+13125550199", "From": MAPLE.number, "Body": "floor"})
    began = time.monotonic()
    for _ in range(count):
        request = urllib.request.Request(
            address, words.encode(), {"Authorization": f"Basic {sign_in}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()
    return time.monotonic() - began


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="kinline-bench-") as folder:
            yield f"sqlite:///{folder}/kinline.db"
        return
    server = PostgresServer.create(durable=True)
    try:
        yield server.url("postgres")
    finally:
        server.remove()


if __name__ == "__main__":
    main()
