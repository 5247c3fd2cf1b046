"""Two people take the next of the team's queue at once; each gets another one."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import select, update

from routing.events import ActionKind, StaffAction
from routing.types import Problem
from store import tables
from store.conducting.giving import loads_of, next_of_team, queue_of
from store.db import Database
from store.playbook import Playbook
from tests import factories
from tests.store.clinic import Clinic

KEYS = count(1)


@pytest.fixture
def grown(postgres_url: str) -> Iterator[Clinic]:
    """Maple on PostgreSQL."""
    database = Database(postgres_url)
    yield Clinic(database)
    database.close()


def team_has(maple: Clinic, number: int) -> list[int]:
    """Let families of the team write; give their episodes, the longest waiting first."""
    found = []
    for n in range(number):
        phone = f"+1312555{4000 + n}"
        with maple.database.write() as connection:
            factories.household(connection, maple.id, name=f"Family{n}", phone=phone)
        maple.later(seconds=1)
        found.append(maple.text("Need to ask about the appointment", phone).episode_id or 0)
    return found


def press(maple: Clinic, who: int, key: str = "") -> StaffAction:
    return StaffAction(ActionKind.NEXT, maple.id, who, 0, key or f"next-{next(KEYS)}")


def owners(maple: Clinic, episodes: Sequence[int]) -> list[int | None]:
    rows = {row.id: row.owner_id for row in maple.rows(tables.episodes)}
    return [rows[one] for one in episodes]


def test_the_next_one_is_hers_and_a_double_press_takes_one(maple: Clinic) -> None:
    first, second = team_has(maple, 2)
    for _ in range(2):
        [outcome] = maple.conduct(press(maple, maple.ana, "one-form"))
        assert outcome.episode_id == first
    assert owners(maple, [first, second]) == [maple.ana, None]
    [outcome] = maple.conduct(press(maple, maple.nils))
    assert outcome.episode_id == second
    [nothing] = maple.conduct(press(maple, maple.nils))
    assert nothing.problem is Problem.NOT_FOUND


def test_what_is_answered_put_off_or_somebodys_is_not_in_the_queue(maple: Clinic) -> None:
    answered, hers, waits = team_has(maple, 3)
    with maple.database.write() as connection:
        e = tables.episodes
        connection.execute(update(e).where(e.c.id == answered).values(is_waiting=False))
        connection.execute(update(e).where(e.c.id == hers).values(owner_id=maple.ana))
        assert [one.episode_id for one in queue_of(connection, maple.id)] == [waits]
        assert loads_of(connection, maple.id) == {maple.ana: 1}


def test_another_clinic_has_its_own_queue(maple: Clinic) -> None:
    team_has(maple, 1)
    with maple.database.write() as connection:
        other = factories.clinic(connection, key="birch")
        assert queue_of(connection, other) == []


def test_two_who_press_at_once_never_get_the_same(maple: Clinic) -> None:
    """On PostgreSQL two connections race; on SQLite there is one writer."""
    episodes, ready = team_has(maple, 6), Barrier(2)

    def take_three(who: int) -> list[int | None]:
        ready.wait()
        return [maple.conduct(press(maple, who))[0].episode_id for _ in range(3)]

    with ThreadPoolExecutor(2) as both:
        taken = list(both.map(take_three, (maple.ana, maple.nils)))
    assert sorted(one for some in taken for one in some if one) == sorted(episodes)
    assert sorted(owner for owner in owners(maple, episodes) if owner) == (
        [maple.ana] * 3 + [maple.nils] * 3
    )


def test_a_family_that_another_connection_holds_is_passed_over(grown: Clinic) -> None:
    """`SKIP LOCKED` on PostgreSQL: nobody waits for somebody else's press."""
    maple = grown
    first, second = team_has(maple, 2)
    with maple.database.write() as one, maple.database.write() as other:
        clinic = Playbook(maple.database).current(one).by_id[maple.id]
        assert next_of_team(one, press(maple, maple.ana), clinic, maple.now) == first
        assert next_of_team(other, press(maple, maple.nils), clinic, maple.now) == second
    with maple.database.read() as connection:
        free = select(tables.episodes.c.id).where(tables.episodes.c.owner_id.is_(None))
        assert set(connection.execute(free).scalars()) == {first, second}
