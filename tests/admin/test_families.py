"""Families: found by name, child and number; changed with a trace; never another clinic's."""

from routing.types import ChildFlag
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, field, shown


def names(who: Visitor, address: str) -> list[str]:
    page = who.get(address)
    links = [a["href"] for a in elements(page, "a") if a.get("class") == "open"]
    return [link.rpartition("/")[2] for link in links]


def test_families_are_found_by_name_child_and_the_end_of_a_number(any_desk: Desk) -> None:
    desk = any_desk
    with desk.database.write() as connection:
        nguyen = factories.household(
            connection, desk.clinic_id, name="Nguyen", phone="+13125550777", writer="Linh"
        )
        other = factories.clinic(connection, key="oak")
        factories.household(connection, other, name="Nguyen of Oak", phone="+13125550778")
    ana, garcia = desk.ana(), str(desk.garcia.family_id)
    assert names(ana, "/families") == [garcia, str(nguyen.family_id)]
    assert names(ana, "/families?words=nguy") == [str(nguyen.family_id)]
    assert names(ana, "/families?words=linh") == [str(nguyen.family_id)]
    assert names(ana, "/families?words=0777") == [str(nguyen.family_id)]
    assert names(ana, "/families?words=%25") == [garcia, str(nguyen.family_id)]
    assert "No family is found" in shown(ana.get("/families?words=zzz"))


def test_the_list_goes_on_where_the_page_ended(desk: Desk) -> None:
    with desk.database.write() as connection:
        for number in range(60):
            factories.family(connection, desk.clinic_id, name=f"Family {number:02}")
    ana = desk.ana()
    page = ana.get("/families")
    (following,) = [a["href"] for a in elements(page, "a") if "after=" in a["href"]]
    both = [*names(ana, "/families"), *names(ana, following)]
    assert len(both) == len(set(both)) == 61


def test_a_family_page_shows_who_they_are_and_what_was_needed(desk: Desk) -> None:
    episode_id = desk.episode()
    page = desk.ana().get(f"/families/{desk.garcia.family_id}")
    for words in ("Garcia", "Rosa", "tracheostomy", "Spanish", "Ana"):
        assert words in shown(page)
    assert any(a["href"] == f"/episodes/{episode_id}" for a in elements(page, "a"))


def test_confidential_episodes_are_off_the_familys_list_c11(desk: Desk) -> None:
    episode_id = desk.episode()
    with desk.database.write() as connection:
        connection.execute(tables.episodes.update().values(hazard="violence"))
    page = desk.ana().get(f"/families/{desk.garcia.family_id}")
    assert not any(a["href"] == f"/episodes/{episode_id}" for a in elements(page, "a"))


def test_staff_change_conditions_language_and_coordinator_with_a_trace(any_desk: Desk) -> None:
    desk = any_desk
    home, ana = desk.garcia, desk.ana()
    base = f"/families/{home.family_id}"
    posts = (
        (base, {"coordinator": str(desk.nils_id)}),
        (f"{base}/children/{home.child_id}", {"flags": "epilepsy", "status": "admitted"}),
        (f"{base}/caregivers/{home.caregiver_id}", {"language": "vi"}),
    )
    for address, typed in posts:
        assert ana.post(address, typed).status_code == 303
    with desk.database.read() as connection:
        family = connection.execute(
            tables.families.select().where(tables.families.c.id == home.family_id)
        ).one()
        child = connection.execute(tables.children.select()).one()
        caregiver = connection.execute(tables.caregivers.select()).one()
        trail = connection.execute(tables.audit_events.select()).all()
    assert family.coordinator_id == desk.nils_id
    assert (child.flags, child.status) == ([ChildFlag.EPILEPSY], "admitted")
    assert caregiver.language == "vi"
    changes = {e.action: e.details for e in trail if e.action.endswith(".changed")}
    assert changes["child.changed"]["before"]["flags"] == ["trach", "g_tube"]
    assert set(changes) == {"family.changed", "child.changed", "caregiver.changed"}


def test_what_two_people_change_of_a_child_at_once_is_both_kept(any_desk: Desk) -> None:
    """Ana's page is older than the oxygen that Nils entered: Luis must not lose it again."""
    desk, home = any_desk, any_desk.garcia
    ana, nils = desk.ana(), desk.signed_in(desk.clinic_id, desk.nils_id, "nils")
    page = ana.get(f"/families/{home.family_id}")
    seen = [f["value"] for f in elements(page, "input") if f.get("name") == "seen"]
    assert seen == ["trach", "g_tube"]
    change = f"/families/{home.family_id}/children/{home.child_id}"
    as_seen: dict[str, str | list[str]]
    as_seen = {"seen": seen, "seen_status": field(page, change, "seen_status")}
    nils.post(change, as_seen | {"flags": [*seen, "oxygen"], "status": "admitted"})
    ana.post(change, as_seen | {"flags": ["trach", "epilepsy"], "status": "active"})
    with desk.database.read() as connection:
        child = connection.execute(tables.children.select()).one()
    assert set(child.flags) == {"trach", "oxygen", "epilepsy"}
    assert child.status == "admitted"


def test_what_makes_no_sense_or_belongs_to_others_changes_nothing_i22(desk: Desk) -> None:
    with desk.database.write() as connection:
        other = factories.clinic(connection, key="oak")
        omar = factories.staff_member(connection, other, name="Omar", email="omar@oak.example")
        theirs = factories.household(connection, other, name="Oak", phone="+13125550778")
    home, ana = desk.garcia, desk.ana()
    refused = (
        (f"/families/{home.family_id}", {"coordinator": str(omar)}),
        (f"/families/{theirs.family_id}", {"coordinator": ""}),
        (f"/families/{home.family_id}/children/{theirs.child_id}", {"status": "active"}),
        (f"/families/{home.family_id}/children/{home.child_id}", {"status": "asleep"}),
        (f"/families/{home.family_id}/caregivers/{home.caregiver_id}", {"language": "<b>"}),
        (f"/families/{home.family_id}/caregivers/{theirs.caregiver_id}", {"language": "es"}),
    )
    for address, typed in refused:
        assert ana.post(address, typed).status_code == 404, address
    assert ana.get(f"/families/{theirs.family_id}").status_code == 404
