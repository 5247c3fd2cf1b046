"""What a cheap phone must load and do until a family can type: our chat beside deep-chat's.

Run: `uv run python -m benchmarks.chat_widget` (needs npm, which fetches deep-chat's package).
Both stand in the same empty page, gzipped, from loopback, in one Chromium that plays a slow phone:
processor six times slower, 400 kbit/s, 400 ms of delay.
"""

import argparse
import gzip
import shutil
import statistics
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM_ARGUMENTS
from tests.faults.place import MAPLE
from tests.journeys.running import Running, fetch
from tests.journeys.secrecy import Twilio

PEER = "deep-chat@2.4.2"
SLOW_PHONE = {"offline": False, "latency": 400, "downloadThroughput": 50_000,
              "uploadThroughput": 50_000}  # fmt: skip
SLOWER = 6
PAGE = '<!doctype html><meta name="viewport" content="width=device-width"><title>Clinic</title>'
OURS = ("widget.js", "view.js", "chat.js", "chat.css")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name, Twilio() as twilio:
        folder = Path(name)
        bundle = _peer(folder)
        with Running(folder, f"sqlite:///{folder / 'kinline.db'}", twilio) as running:
            running.set_up(MAPLE)
            running.start()
            own = sum(_zipped(fetch(f"{running.base}/chat/{file}")[1].encode()) for file in OURS)
            with _site(bundle) as site, sync_playwright() as player:
                browser = player.chromium.launch(
                    executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS
                )
                times: dict[str, list[float]] = {"ours": [], "peer": []}
                for _ in range(rounds):
                    chat = f"{running.base}/chat?clinic={MAPLE.key}"
                    times["ours"].append(_until(browser, chat, "textarea"))
                    times["peer"].append(_until(browser, site, "deep-chat #text-input"))
                browser.close()
    ours, peer = (statistics.median(times[who]) for who in ("ours", "peer"))
    print(f"{'':12}{'gzip kB':>10}{'until one can type':>22}")
    print(f"{'Kinline':12}{own / 1000:10.1f}{ours:20.2f} s")
    print(f"{PEER:12}{_zipped(bundle) / 1000:10.1f}{peer:20.2f} s")
    print(f"{'ratio':12}{_zipped(bundle) / own:10.1f}{peer / ours:20.1f}")


def _peer(folder: Path) -> bytes:
    """Fetch the peer's package from npm and give its bundle."""
    subprocess.run(("npm", "pack", "--silent", PEER), cwd=folder, check=True, capture_output=True)
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        member = archive.extractfile("package/dist/deepChat.bundle.js")
        assert member is not None  # noqa: S101  the package holds it since its first version
        return member.read()


def _zipped(content: bytes) -> int:
    return len(gzip.compress(content))


@contextmanager
def _site(bundle: bytes) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, bundle))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    """Serves one page with the peer's element in it, and the peer's script."""

    def __init__(self, bundle: bytes, *request: Any) -> None:
        self._bundle = bundle
        super().__init__(*request)

    def do_GET(self) -> None:
        """Answer."""
        is_script = self.path == "/peer.js"
        page = f'{PAGE}<script type="module" src="/peer.js"></script><deep-chat></deep-chat>'
        content = gzip.compress(self._bundle if is_script else page.encode())
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _until(browser: Browser, address: str, box: str) -> float:
    """Tell how many seconds a slow phone needs until the box for words is there."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_PHONE)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    page.locator(box).first.wait_for()
    seconds: float = page.evaluate("performance.now() / 1000")
    context.close()
    return seconds


if __name__ == "__main__":
    main()
