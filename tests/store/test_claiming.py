"""A sender whom nobody knew is given to a family: somebody who is there has it then (C7, C8)."""

from datetime import timedelta

from routing.events import ActionKind, Newcomer, StaffAction
from routing.types import Problem
from store import tables
from tests import factories
from tests.store.clinic import STRANGER, Clinic

FEVER = "tiene tos y fiebre de 38.2"


def writes(maple: Clinic) -> int:
    """Let a new number write; Nils has the page open."""
    episode_id = maple.text(FEVER, STRANGER).episode_id or 0
    maple.act(ActionKind.OPENED, episode_id, maple.nils, seen=2**40)
    return episode_id


def given(maple: Clinic, episode_id: int) -> None:
    outcome = maple.act(
        ActionKind.ATTACH, episode_id, maple.nils, family_id=maple.garcias.family_id
    )
    assert outcome.problem is None


def owner(maple: Clinic) -> int | None:
    found: int | None = maple.episode().owner_id
    return found


def test_it_goes_to_whoever_covers_for_the_coordinator_c7(maple: Clinic) -> None:
    with maple.database.write() as connection:
        olga = factories.staff_member(connection, maple.id, name="Olga", phone="+13125550177")
        factories.row(
            connection, tables.absences, clinic_id=maple.id, staff_id=maple.ana, cover_id=olga,
            starts_at=maple.now - timedelta(days=1), ends_at=maple.now + timedelta(days=9),
        )  # fmt: skip
    maple.set_clinic()
    given(maple, writes(maple))
    assert owner(maple) == olga


def test_a_coordinator_who_does_not_come_loses_it_to_the_team_c7(maple: Clinic) -> None:
    given(maple, writes(maple))
    assert owner(maple) == maple.ana
    maple.later(minutes=46)
    maple.wake()
    assert (owner(maple), maple.episode().meant_for) == (None, maple.ana)


def test_two_colleagues_who_give_it_away_at_once_do_not_both_do_it(maple: Clinic) -> None:
    with maple.database.write() as connection:
        other = factories.household(connection, maple.id, name="Haddad", phone="+13125550141")
    episode_id = writes(maple)
    acts = [
        StaffAction(ActionKind.ATTACH, maple.id, maple.nils, episode_id, "one",
                    family_id=maple.garcias.family_id),
        StaffAction(ActionKind.ATTACH, maple.id, maple.ana, episode_id, "two",
                    family_id=other.family_id),
        StaffAction(ActionKind.WELCOME, maple.id, maple.ana, episode_id, "three",
                    newcomer=Newcomer("Lopez", "Maria")),
    ]  # fmt: skip
    outcomes = maple.conduct(*acts)
    assert [one.problem for one in outcomes] == [None, Problem.NOT_FOUND, Problem.NOT_FOUND]
    assert maple.episode().family_id == maple.garcias.family_id
    assert "Lopez" not in {row.name for row in maple.rows(tables.families)}
