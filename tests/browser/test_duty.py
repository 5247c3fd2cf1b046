"""The pages of hours, duty and staff in a real browser: by keyboard, on a phone and on a desk."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Connection, select

from routing.oncall import Override, Rotation, turns
from routing.watch import swapped
from store import calendars, rotations, tables
from store.db import Database
from store.manage import Change
from tests import factories
from tests.admin.conftest import PASSWORD, Desk, opened_desk
from tests.browser.looking import check, enter
from tests.browser.serving import free_port, served
from tests.clock import MovableClock
from tests.factories import NOW

CHRISTMAS = datetime(2026, 12, 24, 14, 0, tzinfo=UTC)

pytestmark = pytest.mark.browser


@pytest.fixture
def maple(sqlite_database: Database, clock: MovableClock) -> Iterator[tuple[Desk, str]]:
    """Maple with Bea the administrator, and where it is served."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with opened_desk(sqlite_database, clock, address) as desk:
        with desk.database.write() as connection:
            _furnish(desk, connection)
        with served(desk.app, port):
            yield desk, address


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_everyone_can_read_and_use_the_pages_of_staff_and_duty(
    maple: tuple[Desk, str], request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    """No fault found by axe (contrast, names, order) and nothing wider than the screen."""
    desk, address = maple
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    enter(page, address, "bea@maple.example")
    pages = {
        "duty-turns": "/playbook/duty",
        "alerts": "/playbook/duty/alerts",
        "line": "/playbook/duty/lines/1",
        "line-new": "/playbook/duty/lines/new",
        "closed-days": "/playbook/holidays?state=IL",
        "staff": "/playbook/staff",
        "hours-of": f"/playbook/staff/{desk.nils_id}/hours",
        "my-hours": "/hours",
        "person": f"/playbook/staff/{desk.nils_id}",
    }
    for name, path in pages.items():
        page.goto(f"{address}{path}")
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        check(page, f"{name}-{screen}-{light}")
    page.get_by_role("button", name="Make a new link").click()
    page.get_by_role("heading", name="A link for Nils").wait_for()
    check(page, f"link-{screen}-{light}")


def test_bea_sets_a_closure_turns_and_cover_without_a_mouse(
    maple: tuple[Desk, str], page_desktop: Page
) -> None:
    """Issue of hours and alerts, done when: a closure, a rotation and cover in the browser."""
    desk, address = maple
    page, keys = page_desktop, page_desktop.keyboard
    enter(page, address, "bea@maple.example")
    page.get_by_role("button", name="Keys").wait_for()  # the keys work from here on

    keys.press("g")
    keys.press("p")
    page.get_by_role("heading", name="Hours", exact=True).wait_for()
    _press(page, page.get_by_role("link", name="Public holidays, or a calendar file"))
    page.get_by_role("heading", name="Closed days").wait_for()
    _tab_to(page, page.get_by_role("checkbox", name="Thanksgiving Day"))
    keys.press("Space")
    _press(page, page.get_by_role("button", name="Save the ticks"))
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Thanksgiving Day")).to_be_checked()
    check(page, "keyboard-closure")

    _press(page, page.get_by_role("link", name="Duty"))
    page.get_by_role("heading", name="Who is on call").wait_for()
    _press(page, page.get_by_role("link", name="Add a line of turns"))
    page.get_by_role("heading", name="A new line of on-call").wait_for()
    _tab_to(page, page.get_by_label("Name of the line"))
    keys.type("Third call")
    keys.press("Tab")
    keys.type("Jo")
    _tab_to(page, page.get_by_label("First day of the first turn"))
    keys.type("11162026")
    _tab_to(page, page.get_by_label("Days in a turn"))
    keys.press("Enter")
    page.get_by_role("heading", name="Third call").wait_for()
    check(page, "keyboard-line")

    _press(page, page.get_by_role("link", name="Duty").last)
    page.get_by_role("heading", name="Who is on call").wait_for()
    _tab_to(page, page.get_by_label("Who is away"))
    keys.type("Nils")
    keys.press("Tab")
    keys.type("Jo")
    keys.press("Tab")
    keys.type("12012026")
    _tab_to(page, page.get_by_label("Last day"))
    keys.type("12042026")
    keys.press("Enter")
    expect(page.get_by_text("Nils, Tue, Dec 1 – Fri, Dec 4: Jo Ferrante answers")).to_be_visible()
    check(page, "keyboard-cover")

    with desk.database.read() as connection:
        (closure,) = connection.execute(tables.closures.select()).all()
        assert closure.date == date(2026, 11, 26)
        third = rotations.line_of(connection, desk.clinic_id, 3, NOW)
    assert third is not None
    assert third.rotation.first == date(2026, 11, 16)


@pytest.mark.parametrize("light", ["light", "dark"])
def test_bea_sets_the_hours_of_the_week_and_a_calendar_on_her_telephone(
    maple: tuple[Desk, str], page_phone: Page, light: str
) -> None:
    desk, address = maple
    page = page_phone
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    enter(page, address, "bea@maple.example")
    page.goto(f"{address}/playbook")
    page.get_by_label("Saturday").fill("09:00-13:00")
    page.get_by_label("Friday").fill("08:30-16:00")
    page.get_by_role("button", name="Save the week").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    check(page, f"week-phone-{light}")
    page.goto(f"{address}/playbook/holidays")
    page.get_by_label("Address").fill("https://district.example/closed.ics")
    page.get_by_role("button", name="Read this calendar every day").click()
    expect(page.get_by_text("Not read yet")).to_be_visible()
    with desk.database.write() as connection:
        due = calendars.claim_due(connection, NOW)
        assert due is not None
        calendars.not_read(connection, due, "not_found", NOW)
        of_maple = select(tables.clinics.c.hours).where(tables.clinics.c.id == desk.clinic_id)
        hours = connection.execute(of_maple).scalar_one()
    assert (hours["fri"], hours["sat"]) == ([["08:30", "16:00"]], [["09:00", "13:00"]])
    page.reload()
    expect(page.get_by_text("There is nothing at this address any more.")).to_be_visible()
    check(page, f"calendar-phone-{light}")


def test_bea_sets_the_steps_of_an_alert_without_a_mouse(
    maple: tuple[Desk, str], page_phone: Page
) -> None:
    """On a telephone with a keyboard; what cannot be is refused beside the field."""
    _, address = maple
    page, keys = page_phone, page_phone.keyboard
    enter(page, address, "bea@maple.example")
    page.goto(f"{address}/playbook/duty")
    expect(page.locator(".climb")).to_contain_text("0:05")
    _press(page, page.get_by_role("link", name="Change the steps, or how staff are told"))
    page.get_by_role("heading", name="Steps").wait_for()
    _press(page, page.locator("summary", has_text="Step 2").first)
    minutes = page.get_by_label("Emergency (min)").nth(1)
    _tab_to(page, minutes)
    keys.press("Control+a")
    keys.type("20")
    keys.press("Enter")
    expect(page.get_by_text("Too late: in an emergency everybody is told")).to_be_visible()
    check(page, "steps-refused")
    _tab_to(page, page.get_by_label("Emergency (min)").nth(1))
    keys.press("Control+a")
    keys.type("3")
    keys.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator(".climb")).to_contain_text("0:03")
    check(page, "steps-saved")


