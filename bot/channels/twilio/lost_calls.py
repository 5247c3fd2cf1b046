"""Finds the calls to our numbers that reached nobody and of which no webhook told (C17, I-03).

While Kinline cannot be reached a caller hears Twilio's own error, and nobody knows that she called.
"""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from bot.channels.twilio import reading
from bot.channels.twilio.voice import REACHED
from routing.events import Inbound
from store.gathering import KnownCalls, Line

log = structlog.get_logger(__name__)

PAGE = 1_000
ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
NOT_OURS_TO_SEE = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


def ended(client: Client, line: Line, since: datetime, until: datetime) -> dict[str, Any]:
    """List the calls to a number that began between two moments and are over, by their ids.

    A key that may read texts and no calls finds none; the texts are heard all the same.
    """
    try:
        listed = list(client.calls.stream(to=line.number, start_time_after=since, page_size=PAGE))
    except TwilioException as error:
        # Of a page that is refused the library says no more than with which answer.
        status = next((getattr(one, "status_code", None) for one in error.args[1:]), None)
        if status not in NOT_OURS_TO_SEE:
            raise
        log.warning("gathering.no_calls", clinic=line.clinic_id, status=status)
        return {}
    return {
        str(one.sid): one
        for one in listed
        if one.direction == "inbound" and one.status in ENDED and since <= began(one) <= until
    }


def is_lost(client: Client, call: Any, known: KnownCalls) -> bool:
    """Tell whether a call reached nobody and is not here.

    One that Kinline answered and that rang nowhere was ended by its caller, who had heard what to
    do in an emergency.
    """
    sid = str(call.sid)
    if sid in known.kept:
        return False
    rang = client.calls.list(parent_call_sid=sid)
    if not rang:
        return sid not in known.answered
    return not any(one.status in REACHED for one in rang)


def began(call: Any) -> datetime:
    """Tell when a call began."""
    moment: datetime = call.start_time or call.date_created
    return moment


def inbound(call: Any) -> Inbound:
    """Make the message without words that a missed call is."""
    shown = {
        "CallSid": call.sid, "AccountSid": call.account_sid, "From": call._from or "",  # noqa: SLF001
        "To": call.to, "CallStatus": call.status, "StartTime": began(call).isoformat(),
    }  # fmt: skip
    raw = json.dumps(shown, ensure_ascii=False).encode("utf-8", "surrogatepass")
    params = [(name, str(value)) for name, value in shown.items()]
    return reading.missed_call(params, raw, began(call))
