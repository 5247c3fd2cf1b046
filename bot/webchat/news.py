"""Tells open chats that there is something to fetch: never what, and never to anybody else."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from store.chat import concerns
from store.db import Database
from store.live import Change, Live
from store.outcomes import StoreUnavailable

MOST_STREAMS = 500  # in one process; further pages ask every few seconds
LIFE_SECONDS = 600.0
HEARTBEAT_SECONDS = 15.0
TICK_SECONDS = 1.0

BEAT = b": still here\n\n"
SOMETHING = b"event: something\ndata:\n\n"


@dataclass(slots=True, eq=False)
class _Waiting:
    """One open page; `heard` collects what changed at its clinic since it last looked."""

    clinic_id: int
    loop: asyncio.AbstractEventLoop
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    heard: set[int] = field(default_factory=set)


class News:
    """One thread listens for all open pages of a process; no page holds a thread or a session."""

    def __init__(self, live: Live, database: Database) -> None:
        self._live = live
        self._database = database
        self._waiting: set[_Waiting] = set()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_full(self) -> bool:
        """Tell whether as many pages listen as may."""
        return len(self._waiting) >= MOST_STREAMS

    async def stream(
        self, clinic_id: int, visitor: str, life: float = LIFE_SECONDS
    ) -> AsyncIterator[bytes]:
        """Yield server-sent events: `something` for each change, a comment now and then.

        Args:
            clinic_id: whose chat it is.
            visitor: the visitor's address.
            life: seconds until it ends; the page then opens another.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + life
        with self._listening(clinic_id, loop) as waiting:
            yield BEAT
            while (left := ends - loop.time()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(waiting.woken.wait(), min(HEARTBEAT_SECONDS, left))
                waiting.woken.clear()
                heard = frozenset(waiting.heard)
                waiting.heard -= heard
                if not heard:
                    yield BEAT
                elif await run_in_threadpool(self._concerns, clinic_id, visitor, heard):
                    yield SOMETHING

    def _concerns(self, clinic_id: int, visitor: str, episode_ids: frozenset[int]) -> bool:
        try:
            with self._database.read() as connection:
                return concerns(connection, clinic_id, visitor, episode_ids)
        except StoreUnavailable:
            return True  # the page finds out, and tries again

    @contextmanager
    def _listening(self, clinic_id: int, loop: asyncio.AbstractEventLoop) -> Iterator[_Waiting]:
        waiting = _Waiting(clinic_id, loop)
        with self._guard:
            self._waiting.add(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="chat-news", daemon=True)
                self._thread.start()
        try:
            yield waiting
        finally:
            with self._guard:
                self._waiting.discard(waiting)

    def _follow(self) -> None:
        """Pass changes on until nobody listens any more."""
        with self._live.listen() as listener:
            while True:
                self._pass_on(listener.wait(TICK_SECONDS))
                with self._guard:
                    if not self._waiting:
                        self._thread = None
                        return

    def _pass_on(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            if change.episode_id is None:
                continue
            with self._guard:
                theirs = [w for w in self._waiting if w.clinic_id == change.clinic_id]
            for waiting in theirs:
                with suppress(RuntimeError):  # its loop has ended in the meantime
                    waiting.loop.call_soon_threadsafe(_hear, waiting, change.episode_id)


def _hear(waiting: _Waiting, episode_id: int) -> None:
    waiting.heard.add(episode_id)
    waiting.woken.set()
