"""Sends signed texts over a few keep-alive connections and counts answers (closed loop)."""

import asyncio
import base64
import hashlib
import hmac
import statistics
import time
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode

ACCOUNT, TOKEN = "AC" + "0" * 32, "bench-token"
CLINIC_NUMBER = "+13125550111"
FAMILIES = 200
TEXTS = (
    "Need to ask about the appointment on Tuesday",
    "can you send the school form please",
    "refill for the feeding pump supplies please, we are running low",
    "Necesito una cita con el doctor por favor",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers per second, the median and 99th percentile wait in milliseconds, other answers."""

    per_second: float
    p50: float
    p99: float
    refused: int


def phone(number: int) -> str:
    """Name the telephone of a family of the benchmark."""
    return f"+1312556{number % FAMILIES:04d}"


def run(port: int, public_url: str, *, clients: int, seconds: float, start: int) -> Measured:
    """Text for some seconds from some connections; every message id is new from `start` on."""
    return asyncio.run(_run(port, public_url, clients, seconds, count(start)))


async def _run(
    port: int, public_url: str, clients: int, seconds: float, numbers: "count[int]"
) -> Measured:
    waits: list[float] = []
    refused = 0
    until = time.monotonic() + seconds

    async def client() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < until:
            request = _request(next(numbers), public_url)
            began = time.monotonic()
            writer.write(request)
            status = await _answer(reader)
            waits.append(time.monotonic() - began)
            refused += status != b"200"
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    ordered = sorted(waits)
    return Measured(
        len(waits) / seconds,
        1000 * statistics.median(ordered),
        1000 * ordered[int(len(ordered) * 0.99)],
        refused,
    )


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    await reader.readexactly(length)
    return head.split(b" ", 2)[1]


def _request(number: int, public_url: str) -> bytes:
    sid = f"SM{number:032x}"
    form = {
        "ToCountry": "US", "ToState": "IL", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "",
        "FromZip": "60601", "SmsSid": sid, "FromState": "IL", "SmsStatus": "received",
        "FromCity": "CHICAGO", "Body": TEXTS[number % len(TEXTS)], "FromCountry": "US",
        "To": CLINIC_NUMBER, "ToZip": "", "NumSegments": "1", "MessageSid": sid,
        "AccountSid": ACCOUNT, "From": phone(number), "ApiVersion": "2010-04-01",
    }  # fmt: skip
    signed = f"{public_url}/twilio/inbound" + "".join(k + v for k, v in sorted(form.items()))
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), signed.encode(), hashlib.sha1))
    body = urlencode(form).encode()
    return (
        b"POST /twilio/inbound HTTP/1.1\r\nHost: bench\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"X-Twilio-Signature: " + signature + b"\r\n"
        b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
    )
