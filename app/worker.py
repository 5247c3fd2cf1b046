"""A process that only sends and wakes what is due; it has no port at all."""

import signal
import threading
from types import FrameType

import structlog

from app.compose import Kinline

log = structlog.get_logger(__name__)


def run(kinline: Kinline) -> int:
    """Work until told to stop (SIGTERM or SIGINT), finish what was begun, and end.

    Returns:
        0, or 1 when something was still going on after the time for it; its lease will heal it.
    """
    told = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    kinline.start()
    log.info("worker.started")
    told.wait()
    is_done = kinline.stop()
    log.info("worker.stopped", everything_finished=is_done)
    return 0 if is_done else 1
