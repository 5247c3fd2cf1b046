"""A power cut: families of children with a ventilator are told at once, whatever the hour (C20)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.broadcasting import Broadcasting
from routing.types import ChildFlag, DeliveryState
from store import broadcasts, tables
from store.audience import Unreached, audience
from store.db import Database
from store.manage import Change
from tests import factories
from tests.store.clinic import ELEVEN_AT_NIGHT, Clinic

WORDS = {"en": "The power is out. Check the battery.", "es": "No hay luz. Mire la batería."}
HALF_A_MINUTE = broadcasts.TIME_TO_STOP
A_MINUTE, A_PART = broadcasts.LEASE, broadcasts.A_PART


@pytest.fixture
def maple(database: Database) -> Clinic:
    """Maple at eleven at night; Bea supervises. The Garcias' Luis has a feeding tube only."""
    clinic = Clinic(database, ELEVEN_AT_NIGHT)
    with database.write() as connection:
        factories.staff_member(connection, clinic.id, name="Bea", roles=["supervisor"])
    return clinic


def bea(maple: Clinic) -> int:
    return next(int(row.id) for row in maple.rows(tables.staff) if row.name == "Bea")


def household(
    maple: Clinic, name: str, phone: str, language: str | None = "en", **columns: object
) -> factories.Household:
    """Add a family whose child has a ventilator."""
    with maple.database.write() as connection:
        home = factories.household(
            connection, maple.id, name=name, phone=phone, flags=("ventilator",)
        )
        connection.execute(
            update(tables.caregivers)
            .where(tables.caregivers.c.id == home.caregiver_id)
            .values(language=language)
        )
        if columns:
            connection.execute(
                update(tables.contacts)
                .where(tables.contacts.c.id == home.contact_id)
                .values(**columns)
            )
    return home


def approve(maple: Clinic, key: str = "power-cut", who: int | None = None) -> int:
    with maple.database.write() as connection:
        change = Change(maple.id, who or bea(maple), maple.now)
        flags = (ChildFlag.VENTILATOR,)
        return broadcasts.approve(connection, change, key, flags, WORDS)


def worker(maple: Clinic) -> Broadcasting:
    return Broadcasting(maple.database, maple.conductor, lambda: maple.now)


def everybody_is_told(maple: Clinic) -> None:
    maple.now += HALF_A_MINUTE
    while worker(maple).run_once():
        maple.now += A_PART


def said(maple: Clinic) -> list[tuple[str, str]]:
    """Give the texts that wait to leave, by telephone."""
    texts = {row.id: row.text for row in maple.rows(tables.messages)}
    return sorted(
        (row.to_address, texts[row.message_id])
        for row in maple.rows(tables.deliveries)
        if row.purpose == "announcement"
    )


def progress(maple: Clinic) -> broadcasts.Progress:
    with maple.database.read() as connection:
        [one] = broadcasts.broadcasts_of(connection, maple.id)
    return one


