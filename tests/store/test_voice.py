"""Whom a call reaches depends on the number that was called and on the hour (C17)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from store import tables
from store.db import Database
from store.voice import UNKNOWN_NUMBER, VoicePlan, plan
from tests import factories

NUMBER = "+13125550111"
OFFICE, ON_CALL = "+13125550140", "+13125550100"
WEDNESDAY_MORNING = factories.NOW
WEDNESDAY_NOON = datetime(2026, 11, 18, 18, 15, tzinfo=UTC)  # a quarter past twelve in Chicago
WEDNESDAY_NIGHT = WEDNESDAY_MORNING + timedelta(hours=14)


def asked(database: Database, now: datetime, number: str = NUMBER, **columns: str) -> VoicePlan:
    with database.write() as connection:
        clinic_id = factories.clinic(connection, **columns)
        factories.clinic_number(connection, clinic_id, NUMBER)
    with database.read() as connection:
        return plan(connection, number, now)


@pytest.mark.parametrize(
    ("now", "rung"),
    [
        pytest.param(WEDNESDAY_MORNING, OFFICE, id="open"),
        pytest.param(WEDNESDAY_NOON, ON_CALL, id="lunch"),
        pytest.param(WEDNESDAY_NIGHT, ON_CALL, id="night"),
    ],
)
def test_the_office_is_rung_while_it_is_open_and_the_nurse_otherwise_c17(
    database: Database, now: datetime, rung: str
) -> None:
    assert asked(database, now, office_phone=OFFICE).connect_to == rung


def test_a_clinic_without_an_office_telephone_rings_the_nurse(database: Database) -> None:
    found = asked(database, WEDNESDAY_MORNING)
    assert found == VoicePlan(
        clinic_name="Maple Complex Care",
        languages=("en", "es"),
        emergency_number="911",
        on_call_phone=ON_CALL,
        connect_to=ON_CALL,
    )


def test_on_a_holiday_the_nurse_is_rung(database: Database) -> None:
    with database.write() as connection:
        clinic_id = factories.clinic(connection, office_phone=OFFICE)
        factories.clinic_number(connection, clinic_id, NUMBER)
        factories.row(
            connection,
            tables.closures,
            clinic_id=clinic_id,
            date=date(2026, 11, 18),
            reason="Snow",
        )
    with database.read() as connection:
        assert plan(connection, NUMBER, WEDNESDAY_MORNING).connect_to == ON_CALL


def test_the_holiday_of_another_clinic_closes_nothing(database: Database) -> None:
    with database.write() as connection:
        other = factories.clinic(connection, key="oak")
        factories.row(
            connection, tables.closures, clinic_id=other, date=date(2026, 11, 18), reason="Snow"
        )
    assert asked(database, WEDNESDAY_MORNING, office_phone=OFFICE).connect_to == OFFICE


def test_calls_are_answered_in_every_mode_of_automation(database: Database) -> None:
    """C17, C22."""
    assert asked(database, WEDNESDAY_NIGHT, automation="off").connect_to == ON_CALL


def test_a_clinic_never_rings_the_number_that_was_called(database: Database) -> None:
    found = asked(database, WEDNESDAY_MORNING, office_phone=NUMBER)
    assert found.connect_to == ON_CALL


def test_a_clinic_without_any_other_telephone_rings_nobody(database: Database) -> None:
    found = asked(database, WEDNESDAY_NIGHT, on_call_phone="")
    assert found.connect_to is None


def test_a_number_that_no_clinic_has_gets_general_words(database: Database) -> None:
    assert asked(database, WEDNESDAY_MORNING, number="+13125559999") == UNKNOWN_NUMBER
