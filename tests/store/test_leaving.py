"""What Ana writes at night on a real database: held until her hours, and never sent blindly."""

from routing.events import ActionKind
from routing.types import DeliveryState
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
