"""The commands as other programs and tired administrators meet them."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.__main__ import main
from store import schema
from store.clock import system_clock
from store.db import Database
from store.people import accept_invitation, sign_in
from store.tables import audit_events, metadata, staff
from tests import factories

KINLINE = Path(sys.executable).with_name("kinline")
Said = pytest.CaptureFixture[str]


def test_apply_makes_the_database_says_what_changed_and_then_that_nothing_did(
    folder: Path, capsys: Said
) -> None:
    assert main(["apply", "clinic.toml"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "clinic maple: added"
    assert (folder / "kinline.db").is_file()
    assert main(["apply", "clinic.toml"]) == 0
    assert capsys.readouterr().out == "nothing changed\n"


def test_a_wrong_file_is_exit_2_with_one_line_for_each_fault(folder: Path, capsys: Said) -> None:
    file = folder / "clinic.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("America/Chicago", "Chicago").replace("+13125550131", "+1312")
    file.write_text(text, encoding="utf-8")
    assert main(["apply", "clinic.toml"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.split(": ")[:2] for line in said.err.splitlines()] == [
        ["clinic.toml:4", "clinic.timezone"],
        ["clinic.toml:44", "families[0].caregivers[0].phone"],
    ]


def test_the_invitation_of_new_staff_is_a_link_to_the_public_address(
    texting: Path, capsys: Said
) -> None:
    file = texting / "clinic.toml"
    text = file.read_text(encoding="utf-8").replace('password = "only-for-trials"\n', "")
    file.write_text(text, encoding="utf-8")
    main(["apply", "clinic.toml"])
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "/invite/" in one]
    assert line.startswith("ana@maple.example sets a password here, once, within 7 days: ")
    assert "https://texts.maple.example/invite/" in line


def test_an_only_administrator_who_forgot_the_password_gets_a_link_once(
    texting: Path, capsys: Said
) -> None:
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    assert main(["invite", "Ana@Maple.example"]) == 0
    line = capsys.readouterr().out.strip()
    assert line.startswith("Ana@Maple.example sets a password here, once, within 7 days: ")
    token = line.rpartition("https://texts.maple.example/invite/")[2]
    database = Database(f"sqlite:///{texting / 'kinline.db'}")
    now, words = system_clock(), "a new pass phrase of hers"
    assert accept_invitation(database, token, words, now) is not None
    assert accept_invitation(database, token, words, now) is None, "once"
    assert sign_in(database, "ana@maple.example", words, now) is not None
    with database.read() as connection:
        actors = connection.execute(
            select(audit_events.c.actor).where(audit_events.c.action == "staff.invited")
        ).scalars()
        assert list(actors) == ["command"]
    database.close()


def test_a_link_for_nobody_is_refused(texting: Path, capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    database = Database(f"sqlite:///{texting / 'kinline.db'}")
    with database.write() as connection:
        connection.execute(update(staff).values(active=False))
    database.close()
    for email in ("nobody@maple.example", "ana@maple.example"):
        assert main(["invite", email]) == 2
        assert capsys.readouterr().err == f"Nobody who works here has the address {email}.\n"


def test_inbox_prints_one_object_for_each_open_episode(folder: Path, capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    database = Database(f"sqlite:///{folder / 'kinline.db'}")
    with database.write() as connection:
        clinic = factories.clinic(connection, key="oak")
        home = factories.household(connection, clinic, name="García", phone="+13125550155")
        factories.episode(connection, clinic, home.family_id, home.thread_id)
    database.close()
    assert main(["inbox", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert (json.loads(line)["clinic"], json.loads(line)["family"]) == ("oak", "García")
    assert "García" in line
    assert main(["inbox", "--json", "--clinic", "maple"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("texting")
@pytest.mark.parametrize("command", [["inbox", "--json"], ["export", "--clinic", "maple"]])
def test_a_command_that_only_reads_makes_no_database_with_tables(
    folder: Path, capsys: Said, command: list[str]
) -> None:
    assert main(command) == 2
    assert capsys.readouterr().err == (
        "The database is empty. Begin with: kinline apply FILE.toml\n"
    )
    database = Database(f"sqlite:///{folder / 'kinline.db'}")
    assert schema.state(database) is schema.SchemaState.EMPTY
    database.close()


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("DATABASE_URL", "mysql://x", "use sqlite:///FILE or postgresql://"),
        ("REDIS_URL", "localhost", "use redis://HOST:PORT/0"),
        ("PUBLIC_URL", "texts.maple.example", "use an address such as https://"),
        ("SECRET_KEY", "short", ""),
    ],
)
@pytest.mark.parametrize("command", [["serve"], ["apply", "clinic.toml"], ["inbox", "--json"]])
def test_a_wrong_setting_is_one_clear_line_and_exit_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: Said,
    command: list[str],
    name: str,
    value: str,
    fault: str,
) -> None:
    monkeypatch.setenv(f"KINLINE_{name}", value)
    assert main(command) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"KINLINE_{name}: {fault}")


@pytest.mark.usefixtures("folder")
def test_serve_without_settings_names_each_one_that_is_missing(capsys: Said) -> None:
    assert main(["serve"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "KINLINE_PUBLIC_URL is not set: the outside address, for signatures and links",
        "KINLINE_TWILIO_ACCOUNT_SID is not set: the account, AC…",
        "KINLINE_TWILIO_AUTH_TOKENS is not set: the auth token, or two with a comma",
        "KINLINE_SECRET_KEY is not set: at least 32 random characters",
        "To try Kinline without any of this: kinline demo",
    ]


def test_a_database_that_does_not_answer_is_one_clear_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("KINLINE_DATABASE_URL", f"sqlite:///{folder}/not-there/kinline.db")
    assert main(["apply", "clinic.toml"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("KINLINE_DATABASE_URL: the database does not answer (OperationalError).")


def test_migrate_makes_the_tables_and_says_when_there_is_nothing_to_do(
    folder: Path, capsys: Said
) -> None:
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "The database is up to date now.",
        "The database is up to date already.",
    ]
    assert (folder / "kinline.db").is_file()


def test_a_newer_database_is_refused_by_every_command(folder: Path, capsys: Said) -> None:
    """F-25."""
    main(["migrate"])
    capsys.readouterr()
    database = Database(f"sqlite:///{folder / 'kinline.db'}")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for command in (["apply", "clinic.toml"], ["inbox", "--json"], ["migrate"]):
        assert main(command) == 2
        assert "newer Kinline" in capsys.readouterr().err


def test_a_backup_can_be_restored_and_nothing_is_replaced_unasked(
    folder: Path, capsys: Said
) -> None:
    """I-30."""
    main(["apply", "clinic.toml"])
    assert main(["backup", "copy.db"]) == 0
    assert main(["backup", "copy.db"]) == 2
    assert main(["backup", "copy.db", "--force"]) == 0
    before = _rows(folder)
    assert main(["restore", "copy.db"]) == 2
    assert "Use --force" in capsys.readouterr().err
    (folder / "kinline.db").unlink()
    assert main(["restore", "copy.db"]) == 0
    assert _rows(folder) == before


def test_the_words_of_families_are_for_the_owner_of_the_files_alone(folder: Path) -> None:
    main(["apply", "clinic.toml"])
    main(["backup", "copy.db"])
    (folder / "kinline.db").rename("moved.db")
    main(["restore", "copy.db"])
    for name in ("moved.db", "copy.db", "kinline.db"):
        assert (folder / name).stat().st_mode & 0o077 == 0, name


def test_a_copy_that_fails_half_way_leaves_nothing_behind(
    folder: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, as SQLite tells of it: its limit of pages is the room that there is."""
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    connect = sqlite3.connect

    def cramped(file: Path, **given: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(file, **given)
        if str(file).endswith(".part"):
            connection.execute("PRAGMA max_page_count=10")
        return connection

    monkeypatch.setattr(sqlite3, "connect", cramped)
    assert main(["backup", "copy.db"]) == 2
    assert "database or disk is full" in capsys.readouterr().err
    assert not list(folder.glob("copy.db*"))


@pytest.mark.usefixtures("folder")
def test_a_database_in_use_is_not_replaced(capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    main(["backup", "copy.db"])
    capsys.readouterr()
    database = Database("sqlite:///kinline.db")
    with database.read():
        assert main(["restore", "copy.db", "--force"]) == 2
    database.close()
    assert capsys.readouterr().err == "kinline.db is in use. Stop kinline serve first.\n"
    assert main(["restore", "copy.db", "--force"]) == 0


def test_what_is_no_backup_is_not_restored(folder: Path, capsys: Said) -> None:
    for name in ("clinic.toml", "nowhere.db"):
        assert main(["restore", name]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "clinic.toml is not a copy of a Kinline database.",
        "nowhere.db: there is no such file.",
    ]
    assert not (folder / "kinline.db").exists()


@pytest.mark.usefixtures("folder")
def test_for_postgresql_backup_names_the_tool_that_does_it(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("KINLINE_DATABASE_URL", "postgresql://localhost/kinline")
    assert main(["backup", "copy.db"]) == 2
    assert "pg_dump" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_export_of_an_unknown_clinic_is_exit_2(capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    assert main(["export", "--clinic", "mapel"]) == 2
    assert capsys.readouterr().err == "There is no clinic with the key 'mapel'.\n"


@pytest.mark.parametrize(
    "arguments", [[], ["inbox"], ["serve", "--port", "99999"], ["serve", "--role", "boss"]]
)
def test_wrong_arguments_are_exit_2(arguments: list[str], capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_the_command_itself_starts_and_needs_no_database_for_triage(folder: Path) -> None:
    done = subprocess.run(
        [KINLINE, "triage"],
        input='{"id": "1", "text": "mi hijo no puede respirar"}\nnot json\n',
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )
    (answer,) = done.stdout.splitlines()
    assert (json.loads(answer)["id"], json.loads(answer)["urgency"]) == ("1", "emergency")
    assert done.stderr.startswith("line 2:")
    assert not (folder / "kinline.db").exists()


def test_a_reader_that_has_enough_of_the_inbox_causes_no_complaint(folder: Path) -> None:
    main(["apply", "clinic.toml"])
    done = subprocess.run(
        ["sh", "-c", f"{KINLINE} export --clinic maple | head -n 1"],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
        check=False,
    )
    assert (json.loads(done.stdout)["key"], done.stderr) == ("maple", "")


def _rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    database = Database(f"sqlite:///{folder / 'kinline.db'}")
    with database.read() as connection:
        rows = {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in metadata.sorted_tables
        }
    database.close()
    return rows
