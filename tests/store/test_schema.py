"""The tables are made, changed and taken back by steps that always end up the same."""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError

from store import schema
from store.db import Database
from store.outcomes import StoreUnavailable
from store.schema import SchemaForeign, SchemaNewer, SchemaOlder, SchemaState
from store.tables import clinics, metadata, threads
from tests.servers import FreshDatabases

STEPS = ("0001", "0002")
LATEST = STEPS[-1]

# How PostgreSQL itself describes what it holds.
CATALOG = {
    "column": "SELECT table_name, column_name, data_type, is_nullable, character_maximum_length"
    " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> :version",
    "constraint": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    " AND conrelid::regclass::text <> :version",
    "index": "SELECT tablename, indexname, indexdef FROM pg_indexes"
    " WHERE schemaname = 'public' AND tablename <> :version",
}


def _shape(database: Database) -> set[tuple[object, ...]]:
    """Describe every table, key, check and index, partial ones with their condition."""
    with database.read() as connection:
        if not database.is_sqlite:
            return {
                (kind, *row)
                for kind, query in CATALOG.items()
                for row in connection.execute(text(query), {"version": "alembic_version"})
            }
        rows = connection.execute(
            text("SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'")
        )
        return {
            (kind, name, part)
            for kind, name, sql in rows
            for part in _parts((sql or "").replace('"', ""))
        }


def _parts(sql: str) -> Iterator[str]:
    """Split what SQLite keeps of a table at its outer commas; ALTER adds to the last line."""
    depth, part = 0, ""
    for piece in re.findall(r"[(),]|[^(),]+", sql):
        depth += (piece == "(") - (piece == ")")
        if piece in "(,)" and depth == (0 if piece == ")" else 1):
            yield " ".join(part.split())
            part = ""
        else:
            part += piece
    yield " ".join(part.split())


def _tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _file(database: Database) -> Path:
    return Path(make_url(database.url).database or "")


def _add_clinic(database: Database, key: str) -> None:
    """Add a clinic like the system's own, under another key."""
    with database.write() as connection:
        row = connection.execute(select(clinics)).mappings().first()
        assert row is not None
        values = {**row, "key": key}
        del values["id"]
        connection.execute(clinics.insert().values(values))


def _clinic_keys(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(clinics.c.key).order_by(clinics.c.id)))


def test_a_new_installation_gets_exactly_the_tables_that_the_code_works_with(
    empty_database: Database,
) -> None:
    """Partial indexes and checks included, which Alembic's own comparison does not see."""
    schema.upgrade(empty_database)
    migrated = _shape(empty_database)
    schema.downgrade(empty_database, "base")
    with empty_database.write() as connection:
        metadata.create_all(connection)
    assert len(migrated) > len(metadata.tables)
    assert migrated == _shape(empty_database)


