"""What is yours already says so and what comes next; what still calls people wants "I take it"."""

import pytest
from sqlalchemy import update

from routing.types import Urgency
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, field, shown


def owned_by(desk: Desk, staff_id: int | None, urgency: Urgency = Urgency.SOON) -> int:
    episode_id = desk.episode("¿puede bañarse?", urgency)
    with desk.database.write() as connection:
        connection.execute(
            update(tables.episodes)
            .where(tables.episodes.c.id == episode_id)
            .values(owner_id=staff_id)
        )
    return episode_id


def take(who: Visitor, episode_id: int) -> str:
    path = f"/episodes/{episode_id}"
    page = who.get(path)
    typed = {name: field(page, f"{path}/take", name) for name in ("key", "seen")}
    assert who.post(f"{path}/take", typed).status_code == 303
    return shown(who.get(path))


def test_what_is_anas_already_says_so_and_offers_no_second_taking(desk: Desk) -> None:
    page = shown(desk.ana().get(f"/episodes/{owned_by(desk, desk.ana_id)}"))
    assert "You have it. Next: reply, or log a call." in " ".join(page.split())
    assert "I take it" not in page


@pytest.mark.parametrize("is_nobodys", [True, False], ids=["nobodys", "a-colleagues"])
def test_what_is_not_hers_can_be_taken(desk: Desk, *, is_nobodys: bool) -> None:
    episode_id = owned_by(desk, None if is_nobodys else desk.nils_id)
    page = shown(desk.ana().get(f"/episodes/{episode_id}"))
    assert "I take it" in page
    assert "You have it." not in page


def test_an_alert_that_climbs_wants_the_button_from_its_owner_too_i12(desk: Desk) -> None:
    episode_id, ana = owned_by(desk, desk.ana_id, Urgency.EMERGENCY), desk.ana()
    with desk.database.write() as connection:
        factories.alert(connection, desk.clinic_id, episode_id)
    assert "I take it" in shown(ana.get(f"/episodes/{episode_id}"))
    after = " ".join(take(ana, episode_id).split())
    assert "You have it. Next: call or reply, and say below how it ended." in after
    assert "Without that you are asked at" in after
    assert "I take it" not in after


def test_the_second_of_two_who_press_is_told_that_the_first_has_it_i12(desk: Desk) -> None:
    episode_id = owned_by(desk, desk.ana_id, Urgency.EMERGENCY)
    with desk.database.write() as connection:
        factories.alert(connection, desk.clinic_id, episode_id)
    ana, nils = desk.ana(), desk.signed_in(desk.clinic_id, desk.nils_id, "nils")
    path, late = f"/episodes/{episode_id}", ana.get(f"/episodes/{episode_id}")
    take(nils, episode_id)
    typed = {name: field(late, f"{path}/take", name) for name in ("key", "seen")}
    answer = ana.post(f"{path}/take", typed)
    told = shown(ana.get(answer.headers["location"]))
    assert "You have taken this." not in told
    assert "Somebody was faster and has taken it" in told
    assert "with Ana · taken by Nils" in told
    assert "taken by Nils" in shown(ana.get("/"))
    assert "with Ana · taken by" not in shown(nils.get(path)), "he reads that he has it"


@pytest.mark.parametrize("hazard", ["medical", "violence"])
def test_the_number_to_call_stands_where_somebody_reads_that_she_has_it_c11(
    desk: Desk, hazard: str
) -> None:
    episode_id, ana = owned_by(desk, desk.ana_id, Urgency.EMERGENCY), desk.ana()
    with desk.database.write() as connection:
        connection.execute(update(tables.episodes).values(hazard=hazard))
        factories.alert(connection, desk.clinic_id, episode_id)
    take(ana, episode_id)
    page = ana.get(f"/episodes/{episode_id}").text
    beside = page.partition('class="yours"')[2].partition("</p>")[0]
    assert ('href="tel:+13125550131"' in beside) is (hazard == "medical")
    assert ("tel:" in page) is (hazard == "medical")
