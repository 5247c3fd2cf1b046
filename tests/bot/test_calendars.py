"""A calendar by address is read by the worker; it closes each day once and never opens one."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from app.compose import ANYWHERE, _closed_days
from bot.calendars import Calendars
from bot.download import NotFetched, Source, Why, download
from store import calendars, tables
from store.db import Database
from store.manage import Change, forget_day
from tests import factories
from tests.clock import START, MovableClock

THANKSGIVING, CHRISTMAS = date(2026, 11, 26), date(2026, 12, 25)


def ics(*days: tuple[date, str]) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\nSUMMARY:{name}\r\n"
        "END:VEVENT\r\n"
        for day, name in days
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


@dataclass
class District:
    """A server that has a calendar, until it has not."""

    address: str = ""
    content: bytes = b""
    status: int = 200
    asked: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def district() -> Iterator[District]:
    here = District()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked += 1
            here.headers = dict(self.headers)
            self.send_response(here.status)
            self.send_header("Content-Length", str(len(here.content)))
            self.end_headers()
            self.wfile.write(here.content)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here.address = f"http://127.0.0.1:{server.server_port}/closed.ics"
    yield here
    server.shutdown()
    server.server_close()


class Maple:
    """A clinic whose administrator Bea has named the calendar of the district."""

    def __init__(self, database: Database, district: District) -> None:
        self.database, self.clock = database, MovableClock()
        with database.write() as connection:
            self.id = factories.clinic(connection)
            self.bea = factories.staff_member(connection, self.id, name="Bea", roles=["admin"])
            assert calendars.subscribe(connection, self.change, district.address)
        stand_in = Source(district.address, (), (), lambda _: None, is_anywhere=True)
        self.worker = Calendars(database, self.clock, stand_in, _closed_days)

    @property
    def change(self) -> Change:
        return Change(self.id, self.bea, self.clock())

    def next_day(self) -> None:
        self.clock.advance(timedelta(days=1))
        assert self.worker.run_once() == 1

    def closed(self) -> dict[date, str]:
        return {row.date: row.reason for row in self._rows(tables.closures)}

    def standing(self) -> calendars.Subscribed:
        with self.database.read() as connection:
            (one,) = calendars.calendars_of(connection, self.id)
        return one

    def _rows(self, table: Any) -> list[Any]:
        with self.database.read() as connection:
            return list(connection.execute(table.select().order_by(table.c.id)))


def test_its_days_are_closed_once_and_read_again_the_next_day(
    database: Database, district: District
) -> None:
    maple = Maple(database, district)
    district.content = ics((THANKSGIVING, "Thanksgiving"))
    assert maple.worker.run_once() == 1
    assert maple.worker.run_once() == 0, "not again today"
    assert maple.closed() == {THANKSGIVING: "Thanksgiving"}
    district.content = ics((THANKSGIVING, "Thanksgiving"), (CHRISTMAS, "Christmas"))
    maple.next_day()
    assert maple.closed() == {THANKSGIVING: "Thanksgiving", CHRISTMAS: "Christmas"}
    assert (maple.standing().problem, maple.standing().days) == (None, 2)
    assert "Authorization" not in district.headers


def test_a_day_that_people_opened_again_stays_open_and_a_day_that_left_stays_closed(
    database: Database, district: District
) -> None:
    maple = Maple(database, district)
    district.content = ics((THANKSGIVING, "Thanksgiving"), (CHRISTMAS, "Christmas"))
    maple.worker.run_once()
    with database.write() as connection:
        forget_day(connection, maple.change, THANKSGIVING)
    maple.next_day()
    assert maple.closed() == {CHRISTMAS: "Christmas"}
    district.content = ics()
    maple.next_day()
    assert maple.closed() == {CHRISTMAS: "Christmas"}, "it never opens a day"


@pytest.mark.parametrize(
    ("status", "content", "problem"),
    [
        (404, b"", "not_found"),
        (401, b"", "refused"),
        (500, b"", "unreachable"),
        (200, b"<html>sign in</html>", "no_calendar"),
        (200, b"", "empty"),
    ],
)
def test_what_cannot_be_read_is_said_and_tried_again_and_removes_nothing(
    sqlite_database: Database, district: District, status: int, content: bytes, problem: str
) -> None:
    maple = Maple(sqlite_database, district)
    district.content = ics((CHRISTMAS, "Christmas"))
    maple.worker.run_once()
    district.status, district.content = status, content
    maple.next_day()
    assert maple.standing().problem == problem
    assert maple.closed() == {CHRISTMAS: "Christmas"}
    district.status, district.content = 200, ics((CHRISTMAS, "Christmas"))
    maple.clock.advance(calendars.TRIED_AGAIN_AFTER)
    assert maple.worker.run_once() == 1
    assert maple.standing().problem is None


def test_two_workers_do_not_read_the_same_calendar(database: Database, district: District) -> None:
    Maple(database, district)
    with database.write() as connection:
        assert calendars.claim_due(connection, START) is not None
        assert calendars.claim_due(connection, START) is None


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://district.example/a.ics", ("93.184.216.34",)),
        ("https://district.example/a.ics", ("127.0.0.1",)),
        ("https://district.example/a.ics", ("10.0.0.7", "169.254.169.254")),
        ("https://district.example:8443/a.ics", ("93.184.216.34",)),
        ("https://bea:secret@district.example/a.ics", ("93.184.216.34",)),
        ("file:///etc/passwd", ()),
    ],
)
def test_only_https_on_the_open_internet_is_fetched_a14(
    url: str, addresses: tuple[str, ...]
) -> None:
    real = Source(
        ANYWHERE.api_url, (), (), ANYWHERE.credentials, lambda _host, _port: addresses,
        is_anywhere=True,
    )  # fmt: skip
    with pytest.raises(NotFetched) as caught:
        download(url, "", real)
    assert caught.value.why is Why.ADDRESS
