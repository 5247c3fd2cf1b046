"""One story's view of the house: its own families, and what only this story caused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from xml.etree import ElementTree as ET

from sqlalchemy import select

from store.tables import promises
from tests.faketwilio.client import Answered
from tests.journeys.clinics import Clinic, Household
from tests.journeys.desk import Desk
from tests.journeys.running import Running
from tests.journeys.secrecy import Twilio
from tests.journeys.waiting import eventually

# What a story may make Kinline complain about, by the event's name, beside its own.
WORSE_THAN_WARNING = ("error", "critical")


@dataclass
class Stage:
    """The running Kinline, its Twilio, and who has played already."""

    running: Running
    twilio: Twilio
    _cast: dict[str, int] = field(default_factory=dict)
    _strangers: Any = field(default_factory=lambda: count(1))
    _seen_lines: int = 0
    _allowed: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Begin a story: what was logged before is not its doing."""
        self._seen_lines = len(self.running.lines())
        self._allowed = set()

    def family(self, clinic: Clinic, language: str = "en") -> Household:
        """Give a family that no other story has."""
        able = [one for one in clinic.households if one.writers[0][1] == language]
        place = f"{clinic.key}-{language}"
        self._cast[place] = self._cast.get(place, -1) + 1
        return able[self._cast[place]]

    def stranger(self, area: str = "1312") -> str:
        """Give a telephone that no clinic knows."""
        return f"+{area}556{next(self._strangers):04d}"

    def text(self, sender: str, words: str, to: Clinic | str, **how: Any) -> Answered:
        """Let a telephone text a clinic; the webhook must be answered with 200."""
        number = to if isinstance(to, str) else to.number
        answered = self.twilio.text(self.running.base, sender, words, recipient=number, **how)
        assert answered.status == 200, answered
        return answered

    def settle(self, clinic: Clinic, episode: int) -> None:
        """Let a person end an emergency, so that nobody is told of it again."""
        with Desk.of(self.running, clinic) as ana:
            ended = ana.act(episode, "resolve", outcome="called")
            assert ended.status_code == 303, ended.text

    def delivered(self, phone: str, messages: int, status: str = "delivered") -> dict[str, Any]:
        """Wait until an episode has so many messages and the last one has come to a status."""

        def good(episode: dict[str, Any]) -> bool:
            said = episode["messages"]
            return len(said) == messages and said[-1]["status"] == status

        return self.running.wait_for_episode(phone, good, within=8)

    def promise(self, episode: int) -> str | None:
        """Tell what became of the last promised time of an episode."""
        with self.running.database.read() as connection:
            return connection.execute(
                select(promises.c.state)
                .where(promises.c.episode_id == episode)
                .order_by(promises.c.id.desc())
            ).scalar()

    def may_complain(self, *events: str) -> None:
        """Allow lines of these events at the level of an error."""
        self._allowed |= set(events)

    def complaints(self) -> list[Mapping[str, Any]]:
        """List what this story made Kinline complain about."""
        lines = self.running.lines()[self._seen_lines :]
        return [
            line
            for line in lines
            if line.get("level") in WORSE_THAN_WARNING or line.get("event") == "library.says"
        ]

    def expect_no_complaints(self) -> None:
        """Fail when Kinline complained about something that the story did not allow."""
        unexpected = [one for one in self.complaints() if one["event"] not in self._allowed]
        assert not unexpected, unexpected


def words_of(twiml: str) -> list[str]:
    """Give the texts in an answer to a webhook."""
    messages = ET.fromstring(twiml).iter("Message")  # noqa: S314  our own answers, in a test
    return ["".join(message.itertext()) for message in messages]


def reports_of(stage: Stage, sid: str) -> set[int]:
    """Give how the status reports of a text were answered.

    The fake writes a report down once it was answered, a moment after the inbox may show it.
    """
    return {report["answered"] for report in eventually(lambda: stage.twilio.callbacks(sid))}
