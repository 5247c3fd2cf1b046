"""How long a text takes from the provider's request to a coordinator's screen, in a real browser.

Run: `uv run python -m benchmarks.screen [--texts 40]`. Beside it stands the webhook's own answer
from the same run: what is more than that is the way from the database to the page.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.conftest import CHROMIUM_ARGUMENTS
from tests.faults.place import MAPLE
from tests.journeys.clinics import PASSWORD
from tests.journeys.posting import form, send
from tests.journeys.running import Running
from tests.journeys.secrecy import Twilio
from tests.servers import FreshDatabases, postgres, valkey


def main() -> None:
    """Measure both ways to run Kinline, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=40)
    texts: int = parser.parse_args().texts
    print(f"{'':24}{'webhook p50':>14}{'screen p50':>14}{'screen p95':>14}{'ratio':>8}")
    for name, house in (("one process, SQLite", _one), ("web + worker, PostgreSQL", _grown)):
        with (
            tempfile.TemporaryDirectory() as folder,
            Twilio() as twilio,
            house(Path(folder), twilio) as running,
        ):
            answered, shown = _measure(running, texts)
        p50, p95 = statistics.median(shown), sorted(shown)[int(len(shown) * 0.95)]
        webhook = statistics.median(answered)
        figures = f"{webhook * 1000:11.0f} ms{p50 * 1000:11.0f} ms{p95 * 1000:11.0f} ms"
        print(f"{name:24}{figures}{p50 / webhook:8.1f}")


@contextmanager
def _one(folder: Path, twilio: Twilio) -> Iterator[Running]:
    with Running(folder, f"sqlite:///{folder / 'kinline.db'}", twilio) as running:
        running.set_up(MAPLE)
        running.start()
        yield running


@contextmanager
def _grown(folder: Path, twilio: Twilio) -> Iterator[Running]:
    with postgres() as server, valkey() as redis_url:
        databases = FreshDatabases(server)
        with (
            databases.one() as url,
            Running(folder, url, twilio, redis_url=redis_url) as running,
        ):
            running.set_up(MAPLE)
            running.start_all("web", "worker")
            yield running


def _measure(running: Running, texts: int) -> tuple[list[float], list[float]]:
    answered, shown = [], []
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS
        )
        page = browser.new_page()
        _enter(page, running)
        for number in range(texts):
            words = f"Can you send me form number {number}?"
            phone = MAPLE.households[number % len(MAPLE.households)].phone
            began = time.perf_counter()
            send(running, form(f"screen {number}", phone, words, MAPLE.number))
            answered.append(time.perf_counter() - began)
            page.get_by_text(words).first.wait_for()
            shown.append(time.perf_counter() - began)
        browser.close()
    return answered, shown


def _enter(page: Page, running: Running) -> None:
    page.goto(f"{running.base}/login")
    page.get_by_label("E-mail").fill(MAPLE.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Inbox").wait_for()


if __name__ == "__main__":
    main()
