"""Tells whether a webhook was signed with one of our tokens (FACTS A3)."""

import base64
import hmac
from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qsl

Params = Sequence[tuple[str, str]]
Algorithm = Literal["HMAC_SHA1", "HMAC_SHA256"]

BODY_HASH = "bodySHA256"
_DIGESTS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_USUAL_PORTS = {"http": "80", "https": "443"}


def verify(
    url: str,
    params: Params,
    signature: str | None,
    tokens: Collection[str],
    *,
    algorithm: Algorithm = "HMAC_SHA1",
) -> bool:
    """Tell whether `signature` was made over this address and form with one of `tokens`.

    Every token and every form of the address is tried, whatever matched before, so that the time
    tells nothing. A missing signature or a blank token is a plain no (INVARIANTS A-01, A-03).

    Args:
        url: the address as the provider called it: from our own settings, with raw path and query.
        params: names and values of the form in any order; `surrogateescape` keeps odd bytes.
        signature: the header, or None when there was none, or more than one.
        tokens: the account's secrets; two while one is being replaced.
        algorithm: chosen by our settings for that account, never by a header of the request.
    """
    if signature is None:
        return False
    given = signature.encode("utf-8", "surrogateescape")
    form = "".join(_signed_form(params))
    matched = False
    for address in _addresses(url):
        signed = (address + form).encode("utf-8", "surrogateescape")
        for token in tokens:
            digest = hmac.digest(token.encode(), signed, _DIGESTS[algorithm])
            matched |= hmac.compare_digest(base64.b64encode(digest), given) and bool(token.strip())
    return matched


def verify_json(url: str, body: bytes, signature: str | None, tokens: Collection[str]) -> bool:
    """Tell whether a JSON body was signed: the address carries its hash, and alone is signed.

    Source: FACTS A3, point 5. `body` is the raw body, `url` and the rest are those of `verify`.
    """
    hashes = [value for name, value in parse_qsl(url.partition("?")[2]) if name == BODY_HASH]
    is_same = bool(hashes) and hmac.compare_digest(
        sha256(body).hexdigest().encode(), hashes[0].encode("utf-8", "surrogateescape")
    )
    return verify(url, (), signature, tokens) and is_same


def _signed_form(params: Params) -> Iterator[str]:
    """Give name and value of each parameter once, sorted by name, then by value."""
    for name, value in sorted(set(params)):
        yield name
        yield value


def _addresses(url: str) -> tuple[str, str]:
    """Give the address without its port and with it: the provider signs either (FACTS A3.4)."""
    scheme, _, rest = url.partition("://")
    end = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    host, tail = rest[:end], rest[end:]
    name, colon, port = host.rpartition(":")
    if not colon or not port.isdecimal():
        name, port = host, _USUAL_PORTS.get(scheme, "443")
    return f"{scheme}://{name}{tail}", f"{scheme}://{name}:{port}{tail}"
