"""The channel of the demo: messages reach a pretend phone, that is, the page that shows them."""

from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState
from store.outgoing import Outgoing

PROVIDER = "console"


class Console:
    """Brings everything at once, and nothing anywhere.

    Args:
        name: the name of the channel that it stands in for.
    """

    def __init__(self, name: str = "console") -> None:
        self._name = name

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return self._name

    def send(self, outgoing: Outgoing) -> Receipt:
        """Say that the message has arrived."""
        return arrived(outgoing.ref, ReceiptSource.ATTEMPT, outgoing.fence)

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Say that an earlier call has brought it."""
        return arrived(outgoing.ref, ReceiptSource.LOOKUP, outgoing.fence)


def arrived(
    ref: str, source: ReceiptSource = ReceiptSource.CALLBACK, fence: int | None = None
) -> Receipt:
    """Report that the delivery of this name is on the screen of the phone."""
    return Receipt(
        source=source,
        provider=PROVIDER,
        state=DeliveryState.DELIVERED,
        status="shown",
        provider_id=f"console-{ref}",
        ref=ref,
        fence=fence,
    )
