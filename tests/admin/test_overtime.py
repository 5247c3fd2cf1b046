"""Supervisors see who works at night, everybody sees their own, and nobody sees what was said."""

from datetime import timedelta

from routing.overtime import AfterHours
from store.tables import after_hours
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.test_staff import bea
from tests.admin.visitor import elements, field, shown
from tests.clock import MovableClock
from tests.factories import NOW

NIGHT = NOW + timedelta(hours=14)
HEAD = "week,name,replies,taken,calls,on_call"


def worked(
    desk: Desk, staff_id: int, kind: AfterHours, ago: int = 0, *, duty: bool = False
) -> None:
    with desk.database.write() as connection:
        factories.row(
            connection, after_hours, clinic_id=desk.clinic_id, staff_id=staff_id,
            episode_id=1, kind=kind, on_call=duty, at=NOW - timedelta(days=ago),
        )  # fmt: skip


def test_what_ana_does_at_night_is_counted_and_shown_to_her_and_to_her_supervisor(
    any_desk: Desk, clock: MovableClock
) -> None:
    clock.set(NIGHT)
    episode_id, ana = any_desk.episode("Luis se asustó"), any_desk.ana()
    path = f"/episodes/{episode_id}"
    for act, typed in (
        ("take", {}),
        ("called", {"note": "Rosa, canary-night", "reached": "no"}),
        ("reply", {"text": "canary-words"}),
    ):
        page = ana.get(path)
        hidden = {name: field(page, f"{path}/{act}", name) for name in ("key", "seen")}
        assert ana.post(f"{path}/{act}", hidden | typed).status_code == 303
    assert "Replies 1, taken 1, calls 1." in shown(ana.get("/hours"))
    boss = bea(any_desk, "supervisor")
    page = boss.get("/playbook/after-hours")
    assert "Ana 3" in shown(page)
    table = boss.get("/playbook/after-hours.csv").text
    assert table.splitlines()[0] == HEAD
    assert "2026-11-16,Ana,1,1,1,0" in table.splitlines()
    assert "canary" not in page.text + table


def test_the_bars_are_as_high_as_the_work_and_show_what_was_on_call(desk: Desk) -> None:
    episode = desk.episode()
    assert episode == 1
    for _ in range(4):
        worked(desk, desk.nils_id, AfterHours.CALL, ago=7, duty=True)
    worked(desk, desk.ana_id, AfterHours.REPLY)
    worked(desk, desk.ana_id, AfterHours.REPLY, ago=60)
    page = bea(desk).get("/playbook/after-hours")
    bars = elements(page, "rect")
    assert [b["height"] for b in bars if b["class"] == "off"] == [
        *["0"] * 6, "48", "0", *["0"] * 7, "12",
    ]  # fmt: skip
    assert [b["height"] for b in bars if b["class"] == "duty"].count("48") == 1
    assert "On call: 4." in shown(page)
    assert shown(page).index("Nils 4") < shown(page).index("Ana 1")


def test_when_everybody_went_home_the_page_says_so(desk: Desk) -> None:
    assert "Everybody went home" in shown(bea(desk).get("/playbook/after-hours"))
    assert "None in the last eight weeks." in shown(desk.ana().get("/hours"))


def test_coordinators_see_their_own_figures_alone(desk: Desk) -> None:
    desk.episode()
    worked(desk, desk.nils_id, AfterHours.REPLY)
    ana = desk.ana()
    for path in ("/playbook/after-hours", "/playbook/after-hours.csv"):
        assert ana.get(path).status_code == 404
    assert "None in the last eight weeks." in shown(ana.get("/hours"))


def test_the_work_of_another_clinic_is_not_there(desk: Desk) -> None:
    desk.episode()
    worked(desk, desk.ana_id, AfterHours.REPLY)
    with desk.database.write() as connection:
        other = factories.clinic(connection, key="birch")
        eve = factories.staff_member(connection, other, name="Eve", roles=["admin"])
    page = desk.signed_in(other, eve, "eve").get("/playbook/after-hours")
    assert "Everybody went home" in shown(page)


def test_a_name_that_looks_like_a_formula_is_none(desk: Desk) -> None:
    with desk.database.write() as connection:
        odd = factories.staff_member(connection, desk.clinic_id, name="=1+1", email="x@y.example")
    desk.episode()
    worked(desk, odd, AfterHours.TAKE)
    assert ",'=1+1," in bea(desk).get("/playbook/after-hours.csv").text
