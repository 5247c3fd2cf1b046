"""Ana sets her own hours, Bea those of others; both see when they begin again."""

from typing import Any

from sqlalchemy import select

from store.tables import audit_events, staff
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.test_staff import bea
from tests.admin.visitor import Visitor, elements, field, shown

MORNINGS = {"mon": "09:30-13:00", "wed": "09:30-13:00"}


def hours_of(desk: Desk, staff_id: int) -> Any:
    with desk.database.read() as connection:
        return connection.execute(select(staff.c.hours).where(staff.c.id == staff_id)).scalar()


def save(who: Visitor, path: str, **typed: str) -> int:
    stamp = field(who.get(path), path, "stamp")
    return who.post(path, {"stamp": stamp, **typed}).status_code


def test_ana_has_the_clinics_hours_until_she_sets_her_own(any_desk: Desk) -> None:
    ana = any_desk.ana()
    page = ana.get("/hours")
    assert "In the hours now. They end 12:00" in shown(page)
    assert {e["placeholder"] for e in elements(page, "input") if e.get("name") == "mon"} == {
        "08:30-12:00, 12:30-17:00"
    }
    assert save(ana, "/hours", **MORNINGS) == 303
    assert hours_of(any_desk, any_desk.ana_id) == {
        "mon": [["09:30", "13:00"]], "wed": [["09:30", "13:00"]],
    }  # fmt: skip
    page = ana.get("/hours?done=changed")
    assert "Saved." in shown(page)
    assert "Outside the hours now. They begin 9:30" in shown(page)
    assert save(ana, "/hours") == 303
    assert hours_of(any_desk, any_desk.ana_id) is None


def test_every_page_leads_to_ones_own_hours(desk: Desk) -> None:
    assert "/hours" in [link.get("href") for link in elements(desk.ana().get("/"), "a")]


def test_bea_sets_the_hours_of_nils_and_it_is_on_record(desk: Desk) -> None:
    who, path = bea(desk), f"/playbook/staff/{desk.nils_id}"
    assert "As the clinic." in shown(who.get(path))
    assert save(who, f"{path}/hours", thu="20:00-08:00") == 303
    page = shown(who.get(path))
    assert "Thursday: 20:00-08:00" in page
    assert "hours changed by Bea" in page
    with desk.database.read() as connection:
        details = connection.execute(
            select(audit_events.c.details).where(audit_events.c.action == "staff.hours")
        ).scalar()
    assert details == {"before": {}, "after": {"thu": [["20:00", "08:00"]]}}


def test_what_cannot_be_read_stands_beside_its_day_and_nothing_is_lost(desk: Desk) -> None:
    ana = desk.ana()
    stamp = field(ana.get("/hours"), "/hours", "stamp")
    refused = ana.post("/hours", {"stamp": stamp, "mon": "9 to 1", "tue": "09:00-10:00"})
    assert refused.status_code == 422
    assert "'9 to 1' is not a stretch of time." in shown(refused)
    assert field(refused, "/hours", "tue") == "09:00-10:00"
    assert hours_of(desk, desk.ana_id) is None


def test_the_second_of_two_sees_what_stands_now(desk: Desk) -> None:
    who, ana, path = bea(desk), desk.ana(), f"/playbook/staff/{desk.ana_id}/hours"
    stamp = field(who.get(path), path, "stamp")
    assert save(ana, "/hours", mon="09:00-10:00") == 303
    late = who.post(path, {"stamp": stamp, "mon": "11:00-12:00"})
    assert late.status_code == 422
    assert "Kept now: 09:00-10:00" in shown(late)
    assert field(late, path, "mon") == "11:00-12:00"


def test_supervisors_look_and_coordinators_see_only_their_own(desk: Desk) -> None:
    path = f"/playbook/staff/{desk.nils_id}/hours"
    boss = bea(desk, "supervisor", name="Sam")
    assert boss.get(path).status_code == 200
    assert boss.post(path, MORNINGS).status_code == 404
    ana = desk.ana()
    assert ana.get(path).status_code == 404
    assert ana.post(path, MORNINGS).status_code == 404


def test_the_hours_of_another_clinics_staff_are_not_there(desk: Desk) -> None:
    with desk.database.write() as connection:
        other = factories.clinic(connection, key="birch")
        eve = factories.staff_member(connection, other, name="Eve")
    who = bea(desk)
    for path in (f"/playbook/staff/{eve}/hours", f"/playbook/staff/{2**70}/hours"):
        assert who.get(path).status_code == 404
        assert who.post(path, MORNINGS).status_code == 404
