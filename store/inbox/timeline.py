"""Reads what is on record about the alerts of an episode, for their time line."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select

from routing.reports import ARRIVED
from routing.telling import OF_ALERTS
from routing.timeline import Act, Effort, Line, Told, story
from routing.types import Hazard, Urgency, is_danger
from store.db import AnyRow
from store.tables import (
    alerts,
    assessments,
    attempts,
    audit_events,
    deliveries,
    messages,
    provider_reports,
    staff,
)


def timeline_of(connection: Connection, clinic_id: int, episode_id: int) -> tuple[Line, ...]:
    """Tell the story of an episode's alerts; empty where it has none, or is another clinic's."""
    efforts = [
        Effort(row.opened_at, row.closed_at)
        for row in connection.execute(
            select(alerts.c.opened_at, alerts.c.closed_at)
            .where(alerts.c.clinic_id == clinic_id, alerts.c.episode_id == episode_id)
            .order_by(alerts.c.opened_at, alerts.c.id)
        )
    ]
    if not efforts:
        return ()
    acts, told = _acts(connection, clinic_id, episode_id), _told(connection, clinic_id, episode_id)
    return story(efforts, acts, told)


def _acts(connection: Connection, clinic_id: int, episode_id: int) -> list[Act]:
    found = connection.execute(
        select(audit_events.c.at, audit_events.c.action, audit_events.c.details, staff.c.name)
        .outerjoin(
            staff,
            and_(
                staff.c.id == audit_events.c.actor_id,
                staff.c.clinic_id == clinic_id,
                audit_events.c.actor == "staff",
            ),
        )
        .where(
            audit_events.c.clinic_id == clinic_id,
            audit_events.c.subject == "episode",
            audit_events.c.subject_id == episode_id,
        )
        .order_by(audit_events.c.id)
    ).all()
    dangers = _dangers(connection, clinic_id, episode_id)
    return [
        Act(row.action, row.at, _first_name(row.name), row.details.get("message") in dangers)
        for row in found
    ]


def _dangers(connection: Connection, clinic_id: int, episode_id: int) -> set[int]:
    """Find the messages of an episode that are a danger by themselves."""
    found = connection.execute(
        select(assessments.c.message_id, assessments.c.urgency, assessments.c.hazard)
        .join(messages, messages.c.id == assessments.c.message_id)
        .where(
            assessments.c.clinic_id == clinic_id,
            messages.c.clinic_id == clinic_id,
            messages.c.episode_id == episode_id,
        )
    )
    return {
        row.message_id
        for row in found
        if is_danger(Urgency(row.urgency), Hazard(row.hazard) if row.hazard else None)
    }


def _told(connection: Connection, clinic_id: int, episode_id: int) -> list[Told]:
    theirs = and_(
        deliveries.c.clinic_id == clinic_id,
        deliveries.c.episode_id == episode_id,
        deliveries.c.message_id.is_(None),
        deliveries.c.purpose.in_(OF_ALERTS),
    )
    return told_where(connection, clinic_id, theirs)


def told_where(connection: Connection, clinic_id: int, theirs: ColumnElement[bool]) -> list[Told]:
    """Read notifications to staff of a clinic and what became of them, in their order."""
    found = connection.execute(
        select(deliveries, staff.c.name)
        .outerjoin(staff, and_(staff.c.id == deliveries.c.staff_id, staff.c.clinic_id == clinic_id))
        .where(theirs)
        .order_by(deliveries.c.id)
    ).all()
    tries = connection.execute(
        select(attempts.c.delivery_id, attempts.c.state, attempts.c.status, attempts.c.at)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(attempts.c.clinic_id == clinic_id, theirs)
    )
    reports = connection.execute(
        select(
            deliveries.c.id.label("delivery_id"),
            provider_reports.c.state,
            provider_reports.c.status,
            provider_reports.c.at,
        )
        .join(deliveries, deliveries.c.provider_id == provider_reports.c.provider_id)
        .where(theirs)
    )
    ends = _ends((*tries, *reports))
    return [_one(row, *ends.get((row.id, row.state), ("", None))) for row in found]


def _ends(rows: Iterable[AnyRow]) -> dict[tuple[int, str], tuple[str, datetime]]:
    """Give for each delivery and state the provider's word, and when it was heard.

    What has arrived has arrived when that was heard first; of several failures the last counts.
    """
    found: dict[tuple[int, str], tuple[str, datetime]] = {}
    for row in sorted(rows, key=lambda one: one.at):
        key = (row.delivery_id, row.state)
        if key not in found or row.state not in ARRIVED:
            found[key] = (row.status, row.at)
    return found


def _one(row: AnyRow, status: str, at: datetime | None) -> Told:
    return Told(
        at=row.created_at,
        who=_first_name(row.name),
        way=row.channel,
        state=row.state,
        status=status,
        error=row.error,
        tries=row.attempts,
        ended_at=at,
    )


def _first_name(name: str | None) -> str:
    return next(iter((name or "").split()), "")
