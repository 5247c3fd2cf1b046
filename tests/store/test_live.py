"""A change reaches everybody who waits, in this process and in others; a dead Redis costs time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from time import monotonic

import pytest
import redis

from store.live import KEPT_PER_LISTENER, REDIS_CHANNEL, Change, Listener, Live

SOON = 5.0


@pytest.fixture
def live() -> Iterator[Live]:
    """Announcements within one process."""
    with closing(Live()) as live:
        yield live


def _hear(listener: Listener, wanted: int = 1) -> tuple[Change, ...]:
    """Wait until `wanted` changes came, or time is up."""
    heard: tuple[Change, ...] = ()
    until = monotonic() + SOON
    while len(heard) < wanted and monotonic() < until:
        heard += listener.wait(0.1)
    return heard


def _until(is_so: Callable[[], bool]) -> None:
    until = monotonic() + SOON
    while not is_so():
        assert monotonic() < until, "it did not come to pass"
        threading.Event().wait(0.02)


def test_every_open_screen_hears_every_change(live: Live) -> None:
    with live.listen() as ana, live.listen() as nils:
        live.announce([Change(1, 7), Change(1, 8)])
        assert ana.wait(SOON) == nils.wait(SOON) == (Change(1, 7), Change(1, 8))


def test_a_change_that_is_told_twice_in_one_breath_is_heard_once(live: Live) -> None:
    with live.listen() as ana:
        live.announce([Change(1, 7), Change(1, 8), Change(1, 7)])
        assert ana.wait(SOON) == (Change(1, 7), Change(1, 8))


def test_what_comes_between_two_waits_is_not_missed(live: Live) -> None:
    with live.listen() as ana:
        live.announce([Change(1, 7)])
        live.announce([Change(1, 9)])
        assert ana.wait(0) == (Change(1, 7), Change(1, 9))
        assert ana.wait(0) == ()


def test_who_waits_is_woken_at_once(live: Live) -> None:
    with live.listen() as worker:
        started = monotonic()
        threading.Timer(0.1, live.announce, [[Change(1)]]).start()
        assert worker.wait(SOON) == (Change(1),)
        assert monotonic() - started < SOON / 2


def test_a_wait_without_news_ends_by_itself(live: Live) -> None:
    """I-28: whoever waits also polls, so a lost announcement costs latency only."""
    with live.listen() as worker:
        started = monotonic()
        assert worker.wait(0.1) == ()
        assert monotonic() - started < SOON


def test_a_screen_that_stopped_listening_keeps_nothing(live: Live) -> None:
    with live.listen() as gone:
        pass
    live.announce([Change(1, 7)])
    assert gone.wait(0) == ()


def test_a_screen_that_never_listens_does_not_fill_the_memory(live: Live) -> None:
    with live.listen() as asleep:
        live.announce([Change(1, number) for number in range(KEPT_PER_LISTENER + 10)])
        heard = asleep.wait(0)
    assert len(heard) == KEPT_PER_LISTENER
    assert heard[-1] == Change(1, KEPT_PER_LISTENER + 9)


def _followers(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        ((_, count),) = client.pubsub_numsub(REDIS_CHANNEL)
    return int(count)


@pytest.fixture
def two_processes(valkey_url: str) -> Iterator[tuple[Live, Live]]:
    """Two that share a Valkey, both already following."""
    before = _followers(valkey_url)
    with closing(Live(valkey_url)) as web, closing(Live(valkey_url)) as worker:
        _until(lambda: _followers(valkey_url) == before + 2)
        yield web, worker
    _until(lambda: _followers(valkey_url) == before)


def test_another_process_hears_what_this_one_announces(two_processes: tuple[Live, Live]) -> None:
    web, worker = two_processes
    with worker.listen() as listener:
        web.announce([Change(1, 7), Change(2)])
        assert _hear(listener, 2) == (Change(1, 7), Change(2))


def test_only_ids_travel_between_processes(
    two_processes: tuple[Live, Live], valkey_url: str
) -> None:
    """I-24: nothing of a family stands in Redis."""
    web, _ = two_processes
    with redis.Redis.from_url(valkey_url) as client, client.pubsub() as wire:
        wire.subscribe(REDIS_CHANNEL)
        assert wire.get_message(timeout=SOON)["type"] == "subscribe"
        web.announce([Change(1, 7)])
        sent = wire.get_message(timeout=SOON)
        assert sent["data"] == b'[{"clinic_id": 1, "episode_id": 7}]'
        assert client.keys() == []


@pytest.mark.parametrize("noise", [b"hello", b"[1]", b'[{"other": 1}]', b"\xff\xfe", b"{}"])
def test_noise_on_the_channel_stops_nobody(
    two_processes: tuple[Live, Live], valkey_url: str, noise: bytes
) -> None:
    web, worker = two_processes
    with worker.listen() as listener, redis.Redis.from_url(valkey_url) as client:
        client.publish(REDIS_CHANNEL, noise)
        web.announce([Change(1, 7)])
        assert _hear(listener) == (Change(1, 7),)


def test_without_its_redis_a_process_still_tells_itself_and_holds_nobody_up() -> None:
    """I-28, F-14: nothing listens on port 1."""
    with closing(Live("redis://127.0.0.1:1/0")) as live, live.listen() as ana:
        started = monotonic()
        for number in range(50):
            live.announce([Change(1, number)])
        assert monotonic() - started < 1
        assert len(_hear(ana, 50)) == 50
