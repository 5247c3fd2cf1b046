"""The follow-up of an emergency, as it stands in Ana's inbox and on the page of the episode."""

from datetime import timedelta

import pytest

from routing.types import Urgency
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, shown
from tests.factories import NOW

IN_THE_INBOX = "1 follow-up today: did they go, how is the child?"


def _followed_up(desk: Desk, *, came: bool = True, **columns: object) -> int:
    """Let an emergency of yesterday be followed up today."""
    said = {"text": "mi hijo no puede respirar", "urgency": Urgency.EMERGENCY}
    episode_id = desk.episode(**said)  # type: ignore[arg-type]
    with desk.database.write() as connection:
        connection.execute(tables.episodes.update().values(
            {"state": "resolved", "outcome": "emergency_care", "owner_id": desk.ana_id,
             "resolved_at": NOW - timedelta(days=1)} | columns
        ))  # fmt: skip
        factories.row(
            connection, tables.follow_ups, clinic_id=desk.clinic_id, episode_id=episode_id,
            due_at=NOW if came else NOW + timedelta(hours=20), came_at=NOW if came else None,
        )  # fmt: skip
    return episode_id


def _ends(ana: Visitor, episode_id: int, **fields: str) -> str:
    answer = ana.post(f"/episodes/{episode_id}/followed", {"key": "k1", **fields})
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.mark.parametrize("view", ["", "?view=mine"])
def test_ana_finds_it_above_her_list_and_opens_it_from_there(desk: Desk, view: str) -> None:
    episode_id = _followed_up(desk)
    page = desk.ana().get(f"/{view}")
    assert IN_THE_INBOX in shown(page)
    assert "Went to the emergency department" in shown(page)
    assert f"/episodes/{episode_id}" in [a.get("href") for a in elements(page, "a")]


def test_it_is_not_in_the_list_of_others_or_before_its_day(desk: Desk) -> None:
    _followed_up(desk)
    nils = desk.signed_in(desk.clinic_id, desk.nils_id, "nils")
    assert IN_THE_INBOX not in shown(nils.get("/?view=mine"))
    assert IN_THE_INBOX in shown(nils.get("/"))


def test_the_page_says_what_to_ask_and_gives_the_number(desk: Desk) -> None:
    ana = desk.ana()
    episode_id = _followed_up(desk, came=False)
    page = ana.get(f"/episodes/{episode_id}")
    assert "Follow up: did they go, how is the child?" in shown(page)
    assert "In the inbox again from" in shown(page)
    assert IN_THE_INBOX not in shown(ana.get("/"))
    follow_up = page.text[page.text.index('id="follow-up"') : page.text.index('id="thread"')]
    assert "tel:+13125550131" in follow_up


def test_c11_after_violence_the_page_warns_instead_of_giving_a_number(desk: Desk) -> None:
    episode_id = _followed_up(desk, hazard="violence")
    page = desk.ana().get(f"/episodes/{episode_id}")
    follow_up = page.text[page.text.index('id="follow-up"') : page.text.index('id="thread"')]
    assert "check the safe contact" in follow_up
    assert "tel:" not in follow_up


def test_ana_speaks_with_rosa_and_it_is_gone(desk: Desk) -> None:
    ana = desk.ana()
    episode_id = _followed_up(desk)
    there = _ends(ana, episode_id, outcome="spoke", note="Rosa: he sleeps well")
    assert there == "/?done=followed"
    inbox = shown(ana.get(there))
    assert "Followed up." in inbox
    assert IN_THE_INBOX not in inbox
    page = shown(ana.get(f"/episodes/{episode_id}"))
    assert "Spoken with the family. Ana" in page
    assert "Rosa: he sleeps well" in page


def test_nobody_answers_and_it_stays(desk: Desk) -> None:
    ana = desk.ana()
    episode_id = _followed_up(desk)
    there = _ends(ana, episode_id, outcome="missed", note="rang twice")
    assert there == f"/episodes/{episode_id}?done=called"
    assert IN_THE_INBOX in shown(ana.get("/"))


def test_what_is_known_another_way_ends_it(desk: Desk) -> None:
    ana = desk.ana()
    episode_id = _followed_up(desk)
    _ends(ana, episode_id, outcome="known", note="The ED wrote: sent home at noon")
    assert "A note says how it went. Ana" in shown(ana.get(f"/episodes/{episode_id}"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"note": "Rosa"}, "Say how it ended"),
        ({"note": "Rosa", "outcome": "answered"}, "Say how it ended"),
        ({"note": " ", "outcome": "spoke"}, "Write something first."),
    ],
)
def test_a_form_that_is_not_complete_ends_nothing_and_loses_nothing(
    desk: Desk, fields: dict[str, str], sentence: str
) -> None:
    ana = desk.ana()
    episode_id = _followed_up(desk)
    page = ana.post(f"/episodes/{episode_id}/followed", {"key": "k1", **fields})
    assert page.status_code == 422
    assert sentence in shown(page)
    assert fields["note"].strip() in shown(page)
    assert IN_THE_INBOX in shown(ana.get("/"))


def test_an_episode_without_a_follow_up_takes_none(desk: Desk) -> None:
    episode_id = desk.episode()
    with desk.database.write() as connection:
        connection.execute(tables.episodes.update().values(state="resolved"))
    page = desk.ana().post(
        f"/episodes/{episode_id}/followed", {"key": "k1", "note": "Rosa", "outcome": "spoke"}
    )
    assert page.status_code == 409
    assert "Follow up" not in shown(page)


def test_another_clinic_cannot_end_it(desk: Desk) -> None:
    """I-22."""
    episode_id = _followed_up(desk)
    with desk.database.write() as connection:
        birch = factories.clinic(connection, key="birch")
        bea = factories.staff_member(connection, birch, name="Bea")
    fields = {"key": "k1", "note": "Rosa", "outcome": "spoke"}
    answer = desk.signed_in(birch, bea, "bea").post(f"/episodes/{episode_id}/followed", fields)
    assert answer.status_code == 404
    assert IN_THE_INBOX in shown(desk.ana().get("/"))
