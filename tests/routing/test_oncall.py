"""Who is on call: week by week, on nights when the clock jumps, with swaps and with gaps."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.oncall import Override, Roster, Rotation, Turn, gaps, next_turn, on_call_at, turns

NILS, OLGA, PETE = 2, 4, 5
CHICAGO = "America/Chicago"
WEEKLY = Roster(CHICAGO, Rotation((NILS, OLGA, PETE), date(2026, 11, 2)))  # a Monday
HOUR = timedelta(hours=1)


def chicago(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(CHICAGO)).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-11-02T07:59", None),
        ("2026-11-02T08:00", NILS),
        ("2026-11-09T07:59", NILS),
        ("2026-11-09T08:00", OLGA),
        ("2026-11-16T23:00", PETE),
        ("2026-11-23T08:00", NILS),
        ("2027-03-14T12:00", NILS),
        ("2027-03-15T07:30", NILS),
        ("2027-03-15T08:00", OLGA),
    ],
)
def test_turns_go_round_and_hand_over_by_the_clock_on_the_wall(at: str, who: int | None) -> None:
    """I-31: also in the week of the change to summer time (14 March 2027)."""
    assert on_call_at(WEEKLY, chicago(at)) == who


def test_a_swap_takes_its_hours_and_no_more() -> None:
    wedding = Override(PETE, chicago("2026-11-14T12:00"), chicago("2026-11-15T12:00"))
    roster = Roster(CHICAGO, WEEKLY.rotation, (wedding,))
    assert on_call_at(roster, wedding.starts - HOUR) == OLGA
    assert on_call_at(roster, wedding.starts) == PETE
    assert on_call_at(roster, wedding.ends) == OLGA
    assert next_turn(roster, chicago("2026-11-14T00:00")) == Turn(
        PETE, wedding.starts, wedding.ends
    )


def test_a_stretch_that_nobody_takes_is_shown_in_advance() -> None:
    nobody = Override(None, chicago("2026-12-24T08:00"), chicago("2026-12-26T08:00"))
    roster = Roster(CHICAGO, WEEKLY.rotation, (nobody,))
    found = gaps(roster, chicago("2026-12-01T00:00"), chicago("2027-01-01T00:00"))
    assert found == (Turn(None, nobody.starts, nobody.ends),)
    assert gaps(Roster(CHICAGO), nobody.starts, nobody.ends) == found


hours = st.integers(-400, 4000)


@given(
    people=st.lists(st.integers(1, 4), max_size=4),
    days=st.integers(1, 15),
    overrides=st.lists(st.tuples(st.none() | st.integers(1, 4), hours, hours), max_size=5),
    start=hours,
    length=st.integers(1, 3000),
)
def test_turns_leave_no_hole_and_never_overlap(
    people: list[int],
    days: int,
    overrides: list[tuple[int | None, int, int]],
    start: int,
    length: int,
) -> None:
    zero = chicago("2026-11-02T08:00")
    roster = Roster(
        CHICAGO,
        Rotation(tuple(people), date(2026, 11, 2), days),
        tuple(Override(who, zero + a * HOUR, zero + b * HOUR) for who, a, b in overrides),
    )
    begins, ends = zero + start * HOUR, zero + (start + length) * HOUR
    found = turns(roster, begins, ends)
    assert found[0].starts == begins
    assert found[-1].ends == ends
    for earlier, later in itertools.pairwise(found):
        assert earlier.ends == later.starts
        assert earlier.staff_id != later.staff_id
    assert all(turn.starts < turn.ends for turn in found)
    middle = begins + (ends - begins) / 2
    expected = next(turn.staff_id for turn in found if turn.starts <= middle < turn.ends)
    assert on_call_at(roster, middle) == expected
