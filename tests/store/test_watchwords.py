"""Taking an alert by texting its word back from a staff telephone (I-12, C19)."""

import pytest

from routing.types import DeliveryState, ReplyKey
from routing.watchwords import WORDS, word_for, word_in
from store import tables
from tests.store.clinic import Clinic


def told(maple: Clinic) -> tuple[str, str]:
    """Let an emergency happen; give the word and the telephone that was told."""
    maple.text("mi hijo no puede respirar")
    (alert,) = maple.rows(tables.alerts)
    rung = [d for d in maple.rows(tables.deliveries) if d.purpose == ReplyKey.STAFF_ALERT]
    assert alert.word.upper() in rung[0].notification
    return alert.word, rung[0].to_address


@pytest.mark.parametrize("typed", ["{word}", " {word}. ", "{WORD}!", "{Word}"])
def test_the_word_from_a_telephone_that_was_told_takes_it_i12(maple: Clinic, typed: str) -> None:
    word, phone = told(maple)
    words = typed.format(word=word, WORD=word.upper(), Word=word.title())
    maple.text(words, sender=phone)
    (alert,) = maple.rows(tables.alerts)
    assert alert.state == "acknowledged"
    assert alert.next_step_at is not None
    answer = [d for d in maple.rows(tables.deliveries) if d.purpose == ReplyKey.STAFF_TAKEN]
    assert [d.to_address for d in answer] == [phone]
    assert answer[0].state == DeliveryState.QUEUED


@pytest.mark.parametrize("typed", ["ok", "I cannot take {word}", "{word} {word}", "1", "📱"])
def test_anything_else_is_a_note_and_takes_nothing_c19(maple: Clinic, typed: str) -> None:
    word, phone = told(maple)
    maple.text(typed.format(word=word), sender=phone)
    assert maple.rows(tables.alerts)[0].state == "open"


def test_the_word_from_a_family_takes_nothing(maple: Clinic) -> None:
    word, _ = told(maple)
    maple.text(word)
    maple.text(word, sender="+13125559999")
    assert maple.rows(tables.alerts)[0].state == "open"


def test_a_repeated_webhook_with_the_word_changes_nothing_more(maple: Clinic) -> None:
    word, phone = told(maple)
    first = maple.text(word, sender=phone, provider_id="SMword")
    again = maple.text(word, sender=phone, provider_id="SMword")
    assert (again.message_id, again.repeated) == (first.message_id, True)
    assert maple.rows(tables.alerts)[0].state == "acknowledged"


def test_open_alerts_have_different_words() -> None:
    used: set[str] = set()
    for number in range(len(WORDS)):
        used.add(word_for(f"ref-{number}", used))
    assert used == set(WORDS)
    assert word_for("one more", used) in WORDS


def test_every_word_is_read_as_itself_and_is_easy_to_type() -> None:
    assert all(word_in(word.upper()) == word for word in WORDS)
    assert all(4 <= len(word) <= 8 and word.isascii() for word in WORDS)
    assert len(WORDS) == len(set(WORDS))
