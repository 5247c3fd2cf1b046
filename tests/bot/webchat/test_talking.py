"""What becomes of a message in the web chat, and of the answers to it."""

import json
import secrets
from datetime import timedelta
from typing import Any

import pytest

from routing.events import ActionKind, StaffAction
from store import tables
from tests.bot.webchat.conftest import EMERGENCY, FORMS, Lobby
from tests.bot.webchat.visitor import Visitor
from tests.factories import NOW


def reply(lobby: Lobby, text: str) -> None:
    """Let Ana answer the newest episode, and a worker bring it into the chat."""
    episode = lobby.rows(tables.episodes)[-1]
    act = StaffAction(
        ActionKind.REPLY, lobby.clinic_id, lobby.ana_id, episode.id, secrets.token_hex(8), text
    )
    [outcome] = lobby.kinline.conductor.conduct([act], lobby.clock())
    assert outcome.problem is None
    lobby.work()


def states(lobby: Lobby) -> list[tuple[str, str]]:
    return [(row.purpose, row.state) for row in lobby.deliveries()]


def test_an_emergency_gets_its_safety_words_at_once_without_any_worker(any_lobby: Lobby) -> None:
    rosa = any_lobby.visitor()
    own, safety = rosa.write(EMERGENCY)["messages"]
    assert (own["by"], own["text"]) == ("visitor", EMERGENCY)
    assert safety["by"] == "safety"
    assert safety["text"].startswith("Call 911 now.")
    [episode] = any_lobby.rows(tables.episodes)
    assert (episode.urgency, episode.hazard) == (3, "medical")


def test_safety_words_that_the_page_has_shown_count_as_arrived_c13(any_lobby: Lobby) -> None:
    rosa = any_lobby.visitor()
    _, safety = rosa.write(EMERGENCY)["messages"]
    assert states(any_lobby) == [("safety.call_emergency", "sending")]
    assert rosa.saw(safety).status_code == 204
    assert states(any_lobby) == [("safety.call_emergency", "delivered")]
    any_lobby.wait(121)
    [alert] = any_lobby.rows(tables.alerts)
    assert alert.no_answer is None


def test_safety_words_that_nobody_saw_within_two_minutes_make_people_call_c13(
    any_lobby: Lobby,
) -> None:
    rosa = any_lobby.visitor()
    rosa.write(EMERGENCY)
    any_lobby.wait(61)
    [delivery] = any_lobby.deliveries()
    assert (delivery.state, delivery.needs_call) == ("blocked", "chat_closed")
    [alert] = any_lobby.rows(tables.alerts)
    assert alert.no_answer == "chat_closed"
    told = [row.purpose for row in any_lobby.rows(tables.deliveries) if row.notification]
    assert "staff.alert_no_answer" in told


def test_a_message_sent_again_after_a_lost_answer_is_kept_once(any_lobby: Lobby) -> None:
    rosa = any_lobby.visitor()
    first, again = (rosa.write(EMERGENCY, "4f0b2c1d9a8e7766") for _ in range(2))
    assert first["id"] == again["id"]
    assert len(any_lobby.rows(tables.messages, direction="in")) == 1
    assert len(any_lobby.deliveries()) == 1
    assert [m["by"] for m in again["messages"]] == ["safety"], "unconfirmed words are given again"


def test_the_same_name_for_a_message_of_two_visitors_keeps_both_apart(any_lobby: Lobby) -> None:
    """One visitor must not swallow or read what another writes by guessing its id (A-10)."""
    rosa, stranger = any_lobby.visitor(), any_lobby.visitor()
    rosa.write(EMERGENCY, "4f0b2c1d9a8e7766")
    told = stranger.write(FORMS, "4f0b2c1d9a8e7766")
    assert told["messages"][0]["text"] == FORMS
    assert len(any_lobby.rows(tables.messages, direction="in")) == 2


def test_anas_reply_appears_and_its_showing_ends_the_waiting_c5(any_lobby: Lobby) -> None:
    rosa = any_lobby.visitor()
    rosa.write(FORMS)
    reply(any_lobby, "They are on their way, Rosa.")
    assert any_lobby.rows(tables.episodes)[0].is_waiting, "nobody has seen the reply yet"
    answer = rosa.look(after=rosa.last)[-1]
    assert (answer["by"], answer["text"]) == ("person", "They are on their way, Rosa.\n- Ana")
    rosa.saw(answer)
    assert states(any_lobby)[-1] == ("reply", "delivered")
    assert not any_lobby.rows(tables.episodes)[0].is_waiting


