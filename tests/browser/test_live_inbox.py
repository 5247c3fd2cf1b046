"""Pages that keep themselves fresh, in a real browser: nothing typed is lost, nothing moves."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from routing.events import ActionKind, Inbound, StaffAction
from store.outcomes import Outcome
from tests import factories
from tests.admin.conftest import PASSWORD
from tests.browser.chatting import House, house
from tests.browser.looking import enter

__all__ = ["house"]

pytestmark = pytest.mark.browser

NUMBER = "+13125550111"
SOON_MS = 10_000


@dataclass(frozen=True, slots=True)
class Office:
    """A served clinic in which Ana can sign in and three families can text."""

    house: House
    text: Callable[[int, str], Outcome]

    def enter(self, page: Page) -> None:
        """Sign Ana in."""
        enter(page, self.house.address)


@pytest.fixture
def office(house: House) -> Office:
    """Maple with Ana at her desk."""
    kinline = house.kinline
    with kinline.database.write() as connection:
        factories.staff_member(
            connection, house.clinic_id, name="Ana B", email="ana@maple.example", password=PASSWORD
        )
        for number in range(3):
            factories.household(
                connection, house.clinic_id, name=f"Family {number}",
                phone=f"+131255501{number:02}", language="en",
            )  # fmt: skip
    ids = count(1)

    def text(family: int, words: str) -> Outcome:
        number = next(ids)
        message = Inbound(
            provider="twilio", account="", provider_id=f"SM{number:032x}", channel="sms",
            sender=f"+131255501{family:02}", recipient=NUMBER, text=words,
            raw=b"",
        )  # fmt: skip
        return kinline.conductor.conduct([message], kinline.clock())[0]

    return Office(house, text)


def test_a_text_appears_in_the_open_inbox_without_loading_again(
    office: Office, page_desktop: Page
) -> None:
    office.enter(page_desktop)
    page_desktop.evaluate("window.isTheSamePage = true")
    expect(page_desktop.get_by_text("Nobody is waiting")).to_be_visible()
    began = time.monotonic()
    office.text(0, "Can you refill his Keppra please?")
    expect(page_desktop.get_by_text("Can you refill his Keppra")).to_be_visible(timeout=SOON_MS)
    print(f"from the text to the screen: {time.monotonic() - began:.2f} s")  # noqa: T201  a figure
    assert page_desktop.evaluate("window.isTheSamePage")
    expect(page_desktop.locator("#parts")).to_contain_text("All open 1")


def test_in_a_busy_minute_the_first_text_does_not_wait_for_the_last(
    office: Office, page_desktop: Page
) -> None:
    office.enter(page_desktop)
    began = time.monotonic()
    for number in range(200):
        office.text(number % 3, f"Can you send form {number}?")
        if page_desktop.locator(".row").count():
            break
        page_desktop.wait_for_timeout(100)
        assert time.monotonic() - began < SOON_MS / 1000, "each text put the first one off"


def test_nothing_moves_under_the_pointer_but_an_emergency_always_shows(
    office: Office, page_desktop: Page
) -> None:
    page = page_desktop
    office.text(0, "Can you refill his Keppra please?")
    office.enter(page)
    page.locator(".row").first.hover()
    office.text(1, "he is not breathing")
    expect(page.locator("#alarm")).to_contain_text("1 emergency waits", timeout=SOON_MS)
    expect(page.locator("#called")).to_have_text("An emergency waits for a person.")
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("button", name="New messages have arrived.").click()
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator(".row a.open").first).to_be_focused()


def test_a_reply_being_typed_survives_an_emergency_and_the_familys_next_text(
    office: Office, page_phone: Page
) -> None:
    page = page_phone
    first = office.text(0, "When is the appointment?")
    office.enter(page)
    page.goto(f"{office.house.address}/episodes/{first.episode_id}")
    page.get_by_label("Reply", exact=True).press_sequentially("It is on Tues")
    office.text(1, "he turned blue and is not breathing")
    office.text(0, "Or was it cancelled?")
    expect(page.locator("#alarm")).to_contain_text("1 emergency waits", timeout=SOON_MS)
    expect(page.locator("#thread")).to_contain_text("Or was it cancelled?", timeout=SOON_MS)
    box = page.get_by_label("Reply", exact=True)
    expect(box).to_be_focused()
    box.press_sequentially("day at nine")
    expect(box).to_have_value("It is on Tuesday at nine")


def test_an_open_page_shows_by_itself_that_a_colleague_has_taken_it(
    office: Office, page_phone: Page
) -> None:
    page, house = page_phone, office.house
    asked = office.text(0, "he is not breathing")
    office.enter(page)  # as Ana B; the other Ana is her colleague
    page.goto(f"{house.address}/episodes/{asked.episode_id}")
    expect(page.get_by_role("button", name="I take it")).to_be_visible()
    page.get_by_label("Reply", exact=True).press_sequentially("Call 9")
    take = StaffAction(ActionKind.TAKE, house.clinic_id, house.ana_id, asked.episode_id or 0, "k")
    house.kinline.conductor.conduct([take], house.kinline.clock())
    expect(page.locator("#standing")).to_contain_text("taken by Ana", timeout=SOON_MS)
    expect(page.get_by_role("button", name="I take it")).to_have_count(0)
    expect(page.locator("#taken")).to_contain_text("Taken: Ana")
    page.keyboard.type("11")
    expect(page.get_by_label("Reply", exact=True)).to_have_value("Call 911")


def test_two_tabs_of_one_browser_hold_one_stream(office: Office, page_desktop: Page) -> None:
    context: BrowserContext = page_desktop.context
    opened: list[str] = []
    context.on("request", lambda asked: opened.append(asked.url))
    office.enter(page_desktop)
    second = context.new_page()
    second.goto(f"{office.house.address}/")
    office.text(0, "Can you refill his Keppra please?")
    for page in (page_desktop, second):
        expect(page.get_by_text("Can you refill his Keppra")).to_be_visible(timeout=SOON_MS)
    streams = [url for url in opened if url.endswith("/live")]
    # The first page after signing in takes the stream over from the one before it.
    assert len(streams) <= 2, streams


def test_the_whole_queue_can_be_walked_with_keys(office: Office, page_desktop: Page) -> None:
    page = page_desktop
    for family in range(3):
        office.text(family, f"Can you send form {family}?")
    office.enter(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row a.open").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".row a.open").nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/episodes/*")
    page.keyboard.press("r")
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.get_by_label("Reply", exact=True)).to_have_value("jk?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Reply")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.get_by_role("heading", name="Inbox").wait_for()
    page.keyboard.press("2")
    page.wait_for_url("**/?view=mine")


def test_single_keys_can_be_switched_off(office: Office, page_desktop: Page) -> None:
    """WCAG 2.1.4."""
    page = page_desktop
    office.enter(page)
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Switch single keys off").check()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.wait_for_timeout(200)
    assert "view" not in page.url
