"""Runs one Kinline process at another time: `python -m tests.journeys.at`, else like `serve`.

The real command reads the real clock. A story that happens at 23:00, or in which a lease runs
out, needs another one; everything else is composed exactly as `kinline serve` does it.
"""

import argparse
import os
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from app import logs, worker
from app.compose import Kinline, Role, compose
from app.serve import listen, serve_on
from store.clock import Clock, system_clock
from store.settings import Settings


def main() -> int:
    """Serve until told to stop."""
    wanted = _arguments()
    clock = told_by(wanted.at, wanted.since, wanted.speed) if wanted.at else system_clock
    logs.set_up(clock)
    kinline = compose(Settings.read(), clock, role=Role(wanted.role))
    if wanted.synchronous:
        _weaken(kinline, wanted.synchronous)
    if wanted.die_at:
        _die(kinline, wanted.die_at, wanted.die_after)
    if kinline.role is Role.WORKER:
        return worker.run(kinline)
    with listen("127.0.0.1", wanted.port) as listening:
        return serve_on(listening, kinline)


def told_by(at: datetime, since: datetime, speed: float) -> Clock:
    """Make a clock that stood at `at` in the real moment `since` and runs `speed` times as fast.

    Processes that are given the same three agree about the time.
    """

    def clock() -> datetime:
        return at + (system_clock() - since) * speed

    return clock


def _weaken(kinline: Kinline, synchronous: str) -> None:
    """Let each new connection of the writer sync less than it must; for a test of a test."""

    @event.listens_for(kinline.database.engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")


def _die(kinline: Kinline, place: int, after: Path) -> None:
    """End like a machine whose power is cut, before or after a commit.

    Places count from the moment in which the file `after` is there: 1 is before the first
    commit, 2 after it, 3 before the second, and so on.
    """
    guard, passed = threading.Lock(), [0]

    def pass_by() -> None:
        with guard:
            if not after.exists():
                return
            passed[0] += 1
            if passed[0] == place:
                os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(kinline.database.engine, "commit")
    def _before(connection: Any) -> None:
        connection.info["commits"] = True
        pass_by()

    @event.listens_for(kinline.database.engine, "checkin")
    def _afterwards(_connection: Any, record: Any) -> None:
        if record.info.pop("commits", False):
            pass_by()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--role", default="all")
    parser.add_argument("--at", type=datetime.fromisoformat)
    parser.add_argument("--since", type=datetime.fromisoformat)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--die-at", type=int, default=0)
    parser.add_argument("--die-after", type=Path)
    parser.add_argument("--synchronous", choices=("OFF", "NORMAL"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
