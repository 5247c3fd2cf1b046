"""The contract that every channel keeps: bring one message to somebody, or find out what became."""

from typing import Protocol

from routing.events import Receipt
from store.outgoing import Outgoing


class Channel(Protocol):
    """How claimed messages leave. What comes in differs per channel and ends in `Inbound`.

    A channel never raises for what its provider does: refused, late and lost answers all become
    a `Receipt`, because only the conductor may decide what happens next.
    """

    @property
    def name(self) -> str:
        """Name the channel as deliveries do: `sms`, `webchat`, `console`."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one message to the provider, once, and say what is known afterwards."""

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Ask the provider what became of an earlier call whose answer was never seen."""
