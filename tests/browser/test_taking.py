"""Nils takes an emergency at night: on a telephone's screen, and by key 1 of a call."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import check
from tests.journeys.cast import RINGING
from tests.journeys.clinics import PASSWORD
from tests.journeys.conftest import ELEVEN_AT_NIGHT
from tests.journeys.running import Running, Time
from tests.journeys.secrecy import Twilio, expect_secrecy

pytestmark = pytest.mark.browser

CANNOT_BREATHE = "mi hijo no puede respirar"
SHOWN_MS = 15_000
ROSA, OTHER = (family.phone for family in RINGING.households[:2])


@pytest.fixture
def night(tmp_path: Path) -> Iterator[tuple[Running, Twilio]]:
    """The clinic whose telephones ring, at eleven at night, in one process."""
    url = f"sqlite:///{tmp_path / 'kinline.db'}"
    time = Time.beginning(ELEVEN_AT_NIGHT)
    with Twilio() as twilio, Running(tmp_path, url, twilio, time=time) as running:
        running.set_up(RINGING)
        running.start()
        yield running, twilio


@pytest.mark.parametrize("light", ["light", "dark"])
def test_nils_takes_an_emergency_on_the_screen_of_his_telephone(
    night: tuple[Running, Twilio], page_phone: Page, light: str
) -> None:
    running, twilio = night
    page = page_phone
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    enter(page, running)
    emergency(running, twilio, ROSA)
    bar = page.locator("#alarm a").first
    expect(bar).to_be_visible(timeout=SHOWN_MS)
    check(page, f"night-inbox-{light}")
    assert not running.episode(ROSA)["acknowledged"]

    bar.click()
    page.get_by_text("Nobody has taken it yet.").wait_for()
    check(page, f"night-emergency-{light}")
    assert not running.episode(ROSA)["acknowledged"], "to open it takes nothing"
    page.get_by_role("button", name="I take it").click()
    expect(page.locator("#alarm a")).to_have_count(0)
    expect(page.get_by_text("Taken: Nils").first).to_be_visible()
    check(page, f"night-taken-{light}")
    assert running.episode(ROSA)["acknowledged"]
    twilio.allow(to=RINGING.nils)
    expect_secrecy(running, twilio, running.get("/metrics")[1])


def test_key_1_of_a_call_shows_on_the_open_page_by_itself(
    night: tuple[Running, Twilio], page_phone: Page
) -> None:
    running, twilio = night
    page = page_phone
    enter(page, running)
    twilio.pick_up("press", to=RINGING.nils, key="1")
    emergency(running, twilio, OTHER)
    ring = twilio.wait_for_ring(RINGING.nils)
    assert ring["pressed"] == "1"
    page.wait_for_function("document.querySelectorAll('.row').length > 0", timeout=SHOWN_MS)
    expect(page.locator("#alarm a")).to_have_count(0, timeout=SHOWN_MS)
    assert page.evaluate("window.isTheSamePage")
    page.locator(".row a.open").first.click()
    page.get_by_text("Who was told, and when").click()
    expect(page.locator(".timeline")).to_contain_text("Taken: Nils")
    expect(page.locator(".timeline")).to_contain_text("picked up")
    check(page, "night-key-1")
    assert running.episode(OTHER)["acknowledged"]
    twilio.allow(to=RINGING.nils)


def enter(page: Page, running: Running) -> None:
    page.goto(f"{running.base}/login")
    page.get_by_label("E-mail").fill(f"nils@{RINGING.key}.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Inbox").wait_for()
    page.evaluate("window.isTheSamePage = true")


def emergency(running: Running, twilio: Twilio, phone: str) -> None:
    twilio.text(running.base, phone, CANNOT_BREATHE, recipient=RINGING.number)
    twilio.wait_for(to=phone, containing="911")
    twilio.wait_for(to=RINGING.nils, containing="emergency", within=20)
