"""Bea sees who works at Maple, invites Jo, changes Ana, and lets her go."""

import re

import pytest

from tests import factories
from tests.admin.conftest import PASSWORD, Desk
from tests.admin.visitor import Visitor, elements, field, shown

JO = {"email": "Jo@Maple.example", "name": "Jo Lind", "roles": "nurse", "pages": "es",
      "phone": "(312) 555-0177", "speaks": "vi"}  # fmt: skip


def bea(desk: Desk, *roles: str, name: str = "Bea") -> Visitor:
    with desk.database.write() as connection:
        boss = factories.staff_member(
            connection, desk.clinic_id, name=name, email=f"{name.lower()}@maple.example",
            roles=list(roles or ("admin",)), password=PASSWORD,
        )  # fmt: skip
    return desk.signed_in(desk.clinic_id, boss, name)


def test_the_list_shows_roles_languages_and_who_cannot_be_told(desk: Desk) -> None:
    page = shown(bea(desk).get("/playbook/staff"))
    for words in ("Ana", "Coordinator", "Nils", "Nurse", "Administrator", "no telephone"):
        assert words in page


def test_jo_is_invited_by_a_link_that_is_shown_once_and_signs_in_with_it(any_desk: Desk) -> None:
    who = bea(any_desk)
    made = who.post("/playbook/staff", JO)
    (link,) = re.findall(r"https://desk\.maple\.example(/invite/[\w-]+)", made.text)
    listed = who.get("/playbook/staff")
    assert link not in listed.text
    assert "invited until" in shown(listed)
    jo = any_desk.visitor()
    chosen = jo.post(link, {"password": "ten-small-boats", "again": "ten-small-boats"})
    assert chosen.status_code == 303
    assert "Bandeja" in shown(jo.get("/"))
    page = shown(who.get("/playbook/staff"))
    assert "+1 312-555-0177" in page
    assert "Spanish, Vietnamese" in page


def test_a_new_link_ends_the_earlier_one(desk: Desk) -> None:
    who = bea(desk)
    first = re.findall(r"/invite/[\w-]+", who.post("/playbook/staff", JO).text)[0]
    (jo,) = re.findall(r"/playbook/staff/(\d+)\"><bdi>Jo Lind", who.get("/playbook/staff").text)
    second = re.findall(r"/invite/[\w-]+", who.post(f"/playbook/staff/{jo}/link").text)[0]
    assert desk.visitor().get(first).status_code == 404
    assert desk.visitor().get(second).status_code == 200


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"email": "jo"}, "email"),
        ({"email": "ANA@maple.example"}, "email"),
        ({"name": " "}, "name"),
        ({"roles": "boss"}, "roles"),
        ({"pages": "tlh"}, "pages"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "+1 312 555 0131"}, "phone"),
        ({"backup": "999"}, "backup"),
    ],
)
def test_what_cannot_be_says_so_beside_the_field_and_loses_nothing(
    desk: Desk, typed: dict[str, str], beside: str
) -> None:
    answer = bea(desk).post("/playbook/staff", JO | typed)
    assert answer.status_code == 422
    (problem,) = [p for p in elements(answer, "p") if p.get("id", "").endswith("-problem")]
    assert problem["id"] == f"{beside}-problem"
    for name in ("email", "phone"):
        assert field(answer, "/playbook/staff", name) == (JO | typed)[name]
    ticked = [box for box in elements(answer, "input") if "checked" in box]
    assert {"speaks"} <= {box["name"] for box in ticked}
    assert "Jo Lind" not in shown(bea(desk, name="Olga").get("/playbook/staff"))


def test_a_role_given_in_the_page_counts_from_the_next_click(desk: Desk) -> None:
    who, ana = bea(desk), desk.ana()
    assert ana.get("/playbook/staff").status_code == 404
    path = f"/playbook/staff/{desk.ana_id}"
    typed = {"stamp": field(who.get(path), path, "stamp"), "name": "Ana", "pages": "en",
             "roles": "supervisor"}  # fmt: skip
    assert who.post(path, typed).status_code == 303
    assert ana.get("/playbook/staff").status_code == 200
    assert "by Bea" in shown(who.get(path))


def test_the_second_of_two_administrators_sees_what_stands_now(desk: Desk) -> None:
    who, olga = bea(desk), bea(desk, name="Olga")
    path = f"/playbook/staff/{desk.ana_id}"
    stamp = field(olga.get(path), path, "stamp")
    typed = {"stamp": stamp, "name": "Ana", "pages": "en", "roles": "coordinator"}
    assert who.post(path, typed | {"phone": "+13125550121"}).status_code == 303
    late = olga.post(path, typed | {"phone": "+13125550199"})
    assert late.status_code == 422
    assert "Kept now: +13125550121" in shown(late)
    assert field(late, path, "phone") == "+13125550199"
    again = typed | {"phone": "+13125550199", "stamp": field(late, path, "stamp")}
    assert olga.post(path, again).status_code == 303


def test_ana_leaves_and_comes_back(any_desk: Desk) -> None:
    who, ana = bea(any_desk), any_desk.ana()
    path = f"/playbook/staff/{any_desk.ana_id}"
    assert "1 family" in shown(who.get(path))
    assert who.post(f"{path}/leave").status_code == 303
    assert ana.get("/").status_code == 303
    assert "no longer works here" in shown(who.get("/playbook/staff"))
    family = shown(who.get(f"/families/{any_desk.garcia.family_id}"))
    assert "Ana" not in family
    assert who.post(f"{path}/return").status_code == 303
    assert "1 family" in shown(who.get(path))


def test_the_last_administrator_cannot_leave(desk: Desk) -> None:
    who = bea(desk)
    (own,) = re.findall(r"(/playbook/staff/\d+)\"><bdi>Bea", who.get("/playbook/staff").text)
    answer = who.post(f"{own}/leave")
    assert answer.status_code == 422
    assert "Nobody else who can sign in is an administrator." in shown(answer)
    typed = {"stamp": field(who.get(own), own, "stamp"), "name": "Bea", "pages": "en",
             "roles": "nurse"}  # fmt: skip
    assert "roles" in who.post(own, typed).text
    assert who.get("/playbook/staff").status_code == 200


def test_supervisors_look_and_others_do_not(desk: Desk) -> None:
    path = f"/playbook/staff/{desk.nils_id}"
    assert desk.ana().get("/playbook/staff").status_code == 404
    who = bea(desk, "supervisor")
    for looked_at in ("/playbook/staff", path):
        page = who.get(looked_at)
        assert page.status_code == 200
        assert [f for f in elements(page, "button") if f.get("class") != "quiet"
                and "data-closes" not in f] == []  # fmt: skip
    for act in ("/playbook/staff", path, f"{path}/link", f"{path}/leave", f"{path}/return"):
        assert who.post(act, JO).status_code == 404, act


def test_the_staff_of_another_clinic_are_not_there(desk: Desk) -> None:
    with desk.database.write() as connection:
        other = factories.clinic(connection, key="birch")
        eve = factories.staff_member(connection, other, name="Eve")
    who = bea(desk)
    for path in (f"/playbook/staff/{eve}", f"/playbook/staff/{2**70}"):
        assert who.get(path).status_code == 404
        for act in ("", "/link", "/leave", "/return"):
            assert who.post(path + act, JO).status_code == 404
