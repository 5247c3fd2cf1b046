"""What an exception of a call to Twilio proves about the text."""

from ssl import SSLCertVerificationError

import pytest
from requests import exceptions as errors
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from urllib3 import HTTPSConnectionPool
from urllib3 import exceptions as below
from urllib3.connection import HTTPSConnection

from bot.channels.twilio.errors import Finding, finding
from routing.types import DeliveryState

HOST = "api.twilio.com"
POOL = HTTPSConnectionPool(HOST)


def tried(reason: Exception) -> below.MaxRetryError:
    """Wrap a reason as the connection pool does."""
    return below.MaxRetryError(POOL, "/", reason)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.ConnectTimeout("slow"), id="nobody picked up"),
        pytest.param(
            errors.ConnectionError(tried(below.NewConnectionError(HTTPSConnection(HOST), "no"))),
            id="refused",
        ),
        pytest.param(
            errors.ConnectionError(
                tried(below.NameResolutionError(HOST, HTTPSConnection(HOST), OSError()))  # type: ignore[arg-type]  # any error will do
            ),
            id="no such name",
        ),
        pytest.param(
            errors.ProxyError(tried(below.ProxyError("no", OSError()))), id="the proxy is away"
        ),
        pytest.param(
            errors.SSLError(tried(below.SSLError(SSLCertVerificationError("not trusted")))),
            id="a certificate that nobody trusts",
        ),
    ],
)
def test_what_never_left_us_is_surely_not_sent(error: Exception) -> None:
    assert finding(error) == Finding(DeliveryState.QUEUED, "unreachable")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(errors.ReadTimeout("slow"), id="no answer in time"),
        pytest.param(
            errors.ConnectionError(below.ProtocolError("Connection aborted.")), id="hung up"
        ),
        pytest.param(
            errors.ConnectionError(below.ReadTimeoutError(POOL, "/", "slow")), id="half an answer"
        ),
        pytest.param(errors.ChunkedEncodingError("cut"), id="cut off"),
        pytest.param(errors.SSLError(tried(below.SSLError("bad record"))), id="TLS broke"),
        pytest.param(errors.ConnectionError(), id="nothing said"),
        pytest.param(ValueError("not JSON"), id="not JSON"),
        pytest.param(TwilioException("odd"), id="an error without a status"),
        pytest.param(KeyError("sid"), id="an answer without an id"),
    ],
)
def test_what_may_have_arrived_is_unknown(error: Exception) -> None:
    """FACTS A4: a timeout is unknown, not failed."""
    assert finding(error) == Finding(DeliveryState.UNKNOWN, "no_answer")


def test_both_forms_of_twilios_errors_are_read() -> None:
    old = TwilioRestException(400, "/", code=21610)
    new = TwilioServiceException("about:blank", "opted out", 400, 21610)
    assert finding(old) == finding(new) == Finding(DeliveryState.FAILED, "refused", 21610)
