"""The least that a durable webhook can do: read the form, insert one row, commit, answer."""

import argparse
import sqlite3
import threading

import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

CONNECTIONS = 16


class OneInsert:
    """One row, one commit for each request, with as many connections as threads (PostgreSQL)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = threading.local()
        self._writing = threading.Lock()
        self._sqlite = url.startswith("sqlite")
        if self._sqlite:
            self._file = sqlite3.connect(
                url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
            )
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=FULL")
            self._file.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, body BLOB)")
        else:
            with psycopg.connect(url) as connection:
                connection.execute("CREATE TABLE floor (id bigserial PRIMARY KEY, body bytea)")

    def keep(self, body: bytes) -> None:
        """Insert and commit."""
        if self._sqlite:
            with self._writing:
                self._file.execute("INSERT INTO floor (body) VALUES (?)", (body,))
            return
        if not hasattr(self._own, "connection"):
            self._own.connection = psycopg.connect(self._url, autocommit=True)
        self._own.connection.execute("INSERT INTO floor (body) VALUES (%s)", (body,))


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--port", type=int, required=True)
    wanted = parser.parse_args()
    store = OneInsert(wanted.url)

    async def inbound(request: Request) -> Response:
        await run_in_threadpool(store.keep, await request.body())
        return Response("<Response/>", media_type="text/xml")

    async def ready(_: Request) -> Response:
        return Response("ok")

    app = Starlette(
        routes=[
            Route("/twilio/inbound", inbound, methods=["POST"]),
            Route("/readyz", ready),
        ]
    )
    uvicorn.run(app, port=wanted.port, log_level="warning", access_log=False, loop="uvloop")


if __name__ == "__main__":
    main()
