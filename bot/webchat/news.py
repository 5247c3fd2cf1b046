"""Tells open chats that there is something to fetch: never what, and never to anybody else."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from starlette.concurrency import run_in_threadpool

from store.chat import concerns
from store.db import Database
from store.live import Live
from store.outcomes import StoreUnavailable
from store.streams import LIFE_SECONDS, Streams

BEAT = b": still here\n\n"
SOMETHING = b"event: something\ndata:\n\n"


class News:
    """The chats of a process that wait for news."""

    def __init__(self, live: Live, database: Database) -> None:
        self._streams = Streams(live)
        self._database = database

    @property
    def is_full(self) -> bool:
        """Tell whether as many pages listen as may."""
        return self._streams.is_full

    async def stream(
        self, clinic_id: int, visitor: str, life: float = LIFE_SECONDS
    ) -> AsyncIterator[bytes]:
        """Yield server-sent events: `something` for each change, a comment now and then.

        Args:
            clinic_id: whose chat it is.
            visitor: the visitor's address.
            life: seconds until it ends; the page then opens another.
        """
        async with aclosing(self._streams.changes({clinic_id}, life)) as changes:
            async for heard in changes:
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
