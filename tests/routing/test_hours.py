"""Office hours on ordinary days and on odd ones, and how they are counted."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.hours import (
    WEEKDAYS,
    Day,
    Schedule,
    Stretch,
    after_open_time,
    window_at,
)
from tests.routing.people import MINUTE, NEVER, NIGHT, NOW, OPENING, WEEK
from tests.routing.wall import DAY, STEPS_A_DAY, Oracle, clock_on_the_wall, every_day

CHICAGO = ZoneInfo("America/Chicago")
HOUR = timedelta(hours=1)

# The clock jumps or repeats at night, at midnight, by half an hour, by two hours, by a whole day.
ODD_NIGHTS = [
    ("America/Chicago", date(2026, 3, 8)),
    ("America/Chicago", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 24)),
    ("America/Santiago", date(2026, 4, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Pacific/Chatham", date(2026, 9, 27)),
    ("America/St_Johns", date(2026, 11, 1)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("UTC", date(2026, 2, 28)),
]


def chicago(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=CHICAGO).astimezone(UTC)


quarters = st.integers(0, 95).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")
stretch = st.tuples(quarters, quarters | st.just("24:00")).filter(lambda s: s[0] != s[1])


@settings(max_examples=100, deadline=None)
@given(
    night=st.sampled_from(ODD_NIGHTS),
    week=st.lists(st.lists(stretch, max_size=3), min_size=7, max_size=7),
    closed=st.sets(st.integers(-2, 2), max_size=2),
    looks=st.lists(st.integers(STEPS_A_DAY, 3 * STEPS_A_DAY - 1), min_size=6, max_size=6),
    amount=st.integers(1, 8 * 60),
)
def test_any_hours_on_any_night_agree_with_the_clock_on_the_wall_f22(
    night: tuple[str, date],
    week: list[list[Stretch]],
    closed: set[int],
    looks: list[int],
    amount: int,
) -> None:
    zone, day = night
    hours = dict(zip(WEEKDAYS, week, strict=True))
    schedule = Schedule.read(hours, [Day(day + n * DAY) for n in closed], zone)
    oracle = Oracle.of(schedule, day)
    for index in looks:
        oracle.check(schedule, index)
        expected = oracle.open_time(index, amount * MINUTE)
        counted = after_open_time(schedule, oracle.steps[index], amount * MINUTE)
        if expected is not None:
            assert counted == expected
        else:
            assert counted is None or counted > oracle.steps[-1]


@pytest.mark.parametrize(("zone", "day"), ODD_NIGHTS)
def test_a_clinic_that_never_closes_is_open_through_every_odd_night(zone: str, day: date) -> None:
    schedule = every_day(("00:00", "24:00"), zone=zone)
    steps, _ = clock_on_the_wall(zone, day)
    assert {window_at(schedule, at).id for at in steps[STEPS_A_DAY::19]} == {"open:always"}


@pytest.mark.parametrize(
    ("stretches", "opens", "closes"),
    [
        pytest.param(("00:00", "24:00"), "2026-11-01T05:00", "2026-11-02T06:00", id="25-hours"),
        pytest.param(("20:00", "01:00"), "2026-11-01T01:00", "2026-11-01T06:00", id="ends-at-one"),
        pytest.param(("20:00", "01:30"), "2026-11-01T01:00", "2026-11-01T07:30", id="second-0130"),
        pytest.param(("01:30", "05:00"), "2026-11-01T06:30", "2026-11-01T11:00", id="first-0130"),
    ],
)
def test_the_night_of_the_doubled_hour_opens_at_its_first_and_closes_at_its_second(
    stretches: Stretch, opens: str, closes: str
) -> None:
    """Chicago, 1 November 2026: one o'clock comes at 06:00 and at 07:00 UTC."""
    saturday_and_sunday = {"sat": [stretches], "sun": [stretches]}
    hours = saturday_and_sunday if stretches[0] == "20:00" else {"sun": [stretches]}
    schedule = Schedule.read(hours, (), "America/Chicago")
    at = datetime.fromisoformat(closes).replace(tzinfo=UTC) - MINUTE
    window = window_at(schedule, at)
    assert window.is_open
    assert window.starts == datetime.fromisoformat(opens).replace(tzinfo=UTC)
    assert window.ends == at + MINUTE


