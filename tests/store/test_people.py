"""Who is signed in: what is kept of a password, a session and an invitation, and what is not."""

from datetime import timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from store import people, tables
from store.db import Database
from tests import factories
from tests.factories import NOW

PASSWORD = "luis-likes-trains"


@pytest.fixture
def ana_id(database: Database) -> int:
    """Ana, who has a password."""
    with database.write() as connection:
        clinic_id = factories.clinic(connection)
        return factories.staff_member(
            connection,
            clinic_id,
            email="ana@maple.example",
            password_hash=people.hash_password(PASSWORD),
        )


def test_a_signed_in_person_is_known_by_the_token_and_the_store_keeps_only_its_hash(
    database: Database, ana_id: int
) -> None:
    token = people.sign_in(database, "ANA@maple.example", PASSWORD, NOW)
    assert token is not None
    person = people.person_of(database, token, NOW)
    assert person is not None
    assert (person.staff_id, person.name, person.clinic_name) == (
        ana_id,
        "Ana",
        "Maple Complex Care",
    )
    with database.read() as connection:
        kept = connection.execute(select(tables.sessions.c.token_hash)).scalar_one()
        hashed = connection.execute(select(tables.staff.c.password_hash)).scalar_one()
        noted = connection.execute(select(tables.audit_events.c.action)).scalars().all()
    assert token not in kept
    assert hashed.startswith("$argon2id$")
    assert noted == ["signed_in"]


def test_a_password_that_changed_meanwhile_opens_nothing(database: Database, ana_id: int) -> None:
    with database.write() as connection:
        connection.execute(
            tables.staff.update()
            .where(tables.staff.c.id == ana_id)
            .values(password_hash=people.hash_password("another-password"))
        )
    assert people.sign_in(database, "ana@maple.example", PASSWORD, NOW) is None


def test_a_damaged_hash_lets_nobody_in(database: Database, ana_id: int) -> None:
    with database.write() as connection:
        connection.execute(
            tables.staff.update().where(tables.staff.c.id == ana_id).values(password_hash="x")
        )
    assert people.sign_in(database, "ana@maple.example", PASSWORD, NOW) is None


def test_a_session_is_written_once_a_minute_at_most(database: Database, ana_id: int) -> None:
    token = people.sign_in(database, "ana@maple.example", PASSWORD, NOW)
    assert token is not None
    for seconds, expected in ((30, 0), (59, 0), (61, 61), (90, 61)):
        people.person_of(database, token, NOW + timedelta(seconds=seconds))
        with database.read() as connection:
            seen = connection.execute(
                select(tables.sessions.c.seen_at).where(tables.sessions.c.staff_id == ana_id)
            ).scalar_one()
        assert seen == NOW + timedelta(seconds=expected)


def test_an_unknown_person_costs_the_same_work_as_a_wrong_password(
    database: Database, ana_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-25: counted in password checks, because a stopwatch on a busy machine proves little."""
    assert ana_id
    people._nobodys_hash.cache_clear()  # noqa: SLF001  other tests hash with less work
    people.sign_in(database, "nobody@maple.example", PASSWORD, NOW)  # makes the stand-in hash
    checks: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            checks.append(str(hash)[:30])
            return super().verify(hash, password)

    monkeypatch.setattr(people, "_hasher", Counting())
    for email in ("nobody@maple.example", "ana@maple.example"):
        assert people.sign_in(database, email, "wrong-password-1", NOW) is None
    assert len(checks) == 2
    assert checks[0] == checks[1]  # the same algorithm, memory, rounds and lanes


def test_accepting_an_invitation_ends_the_sessions_before_it(
    database: Database, ana_id: int
) -> None:
    """A-23: no session from before a new password lives on."""
    before = people.sign_in(database, "ana@maple.example", PASSWORD, NOW)
    assert before is not None
    token, kept = people.new_invitation()
    with database.write() as connection:
        connection.execute(
            tables.staff.update()
            .where(tables.staff.c.id == ana_id)
            .values(invitation_hash=kept, invited_at=NOW)
        )
    session = people.accept_invitation(database, token, "a-new-password", NOW)
    assert session is not None
    assert people.person_of(database, before, NOW) is None
    assert people.person_of(database, session, NOW) is not None
    assert people.accept_invitation(database, token, "a-new-password", NOW) is None


def test_a_short_password_is_refused_before_anything_changes(database: Database) -> None:
    with pytest.raises(ValueError, match="12 to 256"):
        people.accept_invitation(database, "token", "short", NOW)
