"""When somebody was last seen at work: on a page, or taking an alert by telephone."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from store.tables import alerts, sessions


def last_seen(connection: Connection, clinic_id: int, staff_id: int | None) -> datetime | None:
    """Tell when a person last did something; a page that refreshes itself does not count."""
    on_pages = select(func.max(sessions.c.seen_at)).where(
        sessions.c.clinic_id == clinic_id, sessions.c.staff_id == staff_id
    )
    by_telephone = select(func.max(alerts.c.acknowledged_at)).where(
        alerts.c.clinic_id == clinic_id, alerts.c.acknowledged_by == staff_id
    )
    found = [connection.execute(query).scalar() for query in (on_pages, by_telephone)]
    return max((at for at in found if at is not None), default=None)
