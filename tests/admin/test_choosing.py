"""Parts of the inbox and filters: whose it is, what is put off, what fits, who may see what."""

from itertools import count

import pytest
from sqlalchemy import Connection

from routing.types import ContactKind, Urgency
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, shown

_numbers = count(200)


def home_of(connection: Connection, clinic_id: int) -> factories.Household:
    """Add one more family that nobody else is."""
    number = next(_numbers)
    return factories.household(
        connection, clinic_id, name=f"Family {number}", phone=f"+1312555{number:04d}"
    )


def rows(visitor: Visitor, address: str) -> list[str]:
    """List the episodes that a page shows, by their addresses."""
    page = visitor.get(address)
    assert page.status_code == 200
    links = elements(page, "a")
    return [a["href"].rpartition("/")[2] for a in links if a.get("class") == "open"]


def furnish(desk: Desk) -> dict[str, str]:
    """Let six episodes be open: Ana's, nobody's, a stranger's, two put off, one resolved."""
    made: dict[str, int] = {}
    with desk.database.write() as connection:

        def add(name: str, **columns: object) -> None:
            home = home_of(connection, desk.clinic_id)
            fields = {"family_id": home.family_id, "thread_id": home.thread_id, **columns}
            made[name] = factories.episode(connection, desk.clinic_id, **fields)  # type: ignore[arg-type]  # columns

        add("mine", owner_id=desk.ana_id, urgency=Urgency.URGENT, topics=["equipment"])
        add("team", owner_id=None, topics=["forms"])
        add("nils", owner_id=desk.nils_id, topics=["forms", "school"])
        add("waiting", owner_id=desk.ana_id, state="waiting")
        add("snoozed", owner_id=desk.ana_id, state="snoozed")
        add("over", owner_id=desk.ana_id, state="resolved")
        stranger = home_of(connection, desk.clinic_id)
        connection.execute(
            tables.families.update()
            .where(tables.families.c.id == stranger.family_id)
            .values(kind=ContactKind.UNCLAIMED)
        )
        made["stranger"] = factories.episode(
            connection, desk.clinic_id, stranger.family_id, stranger.thread_id, owner_id=None
        )
    return {name: str(number) for name, number in made.items()}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", {"mine", "team", "nils", "stranger"}),
        ("/?view=mine", {"mine"}),
        ("/?view=team", {"team"}),
        ("/?view=unclaimed", {"stranger"}),
        ("/?view=waiting", {"waiting", "snoozed"}),
        ("/?urgency=urgent", {"mine"}),
        ("/?topic=forms", {"team", "nils"}),
        ("/?topic=forms&view=team", {"team"}),
        ("/?topic=school", {"nils"}),
        ("/?view=nonsense&urgency=loud&topic=x&owner=%27", {"mine", "team", "nils", "stranger"}),
    ],
)
def test_each_part_and_filter_shows_what_it_says(
    any_desk: Desk, address: str, expected: set[str]
) -> None:
    made = furnish(any_desk)
    assert set(rows(any_desk.ana(), address)) == {made[name] for name in expected}


def test_a_filter_by_owner_shows_theirs(desk: Desk) -> None:
    made = furnish(desk)
    assert rows(desk.ana(), f"/?owner={desk.nils_id}") == [made["nils"]]


def test_the_parts_say_how_many_wait_in_each(desk: Desk) -> None:
    furnish(desk)
    page = shown(desk.ana().get("/"))
    for words in ("All open 4", "Mine 1", "Team 1", "Unclaimed 1", "Put off 2"):
        assert words in page


def test_a_filter_that_nothing_fits_offers_the_way_back(desk: Desk) -> None:
    furnish(desk)
    page = desk.ana().get("/?topic=billing")
    assert "Nothing fits this filter" in shown(page)
    assert any(a["href"] == "/" for a in elements(page, "a"))


def test_the_next_page_keeps_what_was_chosen(desk: Desk) -> None:
    with desk.database.write() as connection:
        for _ in range(52):
            home = home_of(connection, desk.clinic_id)
            factories.episode(
                connection, desk.clinic_id, home.family_id, home.thread_id, topics=["forms"]
            )
    ana = desk.ana()
    page = ana.get("/?topic=forms")
    (following,) = [a["href"] for a in elements(page, "a") if "after=" in a["href"]]
    assert "topic=forms" in following
    assert len(rows(ana, following)) == 2


def lost_text(desk: Desk) -> None:
    with desk.database.write() as connection:
        lost = connection.execute(tables.clinics.select().where(tables.clinics.c.is_system)).one()
        home = home_of(connection, lost.id)
        episode = factories.episode(connection, lost.id, home.family_id, home.thread_id)
        factories.message(connection, lost.id, home.thread_id, episode, "Is this the clinic?")


def test_a_text_to_a_number_that_no_clinic_has_is_shown_to_administrators_only_i06(
    desk: Desk,
) -> None:
    lost_text(desk)
    ana = desk.ana()
    assert "Needs routing" not in shown(ana.get("/"))
    assert "Is this the clinic?" not in shown(ana.get("/?view=routing"))
    with desk.database.write() as connection:
        boss = factories.staff_member(
            connection, desk.clinic_id, name="Bea", email="bea@maple.example", roles=["admin"]
        )
    bea = desk.signed_in(desk.clinic_id, boss, "bea")
    assert "Needs routing 1" in shown(bea.get("/"))
    page = bea.get("/?view=routing")
    assert "Is this the clinic?" in shown(page)
    assert not [a for a in elements(page, "a") if a.get("class") == "open"]
