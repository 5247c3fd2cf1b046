"""Bea sets who is on call: turns, overrides, swaps; gaps are announced before they come."""

import re
from datetime import UTC, datetime

import pytest

from store import tables
from store.playbook import Playbook
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, field, shown

LINES = "/playbook/duty/lines"
NIGHT = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)


@pytest.fixture
def phones(desk: Desk) -> Desk:
    """Ana and Nils have telephones."""
    with_phones(desk)
    return desk


def with_phones(desk: Desk) -> None:
    with desk.database.write() as connection:
        for number, staff_id in enumerate((desk.ana_id, desk.nils_id)):
            connection.execute(
                tables.staff.update()
                .where(tables.staff.c.id == staff_id)
                .values(phone=f"+1312555012{number}")
            )


def bea(desk: Desk, *roles: str, name: str = "Bea") -> Visitor:
    with desk.database.write() as connection:
        boss = factories.staff_member(
            connection, desk.clinic_id, name=name, email=f"{name.lower()}@maple.example",
            roles=list(roles or ("admin",)),
        )  # fmt: skip
    return desk.signed_in(desk.clinic_id, boss, name)


def line(desk: Desk, **typed: str) -> dict[str, str]:
    turns = {"name": "First call", "staff": str(desk.nils_id), "first": "2026-11-16",
             "days": "7", "handover": "08:00"}  # fmt: skip
    return turns | typed


def set_line(who: Visitor, desk: Desk, **typed: str) -> str:
    answer = who.post(LINES, line(desk, **typed))
    assert answer.status_code == 303, shown(answer)
    return answer.headers["location"].removesuffix("?done=changed")


def stamp(who: Visitor, path: str) -> str:
    return field(who.get(path), path, "stamp")


def told(desk: Desk) -> list[int]:
    with desk.database.read() as connection:
        clinic = Playbook(desk.database).current(connection).by_id[desk.clinic_id]
    return [person.id for person in clinic.on_call_at(desk.clock())]


def test_a_line_of_turns_is_set_and_says_who_is_on_call_now(any_desk: Desk) -> None:
    with_phones(any_desk)
    who = bea(any_desk)
    path = set_line(who, any_desk)
    page = shown(who.get("/playbook/duty"))
    assert "First call Nils" in page
    assert "The coming eight weeks" in page
    assert "gap" not in page
    assert told(any_desk) == [any_desk.nils_id]
    assert "line added by Bea" in shown(who.get(path))


def test_an_override_of_somebody_and_of_nobody(any_desk: Desk) -> None:
    with_phones(any_desk)
    who = bea(any_desk)
    path = set_line(who, any_desk)
    typed = {"who": str(any_desk.ana_id), "starts": "2026-11-18T08:00", "ends": "2026-11-19T08:00"}
    assert who.post(f"{path}/overrides", typed | {"stamp": stamp(who, path)}).status_code == 303
    assert told(any_desk) == [any_desk.ana_id]
    typed |= {"who": "nobody", "starts": "2026-12-24T08:00", "ends": "2026-12-26T08:00"}
    who.post(f"{path}/overrides", typed | {"stamp": stamp(who, path)})
    page = shown(who.get("/playbook/duty"))
    assert "Nobody on call can be told: from Thu, Dec 24, 8:00 AM until Sat, Dec 26" in page
    removals = [f["action"] for f in elements(who.get(path), "form")
                if "/overrides/" in f["action"]]  # fmt: skip
    assert len(removals) == 2
    for removal in removals:
        who.post(removal)
    assert "Nobody on call can be told" not in shown(who.get("/playbook/duty"))
    assert told(any_desk) == [any_desk.nils_id]


