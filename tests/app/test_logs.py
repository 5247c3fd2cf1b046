"""What the log says about an error: its kind and its place, never the words that were in it."""

import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from app import logs
from tests.clock import MovableClock

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:], _ = before
    root.setLevel(before[1])


def _lines(capsys: Said) -> list[dict[str, str]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_error_is_told_without_the_words_of_a_family(clock: MovableClock, capsys: Said) -> None:
    """I-24, A-36."""
    logs.set_up(clock)
    log = structlog.get_logger("test")
    try:
        int("mi hijo no puede respirar +13125550131")
    except ValueError:
        log.exception("intake.failed", code="x")
        logging.getLogger("sqlalchemy").exception("parameters: %s", "mi hijo +13125550131")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("body: mi hijo", stacklevel=1)
    ours, theirs, warned = _lines(capsys)
    assert (ours["event"], ours["error"], ours["at"]) == (
        "intake.failed",
        "ValueError",
        clock().isoformat(timespec="milliseconds"),
    )
    assert ours["raised_at"].startswith("app/test_logs.py:")
    assert (theirs["event"], theirs["library"], theirs["error"]) == (
        "library.says",
        "sqlalchemy",
        "ValueError",
    )
    assert warned["library"] == "py.warnings"
    assert "hijo" not in str([ours, theirs, warned])
    assert "+1312" not in str([ours, theirs, warned])


def test_a_value_of_an_unknown_kind_is_named_by_its_kind(clock: MovableClock, capsys: Said) -> None:
    logs.set_up(clock)
    structlog.get_logger("test").info("seen", what=object())
    (line,) = _lines(capsys)
    assert line["what"] == "object"
