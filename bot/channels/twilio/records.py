"""Finds a text of ours among what Twilio lists, when the answer to our own call was lost."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.twilio.errors import Finding
from bot.channels.twilio.statuses import state_of
from routing.types import DeliveryState
from store.outgoing import Outgoing

CLOCKS_APART = timedelta(minutes=1)  # how far Twilio's clock and ours may differ


def found_among(listed: Iterable[Any], outgoing: Outgoing) -> Finding:
    """Pick the text out of Twilio's list.

    Args:
        listed: messages of the twilio package to the same person, in any order.
        outgoing: the delivery whose fate is not known.

    Returns:
        The state of the newest text with these words; QUEUED and `not_found` where there is
        none; UNKNOWN and `redacted` where one may be ours but its words are gone.
    """
    candidates = [one for one in listed if _may_be(outgoing, one)]
    ours = [one for one in candidates if _same_words(one.body or "", outgoing.text)]
    if ours:
        return shown(max(ours, key=lambda one: one.date_created))
    if any(not one.body for one in candidates):
        return Finding(DeliveryState.UNKNOWN, "redacted")  # FACTS A7: Message Redaction
    return Finding(DeliveryState.QUEUED, "not_found")


def shown(listed: Any) -> Finding:
    """Read what one of Twilio's records shows."""
    status = str(listed.status)
    error = int(listed.error_code) if listed.error_code else None
    return Finding(state_of(status), status, error, str(listed.sid))


def _may_be(outgoing: Outgoing, listed: Any) -> bool:
    """Tell whether a listed message left from us to this person since the first try began."""
    made: Any = listed.date_created
    return (
        str(listed.direction).startswith("outbound")
        and isinstance(made, datetime)
        and made.astimezone(UTC) >= outgoing.since - CLOCKS_APART
        and (listed.from_ == outgoing.sender or _is_of_service(outgoing, listed))
    )


def _is_of_service(outgoing: Outgoing, listed: Any) -> bool:
    # The service chose the number; words in the answer to a webhook name the number only.
    service = outgoing.messaging_service_sid
    return bool(service) and listed.messaging_service_sid == service


def _same_words(listed: str, sent: str) -> bool:
    """Compare letters, marks and digits only.

    Twilio may change quotes and dashes (SmartEncoded, FACTS A4) and puts a sentence of its own
    before the texts of trial accounts.
    """
    bare = _bare(sent)
    return _bare(listed).endswith(bare) if bare else listed.strip() == sent.strip()


def _bare(text: str) -> str:
    return "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c)[0] in "LMN"
    )
