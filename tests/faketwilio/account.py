"""The one account of the fake, and how Twilio signs what it sends (FACTS A3)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

ACCOUNT = "AC" + "0" * 32
TOKEN = "test-token-1"
API_KEY = "SK" + "0" * 32
API_SECRET = "test-secret-1"

Params = list[tuple[str, str]]


def signature(url: str, params: Iterable[tuple[str, str]], token: str = TOKEN) -> str:
    """Sign a form for an address: each name once in order, each of its values once in order."""
    values: dict[str, set[str]] = {}
    for name, value in params:
        values.setdefault(name, set()).add(value)
    words = url.partition("#")[0] + "".join(
        name + value for name in sorted(values) for value in sorted(values[name])
    )
    return base64.b64encode(
        hmac.new(token.encode(), words.encode(), hashlib.sha1).digest()
    ).decode()


def basic(authorization: str | None) -> tuple[str, str] | None:
    """Read name and secret of a Basic authorization header."""
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    name, _, secret = base64.b64decode(value).decode().partition(":")
    return name, secret


def is_ours(authorization: str | None) -> bool:
    """Tell whether a request is signed in to the account, by token or by API key."""
    return basic(authorization) in {(ACCOUNT, TOKEN), (API_KEY, API_SECRET)}
