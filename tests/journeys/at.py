"""Runs one Kinline process at another time: `python -m tests.journeys.at`, else like `serve`.

The real command reads the real clock. A story that happens at 23:00, or in which a lease runs
out, needs another one; everything else is composed exactly as `kinline serve` does it.
"""

import argparse
import sys
from datetime import datetime
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--role", default="all")
    parser.add_argument("--at", type=datetime.fromisoformat)
    parser.add_argument("--since", type=datetime.fromisoformat)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--synchronous", choices=("OFF", "NORMAL"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
