"""Nils switches push on in a real browser, is told, and opens it; opening takes nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from pydantic import SecretStr
from sqlalchemy import select

from app import pushing
from bot.channels.channel import Channel
from bot.channels.console import Console
from bot.sending import Sender
from routing.types import Urgency
from store import tables
from store.conducting.outbox import pushed
from store.db import Database
from store.live import Live
from store.settings import Settings
from tests import factories
from tests.admin.conftest import PASSWORD, Desk, opened_desk
from tests.bot.posted import listening
from tests.bot.pushed_to import KEY, Firefox, written
from tests.browser.looking import check, sign_in
from tests.browser.serving import free_port, served
from tests.clock import MovableClock
from tests.journeys.waiting import eventually

NILS_PHONE = "+13125550122"
# Chromium asks a service on the internet for an address; this machine has its own.
STAND_IN = """
const taken = %s;
const bytes = (text) => Uint8Array.from(
  atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0)).buffer;
const subscription = {
  endpoint: taken.endpoint, getKey: (name) => bytes(taken[name]), unsubscribe: async () => true,
};
PushManager.prototype.getSubscription = async () => sessionStorage.taken ? subscription : null;
PushManager.prototype.subscribe = async (options) => {
  if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error();
  sessionStorage.taken = "1";
  return subscription;
};
"""

pytestmark = pytest.mark.browser


@dataclass
class Night:
    """A clinic with pushes, where it is served, a worker, and the service of Nils's browser."""

    desk: Desk
    address: str
    worker: Sender
    firefox: Firefox

    def carried(self) -> str:
        """Read the last push as the browser does."""
        return self.firefox.read(self.firefox.posted.came[-1][2])


@pytest.fixture
def night(sqlite_database: Database, clock: MovableClock) -> Iterator[Night]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = Settings(push_key=SecretStr(KEY), push_hosts=("127.0.0.1",), public_url=address)
    with (
        listening() as service,
        opened_desk(sqlite_database, clock, address, pushing.set_up(settings)) as desk,
    ):
        with desk.database.write() as connection:
            nils = factories.staff_member(
                connection, desk.clinic_id, name="Nils Berg", email="nils.berg@maple.example",
                roles=["nurse", "admin"], password=PASSWORD, phone=NILS_PHONE,
            )  # fmt: skip
            connection.execute(
                tables.clinics.update()
                .where(tables.clinics.c.id == desk.clinic_id)
                .values(
                    alert_channels=["push"],
                    alert_services=[{"name": "Ward room", "address_env": "WARD_ROOM"}],
                )
            )
        assert nils
        channel = pushing.channel(settings, desk.database)
        assert channel is not None
        channels: dict[str, Channel] = {"push": channel, "sms": Console("sms")}
        worker = Sender(desk.database, desk.conductor, channels, clock, Live())
        with served(desk.app, port):
            yield Night(desk, address, worker, Firefox(service))


