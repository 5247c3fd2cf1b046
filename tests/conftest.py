"""What every test can ask for: a database, a clock, servers, a browser; and no way out."""

import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from playwright.sync_api import Browser, Page, sync_playwright

from store import schema
from store.copying import copy_sqlite
from store.db import Database
from tests.clock import MovableClock
from tests.servers import (
    HOW_TO_GET_CHROMIUM,
    FreshDatabases,
    PostgresServer,
    missing,
    postgres,
    valkey,
)

pytest_plugins = ["tests.faketwilio.fixture"]

HERE = ("127.", "::1", "localhost")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(HERE):
        pytest.fail(f"a test tried to reach {address[0]}; nothing outside is ever called")


sys.addaudithook(_stay_on_this_machine)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the stories of one running Kinline in one process, so that it is started once."""
    for item in items:
        if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        for stage in ("stage", "hurried_stage"):
            if stage in item.callspec.params:
                house = f"{stage}-{item.callspec.params[stage]}"
                item.add_marker(pytest.mark.xdist_group(house))


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """Forget after each test where a command has sent the log: that stream is closed by then."""
    handlers = logging.getLogger().handlers[:]
    yield
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    logging.getLogger().handlers[:] = handlers


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands still until the test moves it."""
    return MovableClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database with the tables; the test runs once on each kind."""
    url: str = request.getfixturevalue(
        {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    )
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with the tables; the test runs once on SQLite, once on PostgreSQL."""
    with _opened(database_url) as database:
        yield database


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A fresh SQLite database with the tables."""
    with _opened(sqlite_url) as database:
        yield database


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite file with the tables."""
    file = tmp_path / "kinline.db"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres_databases: FreshDatabases) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with the tables."""
    with postgres_databases.one() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table; the test runs once on each kind."""
    if request.param == "sqlite":
        with _opened(f"sqlite:///{tmp_path / 'empty.db'}") as database:
            yield database
        return
    databases: FreshDatabases = request.getfixturevalue("postgres_databases")
    with databases.one(empty=True) as url, _opened(url) as database:
        yield database


@pytest.fixture
def durable_postgres() -> Iterator[PostgresServer]:
    """A server of the test's own that may be crashed and started again, and forgets nothing."""
    server = PostgresServer.create(durable=True)
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """The address of a Valkey; channels are shared by the tests of one process."""
    with valkey() as url:
        yield url


@pytest.fixture
def page_phone(browser: Browser) -> Iterator[Page]:
    """A page as on a telephone."""
    with _page(browser, width=390, height=844) as page:
        yield page


@pytest.fixture
def page_desktop(browser: Browser) -> Iterator[Page]:
    """A page as on a coordinator's desk."""
    with _page(browser, width=1440, height=900) as page:
        yield page


# Not one for the whole session: while playwright is open, asyncio.run() refuses to work in the
# same thread, and another module's tests may want it.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        missing(HOW_TO_GET_CHROMIUM, required_by="REQUIRE_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[FreshDatabases]:
    """One server for the tests of one process, and a stock of databases on it."""
    with postgres() as server:
        databases = FreshDatabases(server)
        yield databases
        databases.remove()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables, to be copied."""
    made = tmp_path_factory.mktemp("template") / "made.db"
    with _opened(f"sqlite:///{made}") as database:
        schema.upgrade(database)
    template = made.with_name("template.db")
    copy_sqlite(made, template)
    return template


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _page(browser: Browser, *, width: int, height: int) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(10_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == [], "a script of the page failed"
