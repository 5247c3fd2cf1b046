"""A marked test that somebody sends to themselves on the ways of alerts, and what became of it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, insert, select

from routing.situation import ClinicView
from routing.timeline import Told
from routing.types import DeliveryClass, DeliveryState, Lane, StaffChannel, Urgency
from store.conducting.outbox import BY_NUMBER, our_number
from store.inbox.timeline import told_where
from store.manage import Change
from store.tables import audit_events, deliveries

TEST = "staff.test."
"""How the purpose of such a delivery begins; the language of its words follows.

It is about no family, and nothing can be taken with it.
"""

VALID = timedelta(minutes=10)
PAUSE = timedelta(seconds=30)
SHOWN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Trial:
    """One test: where it goes, and what it says in which language."""

    way: StaffChannel
    address: str
    text: str
    language: str = "en"


def send(
    connection: Connection, change: Change, clinic: ClinicView, trials: Sequence[Trial]
) -> bool:
    """Queue tests to whoever asks; False where they have just sent some: telephones cost money."""
    d = deliveries.c
    mine = and_(
        d.clinic_id == change.clinic_id, d.staff_id == change.staff_id, d.purpose.startswith(TEST)
    )
    ways = [trial.way.value for trial in trials]
    last = select(func.max(d.created_at)).where(mine, d.channel.in_(ways))
    latest = connection.execute(last).scalar_one()
    if latest is not None and latest > change.now - PAUSE:
        return False
    for trial in trials:
        connection.execute(insert(deliveries).values(_delivery(change, clinic, trial)))
    connection.execute(
        insert(audit_events).values(
            clinic_id=change.clinic_id, at=change.now, actor="staff", actor_id=change.staff_id,
            action="alert.tried", subject="staff", subject_id=change.staff_id,
            details={"ways": ways},
        )
    )  # fmt: skip
    return True


def tried(connection: Connection, clinic_id: int, staff_id: int, now: datetime) -> tuple[Told, ...]:
    """List what one has tried within a day, the latest first."""
    d = deliveries.c
    mine = and_(
        d.clinic_id == clinic_id, d.staff_id == staff_id, d.purpose.startswith(TEST),
        d.created_at > now - SHOWN,
    )  # fmt: skip
    return tuple(reversed(told_where(connection, clinic_id, mine)))


def _delivery(change: Change, clinic: ClinicView, trial: Trial) -> dict[str, object]:
    return {
        "clinic_id": change.clinic_id,
        "staff_id": change.staff_id,
        "channel": trial.way.value,
        "to_address": trial.address,
        "from_address": our_number(clinic) if trial.way in BY_NUMBER else "",
        "notification": trial.text,
        "purpose": f"{TEST}{trial.language}",
        "urgency": int(Urgency.ROUTINE),
        "delivery_class": DeliveryClass.AT_MOST_ONCE,
        "lane": int(Lane.AUTOMATIC if trial.way in BY_NUMBER else Lane.BESIDE),
        "state": DeliveryState.QUEUED,
        "at_once": False,
        "ref": secrets.token_urlsafe(32),
        "created_at": change.now,
        "due_at": change.now,
        "expires_at": change.now + VALID,
        "fence": 0,
        "attempts": 0,
    }
