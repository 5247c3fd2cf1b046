"""A service on this machine that keeps what is posted to it, and answers as it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Posted:
    """What came: path, headers in small letters, body. `held`: it answers when that is set."""

    port: int = 0
    status: int = 201
    location: str = ""
    held: threading.Event | None = None
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Posted]:
    """Serve until the block ends."""
    posted = Posted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            posted.came.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            if posted.held is not None:
                posted.held.wait(30)
            self.send_response(posted.status)
            if posted.location:
                self.send_header("Location", posted.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    posted.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield posted
    finally:
        if posted.held is not None:
            posted.held.set()
        server.shutdown()
        server.server_close()
        thread.join()
