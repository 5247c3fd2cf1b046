"""Bea sets the steps of an alert and sees what would happen; nothing unsafe can be set."""

from typing import Any

import httpx
import pytest

from routing.situation import ClinicView
from routing.steps import DEFAULT, MINUTE, Group
from routing.types import StaffChannel
from store import tables
from store.playbook import Playbook
from tests.admin.conftest import Desk
from tests.admin.test_duty import bea, with_phones
from tests.admin.visitor import Visitor, elements, field, shown

PAGE, STEPS, DUTY = "/playbook/duty/alerts", "/playbook/duty/steps", "/playbook/duty"
NIGHT = [("0", "0", ["first"]), ("5", "15", ["list", "nurses"])]
DAY = [("0", "0", ["owner"]), ("3", "10", ["staff"])]
Rows = list[tuple[str, str, list[str]]]


@pytest.fixture
def phones(desk: Desk) -> Desk:
    """Ana and Nils have telephones; Nils is on call."""
    with_phones(desk)
    with desk.database.write() as connection:
        connection.execute(
            tables.on_call.insert().values(
                clinic_id=desk.clinic_id, staff_id=desk.nils_id, position=0
            )
        )
    return desk


def clinic(desk: Desk) -> ClinicView:
    with desk.database.read() as connection:
        return Playbook(desk.database).current(connection).by_id[desk.clinic_id]


def typed(day: Rows, night: Rows, **more: Any) -> dict[str, Any]:
    """Fill the form as the page has it: all places, also one that is left empty."""
    form: dict[str, Any] = {"places": [], "after": [], "urgent": [], "who": []}
    for part, rows in (("day", day), ("night", night)):
        for number, (after, urgent, who) in enumerate([*rows, ("", "", [])]):
            form["places"].append(f"{part}-{number}")
            form["after"].append(after)
            form["urgent"].append(urgent)
            form["who"] += [f"{part}-{number}-{group}" for group in who]
    return form | more


def save(who: Visitor, day: Rows = DAY, night: Rows = NIGHT, **more: Any) -> httpx.Response:
    seen = field(who.get(PAGE), STEPS, "seen")
    return who.post(STEPS, typed(day, night, seen=seen, **more))


def test_bea_sets_the_steps_and_the_next_danger_climbs_them(any_desk: Desk) -> None:
    with_phones(any_desk)
    who = bea(any_desk)
    assert save(who, own=["day-0"], ways=["day-0-call"]).status_code == 303
    first, second = clinic(any_desk).ladder.day
    assert first.groups == (Group.OWNER,)
    assert first.channels == frozenset({StaffChannel.CALL})
    assert (second.after, second.after_urgent, second.channels) == (3 * MINUTE, 10 * MINUTE, None)
    assert "0:00 Ana text + call" in shown(who.get(f"{DUTY}?of={any_desk.ana_id}"))


def test_the_page_keeps_what_it_shows_when_nothing_was_changed(phones: Desk) -> None:
    """Every field comes back as it stands, so that saving changes nothing."""
    who = bea(phones)
    save(who)
    page = who.get(PAGE)
    stands = clinic(phones).ladder
    ticked = [i["value"] for i in elements(page, "input") if i.get("name") == "who"
              and "checked" in i]  # fmt: skip
    assert ticked == ["day-0-owner", "day-1-staff", "night-0-first", "night-1-nurses",
                      "night-1-list"]  # fmt: skip
    assert save(who).status_code == 303
    assert clinic(phones).ladder == stands


def test_a_step_is_taken_away_by_emptying_it(phones: Desk) -> None:
    who = bea(phones)
    emptied: Rows = [("0", "0", ["staff"]), ("", "", [])]
    assert save(who, emptied).status_code == 303
    assert len(clinic(phones).ladder.day) == 1


@pytest.mark.parametrize(
    ("day", "place", "says"),
    [
        ([], "day", "There must be one step at least."),
        ([("0", "0", ["owner"])], "day-0-who", "Nobody may be left out"),
        ([("0", "0", []), ("5", "15", ["staff"])], "day-0-who", "Choose somebody."),
        ([("2", "0", ["staff"])], "day-0-after", "somebody is told of a danger at once"),
        ([("0", "0", ["owner"]), ("16", "60", ["staff"])], "day-1-after", "within 15 minutes"),
        ([("0", "0", ["owner"]), ("5", "90", ["staff"])], "day-1-urgent", "within 75 minutes"),
        ([("0", "0", ["owner"]), ("0", "60", ["staff"])], "day-1-after", "later than the step"),
        ([("0", "0", ["owner"]), ("soon", "60", ["staff"])], "day-1-after", "number of minutes"),
    ],
)
def test_steps_that_end_or_are_too_slow_are_refused_beside_the_field(
    phones: Desk, day: Rows, place: str, says: str
) -> None:
    who = bea(phones)
    answer = save(who, day)
    assert answer.status_code == 422
    (problem,) = [p["id"] for p in elements(answer, "p") if p.get("id", "").endswith("-problem")]
    assert problem == f"{place}-problem"
    assert says in shown(answer)
    after = [i["value"] for i in elements(answer, "input") if i.get("name") == "after"]
    assert after[: len(day)] == [minutes for minutes, _, _ in day], "what was typed is kept"
    assert clinic(phones).ladder == DEFAULT


