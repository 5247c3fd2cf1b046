"""Asks Twilio whether it lets us in, for `kinline doctor --online`."""

from contextlib import closing

from twilio.rest import Client

from bot.channels.twilio.carrier import Carrier
from bot.channels.twilio.clients import credentials
from store.settings import TwilioAccount


def trouble(api_url: str, account: TwilioAccount) -> str | None:
    """List one message; give a sentence for what is wrong, or None where all is well.

    Listing is what a look-up does (FACTS A4); the account itself is closed to standard API keys.
    """
    name, secret = credentials(account)
    with closing(Carrier(api_url)) as carrier:
        client = Client(name, secret, account_sid=account.sid, http_client=carrier)
        try:
            client.messages.list(limit=1, page_size=1)
        except Exception as error:  # noqa: BLE001  errors of three libraries
            status = _status(error)
            if status is None:
                return f"Twilio could not be reached ({type(error).__name__}). Check the network."
            return f"Twilio refused the sign-in (HTTP {status}). Check SID, token and key."
    return None


def _status(error: Exception) -> int | None:
    """Find the HTTP status; for a page of a list the package hides it in the arguments."""
    answers = [getattr(part, "status_code", None) for part in error.args]
    return next((int(status) for status in answers if status), None)
