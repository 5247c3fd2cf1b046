"""The inbox: one order for people and programs, one query a page, one clinic at a time."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from routing.types import Urgency
from store.db import Database
from store.inbox import open_episodes as inbox
from store.inbox.page import page_of, state_of
from tests import factories
from tests.factories import NOW


@pytest.fixture
def clinic_id(database: Database) -> int:
    """Maple Complex Care."""
    with database.write() as connection:
        return factories.clinic(connection)


def _waiting(
    connection: Connection,
    clinic_id: int,
    name: str,
    *,
    urgency: Urgency = Urgency.ROUTINE,
    due: int | None = None,
    since: int = 0,
    acknowledged: bool = False,
) -> int:
    """Let a family wait; `due` and `since` are minutes from `NOW`."""
    number = sum(ord(c) * 31**i for i, c in enumerate(name + str(clinic_id))) % 10_000_000
    home = factories.household(connection, clinic_id, name=name, phone=f"+1312{number:07}")
    return factories.episode(
        connection, clinic_id, home.family_id, home.thread_id, urgency=urgency,
        reply_due=_at(due) if due is not None else None, waiting_since=_at(since),
        acknowledged_at=NOW if acknowledged else None,
    )  # fmt: skip


def _at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def _furnish(connection: Connection, clinic_id: int) -> list[str]:
    """Write a mixed inbox in a mixed order; give the families in the order they belong."""
    _waiting(connection, clinic_id, "routine later", due=90, since=-9)
    _waiting(connection, clinic_id, "routine no due", since=-60)
    _waiting(connection, clinic_id, "taken emergency", urgency=Urgency.EMERGENCY,
             acknowledged=True, since=-99)  # fmt: skip
    _waiting(connection, clinic_id, "soon", urgency=Urgency.SOON)
    _waiting(connection, clinic_id, "urgent", urgency=Urgency.URGENT)
    _waiting(connection, clinic_id, "emergency", urgency=Urgency.EMERGENCY, since=5)
    _waiting(connection, clinic_id, "routine due, waits longer", due=30, since=-20)
    _waiting(connection, clinic_id, "routine due, first", due=30, since=-10)
    _waiting(connection, clinic_id, "routine due, second", due=30, since=-10)
    return ["emergency", "taken emergency", "urgent", "soon", "routine due, waits longer",
            "routine due, first", "routine due, second", "routine later",
            "routine no due"]  # fmt: skip


def test_an_unacknowledged_emergency_comes_first_then_urgency_due_waiting_and_id(
    database: Database, clinic_id: int
) -> None:
    """DESIGN 8: the same order on the page and in `inbox --json`."""
    with database.write() as connection:
        expected = _furnish(connection, clinic_id)
    with database.read() as connection:
        rows, has_more = page_of(connection, clinic_id)
        programs = [e["family"] for e in inbox.open_episodes(connection, "maple")]
    assert [row.family for row in rows] == expected
    assert programs == expected
    assert not has_more


@pytest.mark.parametrize("size", [1, 2, 4, 9])
def test_pages_of_any_size_give_every_episode_once_in_order(
    database: Database, clinic_id: int, size: int
) -> None:
    with database.write() as connection:
        expected = _furnish(connection, clinic_id)
    seen: list[str] = []
    place, has_more = None, True
    with database.read() as connection:
        while has_more:
            rows, has_more = page_of(connection, clinic_id, after=place, limit=size)
            seen += [row.family for row in rows]
            place = rows[-1].place
    assert seen == expected


def test_programs_get_every_episode_once_however_many_are_open(
    database: Database, clinic_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "EXPORTED_AT_ONCE", 2)
    with database.write() as connection:
        expected = _furnish(connection, clinic_id)
    with database.read() as connection:
        assert [e["family"] for e in inbox.open_episodes(connection, None)] == expected


def test_an_exported_episode_has_exactly_the_fields_of_the_contract(
    database: Database, clinic_id: int
) -> None:
    """DESIGN 8, `inbox --json`."""
    with database.write() as connection:
        ana = factories.staff_member(connection, clinic_id)
        home = factories.household(connection, clinic_id)
        episode_id = factories.episode(
            connection, clinic_id, home.family_id, home.thread_id, urgency=Urgency.URGENT,
            hazard="medical", topics=["symptoms"], owner_id=ana, reply_due=_at(30),
        )  # fmt: skip
        said = factories.message(connection, clinic_id, home.thread_id, episode_id, "fiebre 39",
                                 provider_id="SM1")  # fmt: skip
        answer = factories.message(connection, clinic_id, home.thread_id, episode_id,
                                   "Llame: 312-555-0100", direction="out",
                                   language="es")  # fmt: skip
        factories.delivery(connection, clinic_id, message_id=answer, state="failed", due_at=None)
        factories.delivery(connection, clinic_id, message_id=answer, state="sent",
                           provider_id="SM2", due_at=None)  # fmt: skip
        # Another need of the same family, already met, is not in the inbox.
        factories.episode(connection, clinic_id, home.family_id, home.thread_id, state="resolved")
    with database.read() as connection:
        [found] = inbox.open_episodes(connection, "maple")
    assert json.loads(json.dumps(found)) == {
        "episode": episode_id,
        "clinic": "maple",
        "family": "Garcia",
        "contact": "+13125550131",
        "channel": "sms",
        "state": "open",
        "urgency": "urgent",
        "hazard": "medical",
        "topics": ["symptoms"],
        "owner": "Ana",
        "waiting_since": "2026-11-18T15:00:00+00:00",
        "reply_due": "2026-11-18T15:30:00+00:00",
        "acknowledged": False,
        "messages": [
            {
                "id": said,
                "direction": "in",
                "text": "fiebre 39",
                "provider_id": "SM1",
                "status": "received",
                "language": "es",
                "at": "2026-11-18T15:00:00+00:00",
            },
            {
                "id": answer,
                "direction": "out",
                "text": "Llame: 312-555-0100",
                "provider_id": "SM2",
                "status": "sent",
                "language": "es",
                "at": "2026-11-18T15:00:00+00:00",
            },
        ],
    }


def test_only_the_asked_clinic_is_given_and_without_a_key_all_of_them(
    database: Database, clinic_id: int
) -> None:
    """I-22."""
    with database.write() as connection:
        _waiting(connection, clinic_id, "ours")
        cedar = factories.clinic(connection, key="cedar")
        _waiting(connection, cedar, "theirs", urgency=Urgency.URGENT)
    with database.read() as connection:
        by_key = {
            key: [e["family"] for e in inbox.open_episodes(connection, key)]
            for key in ("maple", "cedar", "nowhere", None)
        }
        rows, _ = page_of(connection, clinic_id)
        counts = state_of(connection, clinic_id, NOW).counts
    assert by_key == {"maple": ["ours"], "cedar": ["theirs"], "nowhere": [],
                      None: ["theirs", "ours"]}  # fmt: skip
    assert [row.family for row in rows] == ["ours"]
    assert counts == {Urgency.ROUTINE: 1}


def test_a_page_costs_one_query_however_many_families_wait(
    database: Database, clinic_id: int
) -> None:
    with database.write() as connection:
        _furnish(connection, clinic_id)
    with database.read() as connection, _counted(connection) as statements:
        page_of(connection, clinic_id)
        assert len(statements) == 1
        state_of(connection, clinic_id, NOW)
        assert len(statements) == 2


def test_the_inbox_is_read_in_the_order_of_its_index(database: Database, clinic_id: int) -> None:
    """Neither sorts what it reads: the partial index already has the order."""
    with database.write() as connection:
        for number in range(300):
            _waiting(connection, clinic_id, f"Family {number}", since=number)
        connection.execute(text("ANALYZE"))
    with database.read() as connection, _counted(connection) as statements:
        page_of(connection, clinic_id, limit=10)
        statement, parameters = statements[0]
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        plan = connection.exec_driver_sql(explain + statement, parameters).all()
    assert "ix_episodes_inbox" in str(plan)
    if database.is_sqlite:
        first_use = next(i for i, step in enumerate(plan) if "ix_episodes_inbox" in str(step))
        before = [str(step) for step in plan[: first_use + 1]]
        assert not any("TEMP B-TREE" in step for step in before)


def test_the_figures_hold_where_nothing_is_open(database: Database, clinic_id: int) -> None:
    with database.write() as connection:
        factories.delivery(connection, clinic_id, state="failed", due_at=None)
        factories.delivery(connection, clinic_id, state="queued", due_at=_at(-6))
        factories.delivery(connection, clinic_id, state="failed", due_at=None,
                           created_at=_at(-61))  # fmt: skip
    with database.read() as connection:
        state = state_of(connection, clinic_id, NOW)
    assert (state.total, state.failing, state.stuck) == (0, 1, 1)


@contextmanager
def _counted(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    statements: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        statements.append((str(arguments[2]), arguments[3]))

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)