def test_a_reply_that_nobody_saw_is_no_answer_c5(any_lobby: Lobby) -> None:
    rosa = any_lobby.visitor()
    rosa.write(FORMS)
    reply(any_lobby, "They are on their way, Rosa.")
    any_lobby.wait(101)
    assert states(any_lobby)[-1] == ("reply", "blocked")
    assert any_lobby.rows(tables.episodes)[0].is_waiting
    assert rosa.look()[-1]["by"] == "person", "who comes back reads it all the same"


def test_an_automatic_text_waits_in_the_chat_without_calling_anybody(any_lobby: Lobby) -> None:
    rosa = any_lobby.visitor()
    rosa.write(FORMS)
    any_lobby.work()
    any_lobby.wait(101)
    assert states(any_lobby) == [("auto.new_visitor", "sent")]
    rosa.saw(rosa.look()[-1])
    assert states(any_lobby) == [("auto.new_visitor", "delivered")]


def test_a_reply_queued_before_a_safety_text_is_not_missed(lobby: Lobby) -> None:
    """The safety text has the higher id and is fetched first; `after` must not hide the reply."""
    rosa = lobby.visitor()
    rosa.write(FORMS)
    episode = lobby.rows(tables.episodes)[-1]
    act = StaffAction(
        ActionKind.REPLY, lobby.clinic_id, lobby.ana_id, episode.id, "press-1", "Coming up."
    )
    lobby.kinline.conductor.conduct([act], lobby.clock())
    rosa.write(EMERGENCY)
    lobby.work()
    assert "Coming up.\n- Ana" in [m["text"] for m in rosa.look(after=rosa.last)]


def test_what_waits_to_be_sent_is_not_yet_shown(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    rosa.write(FORMS)
    assert [m["by"] for m in rosa.look()] == ["visitor"], "the automatic text is still queued"


def test_staff_see_where_the_message_came_from(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    rosa.write(FORMS)
    [contact] = lobby.rows(tables.contacts)
    [family] = lobby.rows(tables.families)
    assert (contact.channel, family.kind) == ("webchat", "unclaimed")
    assert family.name == f"Web chat …{contact.address[-4:]}"


def test_a_clinic_with_its_own_twilio_account_has_a_chat_too(lobby: Lobby) -> None:
    """Accounts are for texts: a chat comes through none."""
    with lobby.kinline.database.write() as connection:
        connection.execute(
            tables.clinics.update()
            .where(tables.clinics.c.id == lobby.clinic_id)
            .values(twilio_account_sid="AC" + "1" * 32, revision=2)
        )
    lobby.visitor().write(FORMS)
    [episode] = lobby.rows(tables.episodes)
    assert episode.clinic_id == lobby.clinic_id


@pytest.mark.parametrize("automation", ["shadow", "off"])
def test_a_clinic_that_is_not_live_keeps_the_message_and_sends_nothing_c22(
    lobby: Lobby, automation: str
) -> None:
    with lobby.kinline.database.write() as connection:
        connection.execute(
            tables.clinics.update()
            .where(tables.clinics.c.id == lobby.clinic_id)
            .values(automation=automation, revision=2)
        )
    rosa = lobby.visitor()
    told = rosa.write(EMERGENCY)
    assert [m["by"] for m in told["messages"]] == ["visitor"]
    assert "No automatic answer comes." in told["standing"]
    assert lobby.deliveries() == []
    assert lobby.rows(tables.episodes)[0].urgency == 3


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        pytest.param("", 422, "empty", id="empty"),
        pytest.param(" \n\t ", 422, "empty", id="only spaces"),
        pytest.param("a" * 1601, 422, "too_long", id="one letter too long"),
        pytest.param("\U0001f622" * 1600, 200, "", id="as long as may be"),
        pytest.param("x" * 66_000, 413, "too_large", id="over 64 KiB"),
        pytest.param("no\0end \ud83d", 200, "", id="NUL and half a character"),
    ],
)
def test_only_what_is_empty_or_too_long_is_refused(
    lobby: Lobby, text: str, status: int, code: str
) -> None:
    answer = lobby.visitor().try_to_write(text)
    assert answer.status_code == status
    assert answer.json().get("error", "") == code
    assert len(lobby.rows(tables.messages, direction="in")) == (status == 200)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"[" * 30_000, b'{"id": 1, "text": "a"}', b'{"id": "4f0b2c1d9a8e7766"}',
     b'{"id": "../../etc/passwd", "text": "a"}', b"\xff\xfe"],
    ids=["nothing", "torn", "a list", "deep", "a number", "no text", "a path", "no UTF-8"],
)  # fmt: skip
def test_what_cannot_be_read_is_said_to_be_so(lobby: Lobby, body: bytes) -> None:
    rosa = lobby.visitor()
    rosa.token = "a" * 43
    answer = rosa.post("messages", content=body)
    assert (answer.status_code, answer.json()["retry"]) == (400, False)
    assert lobby.rows(tables.messages) == []


