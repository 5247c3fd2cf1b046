"""Rings the telephones of staff through Twilio; what is said stands in `alert_voice.py`."""

from urllib.parse import quote

from bot.channels.twilio.clients import Accounts, Clients, note
from bot.channels.twilio.errors import Finding, finding
from bot.channels.twilio.statuses import call_state_of
from bot.channels.twilio.twiml import RING_SECONDS
from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState
from store.outgoing import Outgoing


class TwilioCalls:
    """The channel `call`: a call that asks to press a key.

    Args:
        api_url, accounts, own_account: as of `Clients`.
        public_url: the outside address; without one Twilio cannot ask what to say.
    """

    def __init__(
        self, api_url: str, accounts: Accounts, public_url: str | None, *, own_account: str = ""
    ) -> None:
        self._clients = Clients(api_url, accounts, own_account)
        self._public_url = public_url

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return "call"

    def send(self, outgoing: Outgoing) -> Receipt:
        """Let a telephone ring once; never raises, whatever happens is in the Receipt."""
        source = ReceiptSource.ATTEMPT
        client = self._clients.of(outgoing.account_sid)
        if client is None or not self._public_url:
            return self._clients.no_account(outgoing, source, DeliveryState.FAILED)
        ref = quote(outgoing.ref)
        try:
            ringing = client.calls.create(
                to=outgoing.to,
                from_=outgoing.sender,
                url=f"{self._public_url}/twilio/alert?ref={ref}",
                status_callback=f"{self._public_url}/twilio/status?ref={ref}",
                timeout=RING_SECONDS,
            )
            found = Finding(
                DeliveryState.SENDING, str(ringing.status), provider_id=str(ringing.sid)
            )
        except Exception as error:  # noqa: BLE001  errors of three libraries; `finding` judges all
            found = finding(error)
            note("twilio.not_called", outgoing, found, error)
        return self._clients.receipt(outgoing, source, found)

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Ask Twilio how a call ended; one whose answer was lost is made again (I-19)."""
        source = ReceiptSource.LOOKUP
        client = self._clients.of(outgoing.account_sid)
        if client is None:
            return self._clients.no_account(outgoing, source, DeliveryState.UNKNOWN)
        if not outgoing.provider_id:
            return self._clients.receipt(
                outgoing, source, Finding(DeliveryState.QUEUED, "not_found")
            )
        try:
            call = client.calls(outgoing.provider_id).fetch()
            status = str(call.status)
            found = Finding(call_state_of(status), status, provider_id=str(call.sid))
        except Exception as error:  # noqa: BLE001  whatever it was, nothing is known
            found = Finding(DeliveryState.UNKNOWN, "not_looked_up")
            note("twilio.not_looked_up", outgoing, found, error)
        return self._clients.receipt(outgoing, source, found)

    def close(self) -> None:
        """Give the kept connections back."""
        self._clients.close()
