"""Finds who takes an alert by texting its word back from a staff telephone (I-12)."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from routing.events import ActionKind, Event, Inbound, StaffAction
from routing.situation import AlertState
from routing.types import ContactKind
from routing.watchwords import word_in
from store.conducting.places import Subject, of_episodes
from store.playbook import Book
from store.tables import alerts, deliveries

Subjects = list[Subject | None]


def with_acknowledgements(
    connection: Connection, events: Sequence[Event], subjects: Subjects, book: Book
) -> tuple[list[Event], Subjects]:
    """Add, after the events of a batch, the act of each staff telephone that texts a word.

    The text itself stays an event of its own: it is kept, and answered with what it did. Only an
    alert that this very person was told of can be taken, and only while it has no outcome.
    """
    texts = [
        (index, event, subject, word)
        for index, (event, subject) in enumerate(zip(events, subjects, strict=True))
        if isinstance(event, Inbound) and subject is not None
        and subject.place.contact.kind is ContactKind.STAFF
        and (word := word_in(event.text)) is not None
    ]  # fmt: skip
    more, whose = list(events), list(subjects)
    for index, event, subject, word in texts:
        act = _act(connection, event, subject, word)
        about = act and of_episodes(connection, {act.episode_id}, book).get(act.episode_id)
        if act and about:
            whose[index] = replace(subject, takes_alert=True)
            more.append(act)
            whose.append(about)
    return more, whose


def _act(connection: Connection, event: Inbound, subject: Subject, word: str) -> StaffAction | None:
    clinic, staff_id = subject.place.clinic, subject.place.contact.staff_id
    told = connection.execute(
        select(alerts.c.episode_id)
        .join(deliveries, deliveries.c.episode_id == alerts.c.episode_id)
        .where(
            alerts.c.clinic_id == clinic.id,
            alerts.c.state != AlertState.CLOSED,
            alerts.c.word == word,
            deliveries.c.clinic_id == clinic.id,
            deliveries.c.to_address == event.sender,
            deliveries.c.purpose.startswith("staff.alert"),
        )
        .order_by(deliveries.c.id.desc())
        .limit(1)
    ).first()
    if told is None or staff_id is None:
        return None
    key = f"text:{event.provider_id}"
    return StaffAction(ActionKind.TAKE, clinic.id, staff_id, told.episode_id, key)
