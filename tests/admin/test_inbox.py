"""The inbox: the right order, the right words, and nobody else's families."""

from datetime import timedelta

from sqlalchemy import update

from routing.types import Urgency
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.test_staff import bea
from tests.admin.visitor import elements, field, shown
from tests.factories import NOW


def test_an_empty_inbox_says_that_nobody_is_waiting(desk: Desk) -> None:
    page = desk.ana().get("/")
    assert page.status_code == 200
    assert "Nobody is waiting" in shown(page)
    assert "Maple Complex Care" in shown(page)


def test_a_row_says_who_waits_how_long_and_why(desk: Desk) -> None:
    episode_id = desk.episode("se le salio el tubo", Urgency.EMERGENCY)
    with desk.database.write() as connection:
        message_id = factories.message(
            connection, desk.clinic_id, desk.garcia.thread_id, episode_id, "y no respira bien"
        )
        factories.assessment(
            connection,
            desk.clinic_id,
            message_id,
            urgency=Urgency.EMERGENCY,
            reasons=[{"rule": "trach.out", "why": "The tube came out.", "text": "", "spans": []}],
        )
        factories.alert(connection, desk.clinic_id, episode_id, no_answer="opted_out")
    desk.clock.advance(timedelta(minutes=12))
    words = shown(desk.ana().get("/"))
    for expected in (
        "Emergency",
        "Garcia",
        "Rosa",
        "Spanish",
        "y no respira bien",
        "waiting 12 min",
        "nobody yet",
        "family got no answer: call",
    ):
        assert expected in words


def test_the_reason_shown_is_the_one_that_set_the_level(desk: Desk) -> None:
    """A later "gracias" does not hide why the episode is urgent."""
    episode_id = desk.episode("gracias", Urgency.ROUTINE)
    with desk.database.write() as connection:
        first = factories.message(
            connection, desk.clinic_id, desk.garcia.thread_id, episode_id, "fiebre 39", at=NOW
        )
        factories.assessment(
            connection,
            desk.clinic_id,
            first,
            urgency=Urgency.URGENT,
            reasons=[{"rule": "fever.line", "why": "Fever with a central line.", "text": "fiebre"}],
        )
    assert "Fever with a central line." in shown(desk.ana().get("/"))


def test_an_unknown_sender_is_named_by_the_end_of_the_number_only(desk: Desk) -> None:
    """C8, I-24: the whole number stands nowhere in the page."""
    with desk.database.write() as connection:
        family_id, thread_id = factories.stranger(connection, desk.clinic_id)
        factories.episode(connection, desk.clinic_id, family_id, thread_id)
    page = desk.ana().get("/")
    assert "Unknown sender …0999" in shown(page)
    assert "+13125550999" not in page.text


def test_fifty_rows_a_page_and_the_next_page_goes_on_where_it_ended(desk: Desk) -> None:
    with desk.database.write() as connection:
        for number in range(53):
            home = factories.household(
                connection, desk.clinic_id, name=f"Family {number:02}", phone=f"+1312555{number:04}"
            )
            factories.episode(
                connection,
                desk.clinic_id,
                home.family_id,
                home.thread_id,
                waiting_since=NOW + timedelta(seconds=number),
            )
    ana = desk.ana()
    first = ana.get("/")
    assert "Family 49" in shown(first)
    assert "Family 50" not in shown(first)
    [following] = [a["href"] for a in elements(first, "a") if a["href"].startswith("/?after=")]
    second = shown(ana.get(following))
    assert [f"Family {n:02}" in second for n in (49, 50, 52)] == [False, True, True]


def test_a_place_that_nobody_wrote_shows_the_first_page(desk: Desk) -> None:
    desk.episode("hola")
    ana = desk.ana()
    for written in ("nonsense", "1.2.3", "0..99999999999999999999999.1", "-1..0.0", "٣.١.١.١"):
        page = ana.get(f"/?after={written}")
        assert "hola" in shown(page)


def test_an_episode_of_another_clinic_is_in_no_inbox_but_its_own(desk: Desk) -> None:
    """I-22."""
    desk.episode("lo nuestro")
    with desk.database.write() as connection:
        cedar = factories.clinic(connection, key="cedar")
        omar = factories.staff_member(connection, cedar, name="Omar")
    inbox = shown(desk.signed_in(cedar, omar, "omar").get("/"))
    assert "lo nuestro" not in inbox
    assert "Nobody is waiting" in inbox


