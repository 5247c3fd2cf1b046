"""The chat page in a real browser: bad networks, no scripts, hostile words, every screen."""

import json
import secrets
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect
from sqlalchemy import select

from store import tables
from tests.bot.webchat.conftest import EMERGENCY, FORMS
from tests.browser.chatting import House, bubbles, house, write
from tests.browser.hostile import HOSTILE
from tests.browser.looking import check

__all__ = ["house"]  # a fixture
pytestmark = pytest.mark.browser


def test_rosa_reads_the_safety_words_and_is_then_asked_for_a_number_c13(
    house: House, page_phone: Page
) -> None:
    page = page_phone
    page.goto(house.page)
    number = page.get_by_label("A phone number where we can reach you")
    expect(number).to_be_hidden()
    write(page, EMERGENCY)
    expect(page.locator(".safety .text")).to_contain_text("Call 911 now. It is free")
    expect(page.get_by_role("status").filter(has_text="Call 911 now")).to_have_count(1)
    expect(page.get_by_role("link", name="Emergency? Call 911 now")).to_be_in_viewport()
    number.fill("312-555-0142")
    page.get_by_role("button", name="Send number").click()
    expect(page.locator(".visitor .state").last).to_have_text("Sent")
    expect(number).to_be_hidden()
    assert house.said() == [EMERGENCY, "Call-back number: 312-555-0142"]
    assert house.state_of("safety.call_emergency") == "delivered"


def test_layla_reads_the_arabic_of_the_safety_words_from_right_to_left(
    house: House, page_phone: Page
) -> None:
    """English stands first (C12); the line below it begins at the other side all the same."""
    page = page_phone
    page.goto(house.page + "&lang=ar")
    page.get_by_label("رسالتكم").fill(EMERGENCY)
    page.get_by_label("رسالتكم").press("Control+Enter")
    words = page.locator(".safety .text")
    expect(words).to_contain_text("اتصلوا الآن بالرقم 911")
    last_letter, full_stop = words.evaluate(LAST_TWO)
    assert full_stop < last_letter


LAST_TWO = """(words) => {
  const text = words.firstChild, end = text.length;
  return [end - 2, end - 1].map((at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect().left;
  });
}"""


def test_anas_reply_appears_by_itself_and_counts_as_arrived(
    house: House, page_desktop: Page
) -> None:
    page = page_desktop
    page.goto(house.page)
    write(page, FORMS)
    expect(page.locator(".automatic")).to_have_count(1)
    page.wait_for_timeout(500)
    house.reply("They are on their way, Rosa.")
    expect(page.locator(".person .text")).to_have_text(
        "They are on their way, Rosa. - Ana", timeout=2000
    )
    page.wait_for_timeout(500)
    assert house.state_of("reply") == "delivered"
    page.reload()
    expect(page.locator("#messages li")).to_have_count(3)
    assert bubbles(page)[0] == FORMS


def test_what_is_written_without_a_connection_goes_out_once_when_it_is_back(
    house: House, page_phone: Page
) -> None:
    page = page_phone
    page.goto(house.page)
    write(page, FORMS)
    expect(page.locator(".visitor .state")).to_have_text("Sent")
    page.context.set_offline(offline=True)
    write(page, EMERGENCY)
    expect(page.locator("#problem")).to_contain_text("Not sent yet: no connection.")
    page.get_by_label("Your message").fill("and another thing")
    assert house.said() == [FORMS]
    page.context.set_offline(offline=False)
    expect(page.locator(".safety")).to_have_count(1)
    expect(page.locator("#problem")).to_be_hidden()
    page.wait_for_timeout(1500)
    assert house.said() == [FORMS, EMERGENCY]
    assert page.locator("#messages .visitor").count() == 2
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value("and another thing")


def test_a_message_whose_answer_was_lost_is_kept_and_shown_once(
    house: House, page_phone: Page
) -> None:
    """F-07 in the chat: the server has it, the page does not know, and sends it again."""
    page = page_phone
    lost: list[int] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method != "POST" or len(lost) == 2:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    page.goto(house.page)
    page.route("**/chat/messages*", lose_the_answer)
    write(page, EMERGENCY)
    expect(page.locator(".safety")).to_have_count(1)
    expect(page.locator(".pending")).to_have_count(0)
    assert lost == [200, 200]
    assert house.said() == [EMERGENCY]
    assert page.locator("#messages li").count() == 2


def test_an_unsent_message_survives_a_reload_of_the_page(house: House, page_phone: Page) -> None:
    page = page_phone
    page.goto(house.page)
    page.route("**/chat/start*", lambda route: route.abort())
    write(page, EMERGENCY)
    expect(page.locator("#problem")).to_contain_text("Not sent yet")
    page.unroute_all()
    page.reload()
    expect(page.locator(".safety")).to_have_count(1)
    assert house.said() == [EMERGENCY]


def test_on_a_slow_network_everything_arrives_all_the_same(house: House, page_phone: Page) -> None:
    page = page_phone
    network = page.context.new_cdp_session(page)
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 1200, "downloadThroughput": 4000, "uploadThroughput": 2000},
    )
    page.goto(house.page)
    write(page, EMERGENCY)
    expect(page.locator(".pending .state")).to_have_text("Sending…")
    expect(page.locator(".safety")).to_have_count(1, timeout=20_000)
    assert house.said() == [EMERGENCY]


def test_a_refused_message_comes_back_into_the_box(house: House, page_phone: Page) -> None:
    page = page_phone
    page.goto(house.page)
    write(page, "a" * 1700)
    expect(page.locator("#problem")).to_contain_text("This is too long for one message.")
    expect(page.get_by_label("Your message")).to_have_value("a" * 1700)
    expect(page.locator("#messages li")).to_have_count(0)


