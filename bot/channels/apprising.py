"""Tells services of a clinic's choice, such as a room in Slack or a pager, through apprise.

Their addresses hold secrets: they stand in variables of the environment, and neither they nor
what apprise says about them is written down.
"""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState
from store.outgoing import Outgoing

log = structlog.get_logger(__name__)

PROVIDER = "service"
TITLE = "Kinline"
# apprise writes whole addresses into its log (I-24).
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Services:
    """The channel `service`; a delivery names the variable that holds the address."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return "service"

    def send(self, outgoing: Outgoing) -> Receipt:
        """Tell a service once; never raises, a late or lost answer is a failure."""
        address = self.environment.get(outgoing.to, "")
        if not address:
            return _noted(outgoing, "not_set", "")
        try:
            is_told = _tell(address, outgoing.text)
        except Exception as error:  # noqa: BLE001  whatever a plug-in raises, it was not told
            return _noted(outgoing, "failed", type(error).__name__)
        if not is_told:
            return _noted(outgoing, "not_taken", "")
        return _receipt(outgoing, ReceiptSource.ATTEMPT, DeliveryState.SENT, "taken")

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Say that nobody can tell: there is no common way to ask."""
        return _receipt(outgoing, ReceiptSource.LOOKUP, DeliveryState.QUEUED, "not_found")


def is_address(address: str) -> bool:
    """Tell whether apprise knows what to do with an address; asks nobody."""
    from apprise import Apprise  # noqa: PLC0415  costs a third of a second at every other start

    return bool(Apprise.instantiate(address))


def _tell(address: str, text: str) -> bool:
    from apprise import Apprise, AppriseAsset, NotifyType  # noqa: PLC0415  see above

    # No plug-ins from disk, and what is sent is never read for templates or files.
    asset = AppriseAsset(app_id=TITLE, app_url="", async_mode=False, interpret_escapes=False)
    service = Apprise(asset=asset)
    if not service.add(address):
        return False
    return bool(service.notify(body=text, title=TITLE, notify_type=NotifyType.FAILURE))


def _noted(outgoing: Outgoing, status: str, kind: str) -> Receipt:
    log.warning("service.not_told", clinic=outgoing.clinic_id, delivery=outgoing.delivery_id,
                status=status, kind=kind)  # fmt: skip
    return _receipt(outgoing, ReceiptSource.ATTEMPT, DeliveryState.FAILED, status)


def _receipt(
    outgoing: Outgoing, source: ReceiptSource, state: DeliveryState, status: str
) -> Receipt:
    return Receipt(
        source=source,
        provider=PROVIDER,
        state=state,
        status=status,
        ref=outgoing.ref,
        fence=outgoing.fence,
    )
