"""Back and undo: words that were sent are not sent again, and a slip is not final."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.admin.conftest import PASSWORD
from tests.browser.looking import check, enter
from tests.browser.test_inbox_pages import Morning, morning

pytestmark = pytest.mark.browser

__all__ = ("morning",)  # a fixture


def test_back_does_not_offer_a_reply_that_was_sent_to_be_sent_again(
    morning: Morning, page_desktop: Page
) -> None:
    page = page_desktop
    enter(page, morning.address)
    page.goto(f"{morning.address}/episodes/{morning.emergency_id}")
    page.get_by_label("Reply").fill("Rosa, la llamo ahora.")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("Your reply is on its way.").wait_for()
    page.go_back()
    page.wait_for_load_state()
    expect(page.get_by_label("Reply")).to_have_value("")


def test_back_keeps_a_reply_that_was_not_sent(morning: Morning, page_desktop: Page) -> None:
    page = page_desktop
    enter(page, morning.address)
    page.goto(f"{morning.address}/episodes/{morning.emergency_id}")
    page.get_by_label("Reply").fill("Rosa, la llamo ahora.")
    page.get_by_role("link", name="Back to the inbox").click()
    page.get_by_role("heading", name="Inbox").wait_for()
    page.go_back()
    page.wait_for_load_state()
    expect(page.get_by_label("Reply")).to_have_value("Rosa, la llamo ahora.")


def test_back_keeps_a_reply_that_was_not_taken(morning: Morning, page_desktop: Page) -> None:
    """Also where the page says that something else was done before."""
    page = page_desktop
    enter(page, morning.address)
    page.goto(f"{morning.address}/episodes/{morning.emergency_id}?done=noted")
    page.get_by_label("Reply").fill("Rosa, la llamo ahora.")
    page.route("**/reply", lambda route: route.fulfill(status=502, body="No answer."))
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("No answer.").wait_for()
    page.go_back()
    page.wait_for_load_state()
    expect(page.get_by_label("Reply")).to_have_value("Rosa, la llamo ahora.")


@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_a_slip_is_undone_from_the_inbox_from_the_page_and_with_closed_days(
    morning: Morning, request: pytest.FixtureRequest, screen: str
) -> None:
    page: Page = request.getfixturevalue(screen)
    desk = morning.desk
    with desk.database.write() as connection:
        factories.staff_member(
            connection, desk.clinic_id, name="Bea", email="bea@maple.example",
            roles=["coordinator", "admin"], password=PASSWORD,
        )  # fmt: skip
    enter(page, morning.address, "bea@maple.example")
    for way in ("inbox", "page"):
        page.goto(f"{morning.address}/episodes/{morning.emergency_id}")
        page.get_by_label("How did it end?").select_option("called")
        page.get_by_role("button", name="Resolve", exact=True).click()
        page.get_by_text("Resolved.").wait_for()
        check(page, f"resolved-{way}-{screen}")
        if way == "page":
            page.goto(f"{morning.address}/episodes/{morning.emergency_id}")
            check(page, f"resolved-on-its-page-{screen}")
        page.keyboard.press("z")
        expect(page.get_by_text("It is open again.")).to_be_visible()
        expect(page.get_by_text("opened it again; it had been").first).to_be_visible()
    check(page, f"open-again-{screen}")
    page.goto(f"{morning.address}/playbook")
    page.get_by_label("Date", exact=True).fill("2027-12-24")
    page.get_by_label("Name that families read").fill("Eve")
    page.get_by_role("button", name="Add the date").click()
    page.get_by_role("button", name="Remove 2027-12-24").click()
    expect(page.get_by_text("Removed: 2027-12-24")).to_be_visible()
    check(page, f"removed-day-{screen}")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_role("cell", name="Eve")).to_be_visible()
