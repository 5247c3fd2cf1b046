"""The trial in a real browser: a newcomer follows the tour from a mother's text to its outcome."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from app.demo import show, tour
from tests.browser.chatting import write
from tests.browser.looking import PICTURES, check
from tests.browser.serving import free_port, served

pytestmark = pytest.mark.browser

SOON_MS = 10_000


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[str]:
    """`kinline demo`, served."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    kinline = show.make(tmp_path, address)
    kinline.start()
    with served(kinline.web, port):
        yield address
    kinline.stop()


def _press(page: Page, step: str) -> None:
    page.locator(f"[data-step={step}]").get_by_role("button").click()


def _is_done(page: Page, step: str) -> None:
    expect(page.locator(f"[data-step={step}].done")).to_be_attached(timeout=SOON_MS)


def _texts(page: Page) -> FrameLocator:
    return page.frame_locator("iframe.handset").frame_locator("iframe")


def _as_nils_open_rosa(page: Page) -> FrameLocator:
    _press(page, "open")
    inbox = page.frame_locator("iframe.inbox")
    inbox.locator(".rows").get_by_role("link", name="Garcia").first.click()
    return inbox


def test_a_newcomer_texts_as_a_mother_at_night_and_finds_it_resolved_with_an_outcome(
    trial: str, page_desktop: Page
) -> None:
    page = page_desktop
    page.goto(f"{trial}/demo")
    assert page.locator("[data-step]").count() == len(tour.STEPS)
    assert page.locator("[data-step].done").count() == 0

    _press(page, "night")
    handset = page.frame_locator("iframe.handset")
    expect(handset.get_by_text("Wednesday 23:00")).to_be_visible(timeout=SOON_MS)
    _is_done(page, "night")

    _press(page, "text")
    expect(_texts(page).get_by_text(tour.CANNOT_BREATHE)).to_be_visible(timeout=SOON_MS)
    expect(_texts(page).get_by_text("Llame ya al 911")).to_be_visible(timeout=SOON_MS)
    _is_done(page, "text")

    inbox = _as_nils_open_rosa(page)
    marked = inbox.locator("mark").filter(has_text="no puede respirar")
    expect(marked.first).to_be_visible(timeout=SOON_MS)
    _is_done(page, "open")

    inbox.get_by_role("button", name="I take it").click()
    inbox.get_by_text("You have taken this.").wait_for()
    inbox.get_by_label("Reply").fill("Rosa, ¿ya llamó al 911? La llamo ahora.")
    inbox.get_by_role("button", name="Send reply").click()
    expect(_texts(page).get_by_text("¿ya llamó al 911?")).to_be_visible(timeout=SOON_MS)
    _is_done(page, "answer")

    inbox.get_by_label("How did it end?").select_option("emergency_care")
    inbox.get_by_role("button", name="Resolve").click()
    _is_done(page, "resolve")
    expect(page.locator(".end")).to_be_visible()

    # The page that answers "Resolve" may come after the tour has heard of it; a link clicked before
    # would be overtaken.
    expect(inbox.get_by_text("Resolved.", exact=True)).to_be_visible(timeout=SOON_MS)
    inbox.get_by_role("link", name="Families").click()
    inbox.get_by_role("heading", name="Families", level=1).wait_for()
    inbox.get_by_role("link", name="Garcia").click()
    ended = inbox.get_by_text("Went to the emergency department").first
    expect(ended).to_be_visible(timeout=SOON_MS)


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_everyone_can_read_and_use_the_trial(
    trial: str, request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    page.goto(f"{trial}/demo")
    page.get_by_role("button", name="Ana, coordinator").click()
    inbox = page.frame_locator("iframe.inbox")
    expect(inbox.get_by_role("heading", name="Inbox")).to_be_visible(timeout=SOON_MS)
    check(page, f"demo-{screen}-{light}")
    page.goto(f"{trial}/demo/phone")
    check(page, f"demo-phone-{screen}-{light}")


def test_without_a_script_the_tour_shows_on_each_visit_how_far_one_has_come(
    trial: str, page_desktop: Page
) -> None:
    page = page_desktop
    page.route("**/tour.js", lambda route: route.abort())
    page.goto(f"{trial}/demo")
    _press(page, "night")
    handset = page.frame_locator("iframe.handset")
    expect(handset.get_by_text("Wednesday 23:00")).to_be_visible(timeout=SOON_MS)
    page.reload()
    _press(page, "text")
    expect(_texts(page).get_by_text(tour.CANNOT_BREATHE)).to_be_visible(timeout=SOON_MS)
    page.reload()
    expect(page.locator("[data-step=text].done")).to_be_attached()


def test_the_pictures_of_the_readme_show_the_inbox_and_the_chat(
    trial: str, page_desktop: Page, page_phone: Page
) -> None:
    """`make pictures` puts them where the README shows them."""
    PICTURES.mkdir(exist_ok=True)
    page_desktop.set_viewport_size({"width": 1180, "height": 760})
    page_desktop.goto(f"{trial}/login")
    page_desktop.get_by_label("E-mail").fill("ana@maple.example")
    page_desktop.get_by_label("Password").fill(tour.PASSWORD)
    page_desktop.get_by_role("button", name="Sign in").click()
    expect(page_desktop.locator(".rows").get_by_role("link", name="Rivera")).to_be_visible()
    page_desktop.screenshot(path=PICTURES / "readme-inbox.png")
    page_phone.goto(f"{trial}/chat?clinic=maple")
    write(page_phone, "Can we move the sleep study to next week? Mia has a cold")
    expect(page_phone.locator(".automatic .text")).to_contain_text("arrived", timeout=SOON_MS)
    page_phone.screenshot(path=PICTURES / "readme-chat.png")
