"""Days of a clinic in which no person does anything: the worker and its clock are all that moves.

The conductor and the sending worker are the real ones; the channels are ours, so that each can
fail in every way that a provider has.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle

from sqlalchemy import func, select, update

from bot.sending import Sender
from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState, StaffChannel
from store import deliveries as outbox
from store import tables
from store.outgoing import Outgoing, Step
from tests import factories
from tests.clock import MovableClock
from tests.store.clinic import Clinic

OLGA, OFFICE = "+13125550124", "+13125550100"
MAIL_OF_NILS = "nils@maple.example"
CHANNELS = tuple(channel.value for channel in StaffChannel)
NUMBER_OUT_OF_USE, PHONE_SWITCHED_OFF, SUSPENDED = 30005, 30003, 30002
# How a provider fails: refuses for good, for now, because of the account; is not heard of.
WAYS: tuple[tuple[DeliveryState, int | None], ...] = (
    (DeliveryState.FAILED, NUMBER_OUT_OF_USE),
    (DeliveryState.FAILED, PHONE_SWITCHED_OFF),
    (DeliveryState.FAILED, SUSPENDED),
    (DeliveryState.UNKNOWN, None),
    (DeliveryState.FAILED, None),
)


@dataclass
class Line:
    """One channel; a broken one fails in all ways in turn, and now and then has a mistake."""

    name: str
    is_broken: bool
    asked: Counter[str] = field(default_factory=Counter)
    brought: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._ways = cycle((*WAYS, None))

    def send(self, outgoing: Outgoing) -> Receipt:
        """Bring it, or fail."""
        self.asked[outgoing.to] += 1
        if not self.is_broken:
            self.brought[outgoing.to] += 1
            return self._receipt(outgoing, DeliveryState.DELIVERED, None)
        way = next(self._ways)
        if way is None:
            raise ConnectionError("the line is dead")
        return self._receipt(outgoing, *way)

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Find nothing of what was not heard of."""
        state = DeliveryState.UNKNOWN if self.is_broken else DeliveryState.DELIVERED
        return self._receipt(outgoing, state, None)

    def _receipt(self, outgoing: Outgoing, state: DeliveryState, error: int | None) -> Receipt:
        is_look_up = outgoing.step is Step.LOOK_UP
        source = ReceiptSource.LOOKUP if is_look_up else ReceiptSource.ATTEMPT
        return Receipt(
            source, "twilio", state, state.value, provider_id=None, ref=outgoing.ref,
            error=error, fence=outgoing.fence, account=outgoing.account_sid,
        )  # fmt: skip


class Days:
    """Maple with Ana, Nils on call and Olga, who supervises; every channel is switched on.

    Args:
        broken: the names of the channels that fail.
    """

    def __init__(self, maple: Clinic, broken: Collection[str]) -> None:
        self.maple = maple
        with maple.database.write() as connection:
            connection.execute(
                update(tables.staff)
                .where(tables.staff.c.id == maple.nils)
                .values(email=MAIL_OF_NILS)
            )
            factories.staff_member(
                connection, maple.id, name="Olga", phone=OLGA, roles=["supervisor"]
            )
        maple.set_clinic(alert_channels=[name for name in CHANNELS if name != StaffChannel.SMS])
        self.lines: Mapping[str, Line] = {
            name: Line(name, is_broken=name in broken) for name in CHANNELS
        }
        self.clock = MovableClock(maple.now)
        self._worker = Sender(maple.database, maple.conductor, self.lines, self.clock, maple.live)

    def work(self) -> None:
        """Let the worker do all that is due, as often as it finds something."""
        self._worker.run_once()

    def until_next(self, at_least: timedelta) -> datetime:
        """Let time pass until something is due, but not less than `at_least`."""
        due = self._next_due()
        assert due is not None, "nothing will ever happen again"
        self.maple.now = max(due, self.clock() + at_least)
        self.clock.set(self.maple.now)
        return self.maple.now

    def forget(self) -> None:
        """Count calls and texts anew."""
        for line in self.lines.values():
            line.asked.clear()
            line.brought.clear()

    def _next_due(self) -> datetime | None:
        alerts, deliveries, timers = tables.alerts, tables.deliveries, tables.timers
        is_live = deliveries.c.state.in_(outbox.LIVE)
        free_at = func.coalesce(deliveries.c.lease_until, deliveries.c.due_at)
        moments = (
            select(func.min(alerts.c.next_step_at)).where(alerts.c.state != "closed"),
            select(func.min(timers.c.due_at)),
            select(func.min(free_at)).where(is_live, deliveries.c.due_at.is_not(None)),
        )
        with self.maple.database.read() as connection:
            found = [connection.execute(query).scalar_one() for query in moments]
        return min((moment for moment in found if moment is not None), default=None)