def test_two_turns_are_swapped_and_the_swap_is_taken_back(phones: Desk) -> None:
    who = bea(phones)
    path = set_line(who, phones)
    with phones.database.write() as connection:
        both = [phones.nils_id, phones.ana_id]
        connection.execute(tables.rotations.update().values(people=both))
    page = who.get(path)
    nils, ana = re.findall(r'value="(\d+\|[\dT|]+)"', page.text)[:2]
    typed = {"one": nils, "other": ana, "stamp": field(page, path, "stamp")}
    assert who.post(f"{path}/swap", typed).status_code == 303
    assert told(phones) == [phones.ana_id]
    page = who.get(path)
    assert shown(page).count("swap by Bea") == 2
    (half, _) = [f["action"] for f in elements(page, "form") if "/overrides/" in f["action"]]
    who.post(half)
    assert told(phones) == [phones.nils_id]
    assert "swap by Bea" not in shown(who.get(path))


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"name": ""}, "name"),
        ({"staff": ""}, "people"),
        ({"staff": "99999"}, "people"),
        ({"first": "Monday"}, "first"),
        ({"days": "0"}, "days"),
        ({"days": "a week"}, "days"),
        ({"handover": "8"}, "handover"),
    ],
)
def test_turns_that_cannot_be_say_so_beside_the_field_and_lose_nothing(
    phones: Desk, typed: dict[str, str], beside: str
) -> None:
    who = bea(phones)
    answer = who.post(LINES, line(phones, **typed))
    assert answer.status_code == 422
    (problem,) = [p for p in elements(answer, "p") if p.get("id", "").endswith("-problem")]
    assert problem["id"] == f"{beside}-problem"
    for name in ("name", "first", "days", "handover"):
        assert field(answer, LINES, name) == line(phones, **typed)[name]
    assert told(phones) == []


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"who": ""}, "who"),
        ({"starts": "soon"}, "starts"),
        ({"ends": ""}, "ends"),
        ({"ends": "2026-11-18T08:00"}, "ends"),
        ({"starts": "2026-10-01T08:00", "ends": "2026-10-02T08:00"}, "ends"),
        ({"ends": "2029-11-18T08:00"}, "ends"),
    ],
)
def test_an_override_that_cannot_be_says_so_beside_the_field(
    phones: Desk, typed: dict[str, str], beside: str
) -> None:
    who = bea(phones)
    path = set_line(who, phones)
    filled = {"who": "nobody", "starts": "2026-11-20T08:00", "ends": "2026-11-21T08:00",
              "stamp": stamp(who, path)} | typed  # fmt: skip
    answer = who.post(f"{path}/overrides", filled)
    assert answer.status_code == 422
    (problem,) = [p for p in elements(answer, "p") if p.get("id", "").endswith("-problem")]
    assert problem["id"] == f"{beside}-problem"
    assert field(answer, f"{path}/overrides", "starts") == filled["starts"]


def test_a_swap_needs_two_turns_of_two_people(phones: Desk) -> None:
    who = bea(phones)
    path = set_line(who, phones)
    (turn,) = set(re.findall(r'value="(\d+\|[\dT|]+)"', who.get(path).text))
    kept = stamp(who, path)
    answer = who.post(f"{path}/swap", {"one": turn, "other": turn, "stamp": kept})
    assert "Choose the turn of somebody else." in shown(answer)
    answer = who.post(f"{path}/swap", {"one": turn, "other": "0|x|y", "stamp": kept})
    assert "Choose a turn that is still so." in shown(answer)


def test_the_second_of_two_administrators_sees_what_the_first_has_done(phones: Desk) -> None:
    who, olga = bea(phones), bea(phones, name="Olga")
    path = set_line(who, phones)
    old = stamp(olga, path)
    who.post(path, line(phones, days="14", stamp=old))
    late = olga.post(path, line(phones, days="10", stamp=old))
    assert late.status_code == 422
    page = shown(late)
    assert "Somebody else has changed this meanwhile." in page
    assert "Kept now: 14" in page
    assert "turns changed by Bea" in page
    assert field(late, path, "days") == "10"
    over = {"who": "nobody", "starts": "2026-11-20T08:00", "ends": "2026-11-21T08:00"}
    late = olga.post(f"{path}/overrides", over | {"stamp": old})
    assert late.status_code == 422
    assert field(late, f"{path}/overrides", "starts") == "2026-11-20T08:00"
    now = field(late, path, "stamp")
    assert olga.post(f"{path}/overrides", over | {"stamp": now}).status_code == 303


def test_the_second_list_of_on_call_does_not_overwrite_the_first(desk: Desk) -> None:
    who, olga = bea(desk), bea(desk, name="Olga")
    seen = field(olga.get("/playbook/duty"), "/playbook/on-call", "seen")
    who.post("/playbook/on-call", {"staff": str(desk.nils_id), "seen": seen})
    late = olga.post("/playbook/on-call", {"staff": str(desk.ana_id), "seen": seen})
    assert late.status_code == 422
    assert "Yours stands below, theirs is: Nils" in shown(late)
    assert told(desk) == [desk.nils_id]


