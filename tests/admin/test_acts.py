"""What Ana does to an episode: take, reply, resolve, attach; and nothing typed is ever lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from routing.types import Urgency
from store import tables
from tests import factories
from tests.admin.conftest import PASSWORD, Desk
from tests.admin.visitor import Visitor, elements, field, shown
from tests.factories import NOW


def _form(visitor: Visitor, episode_id: int, act: str, **typed: str) -> dict[str, str]:
    """Fill the form as it stands on the page."""
    page = visitor.get(f"/episodes/{episode_id}")
    action = f"/episodes/{episode_id}/{act}"
    return {name: field(page, action, name) for name in ("key", "seen")} | typed


def _episode(desk: Desk) -> object:
    with desk.database.read() as connection:
        return connection.execute(
            select(tables.episodes).order_by(tables.episodes.c.id.desc())
        ).first()


def _replies(desk: Desk) -> list[str]:
    with desk.database.read() as connection:
        return list(
            connection.execute(
                select(tables.messages.c.text).where(tables.messages.c.direction == "out")
            ).scalars()
        )


def test_ana_replies_and_her_words_are_queued_signed_with_her_name(any_desk: Desk) -> None:
    """C14."""
    episode_id, ana = any_desk.episode("¿puede bañarse?"), any_desk.ana()
    form = _form(ana, episode_id, "reply", text="Sí, sin problema.")
    answer = ana.post(f"/episodes/{episode_id}/reply", form)
    assert answer.headers["location"].startswith(f"/episodes/{episode_id}?done=replied&sent=")
    [said] = _replies(any_desk)
    assert said.startswith("Sí, sin problema.")
    assert "Ana" in said
    page = shown(ana.get(answer.headers["location"]))
    assert "Your reply is on its way." in page
    assert "waiting to be sent" in page


def test_a_form_that_is_sent_twice_is_one_reply(any_desk: Desk) -> None:
    episode_id, ana = any_desk.episode("hola"), any_desk.ana()
    form = _form(ana, episode_id, "reply", text="Buenos días")
    for _ in range(2):
        assert ana.post(f"/episodes/{episode_id}/reply", form).status_code == 303
    assert len(_replies(any_desk)) == 1


def test_ana_takes_an_emergency_and_it_is_hers(any_desk: Desk) -> None:
    episode_id = any_desk.episode("no respira", Urgency.EMERGENCY)
    with any_desk.database.write() as connection:
        factories.alert(connection, any_desk.clinic_id, episode_id)
    ana = any_desk.ana()
    ana.post(f"/episodes/{episode_id}/take", _form(ana, episode_id, "take"))
    words = shown(ana.get(f"/episodes/{episode_id}"))
    assert "Taken: Ana" in words
    assert "I take it" not in words


def test_resolving_something_urgent_needs_an_outcome_and_keeps_what_was_typed(
    desk: Desk,
) -> None:
    """C2."""
    episode_id, ana = desk.episode("fiebre 40", Urgency.URGENT), desk.ana()
    form = _form(ana, episode_id, "resolve", outcome="other", other="")
    refused = ana.post(f"/episodes/{episode_id}/resolve", form)
    assert refused.status_code == 422
    assert "Say how it ended" in shown(refused)
    form = _form(ana, episode_id, "resolve", outcome="other", other="Grandmother drove them in")
    assert (
        ana.post(f"/episodes/{episode_id}/resolve", form).headers["location"]
        == f"/?done=resolved&of={episode_id}"
    )
    words = shown(ana.get(f"/episodes/{episode_id}"))
    assert "Grandmother drove them in" in words
    assert "Send reply" not in words


def test_a_message_that_ana_has_not_seen_refuses_resolving_and_is_shown(any_desk: Desk) -> None:
    """C6."""
    episode_id, ana = any_desk.episode("gracias por todo"), any_desk.ana()
    form = _form(ana, episode_id, "resolve", outcome="answered", other="a note in words")
    any_desk.say(episode_id, "espere, ahora vomita", at=NOW + timedelta(seconds=5))
    refused = ana.post(f"/episodes/{episode_id}/resolve", form)
    assert refused.status_code == 409
    assert "espere, ahora vomita" in shown(refused)
    assert "new" in shown(refused).split()
    assert field(refused, f"/episodes/{episode_id}/resolve", "other") == "a note in words"
    again = form | {"seen": field(refused, f"/episodes/{episode_id}/resolve", "seen")}
    assert ana.post(f"/episodes/{episode_id}/resolve", again).status_code == 303


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("   ", "Write something first."), ("ñ" * 1501, "This is too long.")],
    ids=["nothing", "too long"],
)
def test_a_refused_reply_says_why_and_stays_in_the_box(
    desk: Desk, text: str, sentence: str
) -> None:
    episode_id, ana = desk.episode("hola"), desk.ana()
    form = _form(ana, episode_id, "reply", text=text)
    refused = ana.post(f"/episodes/{episode_id}/reply", form)
    assert refused.status_code == 422
    assert sentence in shown(refused)
    assert text in refused.text
    assert _replies(desk) == []


def test_a_family_that_stopped_texts_cannot_be_answered_by_text(desk: Desk) -> None:
    """C13, I-17."""
    episode_id, ana = desk.episode("STOP"), desk.ana()
    with desk.database.write() as connection:
        connection.execute(tables.contacts.update().values(consent="opted_out"))
    form = _form(ana, episode_id, "reply", text="¿Está bien Luis?")
    refused = ana.post(f"/episodes/{episode_id}/reply", form)
    assert "Texts do not reach this family. Please call." in shown(refused)
    calls = [a["href"] for a in elements(refused, "a") if a.get("class") == "call"]
    assert set(calls) == {"tel:+13125550131"}
    assert "¿Está bien Luis?" in refused.text
    assert _replies(desk) == []


def test_a_reply_over_an_emergency_that_was_not_on_the_page_shows_it_first_i12(
    desk: Desk,
) -> None:
    episode_id, ana = desk.episode("¿hay receta?", Urgency.EMERGENCY), desk.ana()
    form = _form(ana, episode_id, "reply", text="Your refill is ready.")
    desk.say(episode_id, "se puso azul")
    with desk.database.write() as connection:
        factories.alert(connection, desk.clinic_id, episode_id)
    refused = ana.post(f"/episodes/{episode_id}/reply", form)
    assert refused.status_code == 409
    for words in ("se puso azul", "Read it, then send again.", "Nobody has taken it yet."):
        assert words in shown(refused)
    assert "Your refill is ready.</textarea>" in refused.text
    assert _replies(desk) == []


def test_a_question_that_nobody_answered_is_not_resolved_by_a_slip(desk: Desk) -> None:
    episode_id, ana = desk.episode("¿puede bañarse?", Urgency.SOON), desk.ana()
    refused = ana.post(f"/episodes/{episode_id}/resolve", _form(ana, episode_id, "resolve"))
    assert refused.status_code == 422
    assert "Nobody has answered this family yet." in shown(refused)
    (select,) = [s for s in elements(refused, "select") if s.get("name") == "outcome"]
    assert "required" in select
    form = _form(ana, episode_id, "resolve", outcome="not_needed")
    assert ana.post(f"/episodes/{episode_id}/resolve", form).status_code == 303


def test_an_unknown_sender_is_attached_to_the_garcias(any_desk: Desk) -> None:
    """C8."""
    with any_desk.database.write() as connection:
        family_id, thread_id = factories.stranger(connection, any_desk.clinic_id)
        episode_id = factories.episode(connection, any_desk.clinic_id, family_id, thread_id)
        factories.message(connection, any_desk.clinic_id, thread_id, episode_id, "soy la abuela")
    ana = any_desk.ana()
    form = _form(ana, episode_id, "attach", family=str(any_desk.garcia.family_id))
    ana.post(f"/episodes/{episode_id}/attach", form)
    words = shown(ana.get(f"/episodes/{episode_id}"))
    assert "Whose number is this?" not in words
    assert "Garcia" in words


def test_a_family_of_another_clinic_cannot_be_given_a_sender(desk: Desk) -> None:
    """I-22."""
    with desk.database.write() as connection:
        family_id, thread_id = factories.stranger(connection, desk.clinic_id)
        episode_id = factories.episode(connection, desk.clinic_id, family_id, thread_id)
        cedar = factories.clinic(connection, key="cedar")
        theirs = factories.household(connection, cedar, name="Okafor", phone="+13125550777")
    ana = desk.ana()
    form = _form(ana, episode_id, "attach", family=str(theirs.family_id))
    assert ana.post(f"/episodes/{episode_id}/attach", form).status_code == 404
    assert _episode(desk).family_id == family_id  # type: ignore[attr-defined]


def test_a_reply_typed_while_the_session_ended_is_there_after_signing_in(desk: Desk) -> None:
    episode_id, ana = desk.episode("hola"), desk.ana()
    draft = 'Tell "Rosa" <b>this</b>\nand that'
    form = _form(ana, episode_id, "reply", text=draft)
    desk.clock.advance(timedelta(minutes=16))
    at_door = ana.post(f"/episodes/{episode_id}/reply", form)
    assert at_door.status_code == 401
    assert "Nothing you typed is lost." in shown(at_door)
    assert field(at_door, "/login", "next") == f"/episodes/{episode_id}"
    wrong = ana.post("/login", {"email": "ana@maple.example", "password": "wrong",
                                "next": f"/episodes/{episode_id}", "text": draft})  # fmt: skip
    assert "&lt;b&gt;this&lt;/b&gt;\nand that</textarea>" in wrong.text
    inside = ana.post("/login", {"email": "ana@maple.example", "password": PASSWORD,
                                 "next": f"/episodes/{episode_id}", "text": draft})  # fmt: skip
    assert "Send reply" in shown(inside)
    assert "&lt;b&gt;this&lt;/b&gt;\nand that</textarea>" in inside.text
    assert _replies(desk) == []
    assert ana.get("/").status_code == 200


def test_a_reply_that_the_database_cannot_keep_comes_back_to_try_again(desk: Desk) -> None:
    episode_id, ana = desk.episode("hola"), desk.ana()
    form = _form(ana, episode_id, "reply", text="Llámeme, por favor")
    file = Path(desk.database.url.removeprefix("sqlite:///"))
    desk.database.close()
    away = file.with_suffix(".away")
    file.rename(away)
    file.mkdir()  # the disk is not what it was
    refused = ana.post(f"/episodes/{episode_id}/reply", form)
    assert refused.status_code == 503
    assert "Nothing that was kept is lost." in shown(refused)
    assert "Llámeme, por favor" in refused.text
    again = {n: field(refused, f"/episodes/{episode_id}/reply", n) for n in ("key", "seen")}
    file.rmdir()
    away.rename(file)
    answer = ana.post(f"/episodes/{episode_id}/reply", again | {"text": form["text"]})
    assert answer.status_code == 303
    assert len(_replies(desk)) == 1


def test_a_note_that_the_database_cannot_keep_comes_back_to_try_again(desk: Desk) -> None:
    episode_id, ana = desk.episode("hola"), desk.ana()
    form = _form(ana, episode_id, "note", note="Mother prefers evenings.")
    desk.database.close()
    file = Path(desk.database.url.removeprefix("sqlite:///"))
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    refused = ana.post(f"/episodes/{episode_id}/note", form)
    assert refused.status_code == 503
    assert "Mother prefers evenings." in refused.text.partition('name="note"')[2]
