"""Ana at her desk: a browser without pictures that signs in, reads pages and sends forms."""

import html
import re
from typing import Self

import httpx

from tests.journeys.clinics import PASSWORD, Clinic
from tests.journeys.running import Running

# An ordinary reply is held for ten seconds, so that it can be taken back; then it must leave.
LEFT_WITHIN = 20.0


class Desk:
    """One signed-in person."""

    def __init__(self, running: Running, email: str) -> None:
        self._browser = httpx.Client(base_url=running.base, timeout=15)
        self._origin = running.base
        self._email = email

    @classmethod
    def of(cls, running: Running, clinic: Clinic, who: str = "ana") -> Self:
        """Sit down at the desk of a member of staff."""
        desk = cls(running, f"{who}@{clinic.key}.example")
        entered = desk.send("/login", email=desk._email, password=PASSWORD)
        assert entered.status_code == 303, entered.text
        return desk

    def page(self, path: str) -> str:
        """Read a page as a person does: its words without the tags between them."""
        answer = self._browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return html.unescape(re.sub("<[^>]+>", "", answer.text))

    def links(self, path: str, like: str) -> list[str]:
        """List the links of a page that look like this."""
        return re.findall(rf'href="({like})"', self._browser.get(path).text)

    def fetch(self, path: str) -> httpx.Response:
        """Fetch a file."""
        return self._browser.get(path)

    def follow(self, path: str) -> tuple[int, str]:
        """Open a link; give the status and where it leads."""
        answer = self._browser.get(path)
        return answer.status_code, answer.headers.get("location", "")

    def reply(self, episode: int, words: str) -> httpx.Response:
        """Write into the form of an episode and send it."""
        path = f"/episodes/{episode}"
        return self.send(f"{path}/reply", text=words, **self._fields(path, "reply"))

    def take_back(self, episode: int, sent: httpx.Response) -> httpx.Response:
        """Press the button on the page that follows a reply."""
        path = f"/episodes/{episode}"
        hidden = self._fields(path, "undo", at=sent.headers["location"])
        return self.send(f"{path}/undo", **hidden)

    def act(self, episode: int, form: str, **typed: str) -> httpx.Response:
        """Send one of the other forms of an episode: `take`, `resolve`, `attach`."""
        path = f"/episodes/{episode}"
        return self.send(f"{path}/{form}", **self._fields(path, form), **typed)

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as a browser does."""
        return self._browser.post(path, data=fields, headers={"Origin": self._origin})

    def families(self, episode: int) -> dict[str, str]:
        """List the families that an unknown sender can be attached to: name to id."""
        page = self._browser.get(f"/episodes/{episode}").text
        found = re.findall(r'<option value="(\d+)"[^>]*>([^<]+)</option>', page)
        return {html.unescape(name): number for number, name in found}

    def _fields(self, path: str, form: str, at: str = "") -> dict[str, str]:
        """Read the hidden fields of one form from the page, or from another one."""
        page = self._browser.get(at or path)
        assert page.status_code == 200, (path, page.status_code)
        parts = re.split(rf'action="{path}/{form}"', page.text, maxsplit=1)
        assert len(parts) == 2, f"{path} has no form {form}"
        inside = parts[1].partition("</form>")[0]
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside)
        return {name: html.unescape(value) for name, value in found}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.close()
