"""No webhook is answered with 2xx before the message is on the disk, seen in the system calls."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults.place import MAPLE, ROSA
from tests.journeys.posting import form, send
from tests.journeys.running import Running
from tests.journeys.secrecy import Twilio
from tests.servers import missing

CALLS = "pwrite64,write,writev,sendto,sendmsg,fdatasync,fsync"
LINE = re.compile(r"^(?P<thread>\d+)\s+(?P<call>.+)$")
RESUMED = re.compile(r"<\.\.\. (?P<name>\w+) resumed>")
TEXTS = 5


def unsynced_answers(trace: Iterable[str]) -> tuple[int, int]:
    """Count answers to webhooks, and those among them that left before the log was synced.

    A write counts from its start, a sync from its end, and only for what was written before it
    started (INVARIANTS 1, finding 7).
    """
    written = synced = at_last_answer = answers = early = 0
    syncing: dict[str, int] = {}
    for line in trace:
        found = LINE.match(line)
        if found is None:
            continue
        thread, call = found["thread"], found["call"]
        resumed = RESUMED.match(call)
        if resumed and resumed["name"] in {"fdatasync", "fsync"} and thread in syncing:
            synced = max(synced, syncing.pop(thread))
        elif call.startswith("pwrite64(") and "-wal>" in call:
            written += 1
        elif call.startswith(("fdatasync(", "fsync(")) and "-wal>" in call:
            if "<unfinished" in call:
                syncing[thread] = written
            else:
                synced = written
        elif "HTTP/1.1 200" in call and "text/xml" in call:
            answers += 1
            early += synced < written or written == at_last_answer
            at_last_answer = written
    return answers, early


@pytest.mark.fault
@pytest.mark.parametrize(
    ("synchronous", "is_durable"), [(None, True), ("NORMAL", False)], ids=["as served", "weakened"]
)
def test_the_log_is_synced_before_the_answer_leaves(
    sqlite_url: str,
    own_twilio: Twilio,
    tmp_path: Path,
    synchronous: str | None,
    *,
    is_durable: bool,
) -> None:
    """I-02; the weakened one shows that this test can fail."""
    if shutil.which("strace") is None:
        missing("strace is not here: run `apt-get install strace`", required_by="REQUIRE_SERVERS")
    trace = tmp_path / "trace"
    watched = ("strace", "-f", "--seccomp-bpf", "-y", "-s", "300", "-e", f"trace={CALLS}")
    with Running(tmp_path, sqlite_url, own_twilio) as running:
        running.set_up(MAPLE)
        # Only the web role: one writer, and nothing is written between a commit and its answer.
        weaker = (f"--synchronous={synchronous}",) if synchronous else ()
        running.start("web", before=(*watched, "-o", str(trace)), oddly=weaker)
        for number in range(TEXTS):
            text = form(number, ROSA, f"School form number {number}", MAPLE.number)
            assert send(running, text)[0] == 200
        running.stop()
    with trace.open(encoding="utf-8", errors="replace") as lines:
        answers, early = unsynced_answers(lines)
    assert answers == TEXTS
    assert (early == 0) is is_durable
