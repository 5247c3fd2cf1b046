"""Sends texts through Twilio and asks its records what became of a text that was not answered."""

from typing import Any
from urllib.parse import quote

from twilio.rest import Client

from bot.channels.twilio.clients import Accounts, Clients, credentials, note
from bot.channels.twilio.errors import Finding, finding
from bot.channels.twilio.records import found_among, shown
from bot.download import Source
from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState
from store.outgoing import Outgoing

LONGEST_VALIDITY = 36_000  # seconds; FACTS A4: ValidityPeriod is 1 to 36000
MOST_LISTED = 200  # messages of one number that a look-up reads
MEDIA_HOSTS = ("twilio.com", "twiliocdn.com")  # FACTS A7; these and the hosts below them
# Where Twilio keeps the pictures of accounts that do not ask for a sign-in to see them: one
# folder on a host that it shares with others (Twilio's help article on protecting media).
MEDIA_FOLDERS = (("s3-external-1.amazonaws.com", "/media.twiliocdn.com/"),)


class TwilioSms:
    """The channel `sms`.

    Args:
        api_url: where Twilio's API answers, as in `Settings.twilio_api_url`.
        accounts: finds an account by its SID.
        public_url: the outside address; without one Twilio cannot report back.
        own_account: the SID of the installation's account, for clinics without their own.
    """

    def __init__(
        self, api_url: str, accounts: Accounts, public_url: str | None, *, own_account: str = ""
    ) -> None:
        self._clients = Clients(api_url, accounts, own_account)
        self._public_url = public_url

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return "sms"

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one text to Twilio once; never raises, whatever happens is in the Receipt."""
        client = self._clients.of(outgoing.account_sid)
        if client is None:
            return self._clients.no_account(outgoing, ReceiptSource.ATTEMPT, DeliveryState.FAILED)
        try:
            accepted = client.messages.create(**self._form(outgoing))
            found = Finding(
                DeliveryState.SENDING, str(accepted.status), provider_id=str(accepted.sid)
            )
        except Exception as error:  # noqa: BLE001  errors of three libraries; `finding` judges all
            found = finding(error)
            note("twilio.not_sent", outgoing, found, error)
        return self._clients.receipt(outgoing, ReceiptSource.ATTEMPT, found)

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Ask Twilio's records whether an earlier call sent this text (FACTS A4, F-17).

        Never raises: what cannot be asked stays UNKNOWN.
        """
        client = self._clients.of(outgoing.account_sid)
        if client is None:
            return self._clients.no_account(outgoing, ReceiptSource.LOOKUP, DeliveryState.UNKNOWN)
        try:
            found = _searched(client, outgoing)
        except Exception as error:  # noqa: BLE001  whatever it was, nothing is known
            found = Finding(DeliveryState.UNKNOWN, "not_looked_up")
            note("twilio.not_looked_up", outgoing, found, error)
        return self._clients.receipt(outgoing, ReceiptSource.LOOKUP, found)

    def close(self) -> None:
        """Give the kept connections back."""
        self._clients.close()

    def _form(self, outgoing: Outgoing) -> dict[str, Any]:
        form: dict[str, Any] = {
            "to": outgoing.to,
            "body": outgoing.text,
            "validity_period": min(max(outgoing.valid_seconds, 1), LONGEST_VALIDITY),
        }
        if outgoing.messaging_service_sid:
            form["messaging_service_sid"] = outgoing.messaging_service_sid
        else:
            form["from_"] = outgoing.sender
        if self._public_url:
            form["status_callback"] = f"{self._public_url}/twilio/status?ref={quote(outgoing.ref)}"
        return form


def media_source(api_url: str, accounts: Accounts) -> Source:
    """Say where attachments of Twilio may be fetched from, and with what name and secret."""

    def sign_in(sid: str) -> tuple[str, str] | None:
        account = accounts(sid)
        return credentials(account) if account else None

    return Source(api_url, MEDIA_HOSTS, MEDIA_FOLDERS, sign_in)


def _searched(client: Client, outgoing: Outgoing) -> Finding:
    if outgoing.provider_id:
        return shown(client.messages(outgoing.provider_id).fetch())
    # Not filtered by DateSent: a text that still waits at Twilio has no such date.
    listed = client.messages.list(to=outgoing.to, limit=MOST_LISTED, page_size=100)
    return found_among(listed, outgoing)
