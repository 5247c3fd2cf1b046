"""Starts real Kinline processes on one database, and reads what they keep and what they log."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from sqlalchemy import select

from store import schema
from store.apply import apply
from store.clock import system_clock
from store.db import Database
from store.inbox.open_episodes import open_episodes
from store.tables import deliveries
from tests.faketwilio.account import ACCOUNT, TOKEN
from tests.faketwilio.client import FakeTwilio
from tests.journeys.clinics import Clinic
from tests.journeys.waiting import eventually

ROOT = Path(__file__).parents[2]
KINLINE = (str(Path(sys.executable).with_name("kinline")),)
START_SECONDS = 60.0  # the machine may be busy with other tests
STOP_SECONDS = 15.0
# Below the ports that outgoing connections take by themselves, so that nobody takes it meanwhile.
PORTS = range(20_000, 32_000)


@dataclass(frozen=True, slots=True)
class Time:
    """What time it is for the processes: `at` when the story began at the real moment `since`."""

    at: datetime
    since: datetime
    speed: float = 1.0

    @classmethod
    def beginning(cls, at: datetime, speed: float = 1.0) -> Self:
        """Let it be `at` in this moment."""
        return cls(at, system_clock(), speed)

    def arguments(self) -> tuple[str, ...]:
        """Say it to `tests.journeys.at`."""
        return (
            f"--at={self.at.isoformat()}",
            f"--since={self.since.isoformat()}",
            f"--speed={self.speed}",
        )


class Served:
    """One process of Kinline."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, base: str | None) -> None:
        self.process = process
        self.log = log
        self._base = base

    def is_ready(self) -> bool:
        """Tell whether it takes messages, or sends them where it has no port."""
        code = self.process.poll()
        assert code is None, f"it ended with {code}: {self.log.read_text()[-2000:]}"
        if self._base is None:
            return '"worker.started"' in self.log.read_text()
        with suppress(OSError):
            return fetch(f"{self._base}/readyz")[0] == 200
        return False

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, without a warning unless told otherwise."""
        self.send(how)
        self.process.wait(STOP_SECONDS)

    def send(self, what: signal.Signals) -> None:
        """Send a signal to it and to what it runs under."""
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, what)

    def stop(self) -> int:
        """Ask it to finish, and give its exit code."""
        self.kill(signal.SIGTERM)
        return self.process.returncode


class Running:
    """Kinline on one database: any number of processes, one of which has the port.

    Args:
        folder: for logs, clinic files and traces.
        database_url: a fresh database with its tables, or one that is to be made.
        twilio: the fake that texts go to.
        redis_url: a Redis for announcements between processes.
        time: None for the real command and the real clock; else Twilio's clock agrees with it.
        more: further variables of the environment.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        twilio: FakeTwilio,
        *,
        redis_url: str | None = None,
        time: Time | None = None,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.twilio = twilio
        self.database = Database(database_url, connections=2)
        self._folder = folder
        self._time = time
        if time is not None:  # else what Twilio took seems older than the try that brought it
            twilio.set_clock(time.at, since=time.since, speed=time.speed)
        self._port = _free_port()
        self.base = f"http://127.0.0.1:{self._port}"
        self._processes: list[Served] = []
        self._environment = {
            **{name: value for name, value in os.environ.items() if "KINLINE" not in name},
            "PYTHONWARNINGS": "default",
            "KINLINE_DATABASE_URL": database_url,
            "KINLINE_PUBLIC_URL": self.base,
            "KINLINE_TWILIO_ACCOUNT_SID": ACCOUNT,
            "KINLINE_TWILIO_AUTH_TOKENS": TOKEN,
            "KINLINE_TWILIO_API_URL": twilio.url,
            "KINLINE_SECRET_KEY": "0" * 64,
            **({"KINLINE_REDIS_URL": redis_url} if redis_url else {}),
            **more,
        }

    # What runs.

    def apply(self, clinic: Clinic) -> str:
        """Set a clinic up with the real command; give what it said."""
        file = self._folder / f"{clinic.key}.toml"
        file.write_text(clinic.file(), encoding="utf-8")
        return self.command("apply", str(file))

    def set_up(self, *clinics: Clinic) -> None:
        """Set clinics up without a process of their own."""
        schema.prepare(self.database)
        for clinic in clinics:
            file = self._folder / f"{clinic.key}.toml"
            file.write_text(clinic.file(), encoding="utf-8")
            apply(self.database, file, system_clock())

    def start(
        self, role: str = "all", *, before: Sequence[str] = (), oddly: Sequence[str] = ()
    ) -> Served:
        """Start a process and wait until it can be used.

        Args:
            role: `all`, `web` or `worker`.
            before: a program that runs it, such as strace.
            oddly: what `tests.journeys.at` should do to it, such as `--synchronous=OFF`.
        """
        served = self._begin(role, before, oddly)
        eventually(served.is_ready, START_SECONDS)
        return served

    def start_all(self, *roles: str) -> tuple[Served, ...]:
        """Start several processes at once and wait for all."""
        begun = tuple(self._begin(role) for role in roles)
        for served in begun:
            eventually(served.is_ready, START_SECONDS)
        return begun

    def _begin(self, role: str, before: Sequence[str] = (), oddly: Sequence[str] = ()) -> Served:
        command: tuple[str, ...]
        if self._time is None and not oddly:
            command = (*KINLINE, "serve", f"--role={role}", f"--port={self._port}")
        else:
            command = (
                *(sys.executable, "-m", "tests.journeys.at"),
                *(f"--role={role}", f"--port={self._port}"),
                *(self._time.arguments() if self._time else ()),
                *oddly,
            )
        log = self._folder / f"{len(self._processes)}-{role}.log"
        with log.open("wb") as lines:
            process = subprocess.Popen(
                (*before, *command),
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=lines,
                start_new_session=True,
            )
        served = Served(process, log, None if role == "worker" else self.base)
        self._processes.append(served)
        return served

    def command(self, *arguments: str, exit_code: int = 0) -> str:
        """Run a command of Kinline to its end; give what it wrote."""
        done = subprocess.run(
            (*KINLINE, *arguments),
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == exit_code, done.stderr
        return done.stdout

    def stop(self) -> None:
        """End every process; one that hangs fails the test."""
        for served in self._processes:
            served.send(signal.SIGTERM)
            served.send(signal.SIGCONT)
        for served in self._processes:
            served.process.wait(STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            for served in self._processes:
                served.kill()
            self.database.close()

    # What it keeps and says.

    def inbox(self, clinic: str | None = None) -> list[dict[str, Any]]:
        """Give the open episodes as `kinline inbox --json` would, without starting it."""
        with self.database.read() as connection:
            return list(open_episodes(connection, clinic))

    def inbox_by_command(self) -> list[dict[str, Any]]:
        """Give what `kinline inbox --json` prints."""
        return [json.loads(line) for line in self.command("inbox", "--json").splitlines()]

    def episode(self, contact: str) -> dict[str, Any]:
        """Give the one open episode of a telephone."""
        (found,) = [one for one in self.inbox() if one["contact"] == contact]
        return found

    def wait_for_episode(
        self, contact: str, good: Callable[[dict[str, Any]], object], within: float = 8.0
    ) -> dict[str, Any]:
        """Wait until the open episode of a telephone is as wanted."""

        def look() -> dict[str, Any] | None:
            found = [one for one in self.inbox() if one["contact"] == contact]
            return found[0] if len(found) == 1 and good(found[0]) else None

        return eventually(look, within)

    def unfinished(self) -> list[tuple[str, str]]:
        """List what still waits to be brought: purpose and state, or would never end."""
        with self.database.read() as connection:
            rows = connection.execute(
                select(deliveries.c.purpose, deliveries.c.state).where(
                    deliveries.c.state.in_(["queued", "sending", "unknown", "sent"])
                )
            )
            return [(row.purpose, row.state) for row in rows]

    def get(self, path: str) -> tuple[int, str]:
        """Fetch a page that needs no sign-in."""
        return fetch(self.base + path)

    def log(self) -> str:
        """Give everything that all processes wrote so far."""
        return "".join(served.log.read_text(encoding="utf-8") for served in self._processes)

    def events(self, name: str) -> list[dict[str, Any]]:
        """List the lines of one event in the logs."""
        return [line for line in self.lines() if line.get("event") == name]

    def lines(self) -> list[dict[str, Any]]:
        """Read the logs; every line is one JSON object, or the test fails."""
        return [json.loads(line) for line in self.log().splitlines()]


def fetch(url: str) -> tuple[int, str]:
    """Fetch a page; `OSError` where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _free_port() -> int:
    start = os.getpid() * 101 % len(PORTS)
    for step in range(len(PORTS)):
        port = PORTS[(start + step) % len(PORTS)]
        if port in _given:
            continue
        with socket.socket() as tried, suppress(OSError):
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("127.0.0.1", port))
            _given.add(port)
            return port
    raise RuntimeError("no port is free")


_given: set[int] = set()
