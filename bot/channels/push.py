"""Pushes to the browsers of staff (RFC 8030, 8291, 8292): the level and an opaque link, encrypted.

What the browser's maker carries says nothing to it; the words that are shown are made in the
browser, from the level.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState
from store.browsers import Browser, Pushing
from store.outgoing import Outgoing

log = structlog.get_logger(__name__)

PROVIDER = "push"
SECONDS = 5.0
KEY_BYTES = 32
GONE = frozenset({404, 410})  # RFC 8030: this browser takes pushes no longer
TAKEN = frozenset({200, 201, 202})
TRIED_AGAIN = frozenset({408, 504})  # no row of the table of faults: once more, then failed


@dataclass(frozen=True, slots=True)
class Push:
    """The channel `push`; a delivery names a browser by its opaque name.

    Args:
        key: our private key, as `new_key` makes it.
        contact: whom a service may write to about us, `mailto:…` or `https://…`.
        pushing: which services may be called.
        find: gives a browser of a clinic, None where it was switched off.
        forget: drops one that is gone.
    """

    key: str = field(repr=False)
    contact: str
    pushing: Pushing
    find: Callable[[int, str], Browser | None] = field(repr=False)
    forget: Callable[[int, str], None] = field(repr=False)

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return "push"

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one push to the browser's service once; never raises, a late answer is a failure."""
        browser = self.find(outgoing.clinic_id, outgoing.to)
        if browser is None or not self.pushing.may_reach(browser.endpoint):
            return _noted(outgoing, "switched_off", 410)
        try:
            status = _post(browser, outgoing, self.key, self.contact)
        except Exception as error:  # noqa: BLE001  keys of a browser may be broken in many ways
            return _noted(outgoing, type(error).__name__, None)
        if status in TAKEN:
            return _receipt(outgoing, ReceiptSource.ATTEMPT, DeliveryState.SENT, str(status))
        if status in GONE:
            self.forget(outgoing.clinic_id, outgoing.to)
        return _noted(outgoing, str(status), None if status in TRIED_AGAIN else status)

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Say that nobody can tell: there is no way to ask what became of a push."""
        return _receipt(outgoing, ReceiptSource.LOOKUP, DeliveryState.QUEUED, "not_found")


def new_key() -> str:
    """Make a private key for pushes, as `KINLINE_PUSH_KEY` wants it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _written(number.to_bytes(KEY_BYTES, "big"))


def public_key(private: str) -> str:
    """Give the public half of a key, which browsers are told when push is switched on."""
    number = int.from_bytes(base64.urlsafe_b64decode(private + "=" * (-len(private) % 4)), "big")
    point = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    return _written(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _written(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


class _Straight(requests.adapters.HTTPAdapter):
    """Follows no redirect: an endpoint must not lead us anywhere else (A-38)."""

    def send(self, request: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        answer = super().send(request, **options)
        answer.headers.pop("Location", None)
        return answer


def _post(browser: Browser, outgoing: Outgoing, key: str, contact: str) -> int:
    # Here and not above, because it costs a third of a second at every start.
    from py_vapid import Vapid02  # noqa: PLC0415
    from pywebpush import WebPushException, webpush  # noqa: PLC0415

    with requests.Session() as session:
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Straight())
        session.trust_env = False
        try:
            answer = webpush(
                {
                    "endpoint": browser.endpoint,
                    "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
                },
                data=outgoing.text,
                vapid_private_key=Vapid02.from_string(key),
                vapid_claims={"sub": contact},
                ttl=outgoing.valid_seconds,
                timeout=SECONDS,
                headers={"Urgency": "high"},
                requests_session=session,
            )
        except WebPushException as error:
            if error.response is None:
                raise
            return int(error.response.status_code)
        return int(answer.status_code)


def _noted(outgoing: Outgoing, status: str, error: int | None) -> Receipt:
    # Neither the endpoint nor the keys are written down: who has them may push (I-24).
    log.warning("push.not_sent", clinic=outgoing.clinic_id, delivery=outgoing.delivery_id,
                status=status)  # fmt: skip
    return _receipt(outgoing, ReceiptSource.ATTEMPT, DeliveryState.FAILED, status, error)


def _receipt(
    outgoing: Outgoing, source: ReceiptSource, state: DeliveryState, status: str,
    error: int | None = None,
) -> Receipt:  # fmt: skip
    return Receipt(
        source=source,
        provider=PROVIDER,
        state=state,
        status=status,
        error=error,
        ref=outgoing.ref,
        fence=outgoing.fence,
    )
