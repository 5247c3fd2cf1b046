"""Signed webhooks straight from a test, for what the pretend phone would never send."""

import hashlib
import http.client
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from tests.faketwilio.account import ACCOUNT, Params, signature
from tests.journeys.running import Running

FORM = "application/x-www-form-urlencoded; charset=utf-8"
INBOUND = "/twilio/inbound"


def form(name: object, sender: str, body: str, to: str) -> Params:
    """Fill in what Twilio says about one text; the same name gives the same message id."""
    sid = "SM" + hashlib.md5(str(name).encode(), usedforsecurity=False).hexdigest()
    return [
        ("MessageSid", sid), ("SmsSid", sid), ("AccountSid", ACCOUNT), ("From", sender),
        ("To", to), ("Body", body), ("NumMedia", "0"), ("NumSegments", "1"),
        ("SmsStatus", "received"), ("ApiVersion", "2010-04-01"),
    ]  # fmt: skip


def send(running: Running, params: Params, *, within: float = 20) -> tuple[int, str]:
    """Post a signed form; the status is 0 where nobody answered."""
    signed = {"X-Twilio-Signature": signature(running.base + INBOUND, params)}
    return send_raw(running, urlencode(params).encode(), signed, within=within)


def send_raw(
    running: Running,
    body: bytes | Iterable[bytes],
    headers: dict[str, str],
    *,
    path: str = INBOUND,
    within: float = 20,
) -> tuple[int, str]:
    """Post bytes, or pieces that are sent one by one without saying how many there will be."""
    connection = http.client.HTTPConnection(running.base.removeprefix("http://"), timeout=within)
    try:
        chunked = not isinstance(body, bytes)
        connection.request(
            "POST", path, body, {"Content-Type": FORM, **headers}, encode_chunked=chunked
        )
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def pieces(piece: bytes, count: int) -> Iterator[bytes]:
    """Give the same piece again and again."""
    for _ in range(count):
        yield piece
