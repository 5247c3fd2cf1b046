"""Office hours in every zone of the world, on every day of four years on which a clock changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from routing.arrivals import decide_inbound
from routing.hours import Schedule
from routing.situation import History, Said, Situation
from routing.types import ReplyKey, Urgency
from tests.routing.people import MIA, NIGHT, WEEK, judged, maple, situation, text
from tests.routing.wall import DAY, HARD_DAY, QUARTER, STEPS_A_DAY, Oracle, every_day

YEARS = range(2025, 2029)
FIRST_NOON = datetime(YEARS.start, 1, 1, 12, tzinfo=UTC)
NOONS = tuple(FIRST_NOON + n * DAY for n in range(365 * len(YEARS) + 1))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

Change = tuple[datetime, timedelta | None, timedelta | None]


@cache
def changes() -> dict[Change, str]:
    """Find each way in which a clock changes (when, from what, to what), and one zone of it.

    Zones that share a change are alike on that day and on those around it, so that one zone of
    each change stands for all of them.
    """
    found: dict[Change, str] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = [noon.astimezone(zone).utcoffset() for noon in NOONS]
        for noon, (before, after) in zip(NOONS, pairwise(offsets), strict=False):
            if before != after:
                found.setdefault((_moment(zone, noon), before, after), name)
    return found


def _moment(zone: ZoneInfo, noon: datetime) -> datetime:
    before = noon.astimezone(zone).utcoffset()
    steps = (noon + n * QUARTER for n in range(STEPS_A_DAY + 1))
    at = next(at for at in steps if at.astimezone(zone).utcoffset() != before)
    assert (at - MINUTE).astimezone(zone).utcoffset() == before, "a clock changes at a quarter"
    return at


@pytest.mark.parametrize("year", YEARS)
def test_every_change_of_every_clock_of_the_world_agrees_with_the_wall_f22(year: int) -> None:
    of_this_year = [(at, zone) for (at, *_), zone in changes().items() if at.year == year]
    assert len(of_this_year) > 50
    for at, zone in of_this_year:
        schedule = every_day(*HARD_DAY, zone=zone)
        oracle = Oracle.of(schedule, at.date())
        ids: dict[str, int] = {}
        runs = 0
        for index in range(STEPS_A_DAY, 3 * STEPS_A_DAY):
            runs += oracle.is_open[index] != oracle.is_open[index - 1]
            ids.setdefault(oracle.check(schedule, index), runs)
        assert len(set(ids.values())) == len(ids), "each window has its own name, and only one"


def test_zones_without_any_change_in_four_years_agree_with_the_wall_as_well() -> None:
    """One for each offset: half and quarter hours, ahead and behind."""
    day = NOONS[700]
    still: dict[object, str] = {}
    for name in sorted(available_timezones()):
        offsets = {noon.astimezone(ZoneInfo(name)).utcoffset() for noon in NOONS[::30]}
        if len(offsets) == 1:
            still.setdefault(offsets.pop(), name)
    assert len(still) > 25
    for zone in still.values():
        schedule = every_day(*HARD_DAY, zone=zone)
        oracle = Oracle.of(schedule, day.date())
        for index in range(STEPS_A_DAY, 3 * STEPS_A_DAY):
            oracle.check(schedule, index)


@pytest.mark.parametrize("year", YEARS)
def test_a_family_that_texts_every_quarter_hears_once_in_each_closed_window_i20(year: int) -> None:
    """Neither doubled nor skipped, whatever the clock does in between."""
    for (at, *_), zone in changes().items():
        if at.year == year:
            schedule = every_day(*HARD_DAY, zone=zone)
            assert _notices(schedule, at) == _closed_windows(schedule, at), (zone, at)


def _notices(schedule: Schedule, day: datetime) -> list[int]:
    """Text at each step of two days; list the steps that were answered with a notice."""
    known = situation(clinic=maple(schedule=schedule), children=(MIA,))
    steps, once, heard = Oracle.of(schedule, day.date()).steps, frozenset[str](), []
    for index in range(STEPS_A_DAY, 3 * STEPS_A_DAY):
        now = replace(known, history=History(once=once))
        replies = decide_inbound(text(), now, steps[index], lambda _: judged(Urgency.SOON)).replies
        names = {str(reply.once) for reply in replies if "notice:" in str(reply.once)}
        if names:
            heard.append(index)
            once |= names
    return heard


def _closed_windows(schedule: Schedule, day: datetime) -> list[int]:
    """List the steps at which the wall says that a closed window begins, or is there at first."""
    is_open = Oracle.of(schedule, day.date()).is_open
    return [
        index
        for index in range(STEPS_A_DAY, 3 * STEPS_A_DAY)
        if not is_open[index] and (index == STEPS_A_DAY or is_open[index - 1])
    ]


def moved(zone: str, said: Said) -> Situation:
    """Maple after its administrator has set another zone, in a night in which Rosa was told."""
    clinic = maple(schedule=replace(WEEK, timezone=zone))
    return situation(clinic=clinic, children=(MIA,), history=History(said=(said,)))


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Europe/Berlin"])
def test_a_clinic_that_changes_its_zone_in_the_night_does_not_tell_the_night_twice(
    zone: str,
) -> None:
    told = Said(ReplyKey.CLOSED, Urgency.SOON, 1, NIGHT)
    later = NIGHT + 10 * MINUTE
    soon = decide_inbound(text(), moved(zone, told), later, lambda _: judged(Urgency.SOON))
    assert not [reply for reply in soon.replies if reply.key is ReplyKey.CLOSED]
    before = replace(told, at=NIGHT - 24 * HOUR)
    next_night = decide_inbound(text(), moved(zone, before), later, lambda _: judged(Urgency.SOON))
    assert [reply.key for reply in next_night.replies] == [ReplyKey.CLOSED]


def test_a_rise_in_urgency_speaks_again_also_after_the_zone_was_changed() -> None:
    told = Said(ReplyKey.CLOSED, Urgency.ROUTINE, 1, NIGHT)
    known = moved("America/New_York", told)
    risen = decide_inbound(text(), known, NIGHT + MINUTE, lambda _: judged(Urgency.SOON))
    assert [reply.key for reply in risen.replies] == [ReplyKey.CLOSED]


def test_the_window_of_another_zone_has_its_own_ends_but_holds_the_same_moments() -> None:
    """A promise or a notice names the end of the window as the clinic's clock says it now."""
    clinic = replace(WEEK, timezone="America/New_York")
    known = situation(clinic=maple(schedule=clinic), children=(MIA,))
    [reply] = decide_inbound(text(), known, NIGHT, lambda _: judged(Urgency.SOON)).replies
    assert reply.due == NIGHT.replace(hour=13, minute=30)
