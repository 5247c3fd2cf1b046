"""The emergencies that nobody has taken: what every staff page shows at its top."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from store.inbox.order import IS_OPEN, ORDER
from store.tables import alerts, episodes, families

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Alarm:
    """One emergency that waits for a person. `rung`: how far the alert has climbed."""

    episode_id: int
    kind: str
    family: str
    waiting_since: datetime
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
            episodes.c.waiting_since,
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
    first = tuple(Alarm(r.id, r.kind, r.name, r.waiting_since, r.rung) for r in rows)
    return Alarms(first, total)
