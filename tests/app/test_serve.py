"""A real `kinline serve`: what it answers to machines, and how it ends."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import schema
from store.apply import apply
from tests.app.test_commands import KINLINE
from tests.faketwilio.client import FakeTwilio
from tests.journeys.running import Running
from tests.store.clinic_files import MAPLE, NOW

ROSA = "+13125550131"


@pytest.fixture
def running(tmp_path: Path, twilio: FakeTwilio) -> Iterator[Running]:
    """Maple, not served yet."""
    file = tmp_path / "clinic.toml"
    file.write_text(MAPLE, encoding="utf-8")
    with Running(tmp_path, f"sqlite:///{tmp_path / 'kinline.db'}", twilio) as running:
        schema.prepare(running.database)
        apply(running.database, file, NOW)
        yield running


def test_a_served_clinic_answers_machines_and_ends_in_peace_when_told_to(
    running: Running, twilio: FakeTwilio
) -> None:
    """F-23, I-24: nothing that machines can read tells anything about anybody."""
    served = running.start()
    assert running.get("/healthz") == (200, "alive\n")
    status, ready = running.get("/readyz")
    assert (status, json.loads(ready)) == (200, {"ready": True, "lacking": []})
    with urllib.request.urlopen(f"{running.base}/healthz", timeout=10) as answer:
        assert "server" not in {name.lower() for name in answer.headers}
    twilio.text(running.base, ROSA, "necesito la carta para la escuela de Luis")
    twilio.wait_for(to=ROSA)
    assert _refused(f"{running.base}/twilio/inbound") == 403
    (line,) = running.events("twilio.refused")

    metrics = running.get("/metrics")[1].splitlines()
    assert 'kinline_messages_in_total{result="kept"} 1.0' in metrics
    assert f'kinline_webhook_refusals_total{{code="{line["code"]}"}} 1.0' in metrics
    assert sum(one.startswith("kinline_open_episodes{") and one.endswith(" 1.0") for one in metrics)
    for told in ("\n".join(metrics), running.log()):
        assert "carta" not in told
        assert "hola" not in told
        assert "1312" not in told

    began = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - began < 10
    assert running.events("serve.stopped")[0]["everything_finished"] is True


def test_a_worker_opens_no_port_and_finishes_when_told_to(running: Running) -> None:
    worker = running.start("worker")
    with pytest.raises(OSError, match="refused"):
        running.get("/healthz")
    assert worker.stop() == 0
    assert running.events("worker.stopped")[0]["everything_finished"] is True


def test_the_demo_is_ready_by_itself_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "KINLINE" not in name}
    # A trial must never touch what a real clinic has set.
    environment["KINLINE_DATABASE_URL"] = f"sqlite:///{tmp_path / 'real.db'}"
    process = subprocess.Popen(
        [KINLINE, "demo", "--port", "0"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    assert line, process.communicate(timeout=10)[1]
    phone = line.split()[-1]
    with urllib.request.urlopen(phone, timeout=60) as page:
        assert "Try Kinline" in page.read().decode()
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, "")
    assert list(tmp_path.iterdir()) == []


def _refused(url: str) -> int:
    try:
        with urllib.request.urlopen(url, data=b"Body=hola", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
