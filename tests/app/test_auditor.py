"""The watch: finds what must never be, calls for help another way, and is missed when it stops."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from app.__main__ import main
from app.auditor import BEAT_EVERY, SAY_AGAIN_AFTER, SILENT_AFTER, Auditor
from routing.types import Automation, DeliveryState, Lane, Urgency
from store import tables
from store.db import Database
from store.upkeep.audit import Wrong, violations
from tests import factories
from tests.clock import MovableClock
from tests.factories import NOW


@dataclass
class Ear:
    """A service somewhere that hears alarms and heartbeats."""

    address: str = ""
    said: list[str] = field(default_factory=list)
    beats: int = 0
    status: int = 200


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ear.beats += 1
            self._end()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            ear.said.append(json.loads(body)["text"])
            self._end()

        def _end(self) -> None:
            self.send_response(ear.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ear.address = f"http://127.0.0.1:{server.server_port}/"
    yield ear
    server.shutdown()
    server.server_close()


class Watch:
    """An auditor whose seconds the test counts."""

    def __init__(self, database: Database, ear: Ear) -> None:
        self.clock, self.seconds = MovableClock(), 1000.0
        self.clock.set(NOW)
        self.auditor = Auditor(
            database, self.clock, ear.address, ear.address, monotonic=lambda: self.seconds
        )

    def look(self, times: int = 1, seconds: float = 10.0) -> None:
        for _ in range(times):
            self.auditor.look()
            self.seconds += seconds


def danger(connection: Connection, *, alert: bool = True, **columns: object) -> int:
    """Add an open emergency of the Garcias, with its alert."""
    clinic_id = factories.clinic(connection)
    home = factories.household(connection, clinic_id)
    episode_id = factories.episode(
        connection, clinic_id, home.family_id, home.thread_id, urgency=Urgency.EMERGENCY
    )
    if alert:
        fields = {"next_step_at": NOW + timedelta(minutes=5), "round_at": NOW} | columns
        factories.alert(connection, clinic_id, episode_id, **fields)
    return clinic_id


def found(database: Database) -> list[Wrong]:
    with database.read() as connection:
        return [one.wrong for one in violations(connection, NOW)]


def test_a_clinic_that_works_gives_no_reason_for_an_alarm(database: Database) -> None:
    with database.write() as connection:
        danger(connection)
    assert found(database) == []


def test_an_alert_whose_next_step_is_overdue_is_found_i10(database: Database) -> None:
    with database.write() as connection:
        danger(connection, next_step_at=NOW - timedelta(minutes=2))
    assert found(database) == [Wrong.ALERT_STANDS_STILL]


def test_a_danger_without_an_alert_is_found_c2(database: Database) -> None:
    with database.write() as connection:
        danger(connection, alert=False)
    assert found(database) == [Wrong.DANGER_WITHOUT_ALERT]


def test_safety_words_that_nobody_takes_up_are_found_i11(database: Database) -> None:
    with database.write() as connection:
        clinic_id = danger(connection)
        factories.delivery(
            connection, clinic_id, lane=int(Lane.SAFETY), state=DeliveryState.QUEUED,
            due_at=NOW - timedelta(minutes=2), notification="Kinline", purpose="staff.alert",
        )  # fmt: skip
    assert found(database) == [Wrong.SAFETY_WORDS_WAIT]


@pytest.mark.parametrize(
    ("minutes", "live", "wrong"),
    [(2, True, []), (12, True, [Wrong.RECORDS_NOT_READ]), (12, False, [])],
    ids=["read of late", "not for long", "not live yet"],
)
def test_records_of_a_number_that_cannot_be_read_are_found_i03(
    database: Database, minutes: int, *, live: bool, wrong: list[Wrong]
) -> None:
    with database.write() as connection:
        clinic_id = danger(connection)
        connection.execute(
            insert(tables.clinic_numbers).values(
                clinic_id=clinic_id,
                number="+15550100199",
                heard_until=NOW - timedelta(minutes=minutes),
            )
        )
        if not live:
            connection.execute(
                update(tables.clinics)
                .where(tables.clinics.c.id == clinic_id)
                .values(automation=Automation.OFF)
            )
    assert found(database) == wrong


def test_a_timer_that_nobody_looks_at_is_found_i27(database: Database) -> None:
    with database.write() as connection:
        clinic_id = danger(connection)
        (episode_id,) = connection.execute(tables.episodes.select()).scalars()
        factories.row(
            connection, tables.timers, clinic_id=clinic_id, episode_id=episode_id,
            kind="unopened", due_at=NOW - timedelta(minutes=5),
        )  # fmt: skip
    assert found(database) == [Wrong.TIMER_STANDS_STILL]


HALF_AN_HOUR_AGO = NOW - timedelta(minutes=31)


def told(connection: Connection, clinic_id: int, **columns: Any) -> None:
    """Say that staff were told a moment ago of the emergency of the Garcias."""
    (episode_id,) = connection.execute(tables.episodes.select()).scalars()
    factories.delivery(
        connection, clinic_id, episode_id=episode_id, lane=int(Lane.SAFETY), due_at=None,
        notification="Kinline", purpose="staff.alert",
        **{"state": DeliveryState.SENT, "created_at": NOW - timedelta(minutes=4), **columns},
    )  # fmt: skip


def test_an_emergency_that_everybody_was_told_of_and_nobody_takes_is_found_i10(
    database: Database,
) -> None:
    with database.write() as connection:
        told(connection, danger(connection, opened_at=HALF_AN_HOUR_AGO))
    assert found(database) == [Wrong.NOBODY_TAKES_IT]
    with database.write() as connection:
        connection.execute(
            tables.alerts.update().values(acknowledged_at=NOW - timedelta(minutes=20))
        )
    assert found(database) == [], "somebody had it until a moment ago"
    with database.write() as connection:
        connection.execute(tables.alerts.update().values(opened_at=NOW, acknowledged_at=None))
    assert found(database) == []


def test_an_alert_of_which_nothing_leaves_for_anybody_is_found_i11(database: Database) -> None:
    with database.write() as connection:
        clinic_id = danger(connection, opened_at=NOW - timedelta(minutes=21))
        told(connection, clinic_id, state=DeliveryState.FAILED)
        told(connection, clinic_id, created_at=NOW - timedelta(minutes=21))
    assert found(database) == [Wrong.NOBODY_REACHED]
    with database.write() as connection:
        told(connection, clinic_id)
    assert found(database) == []


def test_a_clinic_that_is_not_live_tells_nobody_and_that_is_no_alarm_c22(
    database: Database,
) -> None:
    with database.write() as connection:
        danger(connection, opened_at=HALF_AN_HOUR_AGO)
        connection.execute(tables.clinics.update().values(automation="shadow"))
    assert found(database) == []


def test_a_slow_moment_calls_nobody_and_what_lasts_does(
    sqlite_database: Database, ear: Ear
) -> None:
    with sqlite_database.write() as connection:
        danger(connection, next_step_at=NOW - timedelta(minutes=2))
    watch = Watch(sqlite_database, ear)
    watch.look()
    assert ear.said == []
    watch.look()
    assert ear.said == ["Kinline: An alert is not passed on: is a worker running? (1)"]
    watch.look(times=5)
    assert len(ear.said) == 1, "not every ten seconds"
    watch.look(times=2, seconds=SAY_AGAIN_AFTER)
    assert len(ear.said) == 2, "but again and again while it lasts"


def test_the_end_of_it_is_told_as_well(sqlite_database: Database, ear: Ear) -> None:
    with sqlite_database.write() as connection:
        danger(connection, next_step_at=NOW - timedelta(minutes=2))
    watch = Watch(sqlite_database, ear)
    watch.look(times=2)
    with sqlite_database.write() as connection:
        connection.execute(tables.alerts.update().values(next_step_at=NOW + timedelta(minutes=1)))
    watch.look()
    assert ear.said[-1] == "Kinline: all is well again."


def test_the_heart_beats_once_a_minute_and_stops_with_trouble(
    sqlite_database: Database, ear: Ear
) -> None:
    watch = Watch(sqlite_database, ear)
    watch.look(times=6)
    assert ear.beats == 1
    watch.look(seconds=BEAT_EVERY)
    assert ear.beats == 2
    with sqlite_database.write() as connection:
        danger(connection, alert=False)
    watch.look(times=3, seconds=BEAT_EVERY)
    assert ear.beats == 2


def test_a_database_that_is_away_is_trouble(ear: Ear) -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none", connections=1)
    watch = Watch(away, ear)
    watch.look(times=2)
    assert ear.said == [f"Kinline: {Wrong.NO_DATABASE.sentence} (1)"]
    assert ear.beats == 0
    away.close()


def test_a_service_that_does_not_hear_ends_nothing(sqlite_database: Database, ear: Ear) -> None:
    ear.status = 500
    with sqlite_database.write() as connection:
        danger(connection, alert=False)
    watch = Watch(sqlite_database, ear)
    watch.look(times=3)
    assert ear.said


def test_one_that_has_stopped_looking_is_noticed(sqlite_database: Database, ear: Ear) -> None:
    watch = Watch(sqlite_database, ear)
    assert not watch.auditor.is_silent, "it was never started here"
    watch.auditor.start()
    try:
        assert not watch.auditor.is_silent
        watch.seconds += SILENT_AFTER + 1
        assert watch.auditor.is_silent
    finally:
        watch.auditor.stop(5)


@pytest.mark.usefixtures("texting")
def test_the_command_looks_once_for_a_person(
    capsys: pytest.CaptureFixture[str], texting: Path
) -> None:
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    assert main(["audit", "--once"]) == 0
    assert capsys.readouterr().out == "All is well.\n"
    database = Database(f"sqlite:///{texting / 'kinline.db'}")
    with database.write() as connection:
        clinic_id = connection.execute(
            tables.clinics.select().where(tables.clinics.c.key == "maple")
        ).scalar_one()
        home = factories.household(connection, clinic_id, name="Lopez", phone="+13125550188")
        factories.episode(
            connection, clinic_id, home.family_id, home.thread_id, urgency=Urgency.EMERGENCY
        )
    database.close()
    assert main(["audit", "--once"]) == 1
    assert "An open danger has no alert" in capsys.readouterr().out
