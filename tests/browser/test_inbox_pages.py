"""The staff pages in a real browser: on a phone and on a desk, by day and by night."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect
from sqlalchemy import Connection

from routing.types import Urgency
from store import tables
from store.db import Database
from tests import factories
from tests.admin.conftest import PASSWORD, Desk, opened_desk
from tests.admin.test_episode import HOSTILE
from tests.browser.looking import check, enter
from tests.browser.serving import free_port, served
from tests.clock import MovableClock
from tests.factories import NOW

EMERGENCY = "Mi hijo no puede respirar, se le salió el tubo de la traqueo y está morado"
KEPPRA = (
    "Can you refill his Keppra before the weekend? We have two doses left and the pharmacy says "
    "they need a new order from you."
)

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Morning:
    """A served clinic with a full inbox, and the episode that matters most."""

    address: str
    desk: Desk
    emergency_id: int


@pytest.fixture
def morning(sqlite_database: Database, clock: MovableClock) -> Iterator[Morning]:
    """A busy morning at Maple Complex Care."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with opened_desk(sqlite_database, clock, address) as desk:
        emergency_id = _furnish(desk)
        clock.advance(timedelta(minutes=12))
        with served(desk.app, port):
            yield Morning(address, desk, emergency_id)


def test_ana_signs_in_answers_and_resolves_with_the_keyboard_and_mouse(
    morning: Morning, page_desktop: Page
) -> None:
    page = page_desktop
    enter(page, morning.address)
    page.locator(".rows").get_by_role("link", name="Garcia").click()
    page.get_by_role("button", name="I take it").click()
    page.get_by_text("You have taken this.").wait_for()
    page.get_by_label("Reply").fill("Rosa, ¿ya llamó al 911? La llamo ahora.")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("Your reply is on its way.").wait_for()
    page.get_by_label("How did it end?").select_option("called")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_text("Resolved.").wait_for()
    assert page.get_by_role("link", name="Garcia").count() == 0


