"""Tells workers and open screens that something changed: ids only, never words.

A lost announcement costs latency, never a message: whoever waits also polls (I-28).
"""

import json
import queue
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    import redis

log = structlog.get_logger(__name__)
REDIS_CHANNEL = "kinline:changes"
KEPT_PER_LISTENER = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """Something about this episode changed; `episode_id` is None when only work became due."""

    clinic_id: int
    episode_id: int | None = None


class Listener:
    """What one waiting worker or screen has not yet heard."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=KEPT_PER_LISTENER)
        self._news = threading.Condition()

    def wait(self, seconds: float) -> tuple[Change, ...]:
        """Wait at most `seconds`; give what came, oldest first, or nothing."""
        with self._news:
            if not self._changes:
                self._news.wait(seconds)
            heard = tuple(self._changes)
            self._changes.clear()
        return heard

    def hear(self, change: Change) -> None:
        """Take one change in and wake who waits."""
        with self._news:
            self._changes.append(change)
            self._news.notify_all()


class Live:
    """Announcements within this process and, where there is a Redis, between processes."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._listeners: set[Listener] = set()
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._redis_url = redis_url
        # A Redis that hangs must not hold up an answer to a family: a thread of its own publishes.
        self._to_publish: queue.Queue[str] = queue.Queue(maxsize=KEPT_PER_LISTENER)
        if redis_url:
            for name, work in (("live-follow", self._follow), ("live-publish", self._publish)):
                threading.Thread(target=work, name=name, daemon=True).start()

    def announce(self, changes: list[Change]) -> None:
        """Say after a commit what changed. Never raises: a dead Redis only costs time."""
        unique = list(dict.fromkeys(changes))
        for change in unique:
            self._spread(change)
        if self._redis_url and unique:
            with suppress(queue.Full):
                self._to_publish.put_nowait(json.dumps([asdict(c) for c in unique]))

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        """Hear every change announced from now on."""
        listener = Listener()
        with self._guard:
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            with self._guard:
                self._listeners.discard(listener)

    def close(self) -> None:
        """Stop following and telling other processes."""
        self._stopping.set()

    def _spread(self, change: Change) -> None:
        with self._guard:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener.hear(change)

    def _publish(self) -> None:
        import redis  # noqa: PLC0415  costs a tenth of a second at start, only here

        client = self._connect(answer_within=1.0)
        while not self._stopping.is_set():
            try:
                client.publish(REDIS_CHANNEL, self._to_publish.get(timeout=1.0))
            except queue.Empty:
                continue
            except (redis.RedisError, OSError) as error:
                log.warning("live.redis_unreachable", error=type(error).__name__)

    def _follow(self) -> None:
        import redis  # noqa: PLC0415  see above

        while not self._stopping.is_set():
            try:
                self._hear_redis()
            except (redis.RedisError, OSError) as error:
                log.warning("live.redis_unreachable", error=type(error).__name__)
                self._stopping.wait(1)

    def _hear_redis(self) -> None:
        # A subscriber waits for ever by nature; redis-py would give up after five seconds.
        client = self._connect(answer_within=None)
        with client.pubsub(ignore_subscribe_messages=True) as subscription:  # type: ignore[no-untyped-call]
            subscription.subscribe(REDIS_CHANNEL)
            while not self._stopping.is_set():
                message = subscription.get_message(timeout=1.0)
                with suppress(ValueError, TypeError):
                    for fields in json.loads(message["data"]) if message else ():
                        self._spread(Change(**fields))

    def _connect(self, *, answer_within: float | None) -> "redis.Redis":
        import redis  # noqa: PLC0415  see above

        return redis.Redis.from_url(
            str(self._redis_url), socket_timeout=answer_within, socket_connect_timeout=2
        )
