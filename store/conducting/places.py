"""Finds whose thread an event belongs to, and makes one for a sender whom nobody knows yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from sqlalchemy import Connection, insert, select, update

from routing.events import (
    ActionKind,
    Event,
    Inbound,
    Receipt,
    SecondOpinion,
    StaffAction,
    TimerDue,
)
from routing.situation import ClinicView, ContactView, StaffView
from routing.types import Consent, ContactKind
from store.chat import WEBCHAT
from store.conducting.giving import next_of_team
from store.conducting.situations import CONTACT_ROW, CONTACTS, Place, place_of
from store.db import AnyRow
from store.playbook import Book
from store.tables import contacts, deliveries, episodes, families, threads

_TO_CONTACTS = frozenset({ActionKind.START, ActionKind.ANNOUNCE})
TEXTED = "sms"
SHOWN_OF_NUMBER = 4  # the end of a number is enough to tell unknown senders apart


@dataclass(frozen=True, slots=True)
class Subject:
    """What one event is about. `episode_id` where it named one, `delivery_id` for a Receipt."""

    place: Place
    episode_id: int | None = None
    delivery_id: int | None = None
    takes_alert: bool = False


def find(
    connection: Connection, events: Sequence[Event], book: Book, now: datetime
) -> list[Subject | None]:
    """Find the subject of each event, in order; None where there is none (any more)."""
    inbound = [e for e in events if isinstance(e, Inbound)]
    acts = [e for e in events if isinstance(e, StaffAction | TimerDue | SecondOpinion)]
    first = [e for e in events if _begins(e)]
    receipts = [e for e in events if isinstance(e, Receipt)]
    by_sender = _of_senders(connection, inbound, book, now) if inbound else {}
    named = {event: _episode_id(connection, event, book, now) for event in acts}
    by_episode = of_episodes(connection, set(named.values()), book) if acts else {}
    by_contact = _of_contacts(connection, first, book) if first else {}
    by_ref, by_id = _of_receipts(connection, receipts, book) if receipts else ({}, {})
    subjects: list[Subject | None] = []
    for event in events:
        match event:
            case Inbound():
                subjects.append(Subject(by_sender[_sender_of(event, book)]))
            case StaffAction() if _begins(event):
                subjects.append(by_contact.get((event.clinic_id, event.contact_id or 0)))
            case StaffAction() | TimerDue() | SecondOpinion():
                found = by_episode.get(named[event])
                known = found is not None and found.place.clinic.id == event.clinic_id
                subjects.append(found if known else None)
            case Receipt():
                subjects.append(by_ref.get(event.ref or "") or by_id.get(event.provider_id or ""))
    return subjects


def _episode_id(
    connection: Connection,
    event: StaffAction | TimerDue | SecondOpinion,
    book: Book,
    now: datetime,
) -> int:
    """Name the episode of an act; "the next one" is found and held here, 0 where there is none."""
    if isinstance(event, StaffAction) and event.kind is ActionKind.NEXT:
        return next_of_team(connection, event, book.by_id[event.clinic_id], now) or 0
    return event.episode_id


def _begins(event: Event) -> TypeGuard[StaffAction]:
    return isinstance(event, StaffAction) and event.kind in _TO_CONTACTS


def _of_contacts(
    connection: Connection, events: Sequence[StaffAction], book: Book
) -> dict[tuple[int, int], Subject]:
    """Find the threads of contacts that staff write to first; make those that are not yet there.

    Our number is the one they wrote to last, or the clinic's first.
    """
    found: dict[tuple[int, int], Subject] = {}
    for event in events:
        clinic = book.by_id[event.clinic_id]
        row = _contact(connection, clinic.id, event.contact_id or 0)
        if row is None or row.channel == WEBCHAT:
            continue
        if row.thread_id is None:
            ours = next((n for n in clinic.numbers if n.startswith("+")), "")
            _make_thread(connection, clinic, row.family_id, row.id, ours)
            row = _contact(connection, clinic.id, row.id)
        if row is not None:
            found[clinic.id, row.id] = Subject(place_of(row, clinic))
    return found


def _contact(connection: Connection, clinic_id: int, contact_id: int) -> AnyRow | None:
    return connection.execute(
        select(*CONTACT_ROW)
        .select_from(CONTACTS)
        .where(contacts.c.clinic_id == clinic_id, contacts.c.id == contact_id)
    ).first()


def _make_thread(
    connection: Connection, clinic: ClinicView, family_id: int, contact_id: int, our_address: str
) -> None:
    connection.execute(
        insert(threads).values(
            clinic_id=clinic.id,
            family_id=family_id,
            contact_id=contact_id,
            our_address=our_address,
        )
    )


def _sender_of(event: Inbound, book: Book) -> tuple[int, str, str]:
    """Name a sender: the clinic that was written to, the channel, the address.

    What staff typed in belongs to their clinic, whatever its numbers and accounts are by now.
    """
    clinic_id = event.clinic_id or book.clinic_for(event.recipient, event.account).id
    return clinic_id, event.channel, event.sender


def _of_senders(
    connection: Connection, events: Sequence[Inbound], book: Book, now: datetime
) -> dict[tuple[int, str, str], Place]:
    wanted = {_sender_of(event, book): event for event in events}
    found = {
        (row.clinic_id, row.channel, row.address): row
        for row in connection.execute(
            select(*CONTACT_ROW)
            .select_from(CONTACTS)
            .where(
                contacts.c.clinic_id.in_({clinic_id for clinic_id, _, _ in wanted}),
                contacts.c.address.in_({address for _, _, address in wanted}),
            )
        )
    }
    for key, event in wanted.items():
        row = found.get(key)
        if row is None or row.thread_id is None:
            clinic = book.by_id[key[0]]
            found[key] = _made(connection, clinic, event, book, row, now)
            continue
        if row.our_address != event.recipient:
            connection.execute(
                update(threads)
                .where(threads.c.clinic_id == key[0], threads.c.id == row.thread_id)
                .values(our_address=event.recipient)
            )
        if event.language not in {None, row.language}:
            found[key] = _in_language(connection, row, event.language)
        if event.channel == TEXTED and row.kind != ContactKind.FAMILY:
            found[key] = _of_whom_it_is(connection, book, event, found[key])
    return {key: place_of(found[key], book.by_id[key[0]]) for key in wanted}


def _in_language(connection: Connection, row: AnyRow, language: str | None) -> AnyRow:
    """Answer in the language to which the chat was switched; what staff have noted stands."""
    connection.execute(
        update(contacts)
        .where(contacts.c.clinic_id == row.clinic_id, contacts.c.id == row.id)
        .values(language=language)
    )
    return _contact(connection, row.clinic_id, row.id) or row


def _of_whom_it_is(connection: Connection, book: Book, event: Inbound, row: AnyRow) -> AnyRow:
    """See whether a telephone of no family is that of staff by now, of another one, or no more.

    A colleague who wrote before they were entered takes an alert by its word (I-12). Who has left
    is an unknown sender: what they write about a child of theirs must reach somebody (C8).
    """
    person = book.staff_phone(book.by_id[row.clinic_id], event.sender)
    staff_id = person.id if person else None
    if row.staff_id == staff_id:
        return row
    connection.execute(
        update(contacts)
        .where(contacts.c.clinic_id == row.clinic_id, contacts.c.id == row.id)
        .values(staff_id=staff_id)
    )
    named = {"name": _name_of(person, event)}
    # What waits from before they were known as staff stays where the team sees it.
    kind = {} if person else {"kind": ContactKind.UNCLAIMED}
    connection.execute(
        update(families)
        .where(families.c.clinic_id == row.clinic_id, families.c.id == row.family_id)
        .values(named | kind)
    )
    return _contact(connection, row.clinic_id, row.id) or row


def _name_of(person: StaffView | None, event: Inbound) -> str:
    stranger = "Web chat" if event.channel == WEBCHAT else "Unknown sender"
    end = event.sender[-SHOWN_OF_NUMBER:]
    return f"{person.name} (staff)" if person else f"{stranger} …{end}"


def _made(
    connection: Connection,
    clinic: ClinicView,
    event: Inbound,
    book: Book,
    row: AnyRow | None,
    now: datetime,
) -> AnyRow:
    """Make what is missing of a sender: a household nobody knows, an address, a thread."""
    if row is not None:
        contact_id, family_id = row.id, row.family_id
    else:
        contact_id, family_id = _unknown_sender(connection, clinic, event, book, now)
    _make_thread(connection, clinic, family_id, contact_id, event.recipient)
    made = _contact(connection, clinic.id, contact_id)
    assert made is not None  # noqa: S101  written above, in this transaction
    return made


def _unknown_sender(
    connection: Connection, clinic: ClinicView, event: Inbound, book: Book, now: datetime
) -> tuple[int, int]:
    person = book.staff_phone(clinic, event.sender) if event.channel == TEXTED else None
    kind = ContactKind.STAFF if person else ContactKind.UNCLAIMED
    name = _name_of(person, event)
    family_id = connection.execute(
        insert(families)
        .values(clinic_id=clinic.id, key=None, name=name, kind=kind, created_at=now)
        .returning(families.c.id)
    ).scalar_one()
    contact_id = connection.execute(
        insert(contacts)
        .values(
            clinic_id=clinic.id,
            family_id=family_id,
            staff_id=person.id if person else None,
            channel=event.channel,
            address=event.sender,
            consent=Consent.UNKNOWN,
            language=event.language,
            created_at=now,
        )
        .returning(contacts.c.id)
    ).scalar_one()
    return contact_id, family_id


def of_episodes(connection: Connection, episode_ids: set[int], book: Book) -> dict[int, Subject]:
    """Find the threads of episodes."""
    rows = connection.execute(
        select(episodes.c.id.label("episode_id"), *CONTACT_ROW)
        .select_from(CONTACTS.join(episodes, episodes.c.thread_id == threads.c.id))
        .where(episodes.c.id.in_(episode_ids))
    )
    return {
        row.episode_id: Subject(place_of(row, book.by_id[row.clinic_id]), row.episode_id)
        for row in rows
    }


def _of_receipts(
    connection: Connection, receipts: Sequence[Receipt], book: Book
) -> tuple[Mapping[str, Subject], Mapping[str, Subject]]:
    """Find deliveries by the opaque name or the provider's id; a foreign account finds nothing."""
    refs = [r.ref for r in receipts if r.ref]
    ids = [r.provider_id for r in receipts if r.provider_id]
    rows = connection.execute(
        select(
            deliveries.c.id, deliveries.c.clinic_id, deliveries.c.ref,
            deliveries.c.provider_id, deliveries.c.episode_id,
        ).where(deliveries.c.ref.in_(refs) | deliveries.c.provider_id.in_(ids))
    ).all()  # fmt: skip
    accounts = {r.ref or r.provider_id: r.account for r in receipts}
    about = {row.episode_id for row in rows if row.episode_id is not None}
    subjects = of_episodes(connection, about, book)
    by_ref, by_id = {}, {}
    for row in rows:
        place = subjects.get(row.episode_id) if row.episode_id else _of_nobody(row, book)
        account = accounts.get(row.ref) or accounts.get(row.provider_id) or ""
        if place is None or not book.is_account_of(place.place.clinic, account or _any(place)):
            continue
        subject = Subject(place.place, row.episode_id, row.id)
        by_ref[row.ref] = subject
        if row.provider_id:
            by_id[row.provider_id] = subject
    return by_ref, by_id


def _of_nobody(row: AnyRow, book: Book) -> Subject:
    """Stand in for the thread of a test that is about no family: nothing is known, nobody locked.

    Its thread has an id that no other has, so that no two tests wait for each other.
    """
    nobody = ContactView(
        id=0, family_id=0, thread_id=-row.id, kind=ContactKind.STAFF, channel="", address="",
        consent=Consent.UNKNOWN, language=None, cannot_text=True, our_address="",
        coordinator_id=None,
    )  # fmt: skip
    return Subject(Place(book.by_id[row.clinic_id], nobody, None))


def _any(subject: Subject) -> str:
    """Our own reports name no account: they speak for the clinic's."""
    return subject.place.clinic.account_sid or ""
