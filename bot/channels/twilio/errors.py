"""Turns a failed call to Twilio into a state: surely not sent, refused, or not known.

What the codes mean stands in `routing/faults.py`; here is only what an exception proves.
"""

from dataclasses import dataclass
from http import HTTPStatus
from ssl import SSLCertVerificationError

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProxyError, SSLError

from routing.types import DeliveryState


@dataclass(frozen=True, slots=True)
class Finding:
    """What one call to Twilio shows about a text.

    `status` is Twilio's own word, or one of ours for the record where there was no answer;
    `error` is Twilio's code, or the HTTP status where the answer held none.
    """

    state: DeliveryState
    status: str
    error: int | None = None
    provider_id: str | None = None


def finding(error: Exception) -> Finding:
    """Say what an exception of a call to send proves.

    Only what was refused before Twilio could take it is surely not sent. A dropped or unreadable
    answer and a 5xx prove nothing: the text may be on its way (FACTS A4, F-17).
    """
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return _answered(error.status, error.code)
    if _never_connected(error):
        return Finding(DeliveryState.QUEUED, "unreachable")
    return Finding(DeliveryState.UNKNOWN, "no_answer")


def _answered(status: int, code: int | None) -> Finding:
    error = code or status
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Finding(DeliveryState.QUEUED, "throttled", error)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Finding(DeliveryState.UNKNOWN, "provider_fault", error)
    return Finding(DeliveryState.FAILED, "refused", error)


def _never_connected(error: Exception) -> bool:
    """Tell whether no byte of the request can have left: no name, no route, no TLS, no accept."""
    if isinstance(error, ConnectTimeout):
        return True
    # requests raises one class for a refused connection and for a connection lost after the
    # request was written; only the reason inside tells them apart.
    if not isinstance(error, NoConnection) or not error.args:
        return False
    cause = error.args[0]
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, SSLError):
        return any(isinstance(detail, SSLCertVerificationError) for detail in reason.args)
    return isinstance(reason, NewConnectionError | ProxyError)
