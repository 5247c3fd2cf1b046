"""Whether alerts were right to wake people, and how often nurses are woken (C21)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from routing.hours import window_at
from store.schedules import schedules
from store.tables import alerts, audit_events, deliveries

NIGHTS = 7


@dataclass(frozen=True, slots=True)
class NightPages:
    """The nights of a week: how often somebody was told of a danger, and what people judged.

    A page is one danger that reached one person, however often they were told of it.
    """

    pages: int
    people: int
    judged: int
    right: int

    @property
    def per_night(self) -> float:
        """Tell how many pages one person who is told got in a night."""
        return self.pages / (NIGHTS * self.people) if self.people else 0.0


def judge(
    connection: Connection, who: tuple[int, int], episode_id: int, now: datetime, *, right: bool
) -> bool:
    """Say whether the last alert of an episode was right; the last word counts.

    Args:
        connection: of a writing transaction.
        who: the ids of clinic and person.
        episode_id: of this clinic.
        now: the present moment.
        right: whether it was right to tell people at once.

    Returns:
        Whether there is such an alert.
    """
    clinic_id, staff_id = who
    last = select(func.max(alerts.c.id)).where(
        alerts.c.clinic_id == clinic_id, alerts.c.episode_id == episode_id
    )
    done = connection.execute(
        update(alerts)
        .where(alerts.c.clinic_id == clinic_id, alerts.c.id == last.scalar_subquery())
        .values(was_right=right, judged_by=staff_id)
    )
    if not done.rowcount:
        return False
    connection.execute(
        insert(audit_events).values(
            clinic_id=clinic_id, at=now, actor="staff", actor_id=staff_id, action="alert.judged",
            subject="episode", subject_id=episode_id, details={"right": right},
        )
    )  # fmt: skip
    return True


def night_pages(connection: Connection, clinic_id: int, now: datetime) -> NightPages:
    """Count the pages outside office hours of the last seven days, and the judgements."""
    since = now - timedelta(days=NIGHTS)
    schedule = schedules(connection, clinic_id)[clinic_id]
    told = connection.execute(
        select(deliveries.c.staff_id, deliveries.c.episode_id, deliveries.c.created_at).where(
            deliveries.c.clinic_id == clinic_id,
            deliveries.c.created_at >= since,
            deliveries.c.purpose.startswith("staff.alert"),
            deliveries.c.staff_id.is_not(None),
        )
    )
    pages = {
        (row.staff_id, row.episode_id)
        for row in told
        if not window_at(schedule, row.created_at).is_open
    }
    judged = connection.execute(
        select(alerts.c.was_right).where(
            alerts.c.clinic_id == clinic_id,
            alerts.c.opened_at >= since,
            alerts.c.was_right.is_not(None),
        )
    ).scalars()
    verdicts = list(judged)
    return NightPages(
        len(pages), len({person for person, _ in pages}), len(verdicts), sum(verdicts)
    )
