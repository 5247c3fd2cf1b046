"""What Ana writes at night on a real database: held until her hours, and never sent blindly."""

from typing import Any

from routing.events import ActionKind, Unsent
from routing.types import DeliveryState, Problem
from store import tables
from store.inbox.episode import taken_back
from tests.store.clinic import ELEVEN_AT_NIGHT, ROSA, Clinic


def written_at_night(maple: Clinic) -> int | None:
    """Let Rosa ask at eleven at night, and Ana answer from home."""
    maple.now = ELEVEN_AT_NIGHT
    asked = maple.text("Need to ask about the appointment")
    maple.act(ActionKind.REPLY, asked.episode_id, maple.ana, text="Tuesday at 9.",
              seen=asked.message_id)  # fmt: skip
    return asked.episode_id


def leaving(maple: Clinic) -> list[str]:
    return [sent.text for sent in maple.claim() if "- Ana" in sent.text]


def test_c5_until_it_leaves_in_the_morning_the_family_waits(maple: Clinic) -> None:
    written_at_night(maple)
    maple.later(hours=9, minutes=29)
    assert leaving(maple) == []
    assert maple.episode().is_waiting
    maple.later(minutes=1)
    [sent] = [one for one in maple.claim() if "- Ana" in one.text]
    assert maple.episode().is_waiting
    maple.attempt(sent, DeliveryState.SENDING, provider_id="SMout1")
    maple.callback("SMout1", "sent")
    assert not maple.episode().is_waiting


def test_c5_a_graver_message_keeps_it_back_and_its_words_stay(maple: Clinic) -> None:
    episode_id = written_at_night(maple)
    maple.later(minutes=20)
    maple.text("mi hijo no puede respirar")
    [words] = [row for row in maple.rows(tables.messages) if row.author_id == maple.ana]
    assert words.kind == "kept_back"
    maple.later(hours=10)
    assert leaving(maple) == []
    with maple.database.read() as connection:
        assert taken_back(connection, maple.id, episode_id or 0, words.id) == "Tuesday at 9."
        assert taken_back(connection, maple.id, (episode_id or 0) + 1, words.id) == ""


def test_a_message_that_is_no_graver_lets_it_leave_and_is_not_answered_by_it(
    maple: Clinic,
) -> None:
    written_at_night(maple)
    maple.later(minutes=20)
    maple.text("and where do I park for the appointment?")
    maple.later(hours=10)
    [sent] = [one for one in maple.claim() if "- Ana" in one.text]
    maple.attempt(sent, DeliveryState.SENDING, provider_id="SMout1")
    maple.callback("SMout1", "sent")
    assert maple.episode().is_waiting


def test_what_has_left_is_not_kept_back(maple: Clinic) -> None:
    asked = maple.text("Need to ask about the appointment")
    maple.reply(asked.episode_id, "Tuesday at 9.")
    [sent] = [one for one in maple.claim() if "- Ana" in one.text]
    maple.text("mi hijo no puede respirar")
    maple.attempt(sent, DeliveryState.SENDING, provider_id="SMout1")
    [words] = [row for row in maple.rows(tables.messages) if row.author_id == maple.ana]
    assert words.kind == "text"
    assert sum("Tuesday" in text for text in maple.texts_to(ROSA)) == 1


def resolve(maple: Clinic, episode_id: int | None, **choice: Any) -> Problem | None:
    """Let Nils resolve it with the page in front of him."""
    return maple.act(ActionKind.RESOLVE, episode_id, maple.nils, outcome="called", seen=2**40,
                     **choice).problem  # fmt: skip


def test_a_held_reply_stops_a_colleague_who_resolves_until_he_says_what_becomes_of_it(
    maple: Clinic,
) -> None:
    episode_id = written_at_night(maple)
    assert resolve(maple, episode_id) is Problem.HAS_UNSENT
    assert maple.episode().state == "open"
    assert resolve(maple, episode_id, unsent=Unsent.LEAVES) is None
    maple.later(hours=9, minutes=30)
    assert len(leaving(maple)) == 1, "it left at its time, as he chose"


def test_a_reply_that_was_kept_back_when_it_was_resolved_never_leaves_and_its_words_stay(
    maple: Clinic,
) -> None:
    episode_id = written_at_night(maple)
    assert resolve(maple, episode_id, unsent=Unsent.KEPT) is None
    maple.later(hours=9, minutes=30)
    assert leaving(maple) == []
    [words] = [row for row in maple.rows(tables.messages) if row.author_id == maple.ana]
    assert (words.kind, words.text.split("\n")[0]) == ("left_out", "Tuesday at 9.")


def test_ana_takes_her_reply_back_after_nils_has_resolved_it(maple: Clinic) -> None:
    episode_id = written_at_night(maple)
    assert resolve(maple, episode_id, unsent=Unsent.LEAVES) is None
    [words] = [row for row in maple.rows(tables.messages) if row.author_id == maple.ana]
    took = maple.act(ActionKind.UNDO, episode_id, maple.ana, message_id=words.id)
    assert took.problem is None
    maple.later(hours=9, minutes=30)
    assert leaving(maple) == []


def test_c5_a_danger_after_it_was_resolved_keeps_back_what_waits_and_shows_it_there(
    maple: Clinic,
) -> None:
    episode_id = written_at_night(maple)
    assert resolve(maple, episode_id, unsent=Unsent.LEAVES) is None
    maple.later(minutes=20)
    grave = maple.text("mi hijo no puede respirar")
    assert grave.episode_id != episode_id
    [words] = [row for row in maple.rows(tables.messages) if row.author_id == maple.ana]
    assert (words.kind, words.episode_id) == ("kept_back", grave.episode_id)
    maple.later(hours=9, minutes=10)
    assert leaving(maple) == []