def _press(page: Page, wanted: Locator) -> None:
    _tab_to(page, wanted)
    page.keyboard.press("Enter")


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(120):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("the keyboard alone does not get there")


def _furnish(desk: Desk, connection: Connection) -> None:
    """People, three lines of turns with a swap and a gap, and somebody who is away."""
    clinic_id = desk.clinic_id
    bea, jo, _ = (
        factories.staff_member(
            connection, clinic_id, name=name, email=f"{name.split()[0].lower()}@maple.example",
            roles=roles, **more,
        )
        for name, roles, more in (
            ("Bea Lindqvist", ["supervisor", "admin"],
             {"password": PASSWORD, "phone": "+13125550120"}),
            ("Jo Ferrante", ["nurse"],
             {"languages": ["en", "es", "vi"], "phone": "+13125550123"}),
            ("Paul Okafor", ["coordinator"], {"active": False}),
        )
    )  # fmt: skip
    connection.execute(
        tables.staff.update().where(tables.staff.c.id == desk.nils_id).values(phone="+13125550122")
    )
    change = Change(clinic_id, bea, NOW)
    for name, people, first in (
        ("First call", (desk.nils_id, jo, bea), date(2026, 11, 16)),
        ("Second call", (bea, desk.ana_id), date(2026, 11, 2)),
    ):
        made = rotations.add_line(connection, change, name, Rotation(people, first))
        assert isinstance(made, int)
    line = rotations.line_of(connection, clinic_id, 1, NOW)
    assert line is not None
    nils, jos, *_ = turns(line.line.roster, NOW, NOW + timedelta(weeks=8))
    halves = swapped(nils, jos)
    assert halves is not None
    assert rotations.lay(connection, change, 1, line.stamp, halves) is None
    line = rotations.line_of(connection, clinic_id, 1, NOW)
    assert line is not None
    christmas = Override(None, CHRISTMAS, CHRISTMAS + timedelta(days=2))
    assert rotations.lay(connection, change, 1, line.stamp, [christmas]) is None
    factories.row(
        connection, tables.absences, clinic_id=clinic_id, staff_id=desk.ana_id,
        starts_at=NOW + timedelta(days=10), ends_at=NOW + timedelta(days=14), cover_id=jo,
    )  # fmt: skip
