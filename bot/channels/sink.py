"""Where test messages end: their answers are brought to nobody, and count as delivered at once."""

from routing.events import Inbound, Receipt, ReceiptSource
from routing.types import DeliveryState
from store.outgoing import Outgoing
from store.probes import SINK, WORDS, Probe


class Sink:
    """The channel `sink`."""

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return SINK

    def send(self, outgoing: Outgoing) -> Receipt:
        """Take it."""
        return _taken(outgoing, ReceiptSource.ATTEMPT)

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Take what a worker that died had in its hands."""
        return _taken(outgoing, ReceiptSource.ATTEMPT)


def inbound(probe: Probe) -> Inbound:
    """Make the message of an emergency that nobody has."""
    return Inbound(
        provider=SINK, account="", provider_id=probe.message_id, channel=SINK, sender=SINK,
        recipient=SINK, text=WORDS, raw=WORDS.encode(), takes_answer=False,
        clinic_id=probe.clinic_id, language="en",
    )  # fmt: skip


def _taken(outgoing: Outgoing, source: ReceiptSource) -> Receipt:
    return Receipt(
        source, SINK, DeliveryState.DELIVERED, "taken", provider_id=f"{SINK}-{outgoing.ref}",
        ref=outgoing.ref, fence=outgoing.fence,
    )  # fmt: skip
