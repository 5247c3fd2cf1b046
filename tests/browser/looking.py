"""Looking at pages as people and as axe do, and signing in to those of the staff."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.admin.conftest import PASSWORD

PICTURES = Path(__file__).parent / "pictures"


def enter(page: Page, address: str, email: str = "ana@maple.example") -> None:
    """Sign somebody in at an address, and wait for the inbox."""
    page.goto(f"{address}/login")
    sign_in(page, email)


def sign_in(page: Page, email: str) -> None:
    """Fill in the page that asks who one is, wherever it came from, and wait for the inbox."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Inbox").wait_for()
    page.wait_for_load_state()  # only then do keys reach the page


def check(page: Page, name: str) -> None:
    """Take a picture, and find no fault by axe and nothing wider than the screen."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    assert faults(page) == []
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, "the page is wider than the screen"


def faults(page: Page) -> list[str]:
    """Name what axe finds (contrast, names, order), each with its element."""
    return [
        f"{fault['id']}: {node['html']}"
        for fault in Axe().run(page).response["violations"]
        for node in fault["nodes"]
    ]
