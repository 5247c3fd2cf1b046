"""Starts the fake: `python -m tests.faketwilio`; its first line says where it listens."""

import argparse
import base64
import json
import os
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.faketwilio import api, phone, ringing
from tests.faketwilio.api import Answer, NoAnswer
from tests.faketwilio.world import Picture, Rule, World

WORLD = World()


def main() -> None:
    """Listen until the starter closes our standard input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    server = _Server(("127.0.0.1", parser.parse_args().port), _Handler)
    threading.Thread(target=_end_with_starter, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


def control(name: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Do what a test asks; the other side of `tests.faketwilio.client`."""
    match name:
        case "rule":
            with WORLD.guard:
                WORLD.rules.append(Rule(**asked))
        case "opt_out":
            WORLD.opted_out.add((asked["recipient"], asked["sender"]))
        case "picture":
            path, content = asked.pop("path"), base64.b64decode(asked.pop("content"))
            WORLD.pictures[path] = Picture(content, **asked)
        case "clock":
            WORLD.set_clock(**asked)
        case "text":
            return phone.text(WORLD, asked)
        case "call":
            return phone.call(WORLD, asked)
        case "rang":
            phone.rang(WORLD, **asked)
        case "stands":
            with WORLD.guard:
                next(one for one in WORLD.call_records if one["sid"] == asked["sid"]).update(asked)
        case "state":
            with WORLD.guard:
                return {
                    "texts": [text.record() for text in WORLD.texts],
                    "callbacks": list(WORLD.callbacks),
                    "call_records": [dict(one) for one in WORLD.call_records],
                    "rings": [dict(made) for made in WORLD.rings],
                    "seen": list(_Handler.seen),
                }
        case _:
            raise LookupError(name)
    return {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Say nothing about connections that were cut, which tests do on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[dict[str, Any]]] = []  # every call to Twilio's side, without its words

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path)
        if path.path.startswith("/control/"):
            asked = json.loads(body or b"{}")
            try:
                self._send(Answer(200, control(path.path.removeprefix("/control/"), asked)))
            except Exception as error:
                self._send(Answer(500, {"error": repr(error)}))
                raise
            return
        self.seen.append(
            {"method": method, "path": self.path, "signed_in": "Authorization" in self.headers}
        )
        try:
            self._send(self._twilio(method, body))
        except NoAnswer:
            self.close_connection = True

    def _twilio(self, method: str, body: bytes) -> Answer:
        path = urlsplit(self.path)
        if path.path == f"{api.MESSAGES}.json" and method == "POST":
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            return api.create(WORLD, self, form)
        if path.path == f"{api.MESSAGES}.json":
            return api.listing(WORLD, self, path.query)
        if path.path == f"{ringing.CALLS}.json" and method == "POST":
            return ringing.ring(WORLD, self, dict(parse_qsl(body.decode())))
        if path.path == f"{ringing.CALLS}.json":
            return ringing.listing(WORLD, self, path.query)
        if path.path.startswith(f"{ringing.CALLS}/"):
            sid = path.path.rpartition("/")[2].removesuffix(".json")
            return ringing.one(WORLD, self, sid)
        if path.path.startswith(f"{api.MESSAGES}/") and path.path.endswith("/Media.json"):
            return api.pictures(WORLD, self, path.path.split("/")[-2])
        if path.path.startswith(f"{api.MESSAGES}/") and path.path.endswith(".json"):
            sid = path.path.rpartition("/")[2].removesuffix(".json")
            return api.one(WORLD, self, sid)
        return api.picture(WORLD, self, self.path)

    def _send(self, answer: Answer) -> None:
        raw = answer.raw if answer.raw is not None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        if not any(name == "Content-Type" for name, _ in answer.headers):
            self.send_header("Content-Type", "application/json")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(raw)


def _end_with_starter() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
