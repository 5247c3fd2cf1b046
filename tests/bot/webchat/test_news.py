"""The stream that tells an open chat to look: who hears of what, and what is never in it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from bot.webchat.news import BEAT, SOMETHING, News
from bot.webchat.tokens import address_of
from store import streams
from store.live import Change
from tests.bot.webchat.conftest import EMERGENCY, FORMS, Lobby
from tests.bot.webchat.test_talking import reply
from tests.bot.webchat.visitor import Visitor

SOON = 5.0


@contextmanager
def listening(lobby: Lobby, visitor: Visitor, life: float = 60.0) -> Iterator["Ear"]:
    """Open the stream of a visitor, past its first comment."""
    stream = News(lobby.kinline.live, lobby.kinline.database).stream(
        lobby.clinic_id, address_of(visitor.token, "maple"), life
    )
    with asyncio.Runner() as runner:
        ear = Ear(runner, stream)
        assert ear.next() == BEAT
        yield ear
        runner.run(ear.close())


class Ear:
    """Hears a stream piece by piece."""

    def __init__(self, runner: asyncio.Runner, stream: AsyncIterator[bytes]) -> None:
        self._runner = runner
        self._stream = stream

    def next(self, within: float = SOON) -> bytes | None:
        """Give the next piece; None when the stream has ended."""

        async def piece() -> bytes | None:
            try:
                return await asyncio.wait_for(anext(self._stream), within)
            except StopAsyncIteration:
                return None

        return self._runner.run(piece())

    async def close(self) -> None:
        """Hang up."""
        await self._stream.aclose()  # type: ignore[attr-defined]  # an async generator


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.3)
    monkeypatch.setattr(streams, "TICK_SECONDS", 0.05)


def test_a_reply_to_rosa_is_news_for_rosa_and_says_nothing_of_it(any_lobby: Lobby) -> None:
    rosa = any_lobby.visitor()
    rosa.write(FORMS)
    with listening(any_lobby, rosa) as ear:
        reply(any_lobby, "They are on their way.")
        assert ear.next() == SOMETHING
        assert b"way" not in SOMETHING


def test_what_happens_to_others_is_no_news_for_rosa(lobby: Lobby) -> None:
    rosa, stranger = lobby.visitor(), lobby.visitor()
    rosa.write(FORMS)
    with listening(lobby, rosa) as ear:
        stranger.write(EMERGENCY)
        lobby.kinline.live.announce([Change(lobby.clinic_id + 1, 1), Change(lobby.clinic_id, None)])
        assert ear.next() != SOMETHING
        assert ear.next() == BEAT, "only that the stream still lives"


def test_the_first_message_is_news_for_a_page_that_already_listens(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    rosa.token = "a" * 43
    with listening(lobby, rosa) as ear:
        rosa.write(FORMS)
        assert ear.next() == SOMETHING


def test_a_stream_ends_by_itself_and_the_thread_behind_it_too(lobby: Lobby) -> None:
    """A browser opens another; nothing may hold up a process that is told to stop."""
    rosa = lobby.visitor()
    rosa.write(FORMS)
    with listening(lobby, rosa, life=0.4) as ear:
        heard = [ear.next() for _ in range(4)]
        assert heard[-1] is None
        assert set(heard) == {BEAT, None}
    for thread in [t for t in threading.enumerate() if t.name == "chat-news"]:
        thread.join(SOON)
        assert not thread.is_alive()


def test_when_too_many_listen_the_page_is_told_to_ask_instead(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_STREAMS", 0)
    rosa = lobby.visitor()
    rosa.write(FORMS)
    answer = rosa.get("/chat/events?clinic=maple")
    assert (answer.status_code, answer.json()["retry"]) == (503, True)
