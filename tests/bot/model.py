"""A pretend model behind an OpenAI-compatible endpoint, over real HTTP on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CALM = {"urgency": "routine", "hazard": "none", "why": "A letter is asked for.", "confidence": 0.8}
GREY = {"urgency": "urgent", "hazard": "medical", "why": "The child turned grey.",
        "confidence": 0.9}  # fmt: skip


@dataclass
class Model:
    """What it answers next, and what it was asked."""

    url: str = ""
    status: int = 200
    says: Any = field(default_factory=lambda: dict(GREY))
    raw: bytes | None = None  # the whole body instead of `says`
    hangs: threading.Event | None = None  # answers nothing until this is set
    drips: bool = False  # one byte at a time, without end
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def body(self) -> bytes:
        """Write the answer as such servers do."""
        if self.raw is not None:
            return self.raw
        said = self.says if isinstance(self.says, str) else json.dumps(self.says)
        return json.dumps(
            {"choices": [{"message": {"role": "assistant", "content": said}}]}
        ).encode()

    def data(self) -> dict[str, Any]:
        """Give what the last question held as data."""
        return dict(json.loads(self.asked[-1]["messages"][1]["content"]))


@contextmanager
def listening() -> Iterator[Model]:
    """Let a model listen on a free port of this machine."""
    model, over = Model(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            model.asked.append(json.loads(self.rfile.read(length)))
            model.keys.append(self.headers.get("Authorization"))
            if model.hangs is not None:
                model.hangs.wait(20)
            try:
                self._answer()
            except OSError:
                return  # nobody waits for it any more

        def _answer(self) -> None:
            self.send_response(model.status)
            self.end_headers()
            while model.drips and not over.is_set():
                self.wfile.write(b" ")
                self.wfile.flush()
                over.wait(0.02)
            self.wfile.write(model.body())

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        over.set()
        if model.hangs is not None:
            model.hangs.set()
        server.shutdown()
        server.server_close()
