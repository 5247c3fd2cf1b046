"""A picture comes after its text, is kept once, and never takes the text with it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.channels.twilio.client import media_source
from bot.media import LEASE_SECONDS, Attachments
from store import attachments
from store.db import Database
from store.live import Change, Live
from store.settings import TwilioAccount
from store.tables import attachment_contents, messages
from store.tables import attachments as table
from tests import factories
from tests.clock import MovableClock
from tests.faketwilio.account import ACCOUNT, TOKEN
from tests.faketwilio.client import FakeTwilio

PHOTO = b"\xff\xd8\xff\xe0" + b"gauze around the trach" * 50
WORDS = "mire esta foto"


@dataclass
class Scene:
    """Rosa has sent a text with one attachment."""

    database: Database
    clock: MovableClock
    live: Live
    worker: Attachments
    clinic_id: int
    episode_id: int
    attachment_id: int

    def stored(self) -> Any:
        """Read the attachment with what was fetched of it, and the text beside it."""
        query = (
            select(table, attachment_contents.c.content, messages.c.text,
                   attachment_contents.c.content_type.label("kind"))
            .join(messages, messages.c.id == table.c.message_id)
            .outerjoin(attachment_contents, attachment_contents.c.attachment_id == table.c.id)
            .where(table.c.clinic_id == self.clinic_id, table.c.id == self.attachment_id)
        )  # fmt: skip
        with self.database.read() as connection:
            return connection.execute(query).one()


def scene(database: Database, clock: MovableClock, twilio: FakeTwilio, url: str) -> Scene:
    with database.write() as connection:
        clinic_id = factories.clinic(connection)
        home = factories.household(connection, clinic_id)
        episode_id = factories.episode(connection, clinic_id, home.family_id, home.thread_id)
        message_id = factories.message(connection, clinic_id, home.thread_id, episode_id, WORDS)
        attachment_id = factories.attachment(
            connection, clinic_id, message_id, url=url, due_at=clock()
        )
    live = Live()
    source = media_source(twilio.url, {ACCOUNT: TwilioAccount(ACCOUNT, (TOKEN,))}.get)
    worker = Attachments(database, live, clock, source)
    return Scene(database, clock, live, worker, clinic_id, episode_id, attachment_id)


def test_a_photo_is_kept_and_open_screens_are_told(
    database: Database, clock: MovableClock, twilio: FakeTwilio
) -> None:
    rosa = scene(database, clock, twilio, twilio.picture(PHOTO))
    with rosa.live.listen() as screen:
        assert rosa.worker.run_once() == 1
        assert screen.wait(1) == (Change(rosa.clinic_id, rosa.episode_id),)
    kept = rosa.stored()
    assert (kept.state, kept.why, kept.due_at) == ("fetched", None, None)
    assert (kept.content, kept.kind, kept.text) == (PHOTO, "image/jpeg", WORDS)
    assert rosa.worker.run_once() == 0


def test_a_photo_that_twilio_announced_too_early_comes_with_the_second_try(
    sqlite_database: Database, clock: MovableClock, twilio: FakeTwilio
) -> None:
    rosa = scene(sqlite_database, clock, twilio, twilio.url + "/not/yet")
    rosa.worker.run_once()
    assert (rosa.stored().state, rosa.stored().why) == ("recorded", "not_found")
    assert rosa.worker.run_once() == 0
    clock.advance(timedelta(seconds=3))
    assert rosa.worker.run_once() == 1
    assert rosa.stored().tries == 2


@pytest.mark.parametrize(
    ("do", "how", "why"),
    [
        pytest.param("status", {"status": 404}, "not_found", id="404"),
        pytest.param("status", {"status": 500}, "unreachable", id="500"),
        pytest.param("cut", {}, "unreachable", id="breaks off"),
    ],
)
def test_after_three_tries_a_picture_is_unavailable_and_the_text_stays(
    sqlite_database: Database,
    clock: MovableClock,
    twilio: FakeTwilio,
    do: str,
    how: dict[str, Any],
    why: str,
) -> None:
    """I-06, F-33."""
    rosa = scene(sqlite_database, clock, twilio, twilio.picture(PHOTO, do=do, **how))
    for _ in range(5):
        rosa.worker.run_once()
        clock.advance(timedelta(minutes=10))
    lost = rosa.stored()
    assert (lost.state, lost.why, lost.tries, lost.text) == ("unavailable", why, 3, WORDS)
    assert lost.content is None
    assert len(twilio.seen()) == 3


@pytest.mark.parametrize(
    "content",
    [b"<svg onload=alert(1)>", b"<html><script>", b"PK\x03\x04", b""],
    ids=["drawing", "page", "archive", "empty"],
)
def test_what_is_not_a_picture_is_not_kept_whatever_it_is_called(
    sqlite_database: Database, clock: MovableClock, twilio: FakeTwilio, content: bytes
) -> None:
    """A-09."""
    rosa = scene(sqlite_database, clock, twilio, twilio.picture(content, "image/jpeg"))
    rosa.worker.run_once()
    lost = rosa.stored()
    assert (lost.state, lost.why, lost.content, lost.text) == ("unavailable", "type", None, WORDS)


def test_an_address_elsewhere_is_given_up_at_once(
    sqlite_database: Database, clock: MovableClock, twilio: FakeTwilio
) -> None:
    """A-14."""
    rosa = scene(sqlite_database, clock, twilio, "http://169.254.169.254/latest/meta-data")
    rosa.worker.run_once()
    assert (rosa.stored().state, rosa.stored().why) == ("unavailable", "address")


def test_a_picture_that_kills_its_worker_is_given_up(
    database: Database, clock: MovableClock, twilio: FakeTwilio
) -> None:
    """F-04: each try is counted before it begins."""
    rosa = scene(database, clock, twilio, twilio.picture(PHOTO))
    for _ in range(3):
        with database.write() as connection:
            assert attachments.claim_due(connection, clock(), limit=1, lease_seconds=LEASE_SECONDS)
        clock.advance(timedelta(seconds=LEASE_SECONDS))
    rosa.worker.run_once()
    assert (rosa.stored().state, rosa.stored().why) == ("unavailable", "failed")
    assert twilio.seen() == []


def test_two_workers_never_fetch_the_same_picture(
    database: Database, clock: MovableClock, twilio: FakeTwilio
) -> None:
    scene(database, clock, twilio, twilio.picture(PHOTO))
    with database.write() as connection:
        first = attachments.claim_due(connection, clock(), limit=5, lease_seconds=LEASE_SECONDS)
    with database.write() as connection:
        second = attachments.claim_due(connection, clock(), limit=5, lease_seconds=LEASE_SECONDS)
    assert (len(first), second) == (1, [])


def test_a_worker_that_was_away_changes_nothing(
    database: Database, clock: MovableClock, twilio: FakeTwilio
) -> None:
    """F-03: another try has begun meanwhile."""
    rosa = scene(database, clock, twilio, twilio.picture(PHOTO))
    with database.write() as connection:
        [stale] = attachments.claim_due(connection, clock(), limit=1, lease_seconds=1)
    clock.advance(timedelta(seconds=2))
    rosa.worker.run_once()
    with database.write() as connection:
        assert not attachments.keep(connection, stale, "image/png", b"old")
        assert not attachments.give_up(connection, stale, "failed")
        assert not attachments.try_again(connection, stale, "not_found", clock())
    assert (rosa.stored().state, rosa.stored().content) == ("fetched", PHOTO)


def test_a_worker_that_was_away_settles_nothing_while_another_tries(
    database: Database, clock: MovableClock, twilio: FakeTwilio
) -> None:
    """F-03: the other try is not over yet."""
    rosa = scene(database, clock, twilio, twilio.picture(PHOTO))
    claims = []
    for _ in range(2):
        with database.write() as connection:
            claims += attachments.claim_due(connection, clock(), limit=1, lease_seconds=1)
        clock.advance(timedelta(seconds=2))
    stale, present = claims
    with database.write() as connection:
        assert not attachments.give_up(connection, stale, "failed")
        assert attachments.keep(connection, present, "image/jpeg", PHOTO)
    assert (rosa.stored().state, rosa.stored().tries) == ("fetched", 2)


def test_no_address_of_a_picture_is_logged(
    sqlite_database: Database, clock: MovableClock, twilio: FakeTwilio
) -> None:
    """I-24."""
    rosa = scene(sqlite_database, clock, twilio, twilio.url + "/secret/place")
    with capture_logs() as said:
        rosa.worker.run_once()
    assert said[0]["event"] == "media.not_fetched"
    assert "secret" not in str(said)
