"""What one process tells machines about itself, without a port."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from app.__main__ import main
from app.accounts import Accounts
from app.compose import Kinline, Role, compose
from store.outcomes import StoreUnavailable
from store.settings import Settings, TwilioAccount
from tests.clock import MovableClock

ADDRESS = "https://texts.maple.example"


@pytest.fixture
def kinline(database_url: str, clock: MovableClock) -> Iterator[Kinline]:
    made = compose(Settings(database_url=database_url, public_url=ADDRESS), clock, role=Role.WEB)
    made.start()
    yield made
    made.stop()


def _get(kinline: Kinline, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=kinline.web)
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_a_process_that_can_keep_messages_is_ready(kinline: Kinline) -> None:
    answer = _get(kinline, "/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "lacking": []})


def test_it_is_not_ready_when_the_tables_are_of_a_newer_version(kinline: Kinline) -> None:
    """F-25: a load balancer must not send messages to a process that cannot keep them."""
    with kinline.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    answer = _get(kinline, "/readyz")
    assert (answer.status_code, answer.json()["lacking"]) == (503, ["schema_not_current"])
    assert _get(kinline, "/healthz").status_code == 200


def test_it_is_not_ready_when_nobody_takes_messages_in(kinline: Kinline) -> None:
    kinline.intake.stop(5)
    answer = _get(kinline, "/readyz")
    assert (answer.status_code, answer.json()["lacking"]) == (503, ["intake_not_alive"])


def test_it_is_not_ready_when_the_database_is_away(clock: MovableClock) -> None:
    away = Settings(database_url="sqlite:////nowhere/at/all/kinline.db", public_url=ADDRESS)
    made = compose(away, clock, role=Role.WEB)
    made.start()
    answer = _get(made, "/readyz")
    metrics = _get(made, "/metrics")
    made.stop()
    assert (answer.status_code, answer.json()["lacking"]) == (503, ["database_not_reachable"])
    # A scrape that fails would hide the counters just when they are wanted.
    assert metrics.status_code == 200


@pytest.mark.usefixtures("texting")
def test_a_port_that_is_taken_is_one_clear_line(
    capsys: pytest.CaptureFixture[str],
) -> None:

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"--host 127.0.0.1 --port {port}: cannot listen there: Address already in use.\n"
    )


OWN = TwilioAccount("AC" + "0" * 32, ("token",))
MAPLES = TwilioAccount("AC" + "a" * 32, ("maples",))


def test_a_stranger_who_names_accounts_does_not_make_us_read_the_database_each_time(
    clock: MovableClock,
) -> None:
    asked: list[str] = []

    def look_up(sid: str) -> TwilioAccount | None:
        asked.append(sid)
        return MAPLES if sid == MAPLES.sid else None

    accounts = Accounts({OWN.sid: OWN}, look_up, clock)
    for _ in range(3):
        assert accounts.find(OWN.sid) == OWN
        assert accounts.find(MAPLES.sid) == MAPLES
        assert accounts.find("ACstranger") is None
    assert asked == [MAPLES.sid, "ACstranger"]
    clock.advance(timedelta(seconds=11))
    accounts.find(MAPLES.sid)
    assert asked[2:] == [MAPLES.sid]


def test_an_account_that_was_known_stays_known_while_the_database_is_away(
    clock: MovableClock,
) -> None:
    """Its message then gets 503, which Twilio tries again; so does one of an unknown account."""
    is_away = False

    def look_up(_sid: str) -> TwilioAccount | None:
        if is_away:
            raise StoreUnavailable("away")
        return MAPLES

    accounts = Accounts({}, look_up, clock)
    assert accounts.find(MAPLES.sid) == MAPLES
    is_away = True
    clock.advance(timedelta(minutes=5))
    assert accounts.find(MAPLES.sid) == MAPLES
    with pytest.raises(StoreUnavailable):
        accounts.find("ACnever-seen")
