"""Pages that refresh themselves: who hears of what, and what counts as being looked at."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from routing.types import Urgency
from store import streams, tables
from store.db import AnyRow
from store.live import Change, Live
from store.streams import Streams
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import elements, shown

BY_SCRIPT = {"X-Live": "1"}


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "TICK_SECONDS", 0.05)


@pytest.mark.usefixtures("_quick")
def test_a_page_hears_of_its_own_clinics_only_i22() -> None:
    live = Live()

    async def heard() -> list[frozenset[int]]:
        changes: AsyncGenerator[frozenset[int]] = Streams(live).changes({1}, life=30)
        found = [await anext(changes)]
        await asyncio.to_thread(_announce_until_followed, live)
        while not found[-1]:
            found.append(await asyncio.wait_for(anext(changes), 10))
        await changes.aclose()
        return found

    assert asyncio.run(heard())[-1] == frozenset({7})
    live.close()


def _announce_until_followed(live: Live) -> None:
    """The listening thread begins a moment after the page; what it misses, a poll would find."""
    with live.listen() as own:
        live.announce([Change(2, 99), Change(1, None)])
        own.wait(1)
        for _ in range(20):
            live.announce([Change(1, 7)])
            own.wait(0.02)


def test_nobody_who_is_not_signed_in_hears_anything(desk: Desk) -> None:
    for path in ("/live", "/alarm"):
        answer = desk.visitor().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")


def test_where_no_stream_is_to_be_had_the_page_is_told_to_ask_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_STREAMS", 0)
    assert desk.ana().get("/live").status_code == 503


def test_a_page_that_refreshes_itself_was_opened_by_nobody_c3(desk: Desk) -> None:
    episode_id = desk.episode()
    ana = desk.ana()
    assert ana.get(f"/episodes/{episode_id}", BY_SCRIPT).status_code == 200
    assert _row(desk).looked_at is None
    ana.get(f"/episodes/{episode_id}")
    assert _row(desk).looked_at is not None


def test_a_forgotten_screen_is_signed_out_however_often_it_refreshes_itself(desk: Desk) -> None:
    ana = desk.ana()
    for _ in range(4):
        desk.clock.advance(timedelta(minutes=5))
        answer = ana.get("/", BY_SCRIPT)
    assert answer.status_code == 303
    assert ana.get("/").status_code == 303


def test_an_emergency_that_nobody_has_taken_stands_on_every_page(desk: Desk) -> None:
    ana = desk.ana()
    quiet = ana.get("/")
    assert not [d for d in elements(quiet, "div") if "data-alarms" in d]
    episode_id = desk.episode("no respira", Urgency.EMERGENCY)
    for path in ("/", f"/episodes/{episode_id}", "/alarm"):
        page = ana.get(path)
        assert "1 emergency waits for a person" in shown(page)
        assert any(a["href"] == f"/episodes/{episode_id}" for a in elements(page, "a"))


def test_an_emergency_waits_since_it_was_written_not_since_the_question_before_it(
    any_desk: Desk,
) -> None:
    desk, now = any_desk, any_desk.clock()
    episode_id = desk.episode("¿nos manda pañales?", Urgency.EMERGENCY)
    last = desk.say(episode_id, "no respira", at=now - timedelta(minutes=2))
    with desk.database.write() as connection:
        morning = now - timedelta(hours=6)
        connection.execute(tables.episodes.update().values(waiting_since=morning))
        connection.execute(
            tables.messages.update().where(tables.messages.c.id != last).values(at=morning)
        )
        connection.execute(tables.assessments.update().values(urgency=Urgency.ROUTINE))
        factories.assessment(connection, desk.clinic_id, last, urgency=Urgency.EMERGENCY)
    ana = desk.ana()
    assert "waiting 2 min" in shown(ana.get("/alarm"))
    with desk.database.write() as connection:
        connection.execute(tables.assessments.update().values(urgency=Urgency.ROUTINE))
    assert "waiting 6 h" in shown(ana.get("/alarm")), "raised by a person"


def _row(desk: Desk) -> AnyRow:
    with desk.database.read() as connection:
        return connection.execute(tables.episodes.select()).one()
