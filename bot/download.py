"""Fetches one attachment from where it may come from, and from nowhere else (A-14, A-15)."""

import base64
import http.client
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.addresses import is_loopback, is_public, resolve
from bot.deadline import DeadlineConnection

MOST_BYTES = 16 * 1024 * 1024  # FACTS A7: 16 MB is the most that any channel of Twilio carries
PIECE = 64 * 1024
MOST_SECONDS = 20.0  # for everything together
MOST_REDIRECTS = 3
PORTS = {"https": 443, "http": 80}
REDIRECTS = {301, 302, 303, 307, 308}


class Why(StrEnum):
    """Why an attachment could not be fetched; the closed list that staff see."""

    ADDRESS = "address"  # not a place that attachments come from
    TYPE = "type"  # not a picture, sound, film, PDF or contact card
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    NOT_FOUND = "not_found"
    REFUSED = "refused"  # the provider does not accept our sign-in
    UNREACHABLE = "unreachable"
    FAILED = "failed"  # we gave up without an answer

    @property
    def can_retry(self) -> bool:
        """Tell whether a later try may succeed.

        Not found may: Twilio can announce a picture some seconds before it can be fetched (its
        help article on intermittent 404s).
        """
        return self not in {Why.ADDRESS, Why.TYPE, Why.TOO_LARGE}


REFUSALS = {401: Why.REFUSED, 403: Why.REFUSED, 404: Why.NOT_FOUND, 410: Why.NOT_FOUND}


class NotFetched(Exception):
    """The attachment could not be fetched; `why` is all that may be written down."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Source:
    """Where a provider keeps attachments.

    `api_url` is the only origin that is ever given name and secret. `hosts` are allowed with the
    hosts below them, `folders` are pairs of host and beginning of the path. `credentials` finds
    name and secret by account. `resolver` turns a host name into addresses. With `is_anywhere`
    every host on the open internet will do, over HTTPS, and nobody is given name or secret;
    `most_bytes` is the most that is read.

    Plain HTTP and this machine's own addresses are allowed only where `api_url` has them, which
    is so with a stand-in for the provider and never in a clinic.
    """

    api_url: str
    hosts: tuple[str, ...]
    folders: tuple[tuple[str, str], ...]
    credentials: Callable[[str], tuple[str, str] | None]
    resolver: Callable[[str, int], Sequence[str]] = resolve
    is_anywhere: bool = False
    most_bytes: int = MOST_BYTES


def download(url: str, account: str, source: Source) -> bytes:
    """Fetch one attachment, following redirects without name and secret.

    Args:
        url: as the provider announced it.
        account: whose attachment it is, for `Source.credentials`.
        source: where it may come from.

    Raises:
        NotFetched: for whatever reason; nothing of the answer is kept.
    """
    deadline = time.monotonic() + MOST_SECONDS
    parts = _split(url)
    sign_in = _authorization(parts, account, source)
    for _ in range(MOST_REDIRECTS + 1):
        with (
            closing(_connection(parts, source, deadline)) as connection,
            closing(_ask(connection, parts, sign_in)) as response,
        ):
            if response.status not in REDIRECTS:
                return _content(response, source.most_bytes)
            parts = _split(response.headers.get("Location", ""), parts.geturl())
        sign_in = {}  # never past the first address
    raise NotFetched(Why.ADDRESS)


def _split(url: str, beside: str = "") -> SplitResult:
    try:
        return urlsplit(urljoin(beside, url))
    except ValueError as error:
        raise NotFetched(Why.ADDRESS) from error


def _authorization(parts: SplitResult, account: str, source: Source) -> dict[str, str]:
    if source.is_anywhere or _origin(parts) != _origin(urlsplit(source.api_url)):
        return {}
    known = source.credentials(account)
    if known is None:
        raise NotFetched(Why.REFUSED)
    return {"Authorization": "Basic " + base64.b64encode(":".join(known).encode()).decode()}


def _connection(parts: SplitResult, source: Source, deadline: float) -> DeadlineConnection:
    if not _may_come_from(parts, source):
        raise NotFetched(Why.ADDRESS)
    scheme, host, port = _origin(parts)
    try:
        found = source.resolver(host, port)
    except OSError as error:
        raise NotFetched(Why.UNREACHABLE) from error
    # The address that was judged is the one that is called: a name that answers differently the
    # second time (DNS rebinding) changes nothing.
    is_stand_in = is_loopback(urlsplit(source.api_url).hostname or "")
    allowed = [one for one in found if is_stand_in or is_public(one)]
    if not allowed:
        raise NotFetched(Why.ADDRESS)
    return DeadlineConnection(host, port, allowed[0], secure=scheme == "https", deadline=deadline)


def _may_come_from(parts: SplitResult, source: Source) -> bool:
    api = urlsplit(source.api_url)
    host = (parts.hostname or "").lower()
    if parts.username is not None or parts.scheme not in {"https", api.scheme}:
        return False
    if host and host == api.hostname:
        return is_loopback(host) or _origin(parts) == _origin(api)
    known = (
        source.is_anywhere
        or any(host == one or host.endswith(f".{one}") for one in source.hosts)
        or any(host == one and parts.path.startswith(folder) for one, folder in source.folders)
    )
    return known and _origin(parts) == ("https", host, PORTS["https"])


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    try:
        return parts.scheme, (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise NotFetched(Why.ADDRESS) from error


def _ask(
    connection: DeadlineConnection, parts: SplitResult, sign_in: dict[str, str]
) -> http.client.HTTPResponse:
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    try:
        connection.request(
            "GET", target, headers={"Accept": "*/*", "Connection": "close", **sign_in}
        )
        return connection.getresponse()
    except TimeoutError as error:
        raise NotFetched(Why.TOO_SLOW) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotFetched(Why.UNREACHABLE) from error


def _content(response: http.client.HTTPResponse, most: int) -> bytes:
    if response.status != HTTPStatus.OK:
        raise NotFetched(REFUSALS.get(response.status, Why.UNREACHABLE))
    promised = response.length
    if (promised or 0) > most:
        raise NotFetched(Why.TOO_LARGE)
    content = bytearray()
    try:
        while promised is None or len(content) < promised:
            piece = response.read1(PIECE if promised is None else promised - len(content))
            if not piece:
                break
            content += piece
            if len(content) > most:
                raise NotFetched(Why.TOO_LARGE)
    except TimeoutError as error:
        raise NotFetched(Why.TOO_SLOW) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotFetched(Why.UNREACHABLE) from error
    if len(content) < (promised or 0):
        raise NotFetched(Why.UNREACHABLE)  # cut off half-way
    return bytes(content)
