"""Somebody at a browser who uses the chat: with its script, or without any."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

SITE = "https://chat.maple.example"
PAGE = "/chat?clinic=maple&lang=en"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


class Visitor:
    """Talks to the chat in this process; keeps its token as the page's script does."""

    def __init__(self, app: ASGIApp, clinic: str, place: str) -> None:
        self._app = app
        self._place = place
        self.clinic = clinic
        self.token = ""
        self.cookies = httpx.Cookies()
        self.last = 0

    def write(self, text: str, message_id: str = "") -> dict[str, Any]:
        """Send a message; start a chat where there is none yet. It must be kept."""
        answer = self.try_to_write(text, message_id)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        self._saw(told)
        return told

    def try_to_write(self, text: str, message_id: str = "", **how: Any) -> httpx.Response:
        """Send a message, whatever becomes of it."""
        if not self.token:
            self.token = self.post("start").json()["token"]
        body = {"id": message_id or secrets.token_hex(16), "text": text, "after": self.last}
        # As browsers do: half a character travels as an escape.
        return self.post("messages", content=json.dumps(body), **how)

    def look(self, after: int | None = None) -> list[dict[str, Any]]:
        """Fetch what is new; it is not yet reported as shown."""
        asked = self.get(f"/chat/messages?clinic={self.clinic}&after={after or 0}")
        assert asked.status_code == 200, asked.text
        messages: list[dict[str, Any]] = asked.json()["messages"]
        return messages

    def saw(self, *messages: dict[str, Any]) -> httpx.Response:
        """Report messages as shown."""
        return self.post("shown", json={"refs": [m["ref"] for m in messages]})

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Ask for an address; redirects are not followed."""
        return self.ask("GET", path, headers=headers)

    def post(self, what: str, **how: Any) -> httpx.Response:
        """Send something as the page's script does."""
        how["headers"] = FROM_HERE | dict(how.get("headers") or {})
        return self.ask("POST", f"/chat/{what}?clinic={self.clinic}", **how)

    def fill(self, fields: Mapping[str, str], path: str = "") -> httpx.Response:
        """Send the form of the page as a browser without scripts does."""
        address = path or f"/chat?clinic={self.clinic}&lang=en"
        return self.ask("POST", address, data=dict(fields), headers=FROM_HERE)

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """Send one request, with the token as the script does and the cookies as a browser."""
        token = {"X-Chat-Token": self.token} if self.token else {}
        how["headers"] = token | dict(how.get("headers") or {})
        return asyncio.run(self._answer(method, path, how))

    def _saw(self, told: dict[str, Any]) -> None:
        self.last = max([self.last, *(m["id"] for m in told["messages"])])

    async def _answer(self, method: str, path: str, how: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(
            self._app, raise_app_exceptions=False, client=(self._place, 50000)
        )
        async with httpx.AsyncClient(
            transport=transport, base_url=SITE, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **how)
            self.cookies = client.cookies
        return answer