def test_the_second_of_two_administrators_does_not_overwrite_the_first(phones: Desk) -> None:
    who, olga = bea(phones), bea(phones, name="Olga")
    old = field(olga.get(PAGE), STEPS, "seen")
    save(who)
    late = olga.post(STEPS, typed([("0", "0", ["staff"])], NIGHT, seen=old))
    assert late.status_code == 422
    assert "Somebody else has set the steps meanwhile." in shown(late)
    assert len(clinic(phones).ladder.day) == 2
    now = field(late, STEPS, "seen")
    assert olga.post(STEPS, typed([("0", "0", ["staff"])], NIGHT, seen=now)).status_code == 303
    assert len(clinic(phones).ladder.day) == 1


def test_the_usual_steps_are_one_press_away(phones: Desk) -> None:
    who = bea(phones)
    save(who)
    seen = field(who.get(PAGE), STEPS, "seen")
    assert who.post(f"{STEPS}/usual", {"seen": seen}).status_code == 303
    assert clinic(phones).ladder == DEFAULT
    assert "The usual steps again" not in shown(who.get(PAGE))


def test_bea_chooses_the_ways_beside_the_text(phones: Desk) -> None:
    who = bea(phones)
    assert who.post("/playbook/duty/ways", {"way": ["call", "email", "fax"]}).status_code == 303
    assert clinic(phones).alert_channels == {StaffChannel.CALL, StaffChannel.EMAIL}
    assert who.post("/playbook/duty/ways", {"seen": "call email"}).status_code == 303
    assert clinic(phones).alert_channels == frozenset()


def test_the_second_choice_of_ways_does_not_overwrite_the_first(phones: Desk) -> None:
    who, olga = bea(phones), bea(phones, name="Olga")
    seen = field(olga.get(PAGE), "/playbook/duty/ways", "seen")
    who.post("/playbook/duty/ways", {"way": ["call"], "seen": seen})
    late = olga.post("/playbook/duty/ways", {"way": ["email"], "seen": seen})
    assert late.status_code == 422
    assert "Yours stand below, theirs are: call" in shown(late)
    assert clinic(phones).alert_channels == {StaffChannel.CALL}
    now = field(late, "/playbook/duty/ways", "seen")
    again: dict[str, Any] = {"way": ["call", "email"], "seen": now}
    assert olga.post("/playbook/duty/ways", again).status_code == 303


def test_a_ticked_way_of_a_step_counts_without_the_tick_before_it(phones: Desk) -> None:
    save(bea(phones), ways=["day-0-call"])
    assert clinic(phones).ladder.day[0].channels == frozenset({StaffChannel.CALL})


def test_the_time_line_tells_what_would_happen_by_day_and_by_night(phones: Desk) -> None:
    """Wednesday, nine in the morning: by day Ana's family rings Ana, by night Nils is on call."""
    who = bea(phones)
    page = shown(who.get(f"{DUTY}?of={phones.ana_id}"))
    assert "0:00 Ana text Nils text 0:05" in page
    assert "Then everybody again, every 5 minutes, until a person takes it." in page
    night = shown(who.get(f"{DUTY}?of={phones.ana_id}&when=otherwise"))
    assert "0:00 Nils text 0:05" in night
    urgent = shown(who.get(f"{DUTY}?level=urgent"))
    assert "0:15" in urgent
    assert "every 15 minutes" in urgent


def test_a_clinic_without_telephones_sees_that_its_own_number_is_all_it_has(desk: Desk) -> None:
    assert "0:00 on-call telephone text … Then everybody" in shown(bea(desk).get(DUTY))


def test_the_clinics_services_stand_in_the_time_line_by_their_names(phones: Desk) -> None:
    room = {"name": "On-call room", "address_env": "MAPLE_SECRET_ROOM"}
    with phones.database.write() as connection:
        connection.execute(
            tables.clinics.update()
            .where(tables.clinics.c.id == phones.clinic_id)
            .values(alert_services=[room])
        )
    who = bea(phones)
    who.post("/playbook/duty/ways", {"way": ["service"]})
    page = who.get(f"{DUTY}?of={phones.ana_id}")
    assert "Nils text On-call room service 0:05" in shown(page)
    assert "MAPLE_SECRET_ROOM" not in page.text


def test_supervisors_look_and_coordinators_do_not(phones: Desk) -> None:
    sofia = bea(phones, "supervisor", name="Sofia")
    page = sofia.get(PAGE)
    assert page.status_code == 200
    assert "Save the steps" not in shown(page)
    for path in (STEPS, f"{STEPS}/usual", "/playbook/duty/ways"):
        assert sofia.post(path, {}).status_code == 404
    assert phones.ana().get(PAGE).status_code == 404


LINE = "/playbook/duty/interpreter"


def test_bea_sets_the_line_of_interpreters_and_takes_it_away_c18(any_desk: Desk) -> None:
    who = bea(any_desk)
    assert who.post(LINE, {"number": "(312) 555-0102"}).status_code == 303
    assert clinic(any_desk).interpreter_phone == "+13125550102"
    assert "+13125550102" in who.get(PAGE).text
    assert who.post(LINE, {"number": " "}).status_code == 303
    assert clinic(any_desk).interpreter_phone is None


@pytest.mark.parametrize("number", ["call them", "12", "+13125550111"])
def test_what_cannot_be_a_line_of_interpreters_comes_back_with_a_sentence(
    desk: Desk, number: str
) -> None:
    answer = bea(desk).post(LINE, {"number": number})
    assert answer.status_code == 422
    assert "This is no telephone number that can be called" in shown(answer)
    assert f'value="{number}"' in answer.text
    assert clinic(desk).interpreter_phone is None


def test_only_administrators_set_the_line_of_interpreters(desk: Desk) -> None:
    assert desk.ana().post(LINE, {"number": "+13125550102"}).status_code == 404