def test_whoever_leaves_or_goes_away_makes_a_gap_that_is_told_in_advance(phones: Desk) -> None:
    who = bea(phones)
    path = set_line(who, phones)
    who.post("/playbook/on-call", {"staff": str(phones.ana_id)})
    away = {"who": str(phones.nils_id), "first": "2026-12-01", "last": "2026-12-02"}
    who.post("/playbook/away", away)
    page = shown(who.get("/playbook/duty"))
    assert "1 gap in the coming eight weeks: First call, from Tue, Dec 1, 12:00 AM" in page
    assert "Nils: is away" in page
    assert "Nobody on call can be told" not in page
    with phones.database.write() as connection:
        connection.execute(
            tables.staff.update().where(tables.staff.c.id == phones.nils_id).values(active=False)
        )
    assert "no longer works here" in shown(who.get("/playbook/duty"))
    form = who.get(path)
    assert "Nils (no longer works here)" in shown(form)
    kept = who.post(path, line(phones, stamp=field(form, path, "stamp")))
    assert "only people who work here" in shown(kept)


def test_a_line_is_moved_up_and_removed(phones: Desk) -> None:
    who = bea(phones)
    first = set_line(who, phones)
    second = set_line(who, phones, name="Second call", staff=str(phones.ana_id))
    assert told(phones) == [phones.nils_id, phones.ana_id]
    who.post(f"{second}/up")
    assert told(phones) == [phones.ana_id, phones.nils_id]
    who.post(f"{second}/remove")
    assert told(phones) == [phones.nils_id]
    assert who.get(second).status_code == 404
    assert who.get(first).status_code == 200


def test_a_line_that_was_removed_by_mistake_is_brought_back(phones: Desk) -> None:
    who = bea(phones)
    who.post(f"{set_line(who, phones)}/remove")
    page = who.get("/playbook/duty")
    assert "First call: removed 9:00 AM by Bea" in shown(page)
    event = {"event": field(page, f"{LINES}/restore", "event")}
    assert bea(phones, "supervisor", name="Sue").post(f"{LINES}/restore", event).status_code == 404
    assert who.post(f"{LINES}/restore", event).status_code == 303
    assert told(phones) == [phones.nils_id]
    assert who.post(f"{LINES}/restore", event).status_code == 404
    assert "removed" not in shown(who.get("/playbook/duty"))


def test_supervisors_look_at_turns_and_change_nothing(phones: Desk) -> None:
    path = set_line(bea(phones), phones)
    who = bea(phones, "supervisor", name="Sue")
    assert "Nils" in shown(who.get(path))
    assert phones.ana().get(path).status_code == 404
    assert who.get(f"{LINES}/new").status_code == 404
    over = {"who": "nobody", "starts": "2026-11-20T08:00", "ends": "2026-11-21T08:00"}
    for act in ("", "/up", "/remove", "/overrides", "/swap", "/overrides/1/remove"):
        assert who.post(path + act, line(phones) | over).status_code == 404, act
    assert who.post(LINES, line(phones)).status_code == 404
    assert told(phones) == [phones.nils_id]


def test_a_line_of_another_clinic_is_not_there(phones: Desk) -> None:
    path = set_line(bea(phones), phones)
    with phones.database.write() as connection:
        birch = factories.clinic(connection, key="birch")
        eve = factories.staff_member(connection, birch, name="Eve", roles=["admin"])
    who = phones.signed_in(birch, eve, "eve")
    over = {"who": "nobody", "starts": "2026-11-20T08:00", "ends": "2026-11-21T08:00"}
    assert who.get(path).status_code == 404
    for act in ("", "/up", "/remove", "/overrides", "/swap", "/overrides/1/remove"):
        assert who.post(path + act, line(phones) | over).status_code == 404, act


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"who": ""}, "who"),
        ({"cover": "ANA"}, "cover"),
        ({"first": "soon"}, "first"),
        ({"last": "2026-11-17"}, "last"),
        ({"last": "9999-12-31"}, "last"),
    ],
)
def test_an_absence_that_cannot_be_says_so_beside_the_field(
    phones: Desk, typed: dict[str, str], beside: str
) -> None:
    ana = str(phones.ana_id)
    filled = {"who": ana, "first": "2026-11-18", "last": "2026-11-20"} | {
        name: word.replace("ANA", ana) for name, word in typed.items()
    }
    answer = bea(phones).post("/playbook/away", filled)
    assert answer.status_code == 422
    (problem,) = [p for p in elements(answer, "p") if p.get("id", "").endswith("-problem")]
    assert problem["id"] == f"{beside}-problem"
    assert field(answer, "/playbook/away", "first") == filled["first"]