@pytest.mark.parametrize(
    ("stretches", "opens", "closes"),
    [
        pytest.param(("00:00", "24:00"), "06:00", None, id="23-hours"),
        pytest.param(("01:00", "02:30"), "07:00", "08:00", id="ends-in-the-missing-hour"),
        pytest.param(("02:30", "04:00"), "08:00", "09:00", id="begins-in-the-missing-hour"),
    ],
)
def test_the_night_of_the_missing_hour_begins_and_ends_at_the_jump(
    stretches: Stretch, opens: str, closes: str | None
) -> None:
    """Chicago, 8 March 2026: two o'clock is three o'clock, at 08:00 UTC."""
    schedule = Schedule.read({"sun": [stretches]}, (), "America/Chicago")
    start = datetime.fromisoformat(f"2026-03-08T{opens}").replace(tzinfo=UTC)
    window = window_at(schedule, start)
    assert window.starts == start
    expected = f"2026-03-08T{closes}" if closes else "2026-03-09T05:00"
    assert window.ends == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_stretch_that_lies_in_the_missing_hour_does_not_cut_the_night_in_two() -> None:
    schedule = Schedule.read({"sun": [["02:10", "02:50"]]}, (), "America/Chicago")
    before = window_at(schedule, chicago("2026-03-08T01:00"))
    after = window_at(schedule, chicago("2026-03-08T04:00"))
    assert not before.is_open
    assert before.id == after.id


@pytest.mark.parametrize(
    ("at", "is_open", "ends"),
    [
        pytest.param("2026-11-18T08:29", False, "2026-11-18T08:30", id="before-opening"),
        pytest.param("2026-11-18T08:30", True, "2026-11-18T12:00", id="at-opening"),
        pytest.param("2026-11-18T12:00", False, "2026-11-18T12:30", id="lunch"),
        pytest.param("2026-11-18T16:59", True, "2026-11-18T17:00", id="last-minute"),
        pytest.param("2026-11-20T17:00", False, "2026-11-23T08:30", id="friday-evening"),
    ],
)
def test_the_office_opens_and_closes_on_the_minute(at: str, is_open: bool, ends: str) -> None:
    window = window_at(WEEK, chicago(at))
    assert (window.is_open, window.ends) == (is_open, chicago(ends))


def test_a_night_and_the_lunch_break_are_different_windows() -> None:
    lunch = window_at(WEEK, chicago("2026-11-18T12:10"))
    night = window_at(WEEK, NIGHT)
    assert lunch.id != night.id
    assert night.id == window_at(WEEK, OPENING - MINUTE).id


def test_a_holiday_is_closed_from_midnight_also_for_the_night_shift_before() -> None:
    christmas = date(2026, 12, 25)
    schedule = every_day(("20:00", "06:00"), closed=[christmas], zone="America/Chicago")
    window = window_at(schedule, chicago("2026-12-24T23:00"))
    assert window.ends == chicago("2026-12-25T00:00")
    assert window_at(schedule, chicago("2026-12-25T03:00")).ends == chicago("2026-12-26T20:00")


@pytest.mark.parametrize("days", [5, 20, 90], ids=["a-week", "three-weeks", "a-summer"])
def test_a_long_closure_is_one_window_with_one_name(days: int) -> None:
    closed = [date(2026, 7, 1) + n * DAY for n in range(days)]
    schedule = every_day(("08:00", "16:00"), closed=closed, zone="America/Chicago")
    opening = chicago("2026-07-01T08:00") + days * DAY
    windows = {window_at(schedule, opening - n * 12 * HOUR) for n in (1, days, 2 * days - 1)}
    assert len(windows) == 1
    assert windows.pop().ends == opening


def test_a_clinic_that_closed_for_good_has_no_next_opening() -> None:
    closed = [date(2026, 11, 18) + n * DAY for n in range(800)]
    window = window_at(every_day(("08:00", "16:00"), closed=closed, zone="UTC"), NOW)
    assert not window.is_open
    assert window.ends is None
    assert after_open_time(every_day(("08:00", "16:00"), closed=closed, zone="UTC"), NOW, HOUR) is (
        None
    )


def test_a_clinic_without_hours_is_always_closed() -> None:
    window = window_at(NEVER, NOW)
    assert (window.is_open, window.id, window.ends) == (False, "closed:always", None)
    assert after_open_time(NEVER, NOW, HOUR) is None


def test_a_clinic_that_never_closes_counts_every_hour() -> None:
    assert after_open_time(every_day(("00:00", "24:00"), zone="UTC"), NOW, 5 * HOUR) == (
        NOW + 5 * HOUR
    )


def test_hours_of_a_minute_a_week_do_not_keep_anybody_counting() -> None:
    schedule = Schedule.read({"mon": [["08:00", "08:01"]]}, (), "UTC")
    assert after_open_time(schedule, NOW, 4 * HOUR) is None
