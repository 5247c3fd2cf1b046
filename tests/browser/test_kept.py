"""Nothing typed is lost and nothing old looks fresh: sessions that end, networks that drop."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from store import tables
from tests.admin.conftest import PASSWORD
from tests.browser.chatting import house
from tests.browser.looking import check, sign_in
from tests.browser.test_live_inbox import SOON_MS, Office, office
from tests.clock import MovableClock

__all__ = ["house", "office"]

pytestmark = pytest.mark.browser

WORDS = "It is on Tuesday. Please bring the"
LOST = "No connection: what you see may be old."
IDLE = timedelta(minutes=16)
LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


def at_the_door(page: Page) -> None:
    """Expect the sign-in page, and sign Ana in again."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON_MS)
    page.get_by_label("E-mail").fill("ana@maple.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_half_typed_reply_is_there_after_the_page_signed_ana_out(
    office: Office, page_phone: Page, clock: MovableClock
) -> None:
    page, asked = page_phone, office.text(0, "When is the appointment?")
    office.enter(page)
    page.goto(f"{office.house.address}/episodes/{asked.episode_id}")
    page.get_by_label("Reply", exact=True).fill(WORDS)
    clock.advance(IDLE)
    page.evaluate(LOOK_AGAIN)
    expect(page.get_by_text("Nothing you typed is lost.")).to_be_visible(timeout=SOON_MS)
    at_the_door(page)
    expect(page.get_by_label("Reply", exact=True)).to_have_value(WORDS)
    expect(page.locator("#thread .out")).to_have_count(1)  # the automatic answer


def test_first_words_to_a_family_are_there_after_the_page_signed_ana_out(
    office: Office, page_phone: Page, clock: MovableClock
) -> None:
    page = page_phone
    office.enter(page)
    page.goto(f"{office.house.address}/families")
    page.locator("a.open").first.click()
    page.get_by_text("Write to ").click()
    page.get_by_label("Your words").fill(WORDS)
    clock.advance(IDLE)
    page.evaluate(LOOK_AGAIN)
    at_the_door(page)
    expect(page.get_by_label("Your words")).to_have_value(WORDS)
    expect(page.get_by_label("Your words")).to_be_visible()


def test_somebody_who_goes_on_typing_stays_signed_in_and_a_forgotten_screen_does_not(
    office: Office, page_desktop: Page, clock: MovableClock
) -> None:
    page, asked = page_desktop, office.text(0, "When is the appointment?")
    office.enter(page)
    page.goto(f"{office.house.address}/episodes/{asked.episode_id}")
    box = page.get_by_label("Reply", exact=True)
    for word in WORDS.split():
        box.press_sequentially(f"{word} ")
        clock.advance(timedelta(minutes=6))
        with page.expect_response("**/episodes/*"):
            page.evaluate(LOOK_AGAIN)
    expect(box).to_have_value(f"{WORDS} ")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    for _ in range(3):
        clock.advance(timedelta(minutes=6))
        with page.expect_response("**/episodes/*"):
            page.evaluate(LOOK_AGAIN)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON_MS)


def test_words_to_many_families_stay_while_somebody_signs_in_beside_them(
    office: Office, page_desktop: Page, clock: MovableClock
) -> None:
    page, house = page_desktop, office.house
    with house.kinline.database.write() as connection:
        connection.execute(tables.staff.update().values(roles=["supervisor"]))
    office.enter(page)
    page.goto(f"{house.address}/playbook/broadcast?flags=trach")
    box = page.locator("textarea").first
    box.fill(WORDS)
    clock.advance(IDLE)
    with page.expect_response("**/playbook/broadcast*"):
        page.evaluate(LOOK_AGAIN)  # typed after the last look: still signed in
    clock.advance(IDLE)
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("#ended")).to_be_visible(timeout=SOON_MS)
    check(page, "signed-out-beside")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in another window").click()
    sign_in(opened.value, "ana@maple.example")
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("#ended")).to_be_hidden(timeout=SOON_MS)
    expect(box).to_have_value(WORDS)
    page.get_by_role("button", name="Look at it once more").click()
    expect(page.get_by_text(WORDS)).to_be_visible()


def test_an_emergency_shows_on_a_page_that_refused_a_form(
    office: Office, page_desktop: Page
) -> None:
    page, asked = page_desktop, office.text(0, "When is the appointment?")
    office.enter(page)
    page.goto(f"{office.house.address}/episodes/{asked.episode_id}")
    page.locator("summary", has_text="Raise or lower").click()
    page.get_by_label("Why", exact=True).fill(" ")
    page.get_by_role("button", name="Change").last.click()
    expect(page.locator(".problem")).to_be_visible()
    office.text(1, "he is not breathing")
    expect(page.locator("#alarm")).to_contain_text("1 emergency waits", timeout=SOON_MS)


def test_a_page_without_a_connection_says_so_keeps_what_is_typed_and_catches_up(
    office: Office, page_phone: Page
) -> None:
    page, asked = page_phone, office.text(0, "When is the appointment?")
    office.enter(page)
    page.goto(f"{office.house.address}/episodes/{asked.episode_id}")
    expect(page.get_by_text(LOST)).to_be_hidden()
    page.get_by_label("Reply", exact=True).fill(WORDS)
    page.context.set_offline(True)
    expect(page.get_by_text(LOST).first).to_be_visible(timeout=SOON_MS)
    check(page, "no-connection")
    page.get_by_role("button", name="Send reply").click()
    expect(page.get_by_label("Reply", exact=True)).to_have_value(WORDS)
    office.text(0, "Or was it cancelled?")
    page.context.set_offline(False)
    expect(page.locator("#thread")).to_contain_text("Or was it cancelled?", timeout=SOON_MS)
    expect(page.locator("#lost")).to_be_hidden(timeout=SOON_MS)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#thread")).to_contain_text(WORDS)


def test_a_page_whose_kinline_is_away_says_so(office: Office, page_phone: Page) -> None:
    page = page_phone
    office.enter(page)
    page.route("**/*", lambda route: route.abort())
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("#lost")).to_be_visible(timeout=SOON_MS)
    page.unroute("**/*")
    expect(page.locator("#lost")).to_be_hidden(timeout=SOON_MS)