def test_when_the_database_is_away_the_page_may_send_again(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    rosa.write(FORMS)
    lobby.kinline.intake.stop(5)
    answer = rosa.try_to_write(EMERGENCY)
    assert (answer.status_code, answer.json()["error"], answer.json()["retry"]) == (
        503, "not_kept", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "standing"),
    [
        pytest.param(0, "Our office is open now. We close today at noon.", id="in the morning"),
        pytest.param(
            9 * 60,
            "Our office is closed. We open tomorrow at 8:30 am and will read your message then. "
            "Cannot wait? Call our nurse.",
            id="in the evening",
        ),
    ],
)
def test_the_page_says_before_anybody_types_whether_somebody_is_there(
    lobby: Lobby, minutes: int, standing: str
) -> None:
    lobby.clock.set(NOW + timedelta(minutes=minutes))
    told = lobby.visitor().get("/chat/messages?clinic=maple&lang=en").json()
    assert told == {"messages": [], "standing": standing}


def test_the_standing_is_worded_in_the_language_of_the_page(lobby: Lobby) -> None:
    said = {
        tag: lobby.visitor().get(f"/chat/messages?clinic=maple&lang={tag}").json()["standing"]
        for tag in ("en", "es", "ar")
    }
    assert said["es"] == "Nuestra oficina está abierta ahora. Cerramos hoy al mediodía."
    assert said["ar"].startswith("مكتبنا مفتوح الآن.")


def test_a_call_back_number_comes_as_an_ordinary_message_c13(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    rosa.write(EMERGENCY)
    told = rosa.write("Call-back number: 312-555-0142")
    [number] = [m for m in told["messages"] if m["number"]]
    assert number["text"] == "Call-back number: 312-555-0142"
    assert len(lobby.rows(tables.episodes)) == 1


def test_a_flood_of_new_chats_is_slowed_and_nobody_else_b14(lobby: Lobby) -> None:
    """B-14, I-07: who has written before is never slowed, and never a dangerous message."""
    rosa = lobby.visitor()
    rosa.write(FORMS)
    answers = [_first_words(lobby, "hello") for _ in range(70)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 11
    assert {(a.json()["error"], a.json()["retry"]) for a in refused} == {("too_many", True)}
    assert rosa.try_to_write("And the vaccine sheet too").status_code == 200
    assert _first_words(lobby, EMERGENCY).status_code == 200
    assert _first_words(lobby, "hello", place="198.51.100.4").status_code == 200
    lobby.clock.advance(timedelta(minutes=1))
    assert _first_words(lobby, "hello").status_code == 200


def _first_words(lobby: Lobby, text: str, place: str = "203.0.113.7") -> Any:
    return lobby.visitor(place=place).try_to_write(text)


def test_a_message_is_kept_byte_for_byte_i05(lobby: Lobby) -> None:
    """I-05; the token that came beside it is in none of the tables (A-12)."""
    rosa: Visitor = lobby.visitor()
    rosa.write("Luis: 38.5 °C 🤒\nsince 6")
    [message] = lobby.rows(tables.messages, direction="in")
    assert message.raw.decode() == message.text == "Luis: 38.5 °C 🤒\nsince 6"
    for table in (tables.messages, tables.contacts, tables.threads, tables.audit_events):
        assert rosa.token not in json.dumps([str(row) for row in lobby.rows(table)])
