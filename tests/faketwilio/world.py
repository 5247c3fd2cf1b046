"""What the fake knows: texts, pictures, who opted out, and how it was told to misbehave."""

import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from store.clock import system_clock

# FACTS B: the single words that Twilio itself acts on.
STOP_WORDS = {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
START_WORDS = {"START", "YES", "UNSTOP"}


@dataclass
class Text:
    """One text, in or out, as Twilio's records show it."""

    to: str
    sender: str
    body: str
    direction: str
    sid: str = field(default_factory=lambda: "SM" + uuid.uuid4().hex)
    service: str | None = None
    status: str = "queued"
    error: int | None = None
    callback: str | None = None
    validity: int | None = None
    made: str = ""
    media: tuple[tuple[str, str], ...] = ()  # of an inbound one: name and type of each picture
    listed_from: float = 0.0  # of `time.monotonic()`: when the listing begins to show it

    def record(self) -> dict[str, Any]:
        """Give the parts that tests read."""
        return asdict(self)


@dataclass
class Rule:
    """One thing to do differently, the next `times` times that it fits.

    `on` is `create`, `list`, `calls`, `pictures`, `media`, `walk` or `ring`; `do` names the
    misbehaviour and `how` its details.
    """

    on: str
    do: str
    how: Mapping[str, Any]
    to: str | None = None
    times: int = 1


@dataclass
class Picture:
    """One attachment that the fake holds and how it answers when it is fetched."""

    content: bytes
    content_type: str
    do: str = "serve"
    how: Mapping[str, Any] = field(default_factory=dict)


class World:
    """All of it, shared by the threads of the server."""

    def __init__(self) -> None:
        self.guard = threading.RLock()
        self.texts: list[Text] = []
        self.rules: list[Rule] = []
        self.pictures: dict[str, Picture] = {}
        self.opted_out: set[tuple[str, str]] = set()
        self.callbacks: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []  # from phones to us
        self.call_records: list[dict[str, Any]] = []  # of the former, and of whom they rang
        self.rings: list[dict[str, Any]] = []  # from us to phones
        self._began = self._stood_at = system_clock()
        self._speed = 1.0

    def rule(self, on: str, to: str | None = None) -> Rule | None:
        """Take the first rule that fits, and count it down; a negative count never ends."""
        with self.guard:
            for rule in self.rules:
                if rule.on == on and rule.to in {None, to}:
                    rule.times -= 1
                    if rule.times == 0:
                        self.rules.remove(rule)
                    return rule
        return None

    def add(self, text: Text) -> Text:
        """Put a text into the records."""
        with self.guard:
            text.made = text.made or self.date()
            self.texts.append(text)
        return text

    def hear(self, text: Text) -> None:
        """Take in what a phone wrote; a stop word works without any webhook (FACTS B)."""
        word, pair = text.body.strip().upper(), (text.to, text.sender)
        with self.guard:
            self.add(text)
            if word in STOP_WORDS:
                self.opted_out.add(pair)
            elif word in START_WORDS:
                self.opted_out.discard(pair)

    def listed(self, to: str | None, sender: str | None, since: str | None) -> list[Text]:
        """Search the records, newest first; `since` is a day and asks for what was sent."""
        with self.guard:
            return [
                text
                for text in reversed(self.texts)
                if to in {None, text.to}
                and sender in {None, text.sender}
                and time.monotonic() >= text.listed_from
                and (
                    since is None
                    or parsedate_to_datetime(text.made).date().isoformat() >= since[:10]
                )
            ]

    def set_clock(self, stood_at: str, began: str, speed: float) -> None:
        """Let it have been `stood_at` in the real moment `began` (ISO), and run as fast as told."""
        self._stood_at, self._began = (
            datetime.fromisoformat(stood_at),
            datetime.fromisoformat(began),
        )
        self._speed = speed

    def date(self) -> str:
        """Tell the present moment as Twilio writes dates, in whole seconds."""
        moment = self._stood_at + (system_clock() - self._began) * self._speed
        return format_datetime(moment.astimezone(UTC), usegmt=True)
