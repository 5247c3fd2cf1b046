"""Nils says that a page was wrong, and what is usual for Luis (C21)."""

import httpx
import pytest

from routing.types import Urgency
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, shown

USUAL = {
    "rule": "breathing.saturation_low",
    "says": "usually 84 to 88",
    "lowest": "84",
    "until": "2027-05-31",
}


def nils(desk: Desk) -> Visitor:
    return desk.signed_in(desk.clinic_id, desk.nils_id, "nils")


def emergency(desk: Desk) -> int:
    with desk.database.write() as connection:
        episode = factories.episode(
            connection, desk.clinic_id, desk.garcia.family_id, desk.garcia.thread_id,
            urgency=Urgency.EMERGENCY,
        )  # fmt: skip
        factories.alert(connection, desk.clinic_id, episode)
    return episode


def test_one_press_says_that_a_page_was_wrong_and_a_supervisor_sees_the_share_c21(
    any_desk: Desk,
) -> None:
    episode, who = emergency(any_desk), nils(any_desk)
    assert "This page was wrong" in shown(who.get(f"/episodes/{episode}"))
    assert who.post(f"/episodes/{episode}/verdict", {"was": "wrong"}).status_code == 303
    assert "Judged: wrong." in shown(who.get(f"/episodes/{episode}"))
    with any_desk.database.write() as connection:
        boss = factories.staff_member(
            connection, any_desk.clinic_id, name="Bea", roles=["supervisor"]
        )
    page = shown(any_desk.signed_in(any_desk.clinic_id, boss, "bea").get("/"))
    assert "0 of 1 judged right" in page
    assert "judged right" not in shown(who.get("/")), "the figure is for supervisors"


def test_a_page_of_another_clinic_or_without_an_alert_is_not_judged_i22(desk: Desk) -> None:
    episode = emergency(desk)
    with desk.database.write() as connection:
        oak = factories.clinic(connection, key="oak")
        jo = factories.staff_member(connection, oak, name="Jo", roles=["nurse"])
    stranger = desk.signed_in(oak, jo, "jo")
    assert stranger.post(f"/episodes/{episode}/verdict", {"was": "wrong"}).status_code == 404
    assert nils(desk).post(f"/episodes/{episode}/verdict", {"was": "x"}).status_code == 404


def call(desk: Desk, who: Visitor, **typed: str) -> httpx.Response:
    path = f"/families/{desk.garcia.family_id}/children/{desk.garcia.child_id}/usual"
    return who.post(path, USUAL | typed)


def usual(desk: Desk, who: Visitor) -> str:
    answer = call(desk, who)
    assert answer.status_code in {303, 404}
    return str(answer.headers.get("location", "not found"))


def test_a_nurse_calls_something_usual_until_a_day_and_takes_it_back_c21(any_desk: Desk) -> None:
    who = nils(any_desk)
    assert usual(any_desk, who).endswith("done=changed")
    page = f"/families/{any_desk.garcia.family_id}"
    assert "low oxygen saturation · usually 84 to 88 · not under 84" in shown(who.get(page))
    path = f"{page}/children/{any_desk.garcia.child_id}/usual/end"
    who.post(path, {"rule": "breathing.saturation_low"})
    assert "usually 84 to 88" not in shown(who.get(page))


@pytest.mark.parametrize(
    "typed",
    [
        {"rule": "breathing.none"},
        {"says": " "},
        {"lowest": ""},
        {"lowest": "60"},
        {"until": "2026-11-17"},
        {"until": "2027-12-01"},
        {"until": "soon"},
    ],
)
def test_what_is_never_usual_or_never_ends_is_refused_c21(
    desk: Desk, typed: dict[str, str]
) -> None:
    page = call(desk, nils(desk), **typed)
    assert page.status_code == 422
    assert "Nothing was saved: say it in words" in shown(page)
    kept = {field["name"]: field.get("value", "") for field in elements(page, "input")}
    assert {name: kept[name] for name in ("says", "lowest", "until")}.items() <= (
        USUAL | typed
    ).items()
    with desk.database.read() as connection:
        assert connection.execute(tables.baselines.select()).all() == []


def test_only_a_nurse_says_what_is_usual_c18_c21(desk: Desk) -> None:
    assert usual(desk, desk.ana()) == "not found"