def test_a_clinic_in_shadow_mode_says_so_on_every_page(desk: Desk) -> None:
    """C22."""
    with desk.database.write() as connection:
        cedar = factories.clinic(connection, key="cedar", automation="shadow")
        omar = factories.staff_member(connection, cedar, name="Omar")
    assert "Shadow mode." in shown(desk.signed_in(cedar, omar, "omar").get("/"))
    assert "Shadow mode." not in shown(desk.ana().get("/"))


def test_texts_that_do_not_go_out_are_a_banner(desk: Desk) -> None:
    with desk.database.write() as connection:
        factories.delivery(connection, desk.clinic_id, due_at=NOW)
        factories.delivery(connection, desk.clinic_id, state="failed", due_at=None)
    ana = desk.ana()
    assert "Texts are not going out." not in shown(ana.get("/"))
    desk.clock.advance(timedelta(minutes=6))
    words = shown(ana.get("/"))
    assert "Texts are not going out. 1 text has waited longer than 5 minutes." in words
    assert "1 text of the last hour was not delivered." in words


def test_a_coordinator_who_works_in_spanish_reads_spanish(desk: Desk) -> None:
    desk.episode("Luis tiene fiebre", Urgency.URGENT)
    with desk.database.write() as connection:
        lucia = factories.staff_member(
            connection, desk.clinic_id, name="Lucia", languages=["es", "en"]
        )
    desk.clock.advance(timedelta(hours=1, minutes=5))
    words = shown(desk.signed_in(desk.clinic_id, lucia, "lucia").get("/"))
    assert "Urgente" in words
    assert "espera desde hace 1 h 5 min" in words
    assert "Inbox" not in words


def test_c7_what_went_to_the_team_shows_for_whom_it_was_and_one_press_gives_it_back(
    desk: Desk,
) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    path = f"/episodes/{episode_id}"
    with desk.database.write() as connection:
        connection.execute(update(tables.episodes).values(owner_id=None, meant_for=desk.ana_id))
    assert "for Ana, who is not there" in shown(ana.get("/?view=mine"))
    page = ana.get(path)
    assert "This was for Ana, who was not there 45 minutes into the day" in shown(page)
    assert "I am here: give it back to me" in shown(page)
    nils = desk.signed_in(desk.clinic_id, desk.nils_id, "nils").get(path)
    assert "Give it back to Ana" in shown(nils)
    given = ana.post(f"{path}/hand", {"key": "back", "to": str(desk.ana_id)})
    assert given.status_code == 303
    assert "with Ana" in shown(ana.get(path))
    assert "This was for Ana" not in shown(ana.get(path))


def test_c7_who_stands_in_without_the_language_is_told_to_bring_an_interpreter(
    desk: Desk,
) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    with desk.database.write() as connection:
        connection.execute(update(tables.episodes).values(owner_id=desk.nils_id))
    assert "bring an interpreter" in shown(ana.get("/"))
    page = shown(ana.get(f"/episodes/{episode_id}"))
    assert "Nils does not speak Spanish: bring an interpreter." in page


def test_ana_takes_the_next_one_of_the_team_and_then_nothing_is_left(any_desk: Desk) -> None:
    episode_id, ana = any_desk.episode(), any_desk.ana()
    page = ana.get("/?view=team")
    answer = ana.post("/next", {"key": field(page, "/next", "key")})
    assert answer.headers["location"] == f"/episodes/{episode_id}?done=next"
    taken = shown(ana.get(answer.headers["location"]))
    assert "It is yours now." in taken
    assert "from the team to Ana" in taken
    assert "Take the next one" not in shown(ana.get("/"))
    again = ana.post("/next", {"key": "another-form"})
    assert again.headers["location"] == "/?done=nothing_left"
    assert "Nothing waits for the team." in shown(ana.get("/?done=nothing_left"))


def test_a_supervisor_shares_the_queue_out_and_coordinators_do_not(desk: Desk) -> None:
    desk.episode()
    assert desk.ana().post("/share", {"key": "k"}).status_code == 404
    who = bea(desk, "supervisor")
    assert "Share out to who is on duty" in shown(who.get("/?view=team"))
    assert who.post("/share", {"key": "k"}).headers["location"] == "/?view=team&done=shared"
    assert "with Ana" in shown(who.get("/episodes/1")), "she is the family's coordinator"