def test_families_with_a_ventilator_are_told_at_night_in_their_language_c20(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141", "en")
    household(maple, "Lopez", "+13125550142", "es-MX")
    approve(maple)
    assert worker(maple).run_once() == 0, "half a minute to stop it"
    everybody_is_told(maple)
    assert said(maple) == [
        ("+13125550141", f"{WORDS['en']}\n- Bea"),
        ("+13125550142", f"{WORDS['es']}\n- Bea"),
    ]
    assert [row.state for row in maple.rows(tables.episodes)] == ["resolved", "resolved"]
    assert len(maple.claim()) == len(WORDS), "no hour of the night holds them"
    assert progress(maple).states == {"sending": 2}


def test_the_words_answer_nobody_c5(maple: Clinic) -> None:
    home = household(maple, "Haddad", "+13125550141")
    maple.text("He threw up twice and has a fever", "+13125550141")
    [before] = maple.rows(tables.episodes)
    approve(maple)
    everybody_is_told(maple)
    for one in maple.claim():
        maple.attempt(one, DeliveryState.SENT, provider_id=f"SM{one.ref[:30]}")
    [after] = maple.rows(tables.episodes)
    assert after.is_waiting
    assert after.waiting_since == before.waiting_since
    assert (after.state, after.owner_id) == (before.state, before.owner_id)
    assert home.family_id == after.family_id


def test_what_the_family_writes_back_opens_an_episode_and_is_answered(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141")
    approve(maple)
    everybody_is_told(maple)
    outcome = maple.text("battery is at 20 percent and he cant breathe", "+13125550141")
    assert "911" in outcome.answers[0].text
    assert {row.state for row in maple.rows(tables.episodes)} == {"resolved", "open"}


@pytest.mark.parametrize("status", ["admitted", "moved", "deceased"])
def test_a_family_whose_child_is_not_at_home_gets_nothing_c20(maple: Clinic, status: str) -> None:
    away = household(maple, "Haddad", "+13125550141")
    leaves = household(maple, "Lopez", "+13125550142")

    def becomes(child_id: int) -> None:
        with maple.database.write() as connection:
            where = tables.children.c.id == child_id
            connection.execute(update(tables.children).where(where).values(status=status))

    becomes(away.child_id)
    approve(maple)
    becomes(leaves.child_id)
    everybody_is_told(maple)
    assert said(maple) == []
    assert progress(maple).states == {"refused": 1}
    assert progress(maple).failed == ((leaves.family_id, "Lopez"),)


def test_who_is_not_reached_is_listed_to_be_called(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141")
    household(maple, "Lopez", "+13125550142", consent="opted_out")
    household(maple, "Nguyen", "+13125550143", "vi")
    household(maple, "Okafor", "+13125550144", unusable="30006")
    with maple.database.read() as connection:
        found = audience(connection, maple.id, (ChildFlag.VENTILATOR,), WORDS)
    assert found.reached == 1
    assert [(one.name, one.why) for one in found.to_call] == [
        ("Lopez", Unreached.OPTED_OUT),
        ("Nguyen", Unreached.LANGUAGE),
        ("Okafor", Unreached.NO_TEXTS),
    ]


def test_a_process_that_dies_half_way_tells_nobody_twice(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141")
    approve(maple)
    maple.now += HALF_A_MINUTE
    with maple.database.write() as connection:
        [(_, act)] = broadcasts.claim(connection, maple.now)
    maple.conduct(act)  # and here the power went
    assert worker(maple).run_once() == 0
    maple.now += A_MINUTE
    assert worker(maple).run_once() == 1
    assert len(said(maple)) == 1
    assert progress(maple).states == {"queued": 1}


def test_the_same_button_twice_tells_everybody_once(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141")
    assert approve(maple) == approve(maple)
    everybody_is_told(maple)
    assert len(said(maple)) == 1


def test_what_is_stopped_in_time_does_not_leave(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141")
    number = approve(maple)
    with maple.database.write() as connection:
        assert broadcasts.stop(connection, Change(maple.id, bea(maple), maple.now), number)
    everybody_is_told(maple)
    maple.now += timedelta(hours=1)
    everybody_is_told(maple)
    assert said(maple) == []
    assert progress(maple).states == {"stopped": 1}


def test_they_leave_one_after_the_other_so_that_call_911_waits_behind_nobody(
    maple: Clinic,
) -> None:
    """FACTS A6: a number carries one part of a text in a second, and the provider queues."""
    for number in range(5):
        household(maple, f"Family {number}", f"+1312555014{number}")
    approve(maple)
    maple.now += HALF_A_MINUTE + A_MINUTE  # nobody worked for a minute: no flood makes up for it
    told = []
    for _ in range(4):
        worker(maple).run_once()
        worker(maple).run_once()
        told.append(len(said(maple)))
        maple.now += A_PART
    assert told == [1, 2, 3, 4]


def test_long_words_keep_the_number_longer(maple: Clinic) -> None:
    long = {"en": "The power is out. Check the battery. " * 8}
    for number in range(2):
        household(maple, f"Family {number}", f"+1312555014{number}")
    with maple.database.write() as connection:
        change = Change(maple.id, bea(maple), maple.now)
        broadcasts.approve(connection, change, "power-cut", (ChildFlag.VENTILATOR,), long)
    maple.now += HALF_A_MINUTE
    assert worker(maple).run_once() == 1
    maple.now += A_PART
    assert worker(maple).run_once() == 0, "two parts take two seconds"
    maple.now += A_PART
    assert worker(maple).run_once() == 1


def test_what_waits_in_our_own_outbox_is_stopped_as_well(maple: Clinic) -> None:
    """The provider is away or asks to wait: it has nothing yet that could not be called back."""
    for number in range(2):
        household(maple, f"Family {number}", f"+1312555014{number}")
    number = approve(maple)
    everybody_is_told(maple)
    [gone, *_] = maple.claim()
    maple.attempt(gone, DeliveryState.QUEUED, error=20429)
    assert progress(maple).can_stop
    with maple.database.write() as connection:
        assert broadcasts.stop(connection, Change(maple.id, bea(maple), maple.now), number)
    maple.now += timedelta(minutes=5)
    states = progress(maple).states
    assert states["stopped"] == 1, "the one that a sender holds right now is no longer ours"
    assert gone.to not in {one.to for one in maple.claim()}
    assert progress(maple).failed == ()
    kinds = {row.kind for row in maple.rows(tables.messages) if row.direction == "out"}
    assert kinds == {"text", "taken_back"}


def test_what_is_stopped_while_somebody_tells_it_does_not_leave(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141")
    number = approve(maple)
    maple.now += HALF_A_MINUTE
    with maple.database.write() as connection:
        [(row_id, act)] = broadcasts.claim(connection, maple.now)
    with maple.database.write() as connection:
        assert broadcasts.stop(connection, Change(maple.id, bea(maple), maple.now), number)
    [outcome] = maple.conduct(act)
    with maple.database.write() as connection:
        broadcasts.settle(connection, [(row_id, outcome)])
    assert maple.claim() == []
    assert progress(maple).states == {"stopped": 1}


def test_nobody_but_a_supervisor_approves(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141")
    approve(maple, who=maple.ana)
    everybody_is_told(maple)
    assert said(maple) == []
    assert progress(maple).states == {"refused": 1}


def test_another_clinic_sees_and_tells_nothing_i22(maple: Clinic) -> None:
    household(maple, "Haddad", "+13125550141")
    number = approve(maple)
    with maple.database.write() as connection:
        cedar = factories.clinic(connection, key="cedar")
        eva = factories.staff_member(connection, cedar, name="Eva", roles=["supervisor"])
        assert broadcasts.broadcasts_of(connection, cedar) == ()
        assert not broadcasts.stop(connection, Change(cedar, eva, maple.now), number)
        found = audience(connection, cedar, tuple(ChildFlag), WORDS)
    assert found.readers == ()
    everybody_is_told(maple)
    assert len(said(maple)) == 1
