"""A person at a browser without scripts: asks for pages, fills forms, keeps cookies."""

import asyncio
from collections.abc import Mapping
from html.parser import HTMLParser

import httpx
from starlette.types import ASGIApp

SITE = "https://desk.maple.example"
Fields = Mapping[str, str | list[str]]
Files = Mapping[str, tuple[str, bytes]]


class Visitor:
    """Talks to the staff pages in this process; `path` is where the last answer came from."""

    def __init__(self, app: ASGIApp, site: str = SITE, address: str = "203.0.113.7") -> None:
        self._app = app
        self._site = site
        self._address = address
        self.cookies = httpx.Cookies()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Ask for a page; redirects are not followed."""
        return self._ask("GET", path, None, headers or {})

    def post(
        self,
        path: str,
        fields: Fields | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a form as a browser does from a page of this site; `headers` overrule its own."""
        as_browser = {"Origin": self._site, "Sec-Fetch-Site": "same-origin"}
        return self._ask("POST", path, fields or {}, as_browser | dict(headers or {}))

    def send_file(self, path: str, field: str, name: str, content: bytes) -> httpx.Response:
        """Send a form with a file."""
        as_browser = {"Origin": self._site, "Sec-Fetch-Site": "same-origin"}
        return self._ask("POST", path, None, as_browser, {field: (name, content)})

    def _ask(
        self,
        method: str,
        path: str,
        fields: Fields | None,
        headers: Mapping[str, str],
        files: Files | None = None,
    ) -> httpx.Response:
        named = {name: value for name, value in headers.items() if value}
        return asyncio.run(self._answer(method, path, fields, named, files))

    async def _answer(
        self,
        method: str,
        path: str,
        fields: Fields | None,
        headers: Mapping[str, str],
        files: Files | None,
    ) -> httpx.Response:
        transport = httpx.ASGITransport(
            self._app, raise_app_exceptions=False, client=(self._address, 50000)
        )
        async with httpx.AsyncClient(
            transport=transport, base_url=self._site, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, data=fields, headers=headers, files=files)
            self.cookies = client.cookies
        return answer


def shown(page: httpx.Response) -> str:
    """Give the words of a page as a person reads them, without the markup."""
    reader = _Reader()
    reader.feed(page.text)
    return " ".join("".join(reader.words).split())


def elements(page: httpx.Response, tag: str) -> list[dict[str, str]]:
    """List the attributes of every element of one kind."""
    reader = _Reader()
    reader.feed(page.text)
    return [attributes for name, attributes in reader.found if name == tag]


def field(page: httpx.Response, action: str, name: str) -> str:
    """Give the value of a hidden field of the form that goes to `action`."""
    reader = _Reader()
    reader.feed(page.text)
    return reader.fields[action, name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.found: list[tuple[str, dict[str, str]]] = []
        self.fields: dict[tuple[str, str], str] = {}
        self._action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.found.append((tag, attributes))
        if tag == "form":
            self._action = attributes.get("action", "")
        if tag == "input":
            self.fields[self._action, attributes.get("name", "")] = attributes.get("value", "")
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
