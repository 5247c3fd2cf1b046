"""What every channel of Twilio needs: the clients of its accounts, and receipts."""

from collections.abc import Callable
from threading import Lock

import structlog
from twilio.rest import Client

from bot.channels.twilio.carrier import Carrier
from bot.channels.twilio.errors import Finding
from bot.channels.twilio.reading import PROVIDER
from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState
from store.outgoing import Outgoing
from store.settings import TwilioAccount

log = structlog.get_logger(__name__)

Accounts = Callable[[str], TwilioAccount | None]
"""Finds the keys of an account by its SID."""


class Clients:
    """One client an account, made once and kept.

    Args:
        api_url: where Twilio's API answers, as in `Settings.twilio_api_url`.
        accounts: finds an account by its SID.
        own_account: the SID of the installation's account, for clinics without their own.
    """

    def __init__(self, api_url: str, accounts: Accounts, own_account: str = "") -> None:
        self._accounts = accounts
        self._own_account = own_account
        self._carrier = Carrier(api_url)
        self._clients: dict[TwilioAccount, Client] = {}
        self._guard = Lock()

    def of(self, account_sid: str) -> Client | None:
        """Find the client of an account, ours where none is named; None without its keys."""
        account = self._accounts(account_sid or self._own_account)
        if account is None:
            return None
        with self._guard:
            if account not in self._clients:
                name, secret = credentials(account)
                self._clients[account] = Client(
                    name, secret, account_sid=account.sid, http_client=self._carrier
                )
            return self._clients[account]

    def receipt(self, outgoing: Outgoing, source: ReceiptSource, found: Finding) -> Receipt:
        """Say what is known about a delivery now."""
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

    def no_account(
        self, outgoing: Outgoing, source: ReceiptSource, state: DeliveryState
    ) -> Receipt:
        """Say that the keys of the account are missing."""
        log.error("twilio.no_account", clinic=outgoing.clinic_id)
        return self.receipt(outgoing, source, Finding(state, "no_account", 401))

    def close(self) -> None:
        """Give the kept connections back."""
        self._carrier.close()


def credentials(account: TwilioAccount) -> tuple[str, str]:
    """Give name and secret for Twilio's API: the API key where one is set, else the first token."""
    if account.api_key and account.api_secret:
        return account.api_key, account.api_secret
    return account.sid, account.tokens[0]


def note(event: str, outgoing: Outgoing, found: Finding, error: Exception) -> None:
    """Write down that a call to Twilio failed.

    The error's own words may hold the telephone number; only its kind is written (I-24).
    """
    log.warning(event, clinic=outgoing.clinic_id, delivery=outgoing.delivery_id,
                status=found.status, error=found.error, kind=type(error).__name__)  # fmt: skip
