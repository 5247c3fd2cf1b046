"""The commands as other programs and tired administrators meet them."""

import json
import subprocess
import sys
from pathlib import Path

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
        ("DATABASE_URL", "sqlite://kinline.db", "use sqlite:///FILE"),
        ("DATABASE_URL", "sqlite:kinline.db", "use sqlite:///FILE"),
        ("DATABASE_URL", "sqlite://", "use sqlite:///FILE"),
        ("DATABASE_URL", "sqlite:///", "use sqlite:///FILE"),
        ("DATABASE_URL", "sqlite:///:memory:", "use sqlite:///FILE"),
        ("DATABASE_URL", "postgresql:", "use postgresql://USER:PASSWORD@HOST:5432/NAME"),
        ("DATABASE_URL", "postgresql://", "use postgresql://USER:PASSWORD@HOST:5432/NAME"),
        ("DATABASE_URL", "postgresql://db:abc/kinline", "use postgresql://USER"),
        ("DATABASE_URL", "postgresql://[::1/kinline", "use postgresql://USER"),
        ("REDIS_URL", "redis://cache:abc/0", "use redis://HOST:PORT/0"),
        ("PUBLIC_URL", "https://texts.maple.example:abc", "use an address such as https://"),
        ("ALARM_URL", "https://alarm.example:99999", "use an address such as https://"),
        ("SMTP_URL", "smtp://mail.example:abc", "use smtp://USER"),
        ("TWILIO_ACCOUNT_SID", "foo", "use the SID of the account"),
        ("TWILIO_API_SECRET", "of-no-key", "set KINLINE_TWILIO_API_KEY and this one"),
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
        "KINLINE_PUBLIC_URL is not set: the outside address, for signatures and links.",
        "KINLINE_TWILIO_ACCOUNT_SID is not set: the account, AC….",
        "KINLINE_TWILIO_AUTH_TOKENS is not set: the auth token, or two with a comma.",
        "KINLINE_SECRET_KEY is not set: at least 32 random characters.",
        "To try Kinline without any of this: kinline demo",
    ]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite:///{}/not-there/kinline.db", "the file cannot be opened;"),
        ("sqlite:///{}/clinic.toml", "this is no SQLite database, or"),
        ("postgresql:///kinline?host={}", "nothing listens at that socket;"),
        ("postgresql://127.0.0.1:1/kinline", "nothing listens at that address;"),
        ("postgresql://nowhere.invalid/kinline", "the name of the host is unknown"),
    ],
)
@pytest.mark.parametrize(
    "command", [["apply", "clinic.toml"], ["inbox", "--json"], ["migrate"], ["doctor"]]
)
def test_a_database_that_does_not_answer_is_one_line_that_says_why(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Said,
    command: list[str],
    url: str,
    why: str,
) -> None:
    monkeypatch.setenv("KINLINE_DATABASE_URL", url.format(folder))
    assert main(command) == (1 if command == ["doctor"] else 2)
    said = capsys.readouterr()
    (line,) = (line for line in (said.out + said.err).splitlines() if "DATABASE_URL" in line)
    assert f"KINLINE_DATABASE_URL: the database does not answer ({why}" in line


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


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", [["export"], ["inbox", "--json"]])
def test_an_unknown_clinic_is_exit_2(capsys: Said, command: list[str]) -> None:
    """An inbox that prints nothing would say that nobody waits."""
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    assert main([*command, "--clinic", "mapel"]) == 2
    assert capsys.readouterr().err == "There is no clinic with the key 'mapel'.\n"


@pytest.mark.parametrize(
    "arguments", [[], ["inbox"], ["serve", "--port", "99999"], ["serve", "--role", "boss"]]
)
def test_wrong_arguments_are_exit_2(arguments: list[str], capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "apply", "backup", "restore", "doctor", "inbox"])
def test_each_command_says_what_it_does_and_what_its_exit_code_means(
    command: str, capsys: Said
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert "Exit code: 0 done" in said
    assert said.split("\n\n")[1].strip().endswith(".")


def test_a_lexicon_that_cannot_be_saved_is_one_clear_line(folder: Path, capsys: Said) -> None:
    assert main(["lexicon", "save", str(folder / "nowhere" / "words.json")]) == 2
    assert "cannot be written: No such file or directory." in capsys.readouterr().err


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
