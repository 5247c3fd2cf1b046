"""Knows every private word of a story, and looks for them where none may stand (I-24)."""

import re
from collections.abc import Iterable
from typing import Any

from tests.faketwilio.client import FakeTwilio
from tests.journeys.running import Running

PEOPLE = ("Rosa", "Garcia", "Luis", "Nils", "maple.example", "only-for-trials")
SHORTEST_TEXT = 12  # "STOP" or "ok" may stand in a log for other reasons


class Twilio(FakeTwilio):
    """The fake, which also tells what families wrote, and what a story wrote past it."""

    def __init__(self) -> None:
        super().__init__()
        self.private: set[str] = set(PEOPLE)

    def everything(self) -> list[dict[str, Any]]:
        """List all texts, in and out."""
        return list(self._ask("state")["texts"])

    def forgive(self) -> None:
        """Take all that went out as seen, so that one story's fault is not also the next one's."""
        self._claimed |= {text.sid for text in self.sent()}


def private_words(twilio: Twilio) -> set[str]:
    """Collect names, telephone numbers, whole texts, and the words made up to be found again."""
    private = set(twilio.private)
    for text in twilio.everything():
        private |= {text["to"].lstrip("+"), text["sender"].lstrip("+")}
        private |= _of(str(text["body"]))
    return private


def expect_secrecy(running: Running, twilio: Twilio, *also: str) -> None:
    """Fail when a log line, the metrics or another given text holds a private word."""
    found = leaks(private_words(twilio), running.log(), *also)
    assert not found, found


def leaks(private: Iterable[str], *texts: str) -> list[str]:
    """List the private words that stand in one of the texts."""
    return sorted({word for word in private if any(word in text for text in texts)})


def _of(body: str) -> set[str]:
    words = set(re.findall(r"\w*canary\w*", body))
    return words | ({body.strip()} if len(body.strip()) > SHORTEST_TEXT else set())
