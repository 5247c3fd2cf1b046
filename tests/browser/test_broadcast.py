"""Bea tells many families of a power cut, on a phone and at a desk, by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from store.db import Database
from tests import factories
from tests.admin.conftest import PASSWORD, Desk, opened_desk
from tests.browser.looking import check, enter
from tests.browser.serving import free_port, served
from tests.clock import MovableClock

pytestmark = pytest.mark.browser


@pytest.fixture
def maple(sqlite_database: Database, clock: MovableClock) -> Iterator[tuple[Desk, str]]:
    """Maple with three families of children who have a ventilator; one wants no texts."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with opened_desk(sqlite_database, clock, address) as desk:
        with desk.database.write() as connection:
            factories.staff_member(
                connection, desk.clinic_id, name="Bea", email="bea@maple.example",
                roles=["supervisor"], password=PASSWORD,
            )  # fmt: skip
            for name, phone, language in (
                ("Haddad", "+13125550141", "ar"), ("Lopez", "+13125550142", "es"),
            ):  # fmt: skip
                factories.household(
                    connection, desk.clinic_id, name=name, phone=phone, language=language,
                    flags=("ventilator",),
                )  # fmt: skip
            okafor = factories.family(connection, desk.clinic_id, name="Okafor")
            factories.child(connection, desk.clinic_id, okafor, flags=["ventilator"])
        with served(desk.app, port):
            yield desk, address


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_bea_tells_families_with_a_ventilator_and_stops_it(
    maple: tuple[Desk, str], request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    _, address = maple
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    enter(page, address, "bea@maple.example")
    page.goto(f"{address}/playbook/broadcast")
    check(page, f"broadcast-empty-{screen}-{light}")
    page.get_by_label("ventilator").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Show whom this reaches").press("Enter")
    expect(page.get_by_text("2 families get a text.")).to_be_visible()
    page.get_by_label("Spanish").fill("Hay un corte de luz en su zona. ¿Cómo está la batería?")
    page.get_by_label("Arabic").fill("انقطعت الكهرباء. كيف حال البطارية؟")
    check(page, f"broadcast-words-{screen}-{light}")
    page.get_by_role("button", name="Look at it once more").press("Enter")
    expect(page.get_by_text("Okafor")).to_be_visible()
    check(page, f"broadcast-look-{screen}-{light}")
    page.get_by_role("button", name="Back to the words").click()
    expect(page.get_by_label("Arabic")).to_have_value("انقطعت الكهرباء. كيف حال البطارية؟")
    page.get_by_role("button", name="Look at it once more").click()
    page.get_by_role("button", name="Send to 2 families now").click()
    expect(page.get_by_text("2 not handed on yet")).to_be_visible()
    check(page, f"broadcast-sent-{screen}-{light}")
    page.get_by_role("button", name="Stop what has not left yet").press("Enter")
    expect(page.get_by_text("2 stopped")).to_be_visible()
