"""The web chat as a channel: what is sent waits on a page, and has arrived when it is shown."""

from routing.events import Inbound, Receipt, ReceiptSource
from routing.types import DeliveryState, Lane
from store.chat import CHAT_CLOSED, WEBCHAT, number_of
from store.outgoing import Outgoing


class WebChat:
    """Brings words to a page that fetches them by itself; nothing leaves this process.

    A message is `sending` from the moment it may be fetched until the page says that it is on
    the screen. Then the ordinary look-up of a report that is missing (after 100 seconds; after a
    minute for words that went with the answer) finds out that nobody saw it.
    """

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return WEBCHAT

    def send(self, outgoing: Outgoing) -> Receipt:
        """Say that the page may fetch it now."""
        return Receipt(
            source=ReceiptSource.ATTEMPT,
            provider=WEBCHAT,
            state=DeliveryState.SENDING,
            status="in_chat",
            provider_id=_id_of(outgoing.ref),
            ref=outgoing.ref,
            fence=outgoing.fence,
        )

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Say what became of words that no page has shown.

        Safety words and what a person wrote are then no answer, and somebody must call (C5, C13).
        The rest waits in the chat for whoever comes back.
        """
        may_wait = outgoing.lane is Lane.AUTOMATIC
        return Receipt(
            # Not LOOKUP: that one may only block what still waits in the outbox.
            source=ReceiptSource.ATTEMPT,
            provider=WEBCHAT,
            state=DeliveryState.SENT if may_wait else DeliveryState.BLOCKED,
            status="in_chat" if may_wait else CHAT_CLOSED,
            provider_id=_id_of(outgoing.ref),
            ref=outgoing.ref,
            fence=outgoing.fence,
        )


def inbound(clinic_key: str, visitor: str, message_id: str, text: str, language: str) -> Inbound:
    """Make the message of a visitor.

    Args:
        clinic_key: the clinic whose chat was opened.
        visitor: the address of the visitor (`tokens.address_of`).
        message_id: names this message for ever, so that sending again changes nothing (C5).
        text: as typed.
        language: of the page, the only thing that is known of somebody new.
    """
    return Inbound(
        provider=WEBCHAT,
        account="",
        provider_id=message_id,
        channel=WEBCHAT,
        sender=visitor,
        recipient=number_of(clinic_key),
        text=text,
        raw=text.encode("utf-8", "surrogatepass"),
        takes_answer=True,
        language=language,
    )


def shown(ref: str) -> Receipt:
    """Report that the delivery of this name is on an open page (C13: that counts as arrived)."""
    return Receipt(
        source=ReceiptSource.CALLBACK,
        provider=WEBCHAT,
        state=DeliveryState.DELIVERED,
        status="shown",
        provider_id=_id_of(ref),
        ref=ref,
    )


def _id_of(ref: str) -> str:
    return f"{WEBCHAT}-{ref}"
