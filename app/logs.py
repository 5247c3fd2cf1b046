"""One JSON line per event on standard error, without anything that a family or staff wrote."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import structlog

from store.clock import Clock


def set_up(clock: Clock, level: int = logging.INFO) -> None:
    """Send our own events and the warnings of libraries to standard error."""

    def stamp(_logger: Any, _name: str, event: structlog.typing.EventDict) -> Any:
        return {"at": clock().isoformat(timespec="milliseconds"), **event}

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _without_words,
            stamp,
            structlog.processors.JSONRenderer(ensure_ascii=True, default=_name_of),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(_LibraryFormatter(clock))
    logging.basicConfig(handlers=[libraries], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


class _LibraryFormatter(logging.Formatter):
    """Say that a library has something to say, and where; its own words may quote a message."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": self._clock().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": "library.says",
            "library": record.name,
            "where": f"{record.module}:{record.lineno}",
        }
        if record.exc_info and record.exc_info[1]:
            said |= _failure(record.exc_info[1])
        return json.dumps(said)


def _without_words(_logger: Any, _name: str, event: structlog.typing.EventDict) -> Any:
    """Turn an exception into its kind and place: its text may quote what a person wrote."""
    failure = event.pop("exc_info", None)
    if failure is True:
        failure = sys.exc_info()[1]
    elif isinstance(failure, tuple):
        failure = failure[1]
    return {**event, **(_failure(failure) if isinstance(failure, BaseException) else {})}


def _failure(error: BaseException) -> dict[str, str]:
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    if place is None:
        return {"error": type(error).__name__}
    file = "/".join(Path(place.tb_frame.f_code.co_filename).parts[-2:])
    return {"error": type(error).__name__, "raised_at": f"{file}:{place.tb_lineno}"}


def _name_of(value: object) -> str:
    """Show a value that JSON has no form for by its kind, never by its content."""
    return type(value).__name__
