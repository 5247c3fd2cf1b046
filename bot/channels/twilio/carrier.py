"""Carries the calls of the twilio package to the configured address, quietly and once."""

import logging
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.http import HttpClient
from twilio.http.response import Response

from store.settings import TWILIO_API

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0


class Carrier(HttpClient):  # type: ignore[misc]  # the package ships no types
    """The HTTP side of a `twilio.rest.Client`; connections are kept and used again.

    The package's own carrier writes telephone numbers into its log, keeps the last request in
    memory, and has one limit for connecting and reading together.
    """

    def __init__(self, api_url: str) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False)
        self._scheme, self._host, self._path, *_ = urlsplit(api_url)
        self._session = requests.Session()
        # Never again by itself: only routing may decide to send a second time (I-16).
        adapter = HTTPAdapter(max_retries=0, pool_maxsize=16)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        # urllib3 writes addresses with telephone numbers into its DEBUG lines (I-24).
        logging.getLogger("urllib3").setLevel(logging.WARNING)

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002  ours are fixed
        allow_redirects: bool = False,  # noqa: ARG002  a redirected POST would lose its form
    ) -> Response:
        """Make one call; raises what requests raises."""
        answer = self._session.request(
            method,
            self._here(uri),
            params=params,  # type: ignore[arg-type]  # strings and numbers, says the package
            data=data,
            headers=headers,
            auth=auth,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
        )
        answer.encoding = "utf-8"  # JSON is; guessing from the words goes wrong and takes long
        return Response(answer.status_code, answer.text, answer.headers)

    def close(self) -> None:
        """Give the kept connections back."""
        self._session.close()

    def _here(self, uri: str) -> str:
        _, host, path, query, _ = urlsplit(uri)
        if host != urlsplit(TWILIO_API).netloc:
            return uri
        return urlunsplit((self._scheme, self._host, self._path + path, query, ""))
