"""Running Kinlines that the stories share, on each kind of database at two speeds."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.cast import CLINICS
from tests.journeys.running import Running, Time
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.journeys.stage import Stage
from tests.servers import FreshDatabases

# A Wednesday, eleven at night in Chicago: there the office is closed; in Guam it is Thursday,
# three in the afternoon, and the office of the other clinic is open.
ELEVEN_AT_NIGHT = datetime(2026, 11, 18, 23, 0, tzinfo=ZoneInfo("America/Chicago"))
HURRY = 20.0


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A Kinline with all clinics, at eleven at night, for one story on each kind of database."""
    yield from _story(request.getfixturevalue(f"{request.param}_house"))


@pytest.fixture(params=["sqlite", "postgresql"])
def hurried_stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """As `stage`, and an hour passes in three minutes: for what is looked up or tried later."""
    yield from _story(request.getfixturevalue(f"hurried_{request.param}_house"))


@pytest.fixture
def sqlite_stage(sqlite_house: Stage) -> Iterator[Stage]:
    """As `stage`, on SQLite only."""
    yield from _story(sqlite_house)


# These are four fixtures and not one with parameters, because pytest would end the one Kinline
# to start the other whenever the random order of tests changes sides.


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The house on SQLite."""
    folder = tmp_path_factory.mktemp("house")
    with _house(folder, nullcontext(f"sqlite:///{folder / 'kinline.db'}")) as house:
        yield house


@pytest.fixture(scope="session")
def postgresql_house(
    tmp_path_factory: pytest.TempPathFactory, postgres_databases: FreshDatabases
) -> Iterator[Stage]:
    """The house on PostgreSQL."""
    with _house(tmp_path_factory.mktemp("house"), postgres_databases.one()) as house:
        yield house


@pytest.fixture(scope="session")
def hurried_sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The hurried house on SQLite."""
    folder = tmp_path_factory.mktemp("house")
    with _house(folder, nullcontext(f"sqlite:///{folder / 'kinline.db'}"), HURRY) as house:
        yield house


@pytest.fixture(scope="session")
def hurried_postgresql_house(
    tmp_path_factory: pytest.TempPathFactory, postgres_databases: FreshDatabases
) -> Iterator[Stage]:
    """The hurried house on PostgreSQL."""
    with _house(tmp_path_factory.mktemp("house"), postgres_databases.one(), HURRY) as house:
        yield house


@contextmanager
def _house(
    folder: Path, database: AbstractContextManager[str], speed: float = 1.0
) -> Iterator[Stage]:
    with database as url, Twilio() as twilio:
        time = Time.beginning(ELEVEN_AT_NIGHT, speed)
        with Running(folder, url, twilio, time=time) as running:
            running.set_up(*CLINICS)
            running.start()
            yield Stage(running, twilio)


def _story(house: Stage) -> Iterator[Stage]:
    """Play one story; at its end nothing unexpected went out and nothing private leaked."""
    house.begin()
    try:
        yield house
        house.twilio.expect_nothing_more()
        expect_secrecy(house.running, house.twilio, house.running.get("/metrics")[1])
        house.expect_no_complaints()
    finally:
        house.twilio.forgive()
