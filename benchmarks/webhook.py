"""Webhook throughput of the whole transaction beside the one-insert floor, interleaved.

Run: `uv run python -m benchmarks.webhook [--database sqlite|postgresql] [--clients 64]`.
Absolute figures move with the machine; the ratio inside one run is what counts. Outgoing texts
go to an address that refuses, so that only taking in is measured.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import ACCOUNT, CLINIC_NUMBER, FAMILIES, TOKEN, Measured, phone, run
from tests.servers import PostgresServer

PORTS = {"floor": 18_471, "kinline": 18_472}
PUBLIC_URL = "https://texts.bench.example"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    with _database(wanted.database) as (floor_url, kinline_url), _folder() as folder:
        servers = {
            "floor": _floor(floor_url),
            "kinline": _kinline(kinline_url, folder),
        }
        try:
            _compare(servers, wanted.clients, wanted.seconds, wanted.rounds)
        finally:
            for server in servers.values():
                server.kill()
                server.wait()


def _compare(
    servers: dict[str, "subprocess.Popen[bytes]"], clients: int, seconds: float, rounds: int
) -> None:
    results: dict[str, list[tuple[Measured, float]]] = {name: [] for name in servers}
    for turn in range(rounds):
        for name, server in servers.items():
            before = _cpu(server.pid)
            start = (turn * 10 + list(servers).index(name)) * 1_000_000
            measured = run(PORTS[name], PUBLIC_URL, clients=clients, seconds=seconds, start=start)
            spent = _cpu(server.pid) - before
            results[name].append((measured, 1e6 * spent / (measured.per_second * seconds)))
    for name, rows in results.items():
        print(
            f"{name:8} {_median([m.per_second for m, _ in rows]):8.0f} texts/s  "
            f"p50 {_median([m.p50 for m, _ in rows]):6.1f} ms  "
            f"p99 {_median([m.p99 for m, _ in rows]):6.1f} ms  "
            f"{_median([cpu for _, cpu in rows]):6.0f} us CPU each  "
            f"{sum(m.refused for m, _ in rows)} refused"
        )
    ratio = _median([m.per_second for m, _ in results["kinline"]]) / _median(
        [m.per_second for m, _ in results["floor"]]
    )
    print(f"kinline / floor: {ratio:.3f}")


def _floor(url: str) -> "subprocess.Popen[bytes]":
    port = PORTS["floor"]
    return _started(["-m", "benchmarks.floor", "--url", url, "--port", str(port)], port, {})


def _kinline(url: str, folder: Path) -> "subprocess.Popen[bytes]":
    environment = {
        "KINLINE_DATABASE_URL": url,
        "KINLINE_PUBLIC_URL": PUBLIC_URL,
        "KINLINE_TWILIO_ACCOUNT_SID": ACCOUNT,
        "KINLINE_TWILIO_AUTH_TOKENS": TOKEN,
        "KINLINE_TWILIO_API_URL": "http://127.0.0.1:9",
        "KINLINE_SECRET_KEY": "0" * 64,
    }
    (folder / "clinic.toml").write_text(_clinic())
    command = [sys.executable, "-m", "app", "apply", str(folder / "clinic.toml")]
    subprocess.run(command, check=True, env=os.environ | environment, stdout=subprocess.DEVNULL)
    port = PORTS["kinline"]
    arguments = ["-m", "app", "serve", "--role", "web", "--port", str(port)]
    return _started(arguments, port, environment)


def _started(
    arguments: Sequence[str], port: int, environment: dict[str, str]
) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, *arguments], env=os.environ | environment, stderr=subprocess.DEVNULL
    )
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
        except OSError:
            time.sleep(0.1)
        else:
            return process
    process.kill()
    raise SystemExit(f"nothing answers on port {port}")


def _clinic() -> str:
    week = "\n".join(f'{d} = ["00:00-24:00"]' for d in "mon tue wed thu fri sat sun".split())  # noqa: SIM905
    families = "\n".join(
        f'[[families]]\nkey = "f{i}"\nname = "Family {i}"\n[[families.caregivers]]\n'
        f'name = "Rosa"\nrelation = "mother"\nlanguage = "en"\nphone = "{phone(i)}"\n'
        'consent = "granted"\n'
        for i in range(FAMILIES)
    )
    return (
        '[clinic]\nkey = "bench"\nname = "Bench"\ntimezone = "America/Chicago"\n'
        'country = "US"\nlanguages = ["en", "es"]\ntemplate_policy = "allow_draft"\n'
        'emergency_number = "911"\non_call_phone = "+13125550100"\n'
        f'sms_numbers = ["{CLINIC_NUMBER}"]\nautomation = "on"\n[hours]\n{week}\n{families}'
    )


@contextmanager
def _database(kind: str) -> Iterator[tuple[str, str]]:
    if kind == "sqlite":
        with _folder() as folder:
            yield f"sqlite:///{folder}/floor.db", f"sqlite:///{folder}/kinline.db"
        return
    server = PostgresServer.create(durable=True)
    try:
        url = server.url("postgres")
        plain = url.replace("postgresql+psycopg", "postgresql")
        yield plain, plain
    finally:
        server.remove()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kinline-bench-") as name:
        yield Path(name)


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _median(values: Sequence[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    main()
