"""What Bea the administrator sets: hours, closed days, duty, mode; and what she may try."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from routing.cover import Absence
from routing.situation import ClinicView
from store import tables
from store.playbook import Playbook
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, field, shown

MORNING = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # nine in Chicago


def bea(desk: Desk, *roles: str) -> Visitor:
    with desk.database.write() as connection:
        boss = factories.staff_member(
            connection, desk.clinic_id, name="Bea", email="bea@maple.example",
            roles=list(roles or ("admin",)),
        )  # fmt: skip
    return desk.signed_in(desk.clinic_id, boss, "bea")


def clinic(desk: Desk, playbook: Playbook | None = None) -> ClinicView:
    """Read the clinic as another process would."""
    with desk.database.read() as connection:
        return (playbook or Playbook(desk.database)).current(connection).by_id[desk.clinic_id]


def save_week(who: Visitor, **days: str) -> str:
    revision = field(who.get("/playbook"), "/playbook/week", "revision")
    answer = who.post("/playbook/week", {"revision": revision, **days})
    assert answer.status_code == 303, shown(answer)
    return revision


def test_a_week_is_set_and_every_process_reads_it_anew(any_desk: Desk) -> None:
    other_process = Playbook(any_desk.database)
    assert clinic(any_desk, other_process).schedule.week[5] == ()
    save_week(bea(any_desk), mon="08:30-12:00, 12:30-17:00", sat="22:00-06:00")
    week = clinic(any_desk, other_process).schedule.week
    assert week[0] == (("08:30", "12:00"), ("12:30", "17:00"))
    assert (week[1], week[5]) == ((), (("22:00", "06:00"),))


@pytest.mark.parametrize("typed", ["8 to 5", "08:30-25:00", "08:30", "08:00-12:00, 11:00-13:00"])
def test_hours_that_cannot_be_say_so_beside_the_day_and_lose_nothing(
    desk: Desk, typed: str
) -> None:
    who = bea(desk)
    before = clinic(desk).schedule
    answer = who.post("/playbook/week", {"revision": "1", "mon": "08:00-12:00", "tue": typed}
                      if "," not in typed else {"revision": "1", "tue": typed})  # fmt: skip
    assert answer.status_code == 422
    (problem,) = [p for p in elements(answer, "p") if p.get("id") == "tue-problem"]
    assert problem["class"] == "field-problem"
    assert field(answer, "/playbook/week", "tue") == typed
    assert clinic(desk).schedule == before


def test_the_second_of_two_administrators_sees_the_firsts_change(desk: Desk) -> None:
    who = bea(desk)
    revision = save_week(who, mon="08:00-12:00")
    late = who.post("/playbook/week", {"revision": revision, "mon": "09:00-11:00"})
    assert late.status_code == 422
    assert "Somebody else has changed the clinic meanwhile." in shown(late)
    assert "Kept now: 08:00-12:00" in shown(late)
    assert field(late, "/playbook/week", "mon") == "09:00-11:00"
    assert clinic(desk).schedule.week[0] == (("08:00", "12:00"),)


def test_a_date_has_its_own_hours_or_is_closed_by_name(any_desk: Desk) -> None:
    who = bea(any_desk)
    who.post("/playbook/day", {"date": "2026-12-25", "reason": "Christmas", "hours": ""})
    who.post("/playbook/day", {"date": "2026-12-24", "reason": "", "hours": "09:00-12:00"})
    days = {day.date.isoformat(): day for day in clinic(any_desk).schedule.days}
    assert (days["2026-12-25"].name, days["2026-12-25"].stretches) == ("Christmas", ())
    assert days["2026-12-24"].stretches == (("09:00", "12:00"),)
    who.post("/playbook/day/forget", {"date": "2026-12-25"})
    assert [day.date.isoformat() for day in clinic(any_desk).schedule.days] == ["2026-12-24"]


def test_a_date_removed_by_a_slip_is_brought_back_with_its_name_and_hours(any_desk: Desk) -> None:
    who = bea(any_desk)
    set_days = (
        {"date": "2026-12-25", "reason": "Christmas", "hours": ""},
        {"date": "2026-12-24", "reason": "Eve", "hours": "08:00-09:30, 10:00-12:00"},
    )
    for day in set_days:
        who.post("/playbook/day", day)
    before = clinic(any_desk).schedule.days
    for day in set_days:
        page = who.post("/playbook/day/forget", {"date": day["date"]})
        assert page.status_code == 200
        assert f"Removed: {day['date']} {day['reason']} Bring it back" in shown(page)
        again = re.findall(r'name="(date|reason|hours)" value="(.*?)"', page.text)[:3]
        assert dict(again) == day
        assert who.post("/playbook/day", dict(again)).status_code == 303
    assert sorted(clinic(any_desk).schedule.days, key=str) == sorted(before, key=str)
    twice = who.post("/playbook/day/forget", {"date": "2026-11-30"})
    assert twice.status_code == 303, "nothing was there: nothing to bring back"


def test_a_date_that_is_none_comes_back_with_what_was_typed(desk: Desk) -> None:
    answer = bea(desk).post("/playbook/day", {"date": "Christmas", "reason": "Christmas"})
    assert answer.status_code == 422
    assert field(answer, "/playbook/day", "reason") == "Christmas"


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"date": "soon"}, "date"),
        ({"hours": "9 to 12"}, "hours"),
        ({"reason": "x" * 201}, "reason"),
    ],
)
def test_a_date_that_cannot_be_says_so_beside_the_field(
    desk: Desk, typed: dict[str, str], beside: str
) -> None:
    filled = {"date": "2026-12-24", "reason": "Short day", "hours": "09:00-12:00"} | typed
    answer = bea(desk).post("/playbook/day", filled)
    assert answer.status_code == 422
    (problem,) = [p for p in elements(answer, "p") if p.get("id", "").endswith("-problem")]
    assert problem["id"] == f"{beside}-problem"
    for name, word in filled.items():
        assert field(answer, "/playbook/day", name) == word
    assert clinic(desk).schedule.days == ()


def test_numbers_that_are_none_are_no_fault_of_ours(desk: Desk) -> None:
    who = bea(desk)
    assert who.post("/playbook/on-call", {"staff": "9" * 5000}).status_code == 404
    assert who.post("/playbook/away", {"who": "9" * 400}).status_code == 422


def test_a_snow_day_closes_now_and_opens_again(any_desk: Desk) -> None:
    who = bea(any_desk)
    save_week(who, wed="08:00-17:00")
    any_desk.clock.set(MORNING)
    assert "Open now." in shown(who.get("/playbook"))
    who.post("/playbook/close", {"reason": "Snow", "until": "tomorrow"})
    page = shown(who.get("/playbook"))
    assert (
        "Closed now (closed for now: Snow )" in page or "Closed now (closed for now: Snow)" in page
    )
    who.post("/playbook/open")
    assert "Open now." in shown(who.get("/playbook"))


def test_the_mode_is_switched_and_every_page_says_so_c22(desk: Desk) -> None:
    who = bea(desk)
    who.post("/playbook/mode", {"mode": "shadow"})
    assert "Shadow mode." in shown(who.get("/"))
    assert who.post("/playbook/mode", {"mode": "loud"}).status_code == 404


def test_the_on_call_list_keeps_its_order(any_desk: Desk) -> None:
    who = bea(any_desk)
    assert "Nobody is on call." in shown(who.get("/playbook/duty"))
    with any_desk.database.write() as connection:
        factories.on_call(connection, any_desk.clinic_id, any_desk.ana_id)
    who.post("/playbook/on-call", {"staff": str(any_desk.nils_id)})
    assert [s.id for s in clinic(any_desk).on_call] == [any_desk.nils_id]


def test_an_absence_names_who_answers(any_desk: Desk) -> None:
    who = bea(any_desk)
    typed = {"who": str(any_desk.ana_id), "cover": str(any_desk.nils_id),
             "first": "2026-11-18", "last": "2026-11-20"}  # fmt: skip
    assert who.post("/playbook/away", typed).status_code == 303
    (away,) = clinic(any_desk).absences
    assert isinstance(away, Absence)
    assert away.ends - away.starts == timedelta(days=3)
    answering = clinic(any_desk).answering(any_desk.ana_id, MORNING)
    assert answering.staff_id == any_desk.nils_id
    page = who.get("/playbook/duty")
    assert "Nils answers" in shown(page)
    (end,) = [f["action"] for f in elements(page, "form") if f["action"].endswith("/end")]
    who.post(end)
    assert clinic(any_desk).absences == ()


@pytest.mark.parametrize(
    "typed",
    [
        {"who": "", "first": "2026-11-18", "last": "2026-11-20"},
        {"who": "ANA", "cover": "ANA", "first": "2026-11-18", "last": "2026-11-20"},
        {"who": "ANA", "first": "2026-11-20", "last": "2026-11-18"},
        {"who": "ANA", "first": "soon", "last": "later"},
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(desk: Desk, typed: dict[str, str]) -> None:
    filled = {name: word.replace("ANA", str(desk.ana_id)) for name, word in typed.items()}
    answer = bea(desk).post("/playbook/away", filled)
    assert answer.status_code == 422
    assert clinic(desk).absences == ()


def test_every_change_leaves_a_trace(desk: Desk) -> None:
    who = bea(desk)
    save_week(who, mon="08:00-12:00")
    who.post("/playbook/mode", {"mode": "off"})
    with desk.database.read() as connection:
        trail = connection.execute(tables.audit_events.select()).all()
    assert {"hours.changed", "automation.changed"} <= {event.action for event in trail}


@pytest.mark.parametrize(
    ("roles", "looks"), [(("coordinator",), 404), (("nurse",), 404), (("supervisor",), 200)]
)
def test_supervisors_may_look_and_only_administrators_change(
    desk: Desk, roles: tuple[str, ...], looks: int
) -> None:
    who = bea(desk, *roles)
    for path in ("/playbook", "/playbook/duty", "/playbook/preview"):
        assert who.get(path).status_code == looks
    for path in ("week", "day", "close", "open", "mode", "on-call", "away", "away/1/end"):
        assert who.post(f"/playbook/{path}").status_code in {404, 422}, path
    assert clinic(desk).automation == "on"


def test_a_trial_shows_what_a_family_would_get_and_keeps_nothing(any_desk: Desk) -> None:
    who = bea(any_desk)
    answer = who.post("/playbook/preview", {"text": "mi hijo no puede respirar", "language": "es"})
    page = shown(answer)
    for words in ("Emergency", "breathing.none", "911", "+13125550100"):
        assert words in page
    with any_desk.database.read() as connection:
        for table in (tables.messages, tables.episodes, tables.deliveries):
            assert connection.execute(table.select()).all() == []


def test_a_trial_knows_the_child(desk: Desk) -> None:
    who = bea(desk)
    plain = shown(who.post("/playbook/preview", {"text": "fever 38.4", "age": "48"}))
    lined = shown(who.post("/playbook/preview", {"text": "fever 38.4", "flags": "central_line"}))
    assert "fever.any" in plain
    assert "fever.central_line" in lined


def test_a_day_that_is_over_is_not_closed_by_a_slip_of_the_year(desk: Desk) -> None:
    typed = {"date": "2025-12-24", "reason": "Christmas Eve", "hours": ""}
    who = bea(desk)
    answer = who.post("/playbook/day", typed)
    assert answer.status_code == 422
    assert "This day is over." in shown(answer)
    assert field(answer, "/playbook/day", "reason") == "Christmas Eve"
    today = who.post("/playbook/day", typed | {"date": desk.clock().date().isoformat()})
    assert today.status_code == 303
