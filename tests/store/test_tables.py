"""What the tables themselves refuse, whatever the code above them does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError, StatementError

from routing.types import Urgency
from store.db import Database
from store.tables import alerts, clinics, contacts, episodes, messages
from tests import factories
from tests.factories import NOW, Household


@pytest.fixture
def garcias(database: Database) -> tuple[int, Household]:
    """The Garcias of Maple Complex Care."""
    with database.write() as connection:
        clinic_id = factories.clinic(connection)
        return clinic_id, factories.household(connection, clinic_id)


def _one_text_twice(connection: Connection, clinic_id: int, home: Household) -> None:
    episode_id = factories.episode(connection, clinic_id, home.family_id, home.thread_id)
    for _ in range(2):
        factories.message(
            connection, clinic_id, home.thread_id, episode_id, "hola", provider_id="SM1"
        )


def _two_open_episodes(connection: Connection, clinic_id: int, home: Household) -> None:
    for _ in range(2):
        factories.episode(connection, clinic_id, home.family_id, home.thread_id)


def _alert(connection: Connection, clinic_id: int, home: Household, **columns: object) -> None:
    episode_id = factories.episode(
        connection, clinic_id, home.family_id, home.thread_id, urgency=Urgency.EMERGENCY
    )
    values = {
        "state": "open", "step": 0, "rung": 0, "asked": False, "urgency": 4, "ref": "r1",
        "word": "maple", "opened_at": NOW,
    }  # fmt: skip
    factories.row(
        connection, alerts, clinic_id=clinic_id, episode_id=episode_id, **(values | columns)
    )


def _alert_without_next_step(connection: Connection, clinic_id: int, home: Household) -> None:
    _alert(connection, clinic_id, home, next_step_at=None)


def _two_alerts_for_one_need(connection: Connection, clinic_id: int, home: Household) -> None:
    _alert(connection, clinic_id, home, next_step_at=NOW)
    (episode_id,) = connection.scalars(select(alerts.c.episode_id))
    factories.row(
        connection, alerts, clinic_id=clinic_id, episode_id=episode_id, state="acknowledged",
        step=0, rung=0, asked=False, urgency=4, ref="r2", word="olive", opened_at=NOW,
        next_step_at=NOW,
    )  # fmt: skip


def _one_phone_twice(connection: Connection, clinic_id: int, home: Household) -> None:
    factories.contact(connection, clinic_id, home.family_id, address="+13125550131")


def _one_notice_twice(connection: Connection, clinic_id: int, _home: Household) -> None:
    for _ in range(2):
        factories.delivery(connection, clinic_id, key="notice:1:window:1")


def _one_act_twice(connection: Connection, clinic_id: int, home: Household) -> None:
    episode_id = factories.episode(connection, clinic_id, home.family_id, home.thread_id)
    for _ in range(2):
        factories.message(
            connection, clinic_id, home.thread_id, episode_id, "We call you at two. Ana",
            direction="out", action_key="double-click",
        )  # fmt: skip


def _words_of_nobody(connection: Connection, clinic_id: int, _home: Household) -> None:
    factories.message(connection, clinic_id, 9_999, 9_999, "hola")


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(_one_text_twice, id="I-01 one text of the provider twice"),
        pytest.param(_two_open_episodes, id="two open episodes in one thread"),
        pytest.param(_alert_without_next_step, id="I-10 an open alert that would stop"),
        pytest.param(_two_alerts_for_one_need, id="two alerts for one need"),
        pytest.param(_one_phone_twice, id="one phone twice in a clinic"),
        pytest.param(_one_notice_twice, id="I-16 one closed-hours notice twice"),
        pytest.param(_one_act_twice, id="one reply of a person twice"),
        pytest.param(_words_of_nobody, id="I-04 words without a thread"),
    ],
)
def test_the_database_itself_refuses(
    database: Database,
    garcias: tuple[int, Household],
    write: Callable[[Connection, int, Household], None],
) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        write(connection, *garcias)


def test_a_resolved_need_makes_room_for_the_next(
    database: Database, garcias: tuple[int, Household]
) -> None:
    clinic_id, home = garcias
    with database.write() as connection:
        for state in ("resolved", "resolved", "open"):
            factories.episode(connection, clinic_id, home.family_id, home.thread_id, state=state)
    with database.read() as connection:
        kept = connection.scalars(select(episodes.c.state).order_by(episodes.c.id)).all()
    assert kept == ["resolved", "resolved", "open"]


def test_a_closed_alert_needs_no_next_step_and_makes_room(
    database: Database, garcias: tuple[int, Household]
) -> None:
    clinic_id, home = garcias
    with database.write() as connection:
        _alert(connection, clinic_id, home, state="closed", next_step_at=None)
        (episode_id,) = connection.scalars(select(alerts.c.episode_id))
        factories.row(
            connection, alerts, clinic_id=clinic_id, episode_id=episode_id, state="open",
            step=0, rung=0, asked=False, urgency=4, ref="r2", word="olive", opened_at=NOW,
            next_step_at=NOW,
        )  # fmt: skip
        kept = connection.scalars(select(alerts.c.state).order_by(alerts.c.id)).all()
    assert kept == ["closed", "open"]


def test_two_clinics_may_know_the_same_phone(database: Database) -> None:
    with database.write() as connection:
        for key in ("maple", "birch"):
            clinic_id = factories.clinic(connection, key=key)
            factories.household(connection, clinic_id, phone="+13125550131")
        phones = connection.scalars(select(contacts.c.address)).all()
    assert phones == ["+13125550131", "+13125550131"]


def test_a_moment_comes_back_aware_and_in_utc(
    database: Database, garcias: tuple[int, Household]
) -> None:
    clinic_id, home = garcias
    chicago = timezone(timedelta(hours=-6))
    at = datetime(2026, 11, 18, 23, 0, 0, 123456, tzinfo=chicago)
    with database.write() as connection:
        episode_id = factories.episode(connection, clinic_id, home.family_id, home.thread_id)
        factories.message(connection, clinic_id, home.thread_id, episode_id, "hola", at=at)
    with database.read() as connection:
        (read,) = connection.scalars(select(messages.c.at))
    assert read == at
    assert read.tzinfo is UTC or read.utcoffset() == timedelta(0)
    assert (read.day, read.hour) == (19, 5)


def test_a_moment_without_a_time_zone_is_refused(
    database: Database, garcias: tuple[int, Household]
) -> None:
    """I-31: what nine o'clock means must never depend on a machine's settings."""
    clinic_id, home = garcias
    naive = datetime(2026, 11, 18, 9, 0)  # noqa: DTZ001  the very thing that is refused
    with pytest.raises(StatementError, match="needs a time zone"), database.write() as connection:
        factories.episode(connection, clinic_id, home.family_id, home.thread_id, opened_at=naive)


@pytest.mark.parametrize(
    "words",
    [
        "mi hijo no puede respirar",
        "👩‍👧‍👦 🫁",
        "لا يتنفس",
        "con tôi không thở",
        "他喘不过气",
        "\u202eabc\u200b",
    ],
    ids=["spanish", "emoji", "arabic", "vietnamese", "chinese", "direction marks"],
)
def test_words_of_every_script_come_back_as_they_were(
    database: Database, garcias: tuple[int, Household], words: str
) -> None:
    """I-05, with the raw form beside them: that may hold what text must not, such as NUL."""
    clinic_id, home = garcias
    raw = f"Body={words}\x00".encode()
    with database.write() as connection:
        episode_id = factories.episode(connection, clinic_id, home.family_id, home.thread_id)
        factories.message(connection, clinic_id, home.thread_id, episode_id, words, raw=raw)
    with database.read() as connection:
        assert connection.execute(select(messages.c.text, messages.c.raw)).one() == (words, raw)


def test_every_table_says_whose_row_it_is() -> None:
    """Each row of a family or of staff belongs to one clinic; two tables are the provider's and
    the clinics themselves."""
    without = {
        name for name, table in clinics.metadata.tables.items() if "clinic_id" not in table.c
    }
    assert without == {"clinics", "provider_reports"}
