"""Copying a small clinic's database away and back, on a good day and on a bad one (I-30)."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.__main__ import main
from store.db import Database
from store.tables import clinics, families
from tests import factories
from tests.servers import FreshDatabases, postgres_bin

Said = pytest.CaptureFixture[str]
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1])
held.execute("PRAGMA journal_mode=WAL")
held.execute("BEGIN")
held.execute("SELECT count(*) FROM sqlite_master").fetchall()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def copied(folder: Path, capsys: Said) -> Path:
    """A clinic with the Garcias, a copy of it, and the Haddads, who came after the copy."""
    main(["apply", "clinic.toml"])
    main(["backup", "copy.db"])
    _add("Haddad", "+13125550156")
    capsys.readouterr()
    return folder


def test_a_copy_brings_back_what_was_and_nothing_is_replaced_unasked(
    copied: Path, capsys: Said
) -> None:
    assert main(["backup", "copy.db"]) == 2
    assert main(["restore", "copy.db"]) == 2
    assert "Use --force" in capsys.readouterr().err
    (copied / "kinline.db").unlink()
    assert main(["restore", "copy.db"]) == 0
    assert _families() == ["Garcia"]
    assert main(["backup", "copy.db", "--force"]) == 0


@pytest.mark.usefixtures("copied")
def test_what_a_restore_replaces_is_kept_and_can_be_brought_back(capsys: Said) -> None:
    assert main(["restore", "copy.db", "--force"]) == 0
    assert "kept in kinline.db.replaced" in capsys.readouterr().out
    assert _families() == ["Garcia"]
    assert main(["restore", "kinline.db.replaced", "--force"]) == 0
    assert _families() == ["Garcia", "Haddad"]


def test_the_log_of_a_lost_database_is_not_played_over_the_copy(copied: Path) -> None:
    """After a crash the log stays; SQLite reads one that lies beside a file of that name."""
    with closing(Database("sqlite:///kinline.db")) as running:
        with running.write() as connection:
            factories.household(connection, _maple(connection), name="Nguyen", phone="+13125550157")
        for ending in ("-wal", "-shm"):
            shutil.copyfile(f"kinline.db{ending}", f"crashed{ending}")
    (copied / "kinline.db").unlink()
    for ending in ("-wal", "-shm"):
        Path(f"crashed{ending}").replace(f"kinline.db{ending}")
    assert main(["restore", "copy.db"]) == 0
    assert _families() == ["Garcia"]


@pytest.mark.parametrize("damage", ["no database", "broken pages"])
def test_a_damaged_database_is_replaced_by_the_copy_and_kept(
    copied: Path, capsys: Said, damage: str
) -> None:
    _damage(copied / "kinline.db", damage)
    as_it_was = (copied / "kinline.db").read_bytes()
    assert main(["restore", "copy.db", "--force"]) == 0, capsys.readouterr().err
    assert _families() == ["Garcia"]
    assert len((copied / "kinline.db.replaced").read_bytes()) == len(as_it_was)


@pytest.mark.parametrize("damage", ["no database", "broken pages"])
def test_a_damaged_database_is_not_copied_over_a_good_copy(
    copied: Path, capsys: Said, damage: str
) -> None:
    _damage(copied / "kinline.db", damage)
    before = (copied / "copy.db").read_bytes()
    assert main(["backup", "copy.db", "--force"]) == 2
    first, *_ = capsys.readouterr().err.splitlines()
    assert first.startswith("kinline.db is damaged; it was not copied")
    assert (copied / "copy.db").read_bytes() == before
    assert sorted(file.name for file in copied.glob("copy*")) == ["copy.db"]


@pytest.mark.parametrize("damage", ["", "no database"])
def test_a_database_in_use_is_not_replaced_also_when_it_is_damaged(
    copied: Path, capsys: Said, damage: str
) -> None:
    with _held_by_another_process(copied / "kinline.db"):
        if damage:
            _damage(copied / "kinline.db", damage)
        assert main(["restore", "copy.db", "--force"]) == 2
    assert capsys.readouterr().err == "kinline.db is in use. Stop kinline serve first.\n"
    assert main(["restore", "copy.db", "--force"]) == 0


def test_a_copy_is_one_file_that_can_be_read_where_nothing_may_be_written(copied: Path) -> None:
    """A copy in the form of a running database wants to write a log before it is read."""
    with closing(sqlite3.connect("file:copy.db?mode=ro&immutable=1", uri=True)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    main(["restore", "copy.db", "--force"])
    assert sorted(file.name for file in copied.glob("copy*")) == ["copy.db"]


def test_the_words_of_families_are_for_the_owner_of_the_files_alone(copied: Path) -> None:
    main(["restore", "copy.db", "--force"])
    for name in ("copy.db", "kinline.db", "kinline.db.replaced"):
        assert (copied / name).stat().st_mode & 0o077 == 0, name


def test_a_copy_that_fails_half_way_leaves_nothing_behind(
    copied: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, as SQLite tells of it: its limit of pages is the room that there is."""
    connect = sqlite3.connect

    def cramped(file: Path, **given: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(file, **given)
        if str(file).endswith(".part"):
            connection.execute("PRAGMA max_page_count=10")
        return connection

    monkeypatch.setattr(sqlite3, "connect", cramped)
    assert main(["backup", "other.db"]) == 2
    assert "database or disk is full" in capsys.readouterr().err
    assert not list(copied.glob("other.db*"))
    assert main(["restore", "copy.db", "--force"]) == 2
    assert _families() == ["Garcia", "Haddad"]


@pytest.mark.usefixtures("copied")
def test_a_copy_of_a_running_clinic_holds_what_was_committed() -> None:
    database = Database("sqlite:///kinline.db")
    with database.write() as connection:
        factories.household(connection, _maple(connection), name="Petrov", phone="+13125550158")
        # Not committed when the copy is made: a copy holds all of a change, or nothing.
        assert main(["backup", "running.db"]) == 0
    database.close()
    assert _families("sqlite:///running.db") == ["Garcia", "Haddad"]


@pytest.mark.usefixtures("copied")
@pytest.mark.parametrize("target", ["kinline.db", "."])
def test_a_copy_needs_a_name_of_its_own(capsys: Said, target: str) -> None:
    assert main(["backup", target, "--force"]) == 2
    assert capsys.readouterr().err == f"{target}: give the name of a file for the copy.\n"
    assert _families() == ["Garcia", "Haddad"]


def test_what_is_no_copy_is_not_restored(folder: Path, capsys: Said) -> None:
    for name in ("clinic.toml", "nowhere.db"):
        assert main(["restore", name]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "clinic.toml is not a copy of a Kinline database.",
        "nowhere.db: there is no such file.",
    ]
    assert not (folder / "kinline.db").exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("into", ["the same", "an empty one"])
def test_the_tools_of_postgresql_that_we_name_copy_a_clinic_and_bring_it_back(
    postgres_databases: FreshDatabases, advised: Callable[[str, str], None], into: str
) -> None:
    with postgres_databases.one() as url, postgres_databases.one(empty=True) as other:
        with closing(Database(url)) as database, database.write() as connection:
            clinic = factories.clinic(connection)
            factories.household(connection, clinic, name="Garcia", phone="+13125550155")
        advised("backup", url)
        with closing(Database(url)) as database, database.write() as connection:
            factories.household(connection, clinic, name="Haddad", phone="+13125550156")
        target = url if into == "the same" else other
        advised("restore", target)
        assert _families(target) == ["Garcia"]


@pytest.fixture
def advised(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> Callable[[str, str], None]:
    """Run what a command says that is to be run with PostgreSQL, as it stands there."""

    def run(command: str, url: str) -> None:
        monkeypatch.setenv("KINLINE_DATABASE_URL", url)
        assert main([command, "copy.pg"]) == 2
        tool, *words = capsys.readouterr().err.partition("as URL: ")[2].split()
        plain = url.replace("postgresql+psycopg", "postgresql")
        given = [plain if word == "URL" else word for word in words]
        done = subprocess.run(
            [postgres_bin() / tool, *given], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr

    return run


def _add(name: str, phone: str) -> None:
    with closing(Database("sqlite:///kinline.db")) as database, database.write() as connection:
        factories.household(connection, _maple(connection), name=name, phone=phone)


def _maple(connection: Connection) -> int:
    return int(
        connection.execute(select(clinics.c.id).where(clinics.c.key == "maple")).scalar_one()
    )


def _families(url: str = "sqlite:///kinline.db") -> list[str]:
    with closing(Database(url)) as database, database.read() as connection:
        return list(connection.execute(select(families.c.name).order_by("name")).scalars())


def _damage(file: Path, how: str) -> None:
    """Break the header, or the pages behind the second one."""
    with file.open("r+b") as database:
        if how == "no database":
            database.write(b"what a disk may leave here")
        else:
            size = file.stat().st_size
            database.seek(8192)
            database.write(os.urandom(size - 8192))


@contextmanager
def _held_by_another_process(file: Path) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "held\n"
        yield
        holder.stdin.close()
