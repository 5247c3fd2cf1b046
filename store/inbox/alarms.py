"""The emergencies that nobody has taken: what every staff page shows at its top."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from routing.types import Urgency
from store.inbox.order import IS_OPEN, ORDER
from store.tables import alerts, assessments, episodes, families, messages

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Alarm:
    """One emergency that waits for a person. `rung`: how far the alert has climbed.

    `since` is when the family wrote of it, not of what had waited in the same episode before.
    """

    episode_id: int
    kind: str
    family: str
    since: datetime
    rung: int


@dataclass(frozen=True, slots=True)
class Alarms:
    """The first few of them, and how many there are."""

    first: tuple[Alarm, ...] = ()
    total: int = 0


def alarms_of(connection: Connection, clinic_id: int) -> Alarms:
    """Read the unacknowledged emergencies of a clinic, in inbox order."""
    is_alarm = and_(episodes.c.clinic_id == clinic_id, episodes.c.inbox_rank == 0, IS_OPEN)
    rows = connection.execute(
        select(
            episodes.c.id,
            families.c.kind,
            families.c.name,
            func.coalesce(_written_at(), episodes.c.waiting_since).label("since"),
            func.coalesce(alerts.c.rung, 0).label("rung"),
        )
        .join_from(
            episodes,
            families,
            and_(families.c.id == episodes.c.family_id, families.c.clinic_id == clinic_id),
        )
        .outerjoin(
            alerts,
            and_(
                alerts.c.episode_id == episodes.c.id,
                alerts.c.clinic_id == clinic_id,
                alerts.c.state != "closed",
            ),
        )
        .where(is_alarm)
        .order_by(*ORDER)
        .limit(SHOWN)
    ).all()
    total = len(rows)
    if total == SHOWN:
        total = connection.execute(
            select(func.count()).select_from(episodes).where(is_alarm)
        ).scalar_one()
    first = tuple(Alarm(r.id, r.kind, r.name, r.since, r.rung) for r in rows)
    return Alarms(first, total)


def _written_at() -> Any:
    """Find the first emergency among the messages that wait; none where a person has raised it."""
    return (
        select(func.min(messages.c.at))
        .join(assessments, assessments.c.message_id == messages.c.id)
        .where(
            messages.c.clinic_id == episodes.c.clinic_id,
            messages.c.episode_id == episodes.c.id,
            messages.c.at >= episodes.c.waiting_since,
            assessments.c.clinic_id == episodes.c.clinic_id,
            assessments.c.urgency == Urgency.EMERGENCY,
        )
        .correlate(episodes)
        .scalar_subquery()
    )
