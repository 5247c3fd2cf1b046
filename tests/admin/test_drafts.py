"""Nils leaves a draft for Ana, who speaks Spanish; the pages say that the family has no answer."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from routing.types import Urgency
from store import tables
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, field, shown

WORDS = "Please come today at two."


@pytest.fixture
def languages(desk: Desk) -> Desk:
    """Ana speaks Spanish and English, Nils English alone."""
    for staff_id, spoken in ((desk.ana_id, ["en", "es"]), (desk.nils_id, ["en"])):
        with desk.database.write() as connection:
            connection.execute(
                update(tables.staff).where(tables.staff.c.id == staff_id).values(languages=spoken)
            )
            connection.execute(
                update(tables.clinics).values(revision=tables.clinics.c.revision + 1)
            )
    return desk


def nils(desk: Desk) -> Visitor:
    return desk.signed_in(desk.clinic_id, desk.nils_id, "nils")


def hold(who: Visitor, episode_id: int, words: str = WORDS) -> httpx.Response:
    path = f"/episodes/{episode_id}"
    page = who.get(path)
    typed = {name: field(page, f"{path}/reply", name) for name in ("key", "seen")}
    return who.post(f"{path}/draft", typed | {"text": words})


def test_whoever_does_not_speak_it_is_offered_to_hold_it_for_who_does(languages: Desk) -> None:
    episode_id = languages.episode("¿puede bañarse?")
    page = shown(nils(languages).get(f"/episodes/{episode_id}"))
    assert "Hold for somebody who speaks Spanish" in page
    assert "Not sent until one of them has read it: Ana." in page
    assert "Hold for somebody" not in shown(languages.ana().get(f"/episodes/{episode_id}"))


def test_where_nobody_speaks_it_the_page_says_to_call_with_an_interpreter(languages: Desk) -> None:
    with languages.database.write() as connection:
        connection.execute(update(tables.caregivers).values(language="so"))
        connection.execute(update(tables.contacts).values(language="so"))
    page = shown(nils(languages).get(f"/episodes/{languages.episode()}"))
    assert "Nobody else here speaks Somali: call with an interpreter." in page
    assert "Hold for somebody" not in page


def test_ana_finds_the_draft_changes_it_and_sends_it(languages: Desk) -> None:
    episode_id, path = languages.episode("¿puede bañarse?"), ""
    path = f"/episodes/{episode_id}"
    held = hold(nils(languages), episode_id)
    assert held.headers["location"] == f"{path}?done=drafted"
    ana = languages.ana()
    assert "For you to release 1" in " ".join(shown(ana.get("/")).split())
    assert "a draft waits for somebody who speaks Spanish" in shown(ana.get("/?view=to_read"))
    page = ana.get(path)
    assert "The family has no answer yet." in shown(page)
    (link,) = [a["href"] for a in elements(page, "a") if "draft=" in a.get("href", "")]
    box = ana.get(link.partition("#")[0])
    assert WORDS in box.text.partition("<textarea")[2].partition("</textarea>")[0]
    typed = {name: field(box, f"{path}/reply", name) for name in ("key", "seen", "draft")}
    sent = ana.post(f"{path}/reply", typed | {"text": "Venga hoy a las dos."})
    assert sent.status_code == 303
    after = shown(ana.get(path))
    assert "A colleague has read it, and sent what stands below." in after
    again = ana.post(f"{path}/reply", typed | {"key": "again", "text": "Venga hoy."})
    assert again.status_code == 409
    assert "Somebody has sent this draft already" in shown(again)
    assert "Venga hoy." in again.text, "what she typed stays"


def test_the_chart_has_no_draft_in_it(languages: Desk) -> None:
    episode_id, who = languages.episode(), nils(languages)
    hold(who, episode_id)
    assert WORDS not in who.get(f"/episodes/{episode_id}/chart").text


def test_a_draft_is_taken_away_again(languages: Desk) -> None:
    episode_id, who = languages.episode(), nils(languages)
    hold(who, episode_id)
    path = f"/episodes/{episode_id}"
    page = who.get(path)
    typed = {name: field(page, f"{path}/withdraw", name) for name in ("key", "seen", "draft")}
    assert who.post(f"{path}/withdraw", typed).status_code == 303
    assert "taken away, never sent" in shown(who.get(path))
    assert who.post(f"{path}/withdraw", typed | {"key": "twice"}).status_code == 409


def test_in_danger_ten_minutes_turn_it_into_a_call_with_an_interpreter_c5(
    languages: Desk,
) -> None:
    episode_id, who = languages.episode("no responde", Urgency.URGENT), nils(languages)
    with languages.database.write() as connection:
        connection.execute(
            update(tables.clinics).values(
                interpreter_phone="+13125550102", revision=tables.clinics.c.revision + 1
            )
        )
    hold(who, episode_id)
    page = " ".join(shown(who.get(f"/episodes/{episode_id}")).split())
    assert "it becomes a call with an interpreter." in page
    languages.clock.advance(timedelta(minutes=11))
    late = shown(who.get(f"/episodes/{episode_id}"))
    assert "Call with an interpreter now." in late
    assert "tel:+13125550102" in who.get(f"/episodes/{episode_id}").text
    assert "a draft waits too long: call with an interpreter" in shown(who.get("/"))


def test_nothing_is_held_of_an_empty_box(languages: Desk) -> None:
    assert hold(nils(languages), languages.episode(), " ").status_code == 422
