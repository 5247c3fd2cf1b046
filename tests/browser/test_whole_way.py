"""From a family's telephone to Ana's screen and back, through real processes and a real browser."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.clinics import PASSWORD, Clinic, households
from tests.journeys.running import Running
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.servers import FreshDatabases, valkey

pytestmark = pytest.mark.browser

MAPLE = Clinic(
    key="maple",
    name="Maple Complex Care",
    number="+13125550111",
    on_call_phone="+13125550100",
    ana="+13125550121",
    nils="+13125550122",
    households=households("13125550130", 8),
)
SHOWN_MS = 8_000
LEAVES_MS = 25_000  # held for ten seconds, so that it can be taken back


@contextmanager
def _one_process(folder: Path, twilio: Twilio) -> Iterator[Running]:
    with Running(folder, f"sqlite:///{folder / 'kinline.db'}", twilio) as running:
        running.set_up(MAPLE)
        running.start()
        yield running


@contextmanager
def _web_and_worker(folder: Path, twilio: Twilio, databases: FreshDatabases) -> Iterator[Running]:
    with (
        databases.one() as url,
        valkey() as redis_url,
        Running(folder, url, twilio, redis_url=redis_url) as running,
    ):
        running.set_up(MAPLE)
        running.start_all("web", "worker")
        yield running


@pytest.fixture(params=["one process", "web and worker apart"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, Twilio]]:
    """A clinic that is open, embedded on SQLite or grown on PostgreSQL with Valkey."""
    with Twilio() as twilio:
        if request.param == "one process":
            with _one_process(tmp_path, twilio) as running:
                yield running, twilio
        else:
            databases = request.getfixturevalue("postgres_databases")
            with _web_and_worker(tmp_path, twilio, databases) as running:
                yield running, twilio


def enter(page: Page, running: Running) -> None:
    """Sign Ana in, and mark the page, so that a page that was loaded again shows."""
    page.goto(f"{running.base}/login")
    page.get_by_label("E-mail").fill(MAPLE.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Inbox").wait_for()
    page.evaluate("window.isTheSamePage = true")


def test_a_text_reaches_the_screen_and_the_reply_written_there_reaches_the_phone(
    house: tuple[Running, Twilio], page_desktop: Page
) -> None:
    running, twilio = house
    page, rosa = page_desktop, MAPLE.households[0].phone
    enter(page, running)
    began = time.monotonic()
    twilio.text(running.base, rosa, "Can you refill his Keppra please?", recipient=MAPLE.number)
    expect(page.get_by_text("Can you refill his Keppra")).to_be_visible(timeout=SHOWN_MS)
    print(f"from the text to the screen: {time.monotonic() - began:.3f} s")  # noqa: T201  a figure
    assert page.evaluate("window.isTheSamePage")
    twilio.allow(to=rosa)

    page.locator(".row a.open").first.click()
    page.get_by_label("Reply", exact=True).fill("It is ordered. Pick it up at four.")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_role("button", name="Take it back").wait_for()
    page.evaluate("window.isTheSamePage = true")
    sent = twilio.wait_for(to=rosa, containing="It is ordered.", within=LEAVES_MS / 1000)
    assert sent.body == "It is ordered. Pick it up at four.\n- Ana"
    ours = page.locator(".message.out", has_text="It is ordered.")
    expect(ours).to_contain_text("delivered", timeout=LEAVES_MS)
    assert page.evaluate("window.isTheSamePage")
    expect_secrecy(running, twilio, running.get("/metrics")[1])


def test_without_scripts_ana_answers_and_resolves_all_the_same(
    tmp_path: Path, browser: Browser
) -> None:
    with Twilio() as twilio, _one_process(tmp_path, twilio) as running:
        rosa = MAPLE.households[1].phone
        twilio.text(running.base, rosa, "Can you send the school form?", recipient=MAPLE.number)
        twilio.allow(to=rosa)
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{running.base}/login")
        page.get_by_label("E-mail").fill(MAPLE.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name=MAPLE.households[1].name).first.click()
        page.get_by_label("Reply", exact=True).fill("It is in the mail.")
        page.get_by_role("button", name="Send reply").click()
        expect(page.get_by_text("Your reply is on its way.")).to_be_visible()
        twilio.wait_for(to=rosa, containing="It is in the mail.", within=LEAVES_MS / 1000)
        page.locator("summary", has_text="Note for staff").click()
        page.get_by_label("Only staff see it").fill("Form sent by post.")
        page.get_by_role("button", name="Keep the note").click()
        expect(page.get_by_text("Form sent by post.")).to_be_visible()
        page.get_by_label("How did it end?").select_option("answered")
        page.get_by_role("button", name="Resolve").click()
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()
        context.close()