@pytest.mark.filterwarnings(
    # The inbox index holds "reply_due IS NULL"; the test above compares it.
    "ignore:Skipped unsupported reflection of expression-based index:sqlalchemy.exc.SAWarning",
    "ignore:autogenerate skipping metadata-specified expression-based index:UserWarning",
)
def test_alembic_finds_nothing_left_to_change(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_each_step_leads_back_to_where_it_came_from(empty_database: Database) -> None:
    shapes = []
    for step in STEPS:
        shapes.append(_shape(empty_database))
        _upgrade_to(empty_database, step)
    assert _tables(empty_database) == set(metadata.tables)
    for step, before in zip(reversed(("base", *STEPS[:-1])), reversed(shapes), strict=True):
        schema.downgrade(empty_database, step)
        assert _shape(empty_database) == before
    schema.upgrade(empty_database)
    assert _tables(empty_database) == set(metadata.tables)


def _upgrade_to(database: Database, step: str) -> None:
    """Go to `step`: all the way up, then down to it."""
    schema.upgrade(database)
    if step != LATEST:
        schema.downgrade(database, step)


def test_a_new_installation_has_a_place_for_what_no_clinic_expects(database: Database) -> None:
    """I-06: a message to a number that nobody set up is kept where staff can see it."""
    with database.read() as connection:
        (clinic,) = connection.execute(select(clinics)).mappings()
    assert clinic["key"] == "needs-routing"
    assert clinic["is_system"] is True
    assert clinic["languages"] == ["en"]
    assert clinic["hours"] == {}
    assert clinic["revision"] == 1


def test_the_state_is_told_without_changing_anything(empty_database: Database) -> None:
    assert schema.state(empty_database) is SchemaState.EMPTY
    assert _tables(empty_database) == set()
    schema.upgrade(empty_database)
    assert schema.state(empty_database) is SchemaState.CURRENT
    schema.downgrade(empty_database, "0001")
    assert schema.state(empty_database) is SchemaState.OLDER
    _claim_revision(empty_database, "9999")
    assert schema.state(empty_database) is SchemaState.NEWER


def _claim_revision(database: Database, revision: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_starting_on_an_empty_database_makes_the_tables(empty_database: Database) -> None:
    assert schema.prepare(empty_database) is None
    assert schema.state(empty_database) is SchemaState.CURRENT


def test_starting_on_a_current_database_changes_nothing(database: Database) -> None:
    before = _shape(database)
    assert schema.prepare(database) is None
    assert _shape(database) == before
    assert _clinic_keys(database) == ["needs-routing"]


def test_starting_on_an_older_sqlite_file_keeps_a_copy_of_it(sqlite_database: Database) -> None:
    _add_clinic(sqlite_database, "maple")
    schema.downgrade(sqlite_database, "0001")
    copy = schema.prepare(sqlite_database)
    assert schema.state(sqlite_database) is SchemaState.CURRENT
    assert _clinic_keys(sqlite_database) == ["needs-routing", "maple"]
    assert copy == _file(sqlite_database).with_name("kinline.db.before-0001")
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT key FROM clinics ORDER BY id").fetchall() == [
            ("needs-routing",),
            ("maple",),
        ]
        assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert kept.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_copy_can_be_read_by_the_same_people_only(sqlite_database: Database) -> None:
    _file(sqlite_database).chmod(0o600)
    schema.downgrade(sqlite_database, "0001")
    copy = schema.prepare(sqlite_database)
    assert copy is not None
    assert copy.stat().st_mode & 0o777 == 0o600


def test_starting_on_an_older_postgresql_asks_for_a_migration(postgres_url: str) -> None:
    """Other processes may still work with the older tables, so a person says when."""
    database = Database(postgres_url)
    schema.downgrade(database, "0001")
    with pytest.raises(SchemaOlder, match="run kinline migrate"):
        schema.prepare(database)
    assert schema.state(database) is SchemaState.OLDER
    schema.upgrade(database)
    assert schema.state(database) is SchemaState.CURRENT
    database.close()


@pytest.mark.parametrize("act", [schema.prepare, schema.upgrade], ids=["start", "migrate"])
def test_tables_of_a_newer_kinline_are_left_alone(
    database: Database, act: Callable[[Database], object]
) -> None:
    """F-25: an old process refuses and says so."""
    _claim_revision(database, "9999")
    before = _shape(database)
    with pytest.raises(SchemaNewer, match="newer Kinline \\(revision 9999\\)"):
        act(database)
    assert _shape(database) == before


def test_the_database_of_another_program_is_left_alone(empty_database: Database) -> None:
    with empty_database.write() as connection:
        connection.execute(text("CREATE TABLE staff (badge TEXT)"))
    with pytest.raises(SchemaForeign, match=r"another program \(staff\)"):
        schema.prepare(empty_database)
    assert _tables(empty_database) == {"staff"}


def test_two_processes_that_start_together_make_the_tables_once(
    tmp_path: Path, postgres_databases: FreshDatabases
) -> None:
    with postgres_databases.one(empty=True) as url:
        for address in (url, f"sqlite:///{tmp_path / 'kinline.db'}"):
            _start_together(address, processes=4)
            database = Database(address)
            assert _clinic_keys(database) == ["needs-routing"]
            database.close()


def test_a_start_waits_while_another_process_turns_the_log_of_a_new_file_on(tmp_path: Path) -> None:
    """SQLite refuses the second of them at once, whatever its busy timeout is."""
    with closing(sqlite3.connect(tmp_path / "kinline.db", check_same_thread=False)) as other:
        other.execute("CREATE TABLE first (n INTEGER)")
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.3, other.rollback).start()
        database = Database(f"sqlite:///{tmp_path / 'kinline.db'}")
        assert database.is_reachable()
        database.close()


def _start_together(url: str, *, processes: int) -> None:
    faults: list[Exception] = []
    at_once = threading.Barrier(processes)

    def start() -> None:
        database = Database(url, connections=1)
        try:
            at_once.wait()
            schema.prepare(database)
        except Exception as error:  # noqa: BLE001  whatever it is, the test wants to show it
            faults.append(error)
        finally:
            database.close()

    starting = [threading.Thread(target=start) for _ in range(processes)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    assert faults == []


def test_a_migration_that_fails_half_way_leaves_the_old_tables(empty_database: Database) -> None:
    """F-24: all steps of one upgrade are one transaction."""
    schema.upgrade(empty_database)
    schema.downgrade(empty_database, "0001")
    with empty_database.write() as connection:
        # In the way of a table that the second step makes late.
        connection.execute(text("CREATE TABLE attempts (n INTEGER)"))
    before = _shape(empty_database)
    with pytest.raises(DBAPIError, match="attempts"):
        schema.upgrade(empty_database)
    assert _shape(empty_database) == before
    assert schema.state(empty_database) is SchemaState.OLDER


def test_a_migration_waits_for_a_locked_table_for_a_moment_only(postgres_url: str) -> None:
    """F-24: what families write queues up behind a waiting change, so it gives up after 2 s."""
    database = Database(postgres_url)
    with database.read() as reader:
        reader.execute(select(threads))
        started = monotonic()
        with pytest.raises(StoreUnavailable):
            schema.downgrade(database, "0001")
    assert 1.5 < monotonic() - started < 6
    assert schema.state(database) is SchemaState.CURRENT
    database.close()


def test_keys_between_tables_hold_again_after_a_migration(sqlite_database: Database) -> None:
    """They are off while SQLite rebuilds tables; a row without its owner must stay impossible."""
    schema.downgrade(sqlite_database, "0001")
    schema.upgrade(sqlite_database)
    with (
        pytest.raises(Exception, match="FOREIGN KEY constraint failed"),
        sqlite_database.write() as connection,
    ):
        connection.execute(
            threads.insert().values(
                clinic_id=1, family_id=77, contact_id=77, our_address="+13125550111"
            )
        )


def test_a_database_that_does_not_answer_is_said_to_be_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'no such folder' / 'kinline.db'}")
    for act in (schema.state, schema.prepare, schema.upgrade):
        with pytest.raises(StoreUnavailable):
            act(database)
    database.close()
