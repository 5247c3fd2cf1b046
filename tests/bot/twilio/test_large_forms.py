"""On real sockets: a form that is too large or too slow is cut off, and its sender hears why."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot.channels.twilio import webhooks
from bot.channels.twilio.webhooks import routes
from tests.bot.twilio.calling import HOME, Desk, sign, text_form

HEAD = (
    b"POST /twilio/inbound HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded"
)
MEGABYTE = b"x" * 1_000_000


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    """Serve the routes on a free port, with the loop and the parser of the real thing."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Starlette(routes=routes(desk.ports())), log_config=None, loop="uvloop", http="httptools"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def answer_to(port: int, head: bytes, *chunks: bytes) -> bytes:
    """Send a head and chunks as far as the other side takes them, then read its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(head)
            for chunk in chunks:
                connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        answer = b""
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                answer += part
    return answer


def test_a_form_that_says_it_is_a_gigabyte_is_refused_at_once(port: int) -> None:
    """INVARIANTS A-31."""
    answer = answer_to(port, HEAD + b"\r\nContent-Length: 1000000000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()


def test_a_form_that_never_ends_is_cut_off(port: int, desk: Desk) -> None:
    """INVARIANTS A-31: chunks without a length."""
    began = time.monotonic()
    answer = answer_to(port, HEAD + b"\r\nTransfer-Encoding: chunked\r\n\r\n", *[MEGABYTE] * 50)
    assert time.monotonic() - began < 5
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413")  # it may stop listening first
    assert (desk.refused, desk.kept) == (["too_large"], [])


def test_a_form_somewhat_too_large_is_read_out_so_that_its_sender_hears_why(port: int) -> None:
    with httpx.Client() as client:
        for _ in range(20):
            response = client.post(f"http://127.0.0.1:{port}/twilio/inbound", content=b"x" * 70_000)
            assert response.status_code == 413


def test_a_form_that_stops_in_the_middle_is_given_up(
    port: int, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANTS F-31."""
    monkeypatch.setattr(webhooks, "READ_SECONDS", 0.1)
    answer = answer_to(port, HEAD + b"\r\nContent-Length: 500\r\n\r\nBody=hel")
    assert answer.startswith(b"HTTP/1.1 408")
    assert desk.kept == []


def test_after_all_that_a_text_is_kept_as_ever(port: int, desk: Desk) -> None:
    answer_to(port, HEAD + b"\r\nTransfer-Encoding: chunked\r\n\r\n", *[MEGABYTE] * 5)
    body = httpx.Request("POST", HOME, data=text_form()).read()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": sign(f"{HOME}/twilio/inbound", body),
    }
    response = httpx.post(f"http://127.0.0.1:{port}/twilio/inbound", content=body, headers=headers)
    assert (response.status_code, len(desk.kept)) == (200, 1)
