"""What the chat is connected to, and how it finds the clinic and the visitor of a request."""

import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from bot.webchat import tokens
from bot.webchat.admission import Admission
from bot.webchat.faults import Fault, Faulty
from bot.webchat.news import News
from locales.replies import Speaker
from routing.events import Inbound, Receipt
from routing.situation import ClinicView
from store.chat import number_of
from store.clock import Clock
from store.db import Database
from store.live import Live
from store.outcomes import Outcome, StoreUnavailable
from store.playbook import Playbook

COOKIE = "kinline-chat"
TOKEN_HEADER = "x-chat-token"  # noqa: S105  the name of a header


@dataclass(frozen=True, slots=True)
class ChatPorts:
    """What the chat needs from the rest of the house.

    Args:
        submit: keeps an event durably, or raises `StoreUnavailable`.
        is_danger: tells whether words are `urgent` or above; such words are never slowed down.
        public_url: the outside address, where a proxy changes the host.
    """

    database: Database
    playbook: Playbook
    live: Live
    clock: Clock
    speaker: Speaker
    submit: Callable[[Inbound | Receipt], Awaitable[Outcome]]
    is_danger: Callable[[ClinicView, str], bool]
    public_url: str | None = None

    @property
    def is_https(self) -> bool:
        """Tell whether visitors come over https, as the outside address says."""
        return bool(self.public_url and self.public_url.startswith("https:"))

    def is_ours(self, netloc: str, host: str | None) -> bool:
        """Tell whether a page of this origin is one of ours."""
        public = urlsplit(self.public_url).netloc if self.public_url else None
        return netloc in {host, public} - {None, ""}


@dataclass(frozen=True, slots=True)
class Room:
    """The chat of one process: its ports, what it counts, whom it tells of news."""

    ports: ChatPorts
    admission: Admission
    news: News
    _seen: dict[str, ClinicView] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, ports: ChatPorts) -> "Room":
        """Open the chat on its ports."""
        return cls(ports, Admission(), News(ports.live, ports.database))

    async def clinic(self, request: Request) -> ClinicView:
        """Find the clinic that the address names.

        Raises:
            Faulty: no clinic has this key.
            StoreUnavailable: the database is away, and this clinic was not asked for before.
        """
        key = request.query_params.get("clinic", "")
        view = await run_in_threadpool(self._clinic, key)
        if view is None:
            raise Faulty(Fault.NO_CLINIC)
        return view

    def _clinic(self, key: str) -> ClinicView | None:
        # What was known last is shown while the database is away: above all the telephones.
        try:
            with self.ports.database.read() as connection:
                view = self.ports.playbook.current(connection).at(number_of(key))
        except StoreUnavailable:
            view = self._seen.get(key)
            if view is None:
                raise
        if view is not None:
            with self._guard:
                self._seen[key] = view
        return view


def visitor_of(request: Request, clinic: ClinicView) -> str | None:
    """Give the address of who asks, by the token of the widget or else the cookie of the page."""
    word = request.headers.get(TOKEN_HEADER) or request.cookies.get(COOKIE, "")
    return tokens.address_of(word, clinic.key) if tokens.is_token(word) else None
