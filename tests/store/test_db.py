"""What was committed stays, writers take turns, readers never wait, and a lost database says so."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from store import schema
from store.db import Database
from store.outcomes import StoreUnavailable
from store.tables import clinics
from tests import factories
from tests.servers import PostgresServer


def _keys(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(clinics.c.key).order_by(clinics.c.id)))


def _answers(connection: Connection, question: str) -> object:
    return connection.execute(text(question)).scalar_one()


def _write_and_then(database: Database, happens: Callable[[], object]) -> None:
    """Let something happen between the writing and the commit."""
    with database.write() as connection:
        factories.clinic(connection, key="never-confirmed")
        happens()


def test_what_is_written_is_there_for_everybody_after_the_commit(database: Database) -> None:
    with database.write() as connection:
        factories.clinic(connection, key="maple")
    assert _keys(database) == ["needs-routing", "maple"]
    again = Database(database.url)
    assert _keys(again) == ["needs-routing", "maple"]
    again.close()


def test_an_error_takes_back_everything_that_the_transaction_wrote(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        _write_and_then(database, lambda: 1 / 0)
    assert _keys(database) == ["needs-routing"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        # I-02: 2 is FULL; the log is on the disk before a commit returns.
        pytest.param("PRAGMA synchronous", 2, id="synchronous"),
        pytest.param("PRAGMA journal_mode", "wal", id="journal"),
        pytest.param("PRAGMA foreign_keys", 1, id="foreign keys"),
        pytest.param("PRAGMA busy_timeout", 5000, id="busy timeout"),
    ],
)
def test_every_sqlite_connection_is_set_for_durability(
    sqlite_url: str, question: str, answer: object
) -> None:
    database = Database(sqlite_url, connections=3)
    with database.write() as writer, database.read() as one, database.read() as two:
        assert [_answers(c, question) for c in (writer, one, two)] == [answer] * 3
    database.close()


def test_postgresql_confirms_only_what_is_on_the_disk_whatever_its_server_prefers(
    postgres_url: str,
) -> None:
    """I-02: the test server's own setting is `off`; each of our connections insists on `on`."""
    database = Database(postgres_url)
    with database.write() as connection:
        assert _answers(connection, "SHOW synchronous_commit") == "on"
        assert _answers(connection, "SHOW lock_timeout") == "2s"
    database.close()


def test_nothing_can_be_written_where_sqlite_is_only_read(sqlite_database: Database) -> None:
    with (
        pytest.raises(StoreUnavailable) as refused,
        sqlite_database.read() as connection,
    ):
        factories.clinic(connection, key="maple")
    assert isinstance(refused.value.__cause__, OperationalError)
    assert "readonly" in str(refused.value.__cause__.orig)
    assert _keys(sqlite_database) == ["needs-routing"]


def test_who_reads_does_not_wait_for_who_writes(database: Database) -> None:
    with database.write() as connection:
        factories.clinic(connection, key="maple")
        started = monotonic()
        assert _keys(database) == ["needs-routing"]
        assert monotonic() - started < 1
    assert _keys(database) == ["needs-routing", "maple"]


def test_a_page_is_read_as_of_one_moment(sqlite_database: Database) -> None:
    """Two queries of one page must not tell two stories."""
    with sqlite_database.read() as page:
        before = page.execute(select(clinics.c.key)).scalars().all()
        with sqlite_database.write() as connection:
            factories.clinic(connection, key="maple")
        assert page.execute(select(clinics.c.key)).scalars().all() == before


def _count_up(database: Database, times: int) -> None:
    for _ in range(times):
        with database.write() as connection:
            query = select(clinics.c.revision).where(clinics.c.key == "needs-routing")
            seen = connection.scalars(query.with_for_update()).one()
            connection.execute(update(clinics).values(revision=seen + 1))


def test_two_writers_never_overwrite_each_other(database: Database) -> None:
    """SQLite would lose increments without a word if a write did not begin with its lock."""
    # A second database object stands for a second process.
    other = Database(database.url)
    with ThreadPoolExecutor(4) as threads:
        for at in (database, other, database, other):
            threads.submit(_count_up, at, 15)
    with database.read() as connection:
        assert connection.scalars(select(clinics.c.revision)).one() == 1 + 4 * 15
    other.close()


def test_a_row_that_breaks_a_rule_is_not_mistaken_for_a_lost_database(database: Database) -> None:
    """A retry would not help, so it must not look like something a retry helps with."""
    with pytest.raises(IntegrityError), database.write() as connection:
        factories.clinic(connection, key="needs-routing")
    assert database.is_reachable()


def test_who_waits_too_long_for_a_row_is_told_that_nothing_was_kept(postgres_url: str) -> None:
    """F-08: two seconds, far within the 15 that the provider waits (FACTS A2)."""
    database = Database(postgres_url)
    with database.write() as holder:
        holder.execute(update(clinics).values(name="Held"))
        started = monotonic()
        with pytest.raises(StoreUnavailable), database.write() as connection:
            connection.execute(update(clinics).values(name="Late"))
        assert 1.5 < monotonic() - started < 6
    with database.read() as connection:
        assert connection.scalars(select(clinics.c.name)).one() == "Held"
    database.close()


def test_who_waits_too_long_for_the_sqlite_lock_is_told_that_nothing_was_kept(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-09: another process holds the file."""
    monkeypatch.setattr("store.db.PRAGMAS", ("journal_mode=WAL", "busy_timeout=200"))
    other = Database(sqlite_database.url)
    with (
        sqlite_database.write(),
        pytest.raises(StoreUnavailable),
        other.write() as connection,
    ):
        factories.clinic(connection, key="late")
    assert _keys(sqlite_database) == ["needs-routing"]
    other.close()


def test_more_threads_than_connections_wait_for_their_turn(database: Database) -> None:
    small = Database(database.url, connections=2)
    all_here = threading.Barrier(6)

    def read() -> int:
        all_here.wait()
        with small.read() as connection:
            return len(connection.scalars(select(clinics.c.id)).all())

    with ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(read) for _ in range(6)]
    assert [answer.result() for answer in answers] == [1] * 6
    small.close()


def _missing_folder(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'gone' / 'kinline.db'}"


def _closed_door(_tmp_path: Path) -> str:
    return "postgresql+psycopg://kinline@127.0.0.1:1/kinline"


@pytest.mark.parametrize("nowhere", [_missing_folder, _closed_door], ids=["sqlite", "postgresql"])
def test_a_database_that_is_not_there_is_unavailable_not_a_crash(
    tmp_path: Path, nowhere: Callable[[Path], str]
) -> None:
    database = Database(nowhere(tmp_path))
    assert not database.is_reachable()
    with pytest.raises(StoreUnavailable), database.write():
        pass
    database.close()


@pytest.mark.fault
def test_a_crashed_postgresql_loses_nothing_that_was_confirmed(
    durable_postgres: PostgresServer,
) -> None:
    """F-06: down, said to be down, up again without a new process of ours, everything there."""
    database = Database(durable_postgres.url("postgres"))
    schema.upgrade(database)
    for number in range(20):
        with database.write() as connection:
            factories.clinic(connection, key=f"clinic-{number}")
    with pytest.raises(StoreUnavailable):
        _write_and_then(database, durable_postgres.crash)
    assert not database.is_reachable()
    durable_postgres.start()
    assert database.is_reachable()
    assert _keys(database) == ["needs-routing", *(f"clinic-{number}" for number in range(20))]
    database.close()
