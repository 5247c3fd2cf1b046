"""Requests that are refused, and a store that is away: one line in the log, and nothing is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.faketwilio.account import signature
from tests.journeys.cast import CLINICS, REEF
from tests.journeys.posting import INBOUND, form, pieces, send, send_raw
from tests.journeys.running import Running
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.journeys.stage import Stage
from tests.servers import FreshDatabases, PostgresServer

SECRET = "canary5 my son takes phenobarbital"


def test_a_form_without_a_right_signature_is_refused(sqlite_stage: Stage) -> None:
    running, sender = sqlite_stage.running, sqlite_stage.stranger()
    sqlite_stage.twilio.private |= {"canary5", "phenobarbital", sender.lstrip("+")}
    params = form("unsigned", sender, SECRET, REEF.number)
    body = urlencode(params).encode()
    other_words = [
        (name, value + "!") if name == "Body" else (name, value) for name, value in params
    ]
    wrong = [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "x"},
        {"X-Twilio-Signature": signature(running.base + INBOUND, params, "another-token")},
        {"X-Twilio-Signature": signature("http://elsewhere" + INBOUND, params)},
        {"X-Twilio-Signature": signature(running.base + INBOUND, other_words)},
    ]
    assert [send_raw(running, body, headers)[0] for headers in wrong] == [403] * len(wrong)
    _expect_refusals(sqlite_stage, ["no_signature", *["wrong_signature"] * 5])
    _expect_nothing_from(sqlite_stage, sender)


def test_a_form_that_is_too_large_is_refused_also_when_nobody_says_how_large(
    sqlite_stage: Stage,
) -> None:
    """A-10: the length may be missing or a lie."""
    running, sender = sqlite_stage.running, sqlite_stage.stranger()
    sqlite_stage.twilio.private |= {"canary5", sender.lstrip("+")}
    large = form("large", sender, SECRET + "x" * 70_000, REEF.number)
    assert send(running, large)[0] == 413
    piece = urlencode({"Body": SECRET}).encode() * 100
    assert send_raw(running, pieces(piece, 40), {})[0] == 413
    assert send_raw(running, pieces(piece, 100_000), {})[0] in {413, 0}
    codes = [line["code"] for line in running.events("twilio.refused")]
    assert set(codes[-3:]) == {"too_large"}
    _expect_nothing_from(sqlite_stage, sender)


def test_a_form_that_cannot_be_read_is_refused(sqlite_stage: Stage) -> None:
    running, sender = sqlite_stage.running, sqlite_stage.stranger()
    sqlite_stage.twilio.private |= {"canary5", sender.lstrip("+")}
    params = form("unreadable", sender, SECRET, REEF.number)
    lacking = [
        [(name, value) for name, value in params if name not in {"MessageSid", "SmsSid"}],
        [(name, value) for name, value in params if name != "From"],
        [(name, value) for name, value in params if name != "To"],
        [*params, *((f"Extra{n}", "x") for n in range(500))],
    ]
    assert [send(running, wrong)[0] for wrong in lacking] == [400] * len(lacking)
    _expect_refusals(sqlite_stage, ["unreadable"] * len(lacking))
    _expect_nothing_from(sqlite_stage, sender)


def test_a_text_that_meets_a_locked_sqlite_file_is_refused_and_kept_when_it_comes_again(
    sqlite_stage: Stage,
) -> None:
    """F-05: a backup, or somebody's own tool, holds the file; never a 2xx for what was not kept."""
    stage, family = sqlite_stage, sqlite_stage.family(REEF)
    stage.may_complain("intake.not_kept")
    params = form("locked", family.phone, "I lost the school form canary5b", REEF.number)
    stage.twilio.private |= {"canary5b"}
    file = str(stage.running.database.engine.url.database)
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert send(stage.running, params)[0] == 503
        assert stage.running.get("/healthz")[0] == 200
        holder.execute("ROLLBACK")
    assert send(stage.running, params)[0] == 200
    stage.twilio.wait_for(to=family.phone, containing="A person will answer")
    stage.delivered(family.phone, 2)
    assert stage.running.events("twilio.refused")[-1]["code"] == "not_kept"


@pytest.fixture
def away(durable_postgres: PostgresServer) -> Iterator[str]:
    """The address of a database on a server that the test may crash."""
    databases = FreshDatabases(durable_postgres)
    with databases.one() as url:
        yield url
    databases.remove()


@pytest.mark.fault
def test_a_text_that_meets_a_dead_postgresql_is_refused_and_kept_when_it_comes_again(
    durable_postgres: PostgresServer, away: str, tmp_path: Path
) -> None:
    """F-04: what was accepted before is there afterwards, what was refused is not."""
    phone = REEF.households[0].phone
    with Twilio() as twilio, Running(tmp_path, away, twilio) as running:
        running.set_up(*CLINICS)
        running.start("web")
        before = form("before", phone, "I lost the school form canary5c", REEF.number)
        during = form("during", phone, "And the bus form canary5d", REEF.number)
        assert send(running, before)[0] == 200
        durable_postgres.crash()
        assert send(running, during)[0] == 503
        assert running.get("/readyz")[0] == 503
        assert running.get("/healthz")[0] == 200
        durable_postgres.start()
        assert send(running, during)[0] == 200
        assert send(running, before)[0] == 200
        assert running.get("/readyz")[0] == 200
        received = [m["text"] for m in running.episode(phone)["messages"] if m["direction"] == "in"]
        assert received == ["I lost the school form canary5c", "And the bus form canary5d"]
        twilio.private |= {"canary5c", "canary5d", phone.lstrip("+")}
        expect_secrecy(running, twilio, running.get("/metrics")[1])


def _expect_refusals(stage: Stage, codes: list[str]) -> None:
    lines = stage.running.events("twilio.refused")[-len(codes) :]
    assert sorted(line["code"] for line in lines) == sorted(codes)
    said = {name for line in lines for name in line}
    assert said <= {"at", "level", "event", "code", "where", "retry", "error"}


def _expect_nothing_from(stage: Stage, sender: str) -> None:
    assert not [one for one in stage.running.inbox() if one["contact"] == sender]
