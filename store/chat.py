"""Reads one visitor's thread for the web chat, and nothing of anybody else's (A-10)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from routing.types import DeliveryState
from store.tables import contacts, deliveries, episodes, messages, threads

WEBCHAT = "webchat"
CHAT_CLOSED = "chat_closed"
"""Why words in a chat count as not arrived: no open page has shown them (C13)."""

MOST_LINES = 200
# `sending` and later: what is queued may still be taken back, what is blocked was never in reach.
IN_REACH = (
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.FAILED,
)
UNSHOWN = (DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.SENT)


class By(StrEnum):
    """Who speaks in a line of a chat."""

    VISITOR = "visitor"
    SAFETY = "safety"  # an automatic safety text: a call-back number is asked for after it (C13)
    AUTOMATIC = "automatic"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a thread; `ref` names its delivery as long as nobody has seen it."""

    id: int
    by: By
    text: str = field(repr=False)
    at: datetime
    ref: str | None = None


def number_of(clinic_key: str) -> str:
    """Give the address that a clinic's web chat has in place of a telephone number."""
    return f"{WEBCHAT}:{clinic_key}"


def lines(connection: Connection, clinic_id: int, visitor: str, after: int = 0) -> tuple[Line, ...]:
    """Give what a visitor may see of their thread, oldest first, at most `MOST_LINES`.

    Args:
        clinic_id: whose chat it is.
        visitor: the visitor's address; one that has never written sees nothing.
        after: an id; older lines are left out, except those that no page has shown yet: a reply
            that was queued first may come into reach last.
    """
    is_new = or_(messages.c.id > after, deliveries.c.state.in_(UNSHOWN))
    rows = connection.execute(
        select(
            messages.c.id,
            messages.c.direction,
            messages.c.text,
            messages.c.template,
            messages.c.at,
            deliveries.c.ref,
            deliveries.c.state,
        )
        .join(threads, threads.c.id == messages.c.thread_id)
        .join(contacts, contacts.c.id == threads.c.contact_id)
        .outerjoin(deliveries, deliveries.c.message_id == messages.c.id)
        .where(messages.c.clinic_id == clinic_id, _is(clinic_id, visitor), _is_visible(), is_new)
        .order_by(messages.c.id.desc())
        .limit(MOST_LINES)
    )
    return tuple(
        Line(
            row.id,
            _by(row.direction, row.template),
            row.text,
            row.at,
            row.ref if row.state in UNSHOWN else None,
        )
        for row in reversed(rows.all())
    )


def is_known(connection: Connection, clinic_id: int, visitor: str) -> bool:
    """Tell whether this visitor has written before."""
    found = connection.execute(select(contacts.c.id).where(_is(clinic_id, visitor)))
    return found.first() is not None


def unshown(
    connection: Connection, clinic_id: int, visitor: str, refs: Collection[str]
) -> tuple[str, ...]:
    """Keep of some names of deliveries those that are this visitor's and not yet shown."""
    rows = connection.execute(
        select(deliveries.c.ref)
        .join(contacts, contacts.c.id == deliveries.c.contact_id)
        .where(
            deliveries.c.clinic_id == clinic_id,
            deliveries.c.ref.in_(refs),
            deliveries.c.state.in_(UNSHOWN),
            _is(clinic_id, visitor),
        )
    )
    return tuple(row.ref for row in rows)


def concerns(
    connection: Connection, clinic_id: int, visitor: str, episode_ids: Collection[int]
) -> bool:
    """Tell whether one of some episodes is this visitor's."""
    found = connection.execute(
        select(episodes.c.id)
        .join(threads, threads.c.id == episodes.c.thread_id)
        .join(contacts, contacts.c.id == threads.c.contact_id)
        .where(
            episodes.c.clinic_id == clinic_id,
            episodes.c.id.in_(episode_ids),
            _is(clinic_id, visitor),
        )
        .limit(1)
    )
    return found.first() is not None


def _is(clinic_id: int, visitor: str) -> ColumnElement[bool]:
    return and_(
        contacts.c.clinic_id == clinic_id,
        contacts.c.channel == WEBCHAT,
        contacts.c.address == visitor,
    )


def _is_visible() -> ColumnElement[bool]:
    """Say in SQL what belongs into the chat: no notes, nothing that waits or was held back."""
    theirs = and_(messages.c.direction == "in", messages.c.kind == "text")
    too_late = and_(
        deliveries.c.state == DeliveryState.BLOCKED, deliveries.c.needs_call == CHAT_CLOSED
    )
    ours = and_(messages.c.direction == "out", or_(deliveries.c.state.in_(IN_REACH), too_late))
    return or_(theirs, ours)


def _by(direction: str, template: str | None) -> By:
    if direction == "in":
        return By.VISITOR
    if template is None:
        return By.PERSON
    return By.SAFETY if template.startswith("safety.") else By.AUTOMATIC
