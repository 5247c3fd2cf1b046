"""Carries what changed to open pages: one thread for a process, no page holds a session."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from store.live import Change, Live

MOST_STREAMS = 1000  # in one process; further pages ask every few seconds
LIFE_SECONDS = 600.0
HEARTBEAT_SECONDS = 15.0
TICK_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class _Waiting:
    """One open page; `heard` collects what changed at its clinics since it last looked."""

    clinic_ids: frozenset[int]
    loop: asyncio.AbstractEventLoop
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    heard: set[int] = field(default_factory=set)


class Streams:
    """Bridges announcements, which come on threads, to pages, which wait in an event loop."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._waiting: set[_Waiting] = set()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_full(self) -> bool:
        """Tell whether as many pages listen as may."""
        return len(self._waiting) >= MOST_STREAMS

    async def changes(
        self, clinic_ids: Collection[int], life: float = LIFE_SECONDS
    ) -> AsyncGenerator[frozenset[int]]:
        """Yield the ids of episodes that changed; an empty set now and then, as a heartbeat.

        Args:
            clinic_ids: whose episodes.
            life: seconds until it ends; the page then opens another.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + life
        with self._listening(frozenset(clinic_ids), loop) as waiting:
            yield frozenset()
            while (left := ends - loop.time()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(waiting.woken.wait(), min(HEARTBEAT_SECONDS, left))
                waiting.woken.clear()
                heard = frozenset(waiting.heard)
                waiting.heard -= heard
                yield heard

    @contextmanager
    def _listening(
        self, clinic_ids: frozenset[int], loop: asyncio.AbstractEventLoop
    ) -> Iterator[_Waiting]:
        waiting = _Waiting(clinic_ids, loop)
        with self._guard:
            self._waiting.add(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="streams", daemon=True)
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
                theirs = [w for w in self._waiting if change.clinic_id in w.clinic_ids]
            for waiting in theirs:
                with suppress(RuntimeError):  # its loop has ended in the meantime
                    waiting.loop.call_soon_threadsafe(_hear, waiting, change.episode_id)


def _hear(waiting: _Waiting, episode_id: int) -> None:
    waiting.heard.add(episode_id)
    waiting.woken.set()
