"""Bea sets the turns of on-call: lines, overrides and swaps, each seen by every process."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from routing.oncall import Override, Rotation, on_call_at
from store import removed_lines, rotations, tables
from store.db import Database
from store.manage import Change
from store.playbook import Playbook
from store.rotations import LineSet, Refusal
from tests import factories
from tests.factories import NOW

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Maple:
    """A clinic whose nights Nils and Olga take in turn."""

    database: Database
    clinic_id: int
    bea_id: int
    nils_id: int
    olga_id: int
    line_id: int

    @property
    def change(self) -> Change:
        return Change(self.clinic_id, self.bea_id, NOW)

    @property
    def turns(self) -> Rotation:
        return Rotation((self.nils_id, self.olga_id), date(2026, 11, 16))

    def line(self, line_id: int | None = None) -> LineSet:
        with self.database.read() as connection:
            found = rotations.line_of(connection, self.clinic_id, line_id or self.line_id, NOW)
        assert found is not None
        return found

    def lay(self, *overrides: Override, stamp: str = "") -> Refusal | None:
        kept = stamp or self.line().stamp
        with self.database.write() as connection:
            return rotations.lay(connection, self.change, self.line_id, kept, overrides)

    def told_first(self) -> list[int]:
        """Who is on call now, as any process reads it."""
        with self.database.read() as connection:
            view = Playbook(self.database).current(connection).by_id[self.clinic_id]
        return [person.id for person in view.on_call_at(NOW)]

    def traces(self) -> list[str]:
        with self.database.read() as connection:
            query = select(tables.audit_events.c.action).order_by(tables.audit_events.c.id)
            return list(connection.execute(query).scalars())


@pytest.fixture
def maple(database: Database) -> Maple:
    with database.write() as connection:
        clinic_id = factories.clinic(connection)
        ids = [
            factories.staff_member(connection, clinic_id, name=name, phone=f"+1312555012{n}")
            for n, name in enumerate(("Bea", "Nils", "Olga"))
        ]
        bea, nils, olga = ids
        made = rotations.add_line(
            connection, Change(clinic_id, bea, NOW), "First call",
            Rotation((nils, olga), date(2026, 11, 16)),
        )  # fmt: skip
    assert isinstance(made, int)
    return Maple(database, clinic_id, bea, nils, olga, made)


def test_a_line_that_is_set_is_on_call_for_every_process(maple: Maple) -> None:
    assert maple.told_first() == [maple.nils_id]
    assert maple.traces() == ["rotation.added"]


def test_an_override_wins_and_goes_away_again(maple: Maple) -> None:
    assert maple.lay(Override(maple.olga_id, NOW - DAY, NOW + DAY)) is None
    assert maple.told_first() == [maple.olga_id]
    (laid,) = maple.line().laid
    assert (laid.staff_id, laid.made_by, laid.is_swap) == (maple.olga_id, "Bea", False)
    with maple.database.write() as connection:
        assert rotations.lift(connection, maple.change, maple.line_id, laid.id)
    assert maple.told_first() == [maple.nils_id]
    assert maple.traces()[1:] == ["override.added", "override.removed"]


def test_nobody_may_be_laid_over_a_turn_and_then_nobody_is_told(maple: Maple) -> None:
    maple.lay(Override(None, NOW - DAY, NOW + DAY))
    assert maple.told_first() == []


def test_both_halves_of_a_swap_go_away_together(maple: Maple) -> None:
    other = Override(maple.nils_id, NOW + 7 * DAY, NOW + 9 * DAY)
    maple.lay(Override(maple.olga_id, NOW - DAY, NOW + DAY), other)
    maple.lay(Override(None, NOW + 20 * DAY, NOW + 21 * DAY))
    first, second, third = maple.line().laid
    assert (first.is_swap, second.is_swap, third.is_swap) == (True, True, False)
    with maple.database.write() as connection:
        rotations.lift(connection, maple.change, maple.line_id, second.id)
    assert maple.line().laid == (third,)


def test_of_two_who_change_a_line_the_second_is_refused(maple: Maple) -> None:
    seen = maple.line().stamp
    assert maple.lay(Override(None, NOW, NOW + DAY), stamp=seen) is None
    assert maple.lay(Override(None, NOW, NOW + DAY), stamp=seen) is Refusal.CHANGED
    with maple.database.write() as connection:
        late = rotations.change_line(
            connection, maple.change, maple.line_id, seen, "Nights", maple.turns
        )
    assert late is Refusal.CHANGED
    assert maple.line().line.name == "First call"


def test_a_line_is_changed_with_what_it_was_in_the_trace(maple: Maple) -> None:
    turned = replace(maple.turns, people=(maple.olga_id,), days=1, handover="17:00")
    with maple.database.write() as connection:
        stamp = maple.line().stamp
        done = rotations.change_line(
            connection, maple.change, maple.line_id, stamp, "Nights", turned
        )
    assert done is None
    assert maple.line().rotation == turned
    with maple.database.read() as connection:
        *_, details = connection.execute(select(tables.audit_events.c.details)).scalars()
    assert details["before"]["people"] == [maple.nils_id, maple.olga_id]
    assert details["after"]["first"] == "2026-11-16"


def test_lines_are_told_in_their_order_and_one_can_be_moved_up(maple: Maple) -> None:
    with maple.database.write() as connection:
        second = rotations.add_line(
            connection, maple.change, "Second call", Rotation((maple.olga_id,), date(2026, 11, 1))
        )
    assert isinstance(second, int)
    assert maple.told_first() == [maple.nils_id, maple.olga_id]
    with maple.database.write() as connection:
        rotations.move_up(connection, maple.change, second)
        rotations.move_up(connection, maple.change, second)
    assert maple.told_first() == [maple.olga_id, maple.nils_id]


def remove(maple: Maple, line_id: int) -> bool:
    with maple.database.write() as connection:
        return removed_lines.remove_line(connection, maple.change, line_id)


def test_a_line_goes_with_all_that_lies_over_it(maple: Maple) -> None:
    maple.lay(Override(None, NOW, NOW + DAY))
    assert remove(maple, maple.line_id)
    assert not remove(maple, maple.line_id)
    assert maple.told_first() == []
    with maple.database.read() as connection:
        assert connection.execute(select(tables.rotation_overrides)).all() == []


def test_a_line_that_was_removed_by_mistake_comes_back_whole_and_once(maple: Maple) -> None:
    other = Override(maple.nils_id, NOW + 7 * DAY, NOW + 9 * DAY)
    maple.lay(Override(maple.olga_id, NOW - DAY, NOW + DAY), other)
    before = maple.line()
    remove(maple, maple.line_id)
    with maple.database.write() as connection:
        (removed,) = removed_lines.removed_lately(connection, maple.clinic_id, NOW)
        assert (removed.name, removed.by) == ("First call", "Bea")
        back = removed_lines.restore_line(connection, maple.change, removed.event_id)
        again = removed_lines.restore_line(connection, maple.change, removed.event_id)
    assert again is None
    assert back is not None
    after = maple.line(back)
    assert (after.rotation, after.line.roster) == (before.rotation, before.line.roster)
    assert [one.is_swap for one in after.laid] == [True, True]
    assert maple.told_first() == [maple.olga_id]


def test_a_line_is_offered_back_for_a_day_and_to_its_own_clinic(maple: Maple) -> None:
    remove(maple, maple.line_id)
    with maple.database.write() as connection:
        birch = factories.clinic(connection, key="birch")
        (removed,) = removed_lines.removed_lately(connection, maple.clinic_id, NOW)
        assert removed_lines.removed_lately(connection, birch, NOW) == ()
        theirs = Change(birch, maple.bea_id, NOW)
        assert removed_lines.restore_line(connection, theirs, removed.event_id) is None
        late = NOW + 2 * DAY
        assert removed_lines.removed_lately(connection, maple.clinic_id, late) == ()


def test_people_and_lines_of_another_clinic_are_not_there(maple: Maple) -> None:
    with maple.database.write() as connection:
        birch = factories.clinic(connection, key="birch")
        eve = factories.staff_member(connection, birch, name="Eve")
        theirs = Change(birch, eve, NOW)
        foreign = rotations.add_line(
            connection, theirs, "Theirs", Rotation((eve,), date(2026, 11, 1))
        )
        assert isinstance(foreign, int)
        nobody = Rotation((eve,), date(2026, 11, 1))
        assert rotations.add_line(connection, maple.change, "X", nobody) is Refusal.PEOPLE
        assert not removed_lines.remove_line(connection, maple.change, foreign)
        laid = [Override(None, NOW, NOW + DAY)]
        refused = rotations.lay(connection, maple.change, foreign, "", laid)
        assert refused is Refusal.NOT_FOUND
        assert not rotations.lift(connection, theirs, maple.line_id, 1)
    assert maple.lay(Override(eve, NOW, NOW + DAY)) is Refusal.PEOPLE
    with maple.database.read() as connection:
        watch = rotations.watch_of(connection, birch)
        assert rotations.line_of(connection, maple.clinic_id, foreign, NOW) is None
        assert rotations.history(connection, maple.clinic_id, foreign) == ()
    assert [on_call_at(line.roster, NOW) for line in watch.lines] == [eve]
    assert set(watch.phones) == {eve}
