"""The chat in a clinic's own web site: what the site may see of it, and what it weighs."""

import gzip
import json
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.bot.webchat.conftest import EMERGENCY
from tests.browser.chatting import House, Site, house, site
from tests.browser.looking import PICTURES, faults

__all__ = ["house", "site"]  # fixtures
MOST_BYTES = 12 * 1024
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.browser


def test_a_clinics_own_site_shows_the_chat_and_learns_nothing_from_it(
    house: House, site: Site, page_desktop: Page
) -> None:
    """A-13: words and token stay in our frame; the site's styles do not reach in."""
    page = page_desktop
    page.goto(site.address)
    page.get_by_role("button", name="Write to us").click()
    expect(page.get_by_role("button", name="Close for now")).to_be_focused()
    panel = page.frame_locator("family-chat iframe")
    panel.get_by_label("Your message").fill(EMERGENCY)
    panel.get_by_role("button", name="Send", exact=True).click()
    expect(panel.locator(".safety")).to_be_in_viewport()
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / "chat-widget-page_desktop-light.png")
    assert faults(page) == []
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]
    assert page.context.cookies() == []
    page.get_by_role("button", name="Close for now").click()
    house.reply("Is the ambulance there?")
    expect(page.get_by_role("button", name="New message")).to_be_visible()
    page.wait_for_timeout(500)
    assert house.state_of("reply") == "sending", "nobody has seen it in a closed panel (C13)"
    page.get_by_role("button", name="New message").click()
    expect(panel.locator(".person")).to_be_in_viewport()
    panel.locator("body").press("Escape")
    expect(page.get_by_role("button", name="Write to us")).to_be_focused()
    page.wait_for_timeout(300)
    assert house.state_of("reply") == "delivered"
    page.evaluate("document.querySelector('family-chat').remove()")


def test_the_line_in_the_manual_puts_the_chat_into_a_page(
    house: House, site: Site, page_phone: Page
) -> None:
    """docs/chat.md, word by word; in Spanish, because the page is."""
    manual = (ROOT / "docs" / "chat.md").read_text(encoding="utf-8")
    [line] = re.findall(r"^```html\n(.+?)^```", manual, re.DOTALL | re.MULTILINE)
    line = line.replace("https://kinline.your-clinic.example", house.address)
    site.body = f'<!doctype html><html lang="es-MX"><title>Maple</title><main>{line}</main>'
    page_phone.goto(site.address)
    page_phone.get_by_role("button", name="Escríbanos").click()
    panel = page_phone.frame_locator("family-chat iframe")
    expect(panel.get_by_role("heading", name="Escriba a Maple Complex Care")).to_be_visible()
    expect(panel.get_by_role("link", name="¿Emergencia? Llame ya al 911")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("tag", "side"), [("fa", "rtl"), ("ur", "rtl"), ("ar", "rtl"), ("es", "ltr")]
)
def test_the_button_on_a_site_is_written_in_the_direction_of_its_language(
    site: Site, page_desktop: Page, tag: str, side: str
) -> None:
    page = page_desktop
    site.body = site.body.replace('lang="en"', f'lang="{tag}"')
    page.goto(site.address)
    expect(page.locator("family-chat")).to_have_attribute("dir", side)


def test_other_sites_cannot_close_or_speak_for_the_chat(site: Site, page_desktop: Page) -> None:
    """A-13: a message from anything but our own frame is not heard."""
    page = page_desktop
    page.goto(site.address)
    page.get_by_role("button", name="Write to us").click()
    expect(page.frame_locator("family-chat iframe").get_by_label("Your message")).to_be_visible()
    page.evaluate("postMessage({ familyChat: 'close' }, '*')")
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Close for now")).to_be_visible()


def test_a_site_that_forgets_the_key_is_told_so_and_is_not_harmed(
    site: Site, page_desktop: Page
) -> None:
    page = page_desktop
    site.body = site.body.replace('data-clinic="maple"', "")
    told: list[str] = []
    page.on("console", lambda line: told.append(line.text))
    page.goto(site.address)
    assert told == ["Chat: the script needs data-clinic."]
    assert page.locator("family-chat").count() == 0


def test_all_that_a_phone_must_load_for_the_chat_is_under_12_kib(house: House) -> None:
    """The issue's limit: script and styles together, as they travel."""
    sizes = {
        name: len(gzip.compress(httpx.get(f"{house.address}/chat/{name}").content))
        for name in ("widget.js", "view.js", "chat.js", "chat.css")
    }
    assert sum(sizes.values()) < MOST_BYTES, json.dumps(sizes)


def test_the_scripts_never_turn_words_into_markup() -> None:
    folder = ROOT / "bot" / "webchat" / "static"
    for file in folder.glob("*.js"):
        markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function"
        assert not re.search(markup, file.read_text(encoding="utf-8")), file.name
