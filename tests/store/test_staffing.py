"""Bea the administrator lets Ana go and takes her back; telephones belong to one person."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from routing.team import Refusal
from store import people, staffing, tables, team
from store.db import Database
from store.manage import Change
from store.people import new_invitation
from store.team import Wanted
from tests import factories
from tests.factories import NOW

NURSE_ON = Wanted("Nils Berg", ("nurse",), ("en",), "+13125550122", None)


@dataclass(frozen=True, slots=True)
class Maple:
    """A clinic with one administrator, one coordinator, and the Garcias, who have something."""

    database: Database
    clinic_id: int
    bea_id: int
    ana_id: int
    family_id: int
    episode_id: int

    @property
    def change(self) -> Change:
        """A change that Bea makes."""
        return Change(self.clinic_id, self.bea_id, NOW)

    def ana(self) -> team.Member:
        with self.database.read() as connection:
            found = team.member(connection, self.clinic_id, self.ana_id)
        assert found is not None
        return found

    def with_whom(self) -> tuple[int | None, int | None]:
        """Who has the family, who the episode."""
        f, e = tables.families.c, tables.episodes.c
        with self.database.read() as connection:
            family = connection.execute(select(f.coordinator_id).where(f.id == self.family_id))
            episode = connection.execute(select(e.owner_id).where(e.id == self.episode_id))
            return family.scalar_one(), episode.scalar_one()


@pytest.fixture
def maple(database: Database) -> Maple:
    with database.write() as connection:
        clinic_id = factories.clinic(connection)
        factories.clinic_number(connection, clinic_id)
        bea = factories.staff_member(
            connection, clinic_id, name="Bea", roles=["admin"], password_hash="x"
        )
        ana = factories.staff_member(connection, clinic_id, name="Ana", password_hash="x")
        home = factories.household(connection, clinic_id, coordinator_id=ana)
        episode = factories.episode(
            connection, clinic_id, home.family_id, home.thread_id, owner_id=ana
        )
    return Maple(database, clinic_id, bea, ana, home.family_id, episode)


def let_go(maple: Maple, staff_id: int) -> Refusal | None:
    with maple.database.write() as connection:
        return staffing.let_go(connection, maple.change, staff_id)


def take_back(maple: Maple, staff_id: int) -> bool:
    with maple.database.write() as connection:
        return staffing.take_back(connection, maple.change, staff_id)


def change(maple: Maple, staff_id: int, wanted: Wanted, stamp: str) -> Refusal | None:
    with maple.database.write() as connection:
        return staffing.change_member(connection, maple.change, staff_id, wanted, stamp)


def test_whoever_leaves_is_signed_out_and_what_they_had_falls_to_the_team(maple: Maple) -> None:
    with maple.database.write() as connection:
        factories.session(connection, maple.clinic_id, maple.ana_id, "ana")
    assert people.person_of(maple.database, "ana", NOW) is not None
    assert let_go(maple, maple.ana_id) is None
    assert people.person_of(maple.database, "ana", NOW) is None
    assert maple.with_whom() == (None, None)
    with maple.database.read() as connection:
        ended = connection.execute(select(tables.sessions.c.ended_at)).scalars().all()
    assert ended == [NOW]


def test_what_nobody_has_taken_meanwhile_comes_back(maple: Maple) -> None:
    let_go(maple, maple.ana_id)
    with maple.database.write() as connection:
        connection.execute(tables.families.update().values(coordinator_id=maple.bea_id))
    assert take_back(maple, maple.ana_id)
    assert maple.with_whom() == (maple.bea_id, maple.ana_id)
    assert not take_back(maple, maple.ana_id)
    actions = [one.action for one in _history(maple)]
    assert actions == ["staff.reactivated", "staff.deactivated"]


def test_the_last_administrator_neither_leaves_nor_gives_the_role_away(maple: Maple) -> None:
    assert let_go(maple, maple.bea_id) is Refusal.LAST_ADMIN
    with maple.database.read() as connection:
        bea = team.member(connection, maple.clinic_id, maple.bea_id)
    assert bea is not None
    humble = replace(bea.set, roles=("nurse",))
    assert change(maple, maple.bea_id, humble, bea.stamp) is Refusal.LAST_ADMIN
    assert maple.with_whom() == (maple.ana_id, maple.ana_id)


def test_an_administrator_who_never_chose_a_password_puts_nobody_in_charge(maple: Maple) -> None:
    _, kept = new_invitation()
    olga = Wanted("Olga", ("admin",), ("en",), None, None)
    with maple.database.write() as connection:
        assert staffing.invite(connection, maple.change, "olga@maple.example", olga, kept) is None
    assert let_go(maple, maple.bea_id) is Refusal.LAST_ADMIN


def test_two_administrators_who_let_each_other_go_at_once_are_not_both_gone(
    maple: Maple,
) -> None:
    with maple.database.write() as connection:
        olga = factories.staff_member(
            connection, maple.clinic_id, name="Olga", roles=["admin"], password_hash="x"
        )
    with ThreadPoolExecutor(2) as both:
        ended = list(both.map(lambda who: let_go(maple, who), (maple.bea_id, olga)))
    assert sorted(ended, key=str) == [None, Refusal.LAST_ADMIN]


def test_of_two_who_change_a_person_the_second_is_refused(maple: Maple) -> None:
    ana = maple.ana()
    first = replace(ana.set, languages=("en", "es"))
    assert change(maple, maple.ana_id, first, ana.stamp) is None
    second = replace(ana.set, roles=("nurse",))
    assert change(maple, maple.ana_id, second, ana.stamp) is Refusal.CHANGED
    assert maple.ana().set == first


@pytest.mark.parametrize(
    ("phone", "refusal"),
    [
        ("+13125550131", Refusal.PHONE_OF_FAMILY),
        ("+13125550111", Refusal.PHONE_OF_CLINIC),
        ("+13125550177", Refusal.PHONE_OF_STAFF),
        ("+13125550178", None),
    ],
)
def test_a_telephone_for_alerts_is_nobody_elses_c19(
    maple: Maple, phone: str, refusal: Refusal | None
) -> None:
    with maple.database.write() as connection:
        factories.staff_member(connection, maple.clinic_id, name="Nils", phone="+13125550177")
    ana = maple.ana()
    assert change(maple, maple.ana_id, replace(ana.set, phone=phone), ana.stamp) is refusal


def test_nobody_of_another_clinic_is_seen_changed_or_named(maple: Maple) -> None:
    with maple.database.write() as connection:
        other = factories.clinic(connection, key="birch")
        eve = factories.staff_member(connection, other, name="Eve")
    with maple.database.read() as connection:
        assert team.member(connection, maple.clinic_id, eve) is None
        assert "Eve" not in {one.set.name for one in team.members(connection, maple.clinic_id)}
    assert let_go(maple, eve) is Refusal.NOT_FOUND
    assert not take_back(maple, eve)
    ana = maple.ana()
    assert change(maple, eve, ana.set, "") is Refusal.NOT_FOUND
    stands_in = replace(ana.set, backup_id=eve)
    assert change(maple, maple.ana_id, stands_in, ana.stamp) is Refusal.NO_SUCH_BACKUP


def test_one_address_signs_one_person_in(maple: Maple) -> None:
    _, kept = new_invitation()
    with maple.database.write() as connection:
        assert (
            staffing.invite(connection, maple.change, "nils@maple.example", NURSE_ON, kept) is None
        )
    with maple.database.write() as connection:
        twice = staffing.invite(connection, maple.change, "nils@maple.example", NURSE_ON, kept)
    assert twice is Refusal.EMAIL_TAKEN


def _history(maple: Maple) -> tuple[team.Happened, ...]:
    with maple.database.read() as connection:
        return team.history(connection, maple.clinic_id, maple.ana_id)


def test_an_alert_that_waited_for_whoever_left_goes_on_at_once_i11(maple: Maple) -> None:
    later = NOW + timedelta(minutes=15)
    with maple.database.write() as connection:
        mine = factories.alert(
            connection,
            maple.clinic_id,
            maple.episode_id,
            state="acknowledged",
            acknowledged_by=maple.ana_id,
            acknowledged_at=NOW,
            next_step_at=later,
        )
        home = factories.household(connection, maple.clinic_id, name="Nguyen", phone="+13125550132")
        episode = factories.episode(connection, maple.clinic_id, home.family_id, home.thread_id)
        told = factories.alert(connection, maple.clinic_id, episode, next_step_at=later)
        text = factories.delivery(
            connection,
            maple.clinic_id,
            staff_id=maple.ana_id,
            episode_id=episode,
            purpose="staff.alert",
            notification="word",
        )
        other = factories.delivery(
            connection,
            maple.clinic_id,
            staff_id=maple.bea_id,
            episode_id=episode,
            purpose="staff.alert",
            notification="word",
        )
    assert let_go(maple, maple.ana_id) is None
    a, d = tables.alerts.c, tables.deliveries.c
    with maple.database.read() as connection:
        due = {row.id: row.next_step_at for row in connection.execute(select(a.id, a.next_step_at))}
        states = {row.id: row.state for row in connection.execute(select(d.id, d.state))}
    assert due == {mine: NOW, told: NOW}
    assert states == {text: "expired", other: "queued"}
