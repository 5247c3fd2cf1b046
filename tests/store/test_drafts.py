"""Ana, who writes no Spanish today, leaves words for Nils on a real database (C5)."""

import pytest

from routing.events import ActionKind
from routing.types import DeliveryState, Problem
from store import tables
from store.inbox.choosing import Chosen, View, counts_of
from store.inbox.page import page_of
from tests.store.clinic import ELEVEN_AT_NIGHT, NILS, ROSA, Clinic

WORDS = "Venga hoy a las dos."


@pytest.fixture
def asked(maple: Clinic) -> int:
    return maple.text("necesito la carta de la escuela").episode_id or 0


def draft(maple: Clinic, episode_id: int) -> int:
    held = maple.act(ActionKind.DRAFT, episode_id, maple.ana, text=WORDS)
    assert held.problem is None
    return int(next(row.id for row in maple.rows(tables.messages) if row.kind == "draft"))


def leaving(maple: Clinic) -> list[str]:
    return [sent.text for sent in maple.claim() if sent.to == ROSA and "- " in sent.text]


def test_a_draft_leaves_by_no_channel_and_is_no_answer_c5(maple: Clinic, asked: int) -> None:
    draft(maple, asked)
    maple.later(hours=3)
    maple.wake()
    assert leaving(maple) == []
    assert maple.episode().is_waiting


def test_nils_changes_and_sends_it_once_with_his_own_name_c5_c14(maple: Clinic, asked: int) -> None:
    draft_id = draft(maple, asked)
    for problem in (None, Problem.DRAFT_IS_GONE):
        sent = maple.act(ActionKind.REPLY, asked, maple.nils, text=WORDS, draft_id=draft_id)
        assert sent.problem is problem
    [left] = [one for one in maple.claim() if one.to == ROSA and WORDS in one.text]
    assert left.text == f"{WORDS}\n- Nils"
    maple.attempt(left, DeliveryState.SENT, provider_id="SMout1")
    assert not maple.episode().is_waiting
    kinds = [row.kind for row in maple.rows(tables.messages) if row.author_id]
    assert kinds == ["draft_sent", "text"]


def test_a_draft_stands_in_the_part_of_those_who_speak_the_language(
    maple: Clinic, asked: int
) -> None:
    def seen(*speaks: str) -> tuple[int, int]:
        chosen = Chosen(View.TO_READ, maple.nils, speaks=speaks)
        with maple.database.read() as connection:
            rows, _ = page_of(connection, maple.id, chosen)
            counts = counts_of(connection, maple.id, maple.nils, speaks)
        return len(rows), counts[View.TO_READ]

    assert seen("es", "en") == (0, 0)
    draft_id = draft(maple, asked)
    assert (seen("es"), seen("es-MX", "en"), seen("so"), seen()) == ((1, 1), (1, 1), (0, 0), (0, 0))
    maple.act(ActionKind.WITHDRAW, asked, maple.ana, draft_id=draft_id)
    assert seen("es") == (0, 0)
    assert leaving(maple) == []


def test_in_an_emergency_a_draft_of_ten_minutes_asks_whoever_took_it_c5(maple: Clinic) -> None:
    maple.now = ELEVEN_AT_NIGHT
    episode_id = maple.text("mi hijo no puede respirar").episode_id or 0
    maple.act(ActionKind.TAKE, episode_id, maple.nils)
    draft(maple, episode_id)
    maple.later(minutes=9)
    maple.wake()
    told = len(maple.texts_to(NILS))
    maple.later(minutes=1)
    maple.wake()
    maple.wake()
    assert len(maple.texts_to(NILS)) == told + 1
    (alert,) = maple.rows(tables.alerts)
    assert alert.asked, "five minutes later it goes on to everybody"
