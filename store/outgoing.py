"""One delivery as a channel sees it: claimed, leased, ready to be sent or looked up."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from routing.types import DeliveryClass, Lane


class Step(StrEnum):
    """What the worker should do with a claimed delivery."""

    SEND = "send"
    LOOK_UP = "look_up"  # an earlier call ended unknown: ask the provider before anything else


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed delivery.

    `ref` goes into the status callback address; `fence` comes back in the Receipt. `since` is
    when the first try began (for a look-up), `valid_seconds` how long the provider may hold it.
    `provider_id` is known where only the report about it is missing. `account_sid` and
    `token_env` name a clinic's own account, empty for the installation's.
    """

    delivery_id: int
    clinic_id: int
    ref: str
    fence: int
    step: Step
    channel: str
    to: str = field(repr=False)
    sender: str
    text: str = field(repr=False)
    lane: Lane
    delivery_class: DeliveryClass
    attempt: int
    since: datetime
    valid_seconds: int
    account_sid: str = ""
    token_env: str = ""
    messaging_service_sid: str = ""
    provider_id: str = ""