def test_a_refused_message_comes_back_in_front_of_what_is_written_by_then(
    house: House, page_phone: Page
) -> None:
    page = page_phone
    page.goto(house.page)
    page.route("**/chat/messages?*", lambda route: route.abort())
    write(page, "a" * 1700)
    expect(page.locator("#problem")).to_contain_text("Not sent yet")
    page.get_by_label("Your message").fill("and one more thing")
    page.unroute_all()
    expect(page.locator("#problem")).to_contain_text("This is too long", timeout=20_000)
    expect(page.get_by_label("Your message")).to_have_value("a" * 1700 + "\nand one more thing")


def test_two_windows_are_two_visitors_and_see_nothing_of_each_other(
    house: House, browser: Browser
) -> None:
    with browser.new_context() as one, browser.new_context() as other:
        rosa, stranger = one.new_page(), other.new_page()
        for page in (rosa, stranger):
            page.goto(house.page)
        write(rosa, EMERGENCY)
        expect(rosa.locator(".safety")).to_have_count(1)
        write(stranger, FORMS)
        expect(stranger.locator(".automatic")).to_have_count(1)
        assert bubbles(stranger)[0] == FORMS
        assert EMERGENCY not in stranger.content()
        assert one.cookies() == other.cookies() == []


def test_who_ends_the_chat_leaves_nothing_behind(house: House, page_phone: Page) -> None:
    page = page_phone
    page.goto(house.page)
    write(page, FORMS)
    expect(page.locator(".visitor .state")).to_have_text("Sent")
    page.get_by_text("End this chat").first.click()
    page.get_by_role("button", name="End this chat").click()
    expect(page.locator("#messages li")).to_have_count(0)
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"
    page.go_back()
    assert FORMS not in page.content()


def test_the_whole_chat_works_by_keyboard(house: House, page_desktop: Page) -> None:
    page = page_desktop
    page.goto(house.page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to your message")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()
    page.keyboard.type(EMERGENCY)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".safety")).to_have_count(1)
    expect(page.get_by_label("Your message")).to_be_focused()
    page.keyboard.type("he is better")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".visitor")).to_have_count(2)


def test_without_scripts_the_same_page_takes_a_message_and_shows_the_answer(
    house: House, browser: Browser
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(house.page)
        write(page, EMERGENCY)
        expect(page.locator(".safety .text")).to_contain_text("Call 911 now.")
        assert house.said() == [EMERGENCY]
        assert house.state_of("safety.call_emergency") == "delivered"
        frame = page.frame_locator("iframe.news")
        expect(frame.get_by_text("No new message.")).to_be_visible()
        page.get_by_label("A phone number where we can reach you").fill("312-555-0142")
        page.get_by_role("button", name="Send number").click()
        expect(page.locator(".visitor")).to_have_count(2)


def test_a_page_that_began_without_scripts_goes_on_with_them(
    house: House, browser: Browser
) -> None:
    """On a slow network the form is sent before the script has come."""
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/chat/*.js*", lambda route: route.abort())
        page.goto(house.page)
        write(page, FORMS)
        expect(page.locator(".visitor")).to_have_count(1)
        page.unroute_all()
        page.reload()
        write(page, EMERGENCY)
        expect(page.locator(".safety")).to_have_count(1)
        assert bubbles(page)[0] == FORMS
        with house.kinline.database.read() as connection:
            assert len(connection.execute(select(tables.contacts.c.id)).all()) == 1


def test_hostile_words_run_nothing_and_break_no_rule_of_the_page_a08(
    house: House, page_desktop: Page
) -> None:
    """No script, no dialog, no report of a broken content policy, and each word as written."""
    page = page_desktop
    noticed: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        noticed.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("console", lambda line: noticed.append(line.text))
    page.goto(house.page)
    write(page, HOSTILE[0])
    expect(page.locator(".visitor .state")).to_have_text("Sent")
    token = page.evaluate("sessionStorage.getItem('family-chat maple token')")
    with httpx.Client(base_url=house.address, headers={"X-Chat-Token": token}) as rosa:
        for text in HOSTILE[1:]:
            body = json.dumps({"id": secrets.token_hex(16), "text": text})
            assert rosa.post("/chat/messages?clinic=maple", content=body).status_code == 200
    house.reply("<img src=x onerror=alert(1)> from Ana")
    expect(page.locator("#messages .visitor")).to_have_count(len(HOSTILE))
    expect(page.locator("#messages .person")).to_have_count(1)
    page.reload()
    expect(page.locator("#messages .visitor")).to_have_count(len(HOSTILE))
    shown = page.locator("#messages .visitor .text").evaluate_all(
        "all => all.map(one => one.textContent)"
    )
    assert shown == [text.replace("\0", "\ufffd") for text in HOSTILE]
    assert page.locator("#messages :is(img, svg, script, style, iframe, a, form)").count() == 0
    assert len(HOSTILE) >= 95
    assert noticed == []


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_everyone_can_read_and_use_the_chat(
    house: House, request: pytest.FixtureRequest, screen: str, light: Any
) -> None:
    """No fault found by axe and nothing wider than the screen, in both directions of writing."""
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme=light)
    page.goto(house.page)
    check(page, f"chat-empty-{screen}-{light}")
    write(page, EMERGENCY)
    expect(page.locator(".safety")).to_have_count(1)
    house.reply("Rosa, I am calling you now. Is the ambulance there?")
    expect(page.locator(".person")).to_have_count(1)
    check(page, f"chat-{screen}-{light}")
    page.get_by_role("link", name="العربية").click()
    expect(page.locator(".person")).to_have_count(1)
    check(page, f"chat-arabic-{screen}-{light}")
    page.goto(f"{house.address}/chat?clinic=nobody")
    check(page, f"chat-nobody-{screen}-{light}")
