"""Gives an unclaimed sender to a family: to one that is known, or to one written down now (C8)."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from routing.decision import Decision
from routing.events import Newcomer, TimerKind
from routing.missing import first_look
from routing.situation import ClinicView
from routing.types import ContactKind
from store.conducting.situations import Place, episode_fields
from store.db import AnyRow
from store.tables import (
    caregivers,
    children,
    clinics,
    contacts,
    episodes,
    families,
    threads,
    timers,
)

AT_HOME = "active"


def claim(
    connection: Connection, place: Place, decision: Decision, author_id: int | None, now: datetime
) -> bool:
    """Do what a decision says about whose the sender is; False when there is no such family."""
    family_id = decision.claims
    if place.contact.kind is not ContactKind.UNCLAIMED or not _is_unclaimed(connection, place):
        return False
    if decision.welcomes is not None:
        family_id = _write_down(connection, place, decision.welcomes, author_id, now)
    return _claim_sender(connection, place, family_id, now)


def _is_unclaimed(connection: Connection, place: Place) -> bool:
    """See, with the lock held, that no colleague has given the sender away a moment ago."""
    still = select(contacts.c.id).where(
        contacts.c.clinic_id == place.clinic.id,
        contacts.c.id == place.contact.id,
        contacts.c.family_id == place.contact.family_id,
    )
    return connection.execute(still).first() is not None


def _claim_sender(
    connection: Connection, place: Place, family_id: int | None, now: datetime
) -> bool:
    """Give an unclaimed sender's address, thread and episodes to a family of the clinic.

    What nobody has goes to whoever answers for its coordinator now, and is looked after (C7).
    """
    clinic_id, contact = place.clinic.id, place.contact
    family = connection.execute(
        select(families.c.id, families.c.coordinator_id).where(
            families.c.clinic_id == clinic_id,
            families.c.id == family_id,
            families.c.kind == ContactKind.FAMILY,
        )
    ).first()
    if family is None:
        return False
    for table in (contacts, threads, episodes):
        connection.execute(
            update(table)
            .where(table.c.clinic_id == clinic_id, table.c.family_id == contact.family_id)
            .values(family_id=family.id)
        )
    answers = place.clinic.answering(family.coordinator_id, now, contact.language)
    given = connection.execute(
        update(episodes)
        .where(
            episodes.c.clinic_id == clinic_id,
            episodes.c.thread_id == contact.thread_id,
            episodes.c.owner_id.is_(None),
        )
        .values(owner_id=answers.staff_id)
        .returning(episodes)
    ).all()
    for row in given:
        _plan_look(connection, place.clinic, row, now)
    return True


def _plan_look(connection: Connection, clinic: ClinicView, row: AnyRow, now: datetime) -> None:
    """Plan the look for whom an episode waits for now, where it waits for somebody (C7)."""
    due = first_look(clinic, episode_fields(row), now)
    if due is None:
        return
    theirs = {"clinic_id": clinic.id, "episode_id": row.id, "kind": TimerKind.MISSING}
    connection.execute(
        delete(timers).where(*(timers.c[name] == value for name, value in theirs.items()))
    )
    connection.execute(insert(timers).values(**theirs, due_at=due))


def _write_down(
    connection: Connection, place: Place, newcomer: Newcomer, author_id: int | None, now: datetime
) -> int:
    """Write down a new family with who writes, and the child where one was named.

    Whoever writes it down coordinates it, until somebody says otherwise.
    """
    clinic_id = place.clinic.id
    family_id = connection.execute(
        insert(families)
        .values(
            clinic_id=clinic_id, key=None, name=newcomer.family, kind=ContactKind.FAMILY,
            coordinator_id=author_id, created_at=now,
        )
        .returning(families.c.id)
    ).scalar_one()  # fmt: skip
    caregiver_id = connection.execute(
        insert(caregivers)
        .values(
            clinic_id=clinic_id, family_id=family_id, name=newcomer.caregiver,
            relation=newcomer.relation,
            language=newcomer.language or place.contact.language or place.clinic.languages[0],
        )
        .returning(caregivers.c.id)
    ).scalar_one()  # fmt: skip
    connection.execute(
        update(contacts)
        .where(contacts.c.clinic_id == clinic_id, contacts.c.id == place.contact.id)
        .values(caregiver_id=caregiver_id)
    )
    if newcomer.child:
        connection.execute(
            insert(children).values(
                clinic_id=clinic_id, family_id=family_id, name=newcomer.child,
                birth_month=newcomer.birth_month or None,
                flags=[flag.value for flag in newcomer.flags], status=AT_HOME,
            )
        )  # fmt: skip
    # An unknown sender is judged by the conditions of all children (C8): read the clinic again.
    connection.execute(
        update(clinics).where(clinics.c.id == clinic_id).values(revision=clinics.c.revision + 1)
    )
    return int(family_id)
