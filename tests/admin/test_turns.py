"""The turns of on-call as the page lays them out: bars over days, names where they begin."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from admin.turns import Cell, faces, standing, weeks
from routing.oncall import Override, Roster, Rotation
from routing.watch import Lack, Line, Watch

NILS, OLGA = 2, 4
NAMES = {NILS: "Nils", OLGA: "Olga de la Cruz"}
CHICAGO = ZoneInfo("America/Chicago")
ROSTER = Roster("America/Chicago", Rotation((NILS, OLGA), date(2026, 11, 16)))
WATCH = Watch((Line(1, "First call", ROSTER),), (), {NILS: True, OLGA: True})
NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


def laid_out(watch: Watch = WATCH) -> list[Cell]:
    shown = weeks(watch, faces(watch, NAMES), NOW, CHICAGO)
    return [cell for week in shown for cell in week]


def test_each_person_has_letters_and_a_colour_of_their_own() -> None:
    shown = faces(WATCH, NAMES)
    assert [(one.letters, one.colour) for one in shown.values()] == [("NI", 0), ("OC", 1)]


def test_the_calendar_begins_on_this_monday_and_shows_eight_weeks_after_it() -> None:
    cells = laid_out()
    assert (cells[0].date, len(cells)) == (date(2026, 11, 16), 9 * 7)
    assert [cell.is_past for cell in cells[:4]] == [True, True, False, False]
    assert [cell.date for cell in cells if cell.is_today] == [date(2026, 11, 18)]


def test_a_turn_is_one_bar_with_the_name_where_it_begins() -> None:
    monday, *rest = laid_out()[7:14]
    (first,) = monday.lines[0]
    assert (first.stretch.staff_id, first.says, first.begins) == (OLGA, True, True)
    assert not any(bar.says or bar.begins for cell in rest for bar in cell.lines[0])
    assert [cell.lines[0][-1].ends for cell in rest] == [False] * 5 + [True]


def test_a_turn_that_goes_on_over_weeks_says_its_name_each_monday_and_today() -> None:
    alone = Roster("America/Chicago", Rotation((NILS,), date(2026, 11, 2)))
    cells = laid_out(replace(WATCH, lines=(Line(1, "First call", alone),)))
    said = [cell.date for cell in cells if cell.lines[0][0].says]
    assert said[:3] == [date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 23)]


def test_a_gap_within_a_day_is_a_bar_of_its_own() -> None:
    evening = Override(
        None, datetime(2026, 11, 20, 23, 0, tzinfo=UTC), datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    )
    watch = replace(WATCH, lines=(Line(1, "First call", replace(ROSTER, overrides=(evening,))),))
    (friday,) = [cell for cell in laid_out(watch) if cell.date == date(2026, 11, 20)]
    assert [bar.stretch.lack for bar in friday.lines[0]] == [None, Lack.NOBODY, None]
    (now,) = standing(watch, NOW)
    assert now.then is not None
    assert now.then.lack is Lack.NOBODY


def test_without_turns_there_is_no_calendar() -> None:
    assert weeks(Watch((), (NILS,), {NILS: True}), {}, NOW, CHICAGO) == ()
