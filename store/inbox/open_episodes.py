"""The inbox for programs: every open episode with its messages (`kinline inbox --json`)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from routing.types import Urgency
from store.inbox.order import IS_OPEN, ORDER, comes_after, place_of, same_clinic
from store.probes import is_seen
from store.tables import clinics, contacts, deliveries, episodes, families, messages, staff, threads

EXPORTED_AT_ONCE = 200


def open_episodes(connection: Connection, clinic_key: str | None) -> Iterator[dict[str, Any]]:
    """Give every open episode with its messages, in inbox order, as DESIGN 8 (`inbox --json`).

    Args:
        connection: one consistent view; only some hundred episodes are held at a time.
        clinic_key: only this clinic, or None for all clinics of the installation.
    """
    wanted = (
        select(
            episodes,
            clinics.c.key.label("clinic"),
            families.c.name.label("family"),
            contacts.c.address,
            contacts.c.channel,
            staff.c.name.label("owner"),
        )
        .join_from(episodes, clinics, clinics.c.id == episodes.c.clinic_id)
        .join(families, same_clinic(families, episodes.c.family_id))
        .join(threads, same_clinic(threads, episodes.c.thread_id))
        .join(contacts, same_clinic(contacts, threads.c.contact_id))
        .outerjoin(staff, same_clinic(staff, episodes.c.owner_id))
        .where(IS_OPEN, is_seen())
        .order_by(*ORDER)
        .limit(EXPORTED_AT_ONCE)
    )
    if clinic_key is not None:
        wanted = wanted.where(clinics.c.key == clinic_key)
    found = connection.execute(wanted).all()
    while found:
        said = _messages_of(connection, {row.id: row.clinic_id for row in found})
        for row in found:
            yield _exported(row, said.get(row.id, []))
        found = connection.execute(wanted.where(comes_after(place_of(found[-1])))).all()


def _messages_of(
    connection: Connection, clinic_of: Mapping[int, int]
) -> dict[int, list[dict[str, Any]]]:
    said: dict[int, list[dict[str, Any]]] = {}
    found = connection.execute(
        select(
            messages.c.id,
            messages.c.clinic_id,
            messages.c.episode_id,
            messages.c.direction,
            messages.c.text,
            func.coalesce(messages.c.provider_id, deliveries.c.provider_id).label("provider_id"),
            deliveries.c.state,
            messages.c.language,
            messages.c.at,
        )
        .outerjoin(
            deliveries,
            and_(
                deliveries.c.message_id == messages.c.id,
                deliveries.c.clinic_id == messages.c.clinic_id,
            ),
        )
        .where(
            messages.c.clinic_id.in_(set(clinic_of.values())),
            messages.c.episode_id.in_(clinic_of),
            messages.c.direction.in_(("in", "out")),  # notes of staff are nobody's words
        )
        .order_by(messages.c.id, deliveries.c.id)
    )
    for row in found:
        of_episode = said.setdefault(row.episode_id, [])
        if of_episode and of_episode[-1]["id"] == row.id:
            of_episode.pop()  # a message that was sent again stands as its last delivery
        of_episode.append(
            {
                "id": row.id,
                "direction": row.direction,
                "text": row.text,
                "provider_id": row.provider_id,
                "status": "received" if row.direction == "in" else row.state or "unknown",
                "language": row.language,
                "at": _iso(row.at),
            }
        )
    return said


def _exported(row: Any, said: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "episode": row.id,
        "clinic": row.clinic,
        "family": row.family,
        "contact": row.address,
        "channel": row.channel,
        "state": row.state,
        "urgency": Urgency(row.urgency).word,
        "hazard": row.hazard,
        "topics": list(row.topics),
        "owner": row.owner,
        "waiting_since": _iso(row.waiting_since),
        "reply_due": _iso(row.reply_due),
        "acknowledged": row.acknowledged_at is not None,
        "messages": said,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
