"""What the conductor gives back to the edge that brought an event."""

from dataclasses import dataclass

from routing.types import Problem


@dataclass(frozen=True, slots=True)
class Answer:
    """Words to give back at once in the provider's own answer (TwiML for Twilio).

    `ref` names the delivery in the status callback address: `/twilio/status?ref=…`.
    """

    text: str
    ref: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event. `answers` is empty unless safety words travel with the answer."""

    episode_id: int | None = None
    message_id: int | None = None
    answers: tuple[Answer, ...] = ()
    repeated: bool = False
    problem: Problem | None = None


class StoreUnavailable(Exception):
    """The database cannot keep anything now; nothing was kept, and a later try may succeed."""
