"""The pages of somebody who goes home, in a real browser: above all at night."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from routing.overtime import AfterHours
from store.db import Database
from store.tables import after_hours, episodes
from tests import factories
from tests.admin.conftest import PASSWORD, Desk, opened_desk
from tests.browser.looking import check, enter
from tests.browser.serving import free_port, served
from tests.clock import MovableClock

NIGHT = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
"""A Wednesday, eleven at night in Chicago."""

pytestmark = pytest.mark.browser


@pytest.fixture
def night(sqlite_database: Database, clock: MovableClock) -> Iterator[tuple[Desk, str]]:
    """Maple at night, with a text that Rosa has just written, and where it is served."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with opened_desk(sqlite_database, clock, address) as desk:
        desk.episode("¿puede bañarse mañana?")
        clock.set(NIGHT)
        with served(desk.app, port):
            yield desk, address


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_at_night_ana_sends_for_the_morning_or_says_why_not(
    night: tuple[Desk, str], request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    _, address = night
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    enter(page, address)
    page.goto(f"{address}/episodes/1")
    check(page, f"night-reply-{screen}-{light}")
    page.get_by_label("Reply").fill("Sí, sin problema.")
    page.get_by_text("Send now", exact=True).first.click()
    check(page, f"night-now-{screen}-{light}")
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("Say why it cannot wait for your hours")).to_be_visible()
    expect(page.get_by_label("Reply")).to_have_value("Sí, sin problema.")
    page.get_by_role("button", name="Send on Thu, Nov 19, 8:30").click()
    expect(page.get_by_text("The family has not got it yet.")).to_be_visible()
    expect(page.get_by_text("It leaves Thu, Nov 19, 8:30")).to_be_visible()
    check(page, f"night-held-{screen}-{light}")


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_a_supervisor_sees_who_works_at_night_and_ana_sees_her_own(
    night: tuple[Desk, str], request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    desk, address = night
    with desk.database.write() as connection:
        factories.staff_member(
            connection, desk.clinic_id, name="Bea Lindqvist", email="bea@maple.example",
            roles=["supervisor"], password=PASSWORD,
        )  # fmt: skip
        for number in range(60):
            factories.row(
                connection, after_hours, clinic_id=desk.clinic_id, episode_id=1,
                staff_id=(desk.ana_id, desk.nils_id)[number % 3 == 0], on_call=number % 3 == 0,
                kind=tuple(AfterHours)[number % 3], at=NIGHT - timedelta(hours=number**2 / 3),
            )  # fmt: skip
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    enter(page, address, "bea@maple.example")
    page.goto(f"{address}/playbook/after-hours")
    page.get_by_role("heading", name="Work after hours").wait_for()
    check(page, f"after-hours-{screen}-{light}")
    page.get_by_role("button", name="Sign out").click()
    enter(page, address)
    page.get_by_role("link", name="Ana").click()
    page.get_by_role("heading", name="My work after hours").wait_for()
    check(page, f"my-after-hours-{screen}-{light}")


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_ana_gets_back_what_went_to_the_team_and_takes_the_next_one(
    night: tuple[Desk, str], request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    desk, address = night
    with desk.database.write() as connection:
        connection.execute(update(episodes).values(meant_for=desk.ana_id))
        other = factories.household(
            connection, desk.clinic_id, name="Nguyen", phone="+13125550139"
        )  # fmt: skip
        waits = factories.episode(
            connection, desk.clinic_id, other.family_id, other.thread_id, owner_id=desk.nils_id
        )
        factories.message(connection, desk.clinic_id, other.thread_id, waits, "¿y la cita?")
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    enter(page, address)
    expect(page.get_by_text("for Ana, who is not there")).to_be_visible()
    expect(page.get_by_text("bring an interpreter")).to_be_visible()
    check(page, f"team-inbox-{screen}-{light}")
    page.goto(f"{address}/episodes/{waits}")
    check(page, f"interpreter-{screen}-{light}")
    page.goto(f"{address}/episodes/1")
    check(page, f"meant-for-{screen}-{light}")
    page.goto(address)
    page.keyboard.press("x")
    page.get_by_text("It is yours now.").wait_for()
    expect(page.get_by_text("from the team to Ana")).to_be_visible()
    check(page, f"next-{screen}-{light}")
