"""Long names and children with many devices, on a telephone: everything stays readable."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from routing.types import ChildFlag, Urgency
from store import tables
from store.db import Database
from tests import factories
from tests.admin.conftest import Desk, opened_desk
from tests.browser.looking import check, enter
from tests.browser.serving import free_port, served
from tests.clock import MovableClock

pytestmark = pytest.mark.browser

FAMILY, CHILD = "Featherstonehaugh y Rodríguez", "Maximilian Bartholomew"
COORDINATOR = "Maximiliana Featherstonehaugh-Wolfeschlegelstein"
READABLE = 120  # pixels: a word or two in a line


@pytest.fixture
def maple(sqlite_database: Database, clock: MovableClock) -> Iterator[tuple[Desk, str]]:
    """Maple, where one family, its child and its coordinator have long names."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with opened_desk(sqlite_database, clock, address) as desk:
        with desk.database.write() as connection:
            jo = factories.staff_member(
                connection, desk.clinic_id, name=COORDINATOR, email="jo@maple.example"
            )
            home = factories.household(
                connection, desk.clinic_id, name=FAMILY, phone="+13125550777", coordinator_id=jo
            )
            devices = [str(flag) for flag in ChildFlag][:6]
            connection.execute(
                tables.children.update()
                .where(tables.children.c.id == home.child_id)
                .values(name=CHILD, flags=devices)
            )
            episode_id = factories.episode(
                connection, desk.clinic_id, home.family_id, home.thread_id, owner_id=jo,
                urgency=Urgency.SOON,
            )  # fmt: skip
            factories.message(connection, desk.clinic_id, home.thread_id, episode_id, "A refill?")
        with served(desk.app, port):
            yield desk, address


def test_long_names_stay_readable_on_a_telephone(maple: tuple[Desk, str], page_phone: Page) -> None:
    page, (_, address) = page_phone, maple
    enter(page, address)
    for name, path in (("inbox", "/"), ("families", "/families")):
        page.goto(f"{address}{path}")
        check(page, f"long-names-{name}")
        box = page.locator("a.open", has_text=FAMILY).locator("bdi").bounding_box()
        assert box is not None
        assert box["width"] > READABLE, f"{path}: the name stands in a column of letters"
    page.get_by_role("link", name=FAMILY).click()
    check(page, "long-names-family")
    page.goto(f"{address}/")
    page.get_by_role("link", name=FAMILY).click()
    page.get_by_text("Wait on somebody, or later").click()
    check(page, "long-names-episode")