def test_nils_is_told_in_his_browser_and_opening_takes_nothing_i12(
    night: Night, page_phone: Page
) -> None:
    page = page_phone
    _enter(page, night)
    page.goto(f"{night.address}/reach")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_text("Push is on in this browser.")).to_be_visible()
    expect(page.get_by_text("On in this browser.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Push to my browsers").click()
    expect(page.get_by_text("The test is on its way.")).to_be_visible()
    assert night.worker.run_once() == 1
    assert json.loads(night.carried()) == {"urgency": "test", "link": f"{night.address}/reach"}
    page.reload()
    expect(page.locator("#tried").get_by_text("sent", exact=True)).to_be_visible()

    episode_id, ref = _emergency(night)
    link = f"{night.address}/alerts/{ref}"
    shown = _delivered(page, night, night.carried(), pushed("emergency", link), "no JSON at all")
    assert shown == [
        ["Test: pushes arrive here", "There is nothing to do.", f"{night.address}/reach"],
        ["Emergency", "Nobody has taken it. Open it to read and take it.", link],
        ["Urgent", "Nobody has taken it. Open it to read and take it.", "/"],
    ]
    page.goto(link)
    assert page.url == f"{night.address}/episodes/{episode_id}"
    expect(page.get_by_text("Nobody has taken it yet.").first).to_be_visible()
    with night.desk.database.read() as connection:
        state = connection.execute(select(tables.alerts.c.state)).scalar_one()
    assert state == "open"


def test_a_browser_that_its_maker_knows_no_longer_is_gone_from_the_page(
    night: Night, page_desktop: Page
) -> None:
    page = page_desktop
    _enter(page, night)
    page.goto(f"{night.address}/reach")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Your browsers")).to_be_visible()
    night.firefox.posted.status = 410
    page.get_by_role("button", name="Push to my browsers").click()
    page.get_by_text("The test is on its way.").wait_for()
    night.worker.run_once()
    page.reload()
    expect(page.get_by_text("Push is no longer switched on in this browser.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your browsers")).to_have_count(0)
    expect(page.get_by_role("button", name="Switch it on")).to_be_visible()


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("screen", ["page_phone", "page_desktop"])
def test_everyone_can_read_and_use_the_page(
    night: Night, request: pytest.FixtureRequest, screen: str, light: str
) -> None:
    page: Page = request.getfixturevalue(screen)
    page.emulate_media(color_scheme="dark" if light == "dark" else "light")
    _enter(page, night)
    page.goto(f"{night.address}/reach")
    check(page, f"reach-empty-{screen}-{light}")
    page.get_by_role("button", name="Switch it on").click()
    page.get_by_text("Push is on in this browser.").wait_for()
    for way in ("Text me", "Push to my browsers"):
        page.get_by_role("button", name=way).click()
        page.get_by_text("The test is on its way.").wait_for()
        night.worker.run_once()
    page.get_by_role("button", name="Tell the service").click()
    night.worker.run_once()
    page.reload()
    check(page, f"reach-{screen}-{light}")


def test_without_scripts_the_page_still_tries_and_says_what_push_needs(
    night: Night, page_phone: Page
) -> None:
    browser = page_phone.context.browser
    assert browser is not None
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{night.address}/login")
    sign_in(page, "nils.berg@maple.example")
    page.goto(f"{night.address}/reach")
    expect(page.get_by_text("This browser takes no pushes.")).to_be_visible()
    expect(page.get_by_role("button", name="Switch it on")).to_be_hidden()
    page.get_by_role("button", name="Text me").click()
    expect(page.get_by_text("The test is on its way.")).to_be_visible()
    page.context.close()


def _enter(page: Page, night: Night) -> None:
    found = night.firefox.browser
    taken = {
        "endpoint": found.endpoint,
        "p256dh": found.p256dh,
        "auth": written(night.firefox.auth),
    }
    page.add_init_script(STAND_IN % json.dumps(taken))
    page.context.grant_permissions(["notifications"], origin=night.address)
    page.goto(f"{night.address}/login")
    sign_in(page, "nils.berg@maple.example")


def _emergency(night: Night) -> tuple[int, str]:
    episode_id = night.desk.episode("no respira", Urgency.EMERGENCY)
    with night.desk.database.write() as connection:
        factories.alert(connection, night.desk.clinic_id, episode_id, ref="opaque")
    return episode_id, "opaque"


def _delivered(page: Page, night: Night, *payloads: str) -> list[list[str]]:
    """Let the browser take pushes as from its maker; give what it shows, the earliest first."""
    devtools = page.context.new_cdp_session(page)
    known: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda news: known.extend(one["registrationId"] for one in news["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    for number, payload in enumerate(payloads, start=1):
        devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": night.address, "registrationId": known[-1], "data": payload},
        )
        eventually(lambda: len(_shown(page)) == number)  # noqa: B023  called at once
    return _shown(page)


def _shown(page: Page) -> list[list[str]]:
    shown: list[list[str]] = page.evaluate(
        "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => "
        "all.sort((a, b) => a.timestamp - b.timestamp).map((n) => [n.title, n.body, n.data.link]))"
    )
    return shown
