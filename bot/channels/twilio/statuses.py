"""Twilio's words for how a text stands, in our words."""

from collections.abc import Mapping
from types import MappingProxyType

from routing.types import DeliveryState

STATES: Mapping[str, DeliveryState] = MappingProxyType(
    {
        "accepted": DeliveryState.SENDING,
        "scheduled": DeliveryState.SENDING,
        "queued": DeliveryState.SENDING,
        "sending": DeliveryState.SENDING,
        "sent": DeliveryState.SENT,
        "delivered": DeliveryState.DELIVERED,
        "read": DeliveryState.DELIVERED,
        "partially_delivered": DeliveryState.DELIVERED,
        "undelivered": DeliveryState.FAILED,
        "failed": DeliveryState.FAILED,
        "canceled": DeliveryState.FAILED,
    }
)
"""The statuses of an outbound text (FACTS A4)."""


CALLS: Mapping[str, DeliveryState] = MappingProxyType(
    {
        "completed": DeliveryState.DELIVERED,
        "busy": DeliveryState.FAILED,
        "no-answer": DeliveryState.FAILED,
        "failed": DeliveryState.FAILED,
        "canceled": DeliveryState.FAILED,
    }
)
"""How an outbound call can end (Twilio's Call resource); the others are on the way."""


def call_state_of(status: str) -> DeliveryState:
    """Translate how a call stands."""
    return CALLS.get(status, DeliveryState.SENDING)


def state_of(status: str) -> DeliveryState:
    """Translate a status; a word that Twilio may add one day proves only that it has the text."""
    return STATES.get(status, DeliveryState.SENDING)