def test_anas_first_ten_minutes_need_no_mouse(morning: Morning, page_desktop: Page) -> None:
    """Sign in, find the emergency, take it, answer, note, look at the family, resolve, go on."""
    page, keys = page_desktop, page_desktop.keyboard
    page.goto(f"{morning.address}/login")
    _tab_to(page, page.get_by_label("E-mail"))
    keys.type("ana@maple.example")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.get_by_role("button", name="Keys").wait_for()  # the keys work from here on

    keys.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next and previous in the list")
    keys.press("Escape")
    keys.press("j")
    expect(page.locator(".row a.open").first).to_be_focused()
    keys.press("Enter")
    page.get_by_role("heading", name="Garcia").wait_for()
    keys.press("t")
    expect(page.get_by_text("You have taken this.")).to_be_visible()

    keys.press("r")
    keys.type("Rosa, soy Ana. La llamo ahora.")
    keys.press("Control+Enter")
    expect(page.get_by_text("Your reply is on its way.")).to_be_visible()
    keys.press("c")
    expect(page.get_by_label("With whom, how long, how it ended")).to_be_focused()
    keys.type("Rosa, 4 min, the ambulance is there")
    keys.press("Tab")
    keys.press("Space")  # yes, she was reached
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("The call is logged.")).to_be_visible()

    keys.press("f")
    page.get_by_role("heading", name="Coordinator").wait_for()
    page.go_back()
    keys.press("e")
    expect(page.get_by_label("How did it end?")).to_be_focused()
    keys.type("Went")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_text("Resolved.")).to_be_visible()

    keys.press("2")
    page.wait_for_url("**/?view=mine")
    keys.press("j")
    keys.press("Enter")
    page.get_by_role("heading", name="Nguyen").wait_for()
    keys.press("n")
    keys.type("Interpreter asked for.")
    keys.press("Control+Enter")
    expect(page.get_by_text("Interpreter asked for.")).to_be_visible()


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(10):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("the keyboard alone does not get there")


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_everyone_can_read_and_use_the_pages(
    morning: Morning, request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    """No fault found by axe (contrast, names, order) and nothing wider than the screen."""
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    page.goto(f"{morning.address}/login")
    check(page, f"login-{screen}-{light}")
    enter(page, morning.address)
    check(page, f"inbox-{screen}-{light}")
    page.goto(f"{morning.address}/episodes/{morning.emergency_id}")
    page.get_by_text("Who was told, and when").click()
    check(page, f"episode-{screen}-{light}")
    page.goto(f"{morning.address}/episodes/{_follow_up(morning.desk)}")
    check(page, f"followed-{screen}-{light}")
    page.goto(f"{morning.address}/")
    page.get_by_role("heading", name="1 follow-up today").wait_for()
    check(page, f"inbox-followed-{screen}-{light}")


OTHER_PAGES = {
    "families": "/families",
    "hours": "/playbook",
    "duty": "/playbook/duty",
    "words": "/playbook/words?language=es",
    "wording": "/playbook/words/auto.closed?language=en",
    "preview": "/playbook/preview",
    "elements": "/elements",
}


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_everyone_can_read_and_use_the_pages_of_families_and_administrators(
    morning: Morning, request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    with morning.desk.database.write() as connection:
        connection.execute(tables.staff.update().values(roles=["coordinator", "admin"]))
    enter(page, morning.address)
    family = {"family": f"/families/{morning.desk.garcia.family_id}"}
    for name, path in (OTHER_PAGES | family).items():
        page.goto(f"{morning.address}{path}")
        for closed in page.locator("details:not([open]) > summary").all():
            closed.click()
        check(page, f"{name}-{screen}-{light}")


def test_hostile_words_run_nothing_and_break_no_rule_of_the_page(
    morning: Morning, page_desktop: Page
) -> None:
    """A-08: no script, no dialog, no report of a broken content policy."""
    noticed: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        noticed.append(dialog.message)
        dialog.dismiss()

    page_desktop.on("dialog", dismiss)
    page_desktop.on("console", lambda line: noticed.append(line.text))
    enter(page_desktop, morning.address)
    for number, hostile in enumerate(HOSTILE):
        with morning.desk.database.write() as connection:
            home = factories.household(
                connection, morning.desk.clinic_id, name=f"H{number} {hostile}",
                phone=f"+1312555{7000 + number}", writer=hostile,
            )  # fmt: skip
            episode_id = factories.episode(
                connection, morning.desk.clinic_id, home.family_id, home.thread_id
            )
            factories.message(
                connection, morning.desk.clinic_id, home.thread_id, episode_id, hostile
            )
        page_desktop.goto(f"{morning.address}/episodes/{episode_id}")
        shown = page_desktop.locator(".messages .text").inner_text()
        assert shown.split() == hostile.split()
    page_desktop.goto(f"{morning.address}/")
    assert noticed == []


def _furnish(desk: Desk) -> int:
    with desk.database.write() as connection:
        ours = desk.garcia
        factories.episode(
            connection, desk.clinic_id, ours.family_id, ours.thread_id, state="resolved",
            outcome="answered", opened_at=NOW - timedelta(days=9), urgency=Urgency.ROUTINE,
            resolved_at=NOW - timedelta(days=9),
        )  # fmt: skip
        emergency_id = factories.episode(
            connection, desk.clinic_id, ours.family_id, ours.thread_id,
            urgency=Urgency.EMERGENCY, hazard="medical", topics=["symptoms"],
        )  # fmt: skip
        said = factories.message(
            connection, desk.clinic_id, ours.thread_id, emergency_id, EMERGENCY
        )
        factories.assessment(
            connection, desk.clinic_id, said, urgency=Urgency.EMERGENCY,
            reasons=[
                _reason("breathing.cannot", "The child cannot breathe.", "no puede respirar"),
                _reason("trach.out", "The tracheostomy tube came out.", "se le salió el tubo"),
                _reason("breathing.blue", "Blue lips or face can mean too little oxygen.",
                        "morado"),
            ],
            set_aside=[{"rule": "fever.high", "because": "Said to be over.", "text": "fiebre"}],
        )  # fmt: skip
        answer = factories.message(
            connection, desk.clinic_id, ours.thread_id, emergency_id,
            "Llame al 911 ahora. Es gratis y funciona sin saldo. Enfermera, a cualquier hora: "
            "312-555-0100. Mensaje automático.",
            direction="out", template="safety.call_emergency", language="es",
        )  # fmt: skip
        factories.delivery(connection, desk.clinic_id, message_id=answer,
                           episode_id=emergency_id, state="delivered", due_at=None)  # fmt: skip
        factories.alert(connection, desk.clinic_id, emergency_id)
        _tell(desk, connection, emergency_id)
        factories.row(connection, tables.decisions, clinic_id=desk.clinic_id,
                      episode_id=emergency_id, message_id=said, event="inbound", at=NOW,
                      because=[{"what": "urgency", "why": "breathing.cannot"}])  # fmt: skip
        _others(desk, connection)
    return emergency_id


def _follow_up(desk: Desk) -> int:
    """Let an emergency of the Adeyemis, of yesterday, be followed up today."""
    with desk.database.write() as connection:
        home = factories.household(
            connection, desk.clinic_id, name="Adeyemi", writer="Tolu", phone="+13125550388",
            language="en", coordinator_id=desk.ana_id,
        )  # fmt: skip
        episode_id = factories.episode(
            connection, desk.clinic_id, home.family_id, home.thread_id, state="resolved",
            urgency=Urgency.EMERGENCY, hazard="medical", outcome="emergency_care",
            owner_id=desk.ana_id, resolved_at=NOW - timedelta(hours=18), is_waiting=False,
        )  # fmt: skip
        factories.message(connection, desk.clinic_id, home.thread_id, episode_id,
                          "she cant breathe", language="en")  # fmt: skip
        factories.row(connection, tables.follow_ups, clinic_id=desk.clinic_id,
                      episode_id=episode_id, due_at=NOW, came_at=NOW)  # fmt: skip
    return episode_id


def _tell(desk: Desk, connection: Connection, episode_id: int) -> None:
    """Let Ana's telephone be off, and Nils be told by text and by a call that nobody took."""
    for minutes, staff_id, columns in (
        (0, desk.ana_id, {"state": "failed", "error": 30003}),
        (0, desk.nils_id, {"state": "delivered"}),
        (5, desk.nils_id, {"state": "delivered", "channel": "call", "attempts": 2}),
        (5, None, {"state": "sending"}),
    ):
        at = NOW + timedelta(minutes=minutes)
        told = factories.delivery(
            connection, desk.clinic_id, staff_id=staff_id, episode_id=episode_id,
            purpose="staff.alert", due_at=None, created_at=at, **columns,
        )  # fmt: skip
        factories.row(
            connection, tables.attempts, clinic_id=desk.clinic_id, delivery_id=told, number=1,
            source="attempt", state=columns["state"], status="", at=at + timedelta(seconds=7),
        )  # fmt: skip
    factories.row(
        connection, tables.audit_events, clinic_id=desk.clinic_id, at=NOW + timedelta(minutes=5),
        actor="timer", action="timerdue.alert_step", subject="episode", subject_id=episode_id,
        details={},
    )  # fmt: skip


def _others(desk: Desk, connection: Connection) -> None:
    families = (
        ("Nguyen", "Linh", "vi", "Con tôi sốt 39 độ từ tối qua", Urgency.URGENT, 31),
        ("Okafor", "Grace", "en", KEPPRA, Urgency.SOON, 55),
        ("Haddad", "Samira", "ar", "متى موعد ليلى القادم؟", Urgency.ROUTINE, 140),
        ("Johnson", "Deb", "en", "Thanks so much for the forms", Urgency.ROUTINE, 200),
    )  # fmt: skip
    for number, (name, writer, language, text, urgency, minutes) in enumerate(families):
        home = factories.household(
            connection, desk.clinic_id, name=name, writer=writer, language=language,
            phone=f"+131255502{number:02}", coordinator_id=desk.ana_id,
        )  # fmt: skip
        at = NOW - timedelta(minutes=minutes)
        episode_id = factories.episode(
            connection, desk.clinic_id, home.family_id, home.thread_id, urgency=urgency,
            waiting_since=at, owner_id=desk.ana_id, needs_eyes=name == "Nguyen",
            reply_due=NOW + timedelta(minutes=25 * number - 20) if number else None,
            looked_at=NOW if name == "Johnson" else None, is_waiting=name != "Johnson",
        )  # fmt: skip
        said = factories.message(connection, desk.clinic_id, home.thread_id, episode_id, text,
                                 language=language, at=at)  # fmt: skip
        factories.assessment(
            connection, desk.clinic_id, said, urgency=urgency,
            reasons=[_reason("fever", "Fever in a child with a central line.", "sốt")]
            if urgency is Urgency.URGENT
            else [],
        )  # fmt: skip
    family_id, thread_id = factories.stranger(connection, desk.clinic_id)
    episode_id = factories.episode(connection, desk.clinic_id, family_id, thread_id,
                                   urgency=Urgency.SOON, needs_eyes=True)  # fmt: skip
    factories.message(connection, desk.clinic_id, thread_id, episode_id, "hi its grandma",
                      language="en")  # fmt: skip


def _reason(rule: str, why: str, text: str) -> dict[str, object]:
    start = EMERGENCY.find(text)
    return {"rule": rule, "why": why, "text": text, "spans": [[start, start + len(text)]]}
