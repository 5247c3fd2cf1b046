"""Ana writes to a family first, by day and by night, and writes down one that nobody knew."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, field, shown
from tests.clock import MovableClock

NIGHT = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
"""A Wednesday, eleven at night in Chicago."""


def write(desk: Desk, ana: Visitor, **typed: str) -> str:
    """Write to Rosa from the page of her family; give where it leads."""
    path = f"/families/{desk.garcia.family_id}"
    action = f"{path}/contacts/{desk.garcia.contact_id}/write"
    key = field(ana.get(path), action, "key")
    answer = ana.post(action, {"key": key, "text": "How is Luis today?", **typed})
    assert answer.status_code == 303, shown(answer)
    return str(answer.headers["location"])


def test_words_to_a_family_open_an_episode_with_them_in_it(any_desk: Desk) -> None:
    ana = any_desk.ana()
    page = shown(ana.get(write(any_desk, ana)))
    assert "How is Luis today?" in page
    assert "Take it back" in page
    assert "with Ana" in page


def test_while_something_is_open_the_page_leads_there(desk: Desk) -> None:
    episode_id = desk.episode()
    ana, path = desk.ana(), f"/families/{desk.garcia.family_id}"
    page = ana.get(path)
    assert f"/episodes/{episode_id}" in page.text
    action = f"{path}/contacts/{desk.garcia.contact_id}/write"
    assert action not in page.text
    answer = ana.post(action, {"key": "k1", "text": "How is Luis?"})
    assert answer.status_code == 422
    assert "Answer there." in shown(answer)
    assert "How is Luis?" in answer.text


def test_first_words_that_the_database_cannot_keep_come_back_to_try_again(desk: Desk) -> None:
    ana, path = desk.ana(), f"/families/{desk.garcia.family_id}"
    action = f"{path}/contacts/{desk.garcia.contact_id}/write"
    key = field(ana.get(path), action, "key")
    desk.database.close()
    file = Path(desk.database.url.removeprefix("sqlite:///"))
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    refused = ana.post(action, {"key": key, "text": "How is Luis today?"})
    assert refused.status_code == 503
    assert "How is Luis today?" in refused.text.partition(f'action="{action}"')[2]


def test_nobody_writes_to_another_familys_telephone(desk: Desk) -> None:
    with desk.database.write() as connection:
        other = factories.household(connection, desk.clinic_id, name="Nguyen", phone="+13125550139")
    action = f"/families/{desk.garcia.family_id}/contacts/{other.contact_id}/write"
    assert desk.ana().post(action, {"key": "k1", "text": "Hi"}).status_code == 404


def test_at_night_it_leaves_in_the_morning_and_can_be_taken_back(
    desk: Desk, clock: MovableClock
) -> None:
    clock.set(NIGHT)
    ana, path = desk.ana(), f"/families/{desk.garcia.family_id}"
    with desk.database.write() as connection:
        factories.on_call(connection, desk.clinic_id, desk.ana_id)
    assert "It is night for families: this leaves" in shown(ana.get(path))
    page = ana.get(write(desk, ana))
    assert "leaves Thu, Nov 19, 8:00" in shown(page).replace(" ", " ")
    episode_id = int(page.url.path.rpartition("/")[2])
    action = f"/episodes/{episode_id}/undo"
    typed = {name: field(page, action, name) for name in ("key", "seen", "message")}
    assert "taken back, never sent" in shown(ana.post(action, typed))


def test_at_night_it_leaves_at_once_when_somebody_says_why(desk: Desk, clock: MovableClock) -> None:
    clock.set(NIGHT)
    ana = desk.ana()
    page = shown(ana.get(write(desk, ana, sends="now", now_because="Power cut at six")))
    assert "It leaves in a few seconds." in page
    assert "Power cut at six" in page


NEWCOMER = {
    "caregiver": "Inés",
    "relation": "mother",
    "language": "es",
    "family_name": "Flores",
    "child": "Mateo",
    "birth_month": "2022-05",
    "flags": "trach",
}


@pytest.fixture
def unknown(desk: Desk) -> int:
    """Let somebody write whom nobody knows."""
    with desk.database.write() as connection:
        family_id, thread_id = factories.stranger(connection, desk.clinic_id)
        episode_id = factories.episode(
            connection, desk.clinic_id, family_id, thread_id, owner_id=None
        )
        factories.message(connection, desk.clinic_id, thread_id, episode_id, "Hola soy Inés")
    return episode_id


def welcome(desk: Desk, episode_id: int, **typed: str) -> str:
    ana, action = desk.ana(), f"/episodes/{episode_id}/welcome"
    page = ana.get(f"/episodes/{episode_id}")
    hidden = {name: field(page, action, name) for name in ("key", "seen")}
    answer = ana.post(action, {**hidden, **NEWCOMER, **typed})
    return shown(answer if answer.status_code != 303 else ana.get(answer.headers["location"]))


def test_an_unknown_sender_is_written_down_as_a_family_of_whoever_did_it_c8(
    desk: Desk, unknown: int
) -> None:
    page = welcome(desk, unknown)
    assert "The family is written down" in page
    assert "Flores" in page
    with desk.database.read() as connection:
        family = connection.execute(
            tables.families.select().where(tables.families.c.name == "Flores")
        ).one()
        child = connection.execute(
            tables.children.select().where(tables.children.c.family_id == family.id)
        ).one()
        caregiver = connection.execute(
            tables.caregivers.select().where(tables.caregivers.c.family_id == family.id)
        ).one()
    assert family.coordinator_id == desk.ana_id
    assert (child.name, child.birth_month, child.flags) == ("Mateo", "2022-05", ["trach"])
    assert (caregiver.name, caregiver.language) == ("Inés", "es")


def test_a_mistake_keeps_what_was_typed_and_writes_nothing_down(desk: Desk, unknown: int) -> None:
    page = welcome(desk, unknown, caregiver="", birth_month="May 22")
    assert "Say who is writing." in page
    with desk.database.read() as connection:
        names = set(connection.execute(tables.families.select()).scalars())
        kept = connection.execute(
            tables.families.select().where(tables.families.c.name == "Flores")
        ).first()
    assert names
    assert kept is None


def test_the_second_of_two_who_write_it_down_sees_that_it_is_done(desk: Desk, unknown: int) -> None:
    ana, action = desk.ana(), f"/episodes/{unknown}/welcome"
    page = ana.get(f"/episodes/{unknown}")
    typed = {**NEWCOMER, **{name: field(page, action, name) for name in ("key", "seen")}}
    assert ana.post(action, typed).status_code == 303
    again = ana.post(action, typed)
    assert again.status_code == 422
    assert "belongs to a family by now" in shown(again)
