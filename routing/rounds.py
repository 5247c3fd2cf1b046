"""One round of an alert: from the moment when people were told until it is their time again.

A way that is broken brings the next people forward (I-11). Whoever was reached is not told again
before their own time: a telephone that rings every minute teaches people to switch it off (C21).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from routing import ladder
from routing.decision import Tell
from routing.situation import AlertFields, AlertState, Notified, Situation, StaffView
from routing.types import StaffChannel

STAFF_FAILED_AGAIN = timedelta(minutes=1)  # I-11, without turning in circles
TELEPHONES = frozenset({StaffChannel.SMS, StaffChannel.CALL})


def is_early(alert: AlertFields, now: datetime) -> bool:
    """Tell whether a step comes before the own time of those who were told last."""
    is_open = alert.state == AlertState.OPEN
    return is_open and alert.round_ends_at is not None and now < alert.round_ends_at


def has_reached(notified: Sequence[Notified]) -> bool:
    """Tell whether a telephone has got the alert, or may still get it.

    What needs no telephone replaces none (I-11).
    """
    return any(one.channel in TELEPHONES and not one.has_failed for one in notified)


def not_told(
    notified: Sequence[Notified], people: tuple[StaffView, ...]
) -> tuple[StaffView, ...]:  # fmt: skip
    """Keep the people whom nothing was sent in this round, nor to a telephone that they share."""
    told = {one.staff_id for one in notified}
    phones = {one.address for one in notified if one.channel in TELEPHONES}
    return tuple(p for p in people if p.id not in told and p.phone not in phones)


def without_repeats(
    notified: Sequence[Notified], tells: tuple[Tell, ...]
) -> tuple[Tell, ...]:  # fmt: skip
    """Leave out the addresses that were told in this round: of a service, of the clinic itself."""
    told = {(one.address, one.channel) for one in notified}
    return tuple(tell for tell in tells if (tell.address, tell.channel) not in told)


def sooner(situation: Situation, now: datetime) -> AlertFields | None:
    """Bring the next step forward because a text to staff has failed; None: it stays as it is.

    When everybody has been told and somebody was reached, nobody is left to be told sooner.
    """
    alert = situation.alert
    if alert is None or alert.state != AlertState.OPEN or alert.next_step_at is None:
        return None
    is_highest = alert.rung >= ladder.height(situation.clinic, now)
    if is_highest and has_reached(situation.notified):
        return None
    return replace(alert, next_step_at=min(alert.next_step_at, now + STAFF_FAILED_AGAIN))
