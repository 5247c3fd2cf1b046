"""Who can be told in the coming weeks, and the gaps that are found before an emergency is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.cover import Absence
from routing.oncall import Override, Roster, Rotation, on_call_at, turns
from routing.watch import (
    Lack,
    Line,
    Watch,
    bare_ahead,
    calendar,
    gaps_ahead,
    stretches,
    swapped,
)

NILS, OLGA, PETE, GONE, SILENT = 2, 4, 5, 6, 7
CHICAGO = "America/Chicago"
WEEKLY = Roster(CHICAGO, Rotation((NILS, OLGA, PETE), date(2026, 11, 2)))  # a Monday
PHONES = {NILS: True, OLGA: True, PETE: True, SILENT: False}
FIRST = Line(1, "First call", WEEKLY)
NIGHTS = Watch((FIRST,), (), PHONES)


def chicago(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(CHICAGO)).astimezone(UTC)


NOW = chicago("2026-11-18T09:00")


def with_line(watch: Watch, roster: Roster) -> Watch:
    return replace(watch, lines=(replace(watch.lines[0], roster=roster),))


def test_weekly_turns_with_telephones_have_no_gap() -> None:
    assert gaps_ahead(NIGHTS, NOW) == ()
    assert bare_ahead(NIGHTS, NOW) == ()


def test_a_turn_laid_empty_is_a_gap_and_nobody_else_is_there() -> None:
    empty = Override(None, chicago("2026-12-24T08:00"), chicago("2026-12-26T08:00"))
    watch = with_line(NIGHTS, replace(WEEKLY, overrides=(empty,)))
    (gap,) = gaps_ahead(watch, NOW)
    assert (gap.stretch.lack, gap.is_bare) == (Lack.NOBODY, True)
    assert bare_ahead(watch, NOW) == ((empty.starts, empty.ends),)


@pytest.mark.parametrize(("who", "lack"), [(GONE, Lack.LEFT), (SILENT, Lack.NO_PHONE)])
def test_whoever_left_or_has_no_telephone_is_a_gap(who: int, lack: Lack) -> None:
    watch = with_line(NIGHTS, Roster(CHICAGO, Rotation((NILS, who), date(2026, 11, 2))))
    gaps = gaps_ahead(watch, NOW)
    assert {gap.stretch.lack for gap in gaps} == {lack}
    assert len(gaps) == 4, "every second of eight weeks"


def test_whoever_is_away_in_the_middle_of_a_turn_leaves_a_gap_of_those_days() -> None:
    away = Absence(OLGA, chicago("2026-12-01T00:00"), chicago("2026-12-03T00:00"))
    watch = replace(NIGHTS, absences=(away,))
    (gap,) = gaps_ahead(watch, NOW)
    assert (gap.stretch.starts, gap.stretch.ends) == (away.starts, away.ends)
    assert gap.stretch.lack is Lack.AWAY
    week = stretches(watch, FIRST, chicago("2026-11-30T08:00"), chicago("2026-12-07T08:00"))
    assert [one.lack for one in week] == [None, Lack.AWAY, None]


def test_a_gap_of_one_line_is_not_bare_while_the_list_or_another_line_is_there() -> None:
    empty = Override(None, chicago("2026-12-24T08:00"), chicago("2026-12-26T08:00"))
    first = replace(FIRST, roster=replace(WEEKLY, overrides=(empty,)))
    for watch in (
        Watch((first,), (PETE,), PHONES),
        Watch((first, Line(2, "Second call", WEEKLY)), (), PHONES),
    ):
        (gap,) = gaps_ahead(watch, NOW)
        assert not gap.is_bare
        assert bare_ahead(watch, NOW) == ()


def test_a_list_whose_only_person_is_away_is_bare_for_those_days() -> None:
    away = Absence(PETE, chicago("2026-12-01T00:00"), chicago("2026-12-03T00:00"))
    watch = Watch((), (PETE,), PHONES, (away,))
    assert bare_ahead(watch, NOW) == ((away.starts, away.ends),)
    assert bare_ahead(Watch((), (SILENT,), PHONES), NOW) == ((NOW, NOW + timedelta(weeks=8)),)


def test_before_the_first_turn_nobody_has_the_line() -> None:
    watch = with_line(NIGHTS, Roster(CHICAGO, Rotation((NILS,), date(2026, 12, 1))))
    (gap,) = gaps_ahead(watch, NOW)
    assert (gap.stretch.starts, gap.stretch.ends) == (NOW, chicago("2026-12-01T08:00"))


def test_a_day_of_the_calendar_goes_from_handover_to_handover() -> None:
    noon = Override(PETE, chicago("2026-11-19T12:00"), chicago("2026-11-19T20:00"))
    watch = with_line(NIGHTS, replace(WEEKLY, overrides=(noon,)))
    sunday, monday = calendar(watch, date(2026, 11, 22), 2)
    assert [[one.staff_id for one in line] for line in sunday.lines] == [[PETE]]
    assert [[one.staff_id for one in line] for line in monday.lines] == [[NILS]]
    (thursday,) = calendar(watch, date(2026, 11, 19), 1)
    assert [one.staff_id for one in thursday.lines[0]] == [PETE]
    assert thursday.lines[0][0].starts == chicago("2026-11-19T08:00")


def test_in_a_swap_each_has_the_turn_of_the_other() -> None:
    ahead = turns(WEEKLY, chicago("2026-11-23T08:00"), chicago("2026-12-14T08:00"))
    nils, olga, _ = ahead
    halves = swapped(nils, olga)
    assert halves is not None
    after = replace(WEEKLY, overrides=halves)
    assert on_call_at(after, nils.starts) == OLGA
    assert on_call_at(after, olga.starts) == NILS
    assert on_call_at(after, olga.ends) == PETE
    assert swapped(nils, nils) is None
    assert swapped(nils, replace(olga, staff_id=NILS)) is None
    assert swapped(nils, replace(olga, staff_id=None)) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, NILS, OLGA, GONE, SILENT]),
            st.integers(0, 1500),
            st.integers(1, 400),
        ),
        max_size=5,
    ),
    st.lists(st.tuples(st.sampled_from([NILS, OLGA]), st.integers(0, 1500), st.integers(1, 300)),
             max_size=3),
)  # fmt: skip
def test_a_moment_is_bare_exactly_when_nobody_of_the_lines_and_the_list_can_be_told(
    laid: list[tuple[int | None, int, int]], away: list[tuple[int, int, int]]
) -> None:
    hour = timedelta(hours=1)
    overrides = tuple(Override(who, NOW + a * hour, NOW + (a + n) * hour) for who, a, n in laid)
    absences = tuple(Absence(who, NOW + a * hour, NOW + (a + n) * hour) for who, a, n in away)
    roster = replace(WEEKLY, overrides=overrides)
    watch = Watch((replace(FIRST, roster=roster),), (OLGA, SILENT), PHONES, absences)
    bare = bare_ahead(watch, NOW)
    for n in range(0, 56 * 24, 5):
        at = NOW + n * hour + timedelta(minutes=30)
        told = {
            who
            for who in (on_call_at(roster, at), OLGA, SILENT)
            if who is not None and PHONES.get(who)
            and not any(one.staff_id == who and one.holds(at) for one in absences)
        }  # fmt: skip
        assert any(starts <= at < ends for starts, ends in bare) is not bool(told)
