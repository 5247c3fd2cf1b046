"""Sends texts through Twilio and asks its records what became of a text that was not answered."""

from collections.abc import Callable
from threading import Lock
from typing import Any
from urllib.parse import quote

import structlog
from twilio.rest import Client

from bot.channels.twilio.carrier import Carrier
from bot.channels.twilio.errors import Finding, finding
from bot.channels.twilio.reading import PROVIDER
from bot.channels.twilio.records import found_among, shown
from bot.download import Source
from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState
from store.outgoing import Outgoing
from store.settings import TwilioAccount

log = structlog.get_logger(__name__)

Accounts = Callable[[str], TwilioAccount | None]
"""Finds the keys of an account by its SID."""

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
        self._accounts = accounts
        self._public_url = public_url
        self._own_account = own_account
        self._carrier = Carrier(api_url)
        self._clients: dict[TwilioAccount, Client] = {}
        self._guard = Lock()

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return "sms"

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one text to Twilio once; never raises, whatever happens is in the Receipt."""
        client = self._client(outgoing)
        if client is None:
            return self._no_account(outgoing, ReceiptSource.ATTEMPT, DeliveryState.FAILED)
        try:
            accepted = client.messages.create(**self._form(outgoing))
            found = Finding(
                DeliveryState.SENDING, str(accepted.status), provider_id=str(accepted.sid)
            )
        except Exception as error:  # noqa: BLE001  errors of three libraries; `finding` judges all
            found = finding(error)
            _note("twilio.not_sent", outgoing, found, error)
        return self._receipt(outgoing, ReceiptSource.ATTEMPT, found)

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Ask Twilio's records whether an earlier call sent this text (FACTS A4, F-17).

        Never raises: what cannot be asked stays UNKNOWN.
        """
        client = self._client(outgoing)
        if client is None:
            return self._no_account(outgoing, ReceiptSource.LOOKUP, DeliveryState.UNKNOWN)
        try:
            found = _searched(client, outgoing)
        except Exception as error:  # noqa: BLE001  whatever it was, nothing is known
            found = Finding(DeliveryState.UNKNOWN, "not_looked_up")
            _note("twilio.not_looked_up", outgoing, found, error)
        return self._receipt(outgoing, ReceiptSource.LOOKUP, found)

    def close(self) -> None:
        """Give the kept connections back."""
        self._carrier.close()

    def _client(self, outgoing: Outgoing) -> Client | None:
        account = self._accounts(outgoing.account_sid or self._own_account)
        if account is None:
            return None
        with self._guard:
            if account not in self._clients:
                name, secret = credentials(account)
                self._clients[account] = Client(
                    name, secret, account_sid=account.sid, http_client=self._carrier
                )
            return self._clients[account]

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

    def _no_account(
        self, outgoing: Outgoing, source: ReceiptSource, state: DeliveryState
    ) -> Receipt:
        log.error("twilio.no_account", clinic=outgoing.clinic_id)
        return self._receipt(outgoing, source, Finding(state, "no_account", 401))

    def _receipt(self, outgoing: Outgoing, source: ReceiptSource, found: Finding) -> Receipt:
        return Receipt(
            source=source,
            provider=PROVIDER,
            state=found.state,
            status=found.status,
            provider_id=found.provider_id,
            ref=outgoing.ref,
            error=found.error,
            fence=outgoing.fence,
            account=outgoing.account_sid or self._own_account,
        )


def credentials(account: TwilioAccount) -> tuple[str, str]:
    """Give name and secret for Twilio's API: the API key where one is set, else the first token."""
    if account.api_key and account.api_secret:
        return account.api_key, account.api_secret
    return account.sid, account.tokens[0]


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


def _note(event: str, outgoing: Outgoing, found: Finding, error: Exception) -> None:
    # The error's own words may hold the telephone number; only its kind is written down (I-24).
    log.warning(event, clinic=outgoing.clinic_id, delivery=outgoing.delivery_id,
                status=found.status, error=found.error, kind=type(error).__name__)  # fmt: skip
