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
