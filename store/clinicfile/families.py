"""Writes the families of an apply file: their children, caregivers and phones."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update

from routing.types import Consent, ContactKind
from store import tables
from store.clinicfile.changes import Writing
from store.clinicfile.known import Row
from store.clinicfile.schema import CaregiverSection, ChildSection, ClinicFile, FamilySection

REPLACED = "replaced"
"""`contacts.unusable` of a phone that the clinic has taken away from a caregiver (C8)."""


def write_families(writing: Writing, file: ClinicFile, staff_ids: Mapping[str, int]) -> None:
    """Write every family of the file; those that it does not name stay as they are."""
    known = writing.known.clinic
    timezone = file.clinic.timezone or (known["timezone"] if known else "UTC")
    for family in file.families or ():
        row = writing.known.families.get(family.key)
        if row is None:
            family_id = writing.add(
                tables.families,
                key=family.key,
                name=family.name,
                kind=ContactKind.FAMILY.value,
                coordinator_id=staff_ids.get(family.coordinator),
                created_at=writing.now,
            )
            writing.note(f"family {family.key}: added", "family.added", "family", family_id)
        else:
            family_id = row["id"]
            _change_family(writing, row, family, staff_ids)
        for child in family.children:
            _write_child(writing, family, family_id, child, timezone)
        for caregiver in family.caregivers:
            _write_caregiver(writing, family, family_id, caregiver, staff_ids)


def _change_family(
    writing: Writing, row: Row, family: FamilySection, staff_ids: Mapping[str, int]
) -> None:
    values: dict[str, Any] = {"name": family.name}
    if family.has("coordinator"):
        values["coordinator_id"] = staff_ids.get(family.coordinator)
    _note(writing, family, "", writing.change(tables.families, row, values), row["id"])


def _note(
    writing: Writing, family: FamilySection, whose: str, changed: tuple[str, ...], family_id: int
) -> None:
    if changed:
        says = f"family {family.key}: {whose}{', '.join(changed)} changed"
        writing.note(says, "family.changed", "family", family_id)


def _write_child(
    writing: Writing, family: FamilySection, family_id: int, child: ChildSection, timezone: str
) -> None:
    values = {
        "birth_month": child.birth_month or None,
        "flags": [flag.value for flag in child.flags],
        "status": child.status.value,
        "comfort_phone": child.comfort_phone or None,
        "comfort_until": _end_of(child.comfort_until, timezone),
    }
    members = writing.known.children.get(family_id, ())
    row = next((member for member in members if member["name"] == child.name), None)
    if row is not None:
        present = {key: value for key, value in values.items() if child.has(key)}
        changed = writing.change(tables.children, row, present)
        _note(writing, family, f"{child.name}: ", changed, family_id)
        return
    writing.add(tables.children, family_id=family_id, name=child.name, **values)
    if family.key in writing.known.families:
        says = f"family {family.key}: child {child.name} added"
        writing.note(says, "child.added", "family", family_id)


def _end_of(day: date | None, timezone: str) -> datetime | None:
    """Give the moment after the last minute of a day at the clinic."""
    if day is None:
        return None
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone))
    return midnight.astimezone(UTC)


def _write_caregiver(
    writing: Writing,
    family: FamilySection,
    family_id: int,
    caregiver: CaregiverSection,
    staff_ids: Mapping[str, int],
) -> None:
    contact = writing.known.contacts.get(caregiver.phone)
    caregiver_id = _caregiver_id(writing, family, family_id, caregiver, contact)
    if contact is None:
        _add_contact(writing, family_id, caregiver_id, caregiver)
        return
    values: dict[str, Any] = {"family_id": family_id, "caregiver_id": caregiver_id}
    if contact["unusable"] == REPLACED:
        values["unusable"] = None
    if _was_unclaimed(writing, contact):
        _claim(writing, family_id, contact, staff_ids.get(family.coordinator))
        values["language"] = caregiver.language or contact["language"]
        says = f"family {family.key}: {caregiver.phone} was an unknown sender, now {caregiver.name}"
        writing.note(says, "contact.claimed", "family", family_id)
        writing.change(tables.contacts, contact, values)
    else:
        changed = writing.change(tables.contacts, contact, values)
        _note(writing, family, f"{caregiver.name}: ", changed and ("phone",), family_id)
    _write_consent(writing, family, family_id, caregiver, contact)


def _caregiver_id(
    writing: Writing,
    family: FamilySection,
    family_id: int,
    caregiver: CaregiverSection,
    contact: Row | None,
) -> int:
    """Find who this is, by phone and then by name, or add them."""
    members = writing.known.caregivers.get(family_id, ())
    row = next((m for m in members if contact and m["id"] == contact["caregiver_id"]), None)
    row = row or _without_phone(writing, family, members, caregiver.name)
    if row is None:
        if family.key in writing.known.families:
            says = f"family {family.key}: caregiver {caregiver.name} added"
            writing.note(says, "caregiver.added", "family", family_id)
        return writing.add(
            tables.caregivers,
            family_id=family_id,
            name=caregiver.name,
            relation=caregiver.relation,
            language=caregiver.language or None,
        )
    values = {
        "name": caregiver.name,
        "relation": caregiver.relation,
        "language": caregiver.language or None,
    }
    present = {key: value for key, value in values.items() if caregiver.has(key)}
    changed = writing.change(tables.caregivers, row, present)
    _note(writing, family, f"{caregiver.name}: ", changed, family_id)
    if contact and "language" in changed:
        writing.change(tables.contacts, contact, {"language": caregiver.language})
    if contact is None:
        _retire_phones(writing, family, family_id, row, caregiver)
    return int(row["id"])


def _without_phone(
    writing: Writing, family: FamilySection, members: tuple[Row, ...], name: str
) -> Row | None:
    """Find a caregiver of that name none of whose phones stands in the file."""
    phones = {caregiver.phone for caregiver in family.caregivers}
    taken = {
        contact["caregiver_id"]
        for phone, contact in writing.known.contacts.items()
        if phone in phones
    }
    return next((m for m in members if m["name"] == name and m["id"] not in taken), None)


def _retire_phones(
    writing: Writing, family: FamilySection, family_id: int, row: Row, caregiver: CaregiverSection
) -> None:
    """Stop texting the phones that this one replaces: somebody else may hold them now (C8)."""
    for contact in writing.known.contacts.values():
        if contact["caregiver_id"] == row["id"]:
            writing.change(tables.contacts, contact, {"unusable": REPLACED})
    says = f"family {family.key}: {caregiver.name} has a new phone, the old one gets no more texts"
    writing.note(says, "contact.replaced", "family", family_id)


def _add_contact(
    writing: Writing, family_id: int, caregiver_id: int, caregiver: CaregiverSection
) -> None:
    contact_id = writing.add(
        tables.contacts,
        family_id=family_id,
        caregiver_id=caregiver_id,
        staff_id=None,
        channel="sms",
        address=caregiver.phone,
        consent=caregiver.consent.value,
        language=caregiver.language or None,
        unusable=None,
        created_at=writing.now,
    )
    if caregiver.consent != Consent.UNKNOWN:
        _keep_consent(writing, contact_id, caregiver.consent)


def _write_consent(
    writing: Writing,
    family: FamilySection,
    family_id: int,
    caregiver: CaregiverSection,
    contact: Row,
) -> None:
    """Take over a consent from the file; what the person said by text is stronger than a file."""
    wanted, had = caregiver.consent, Consent(contact["consent"])
    if wanted in {Consent.UNKNOWN, had} or had == Consent.OPTED_OUT:
        return
    changed = writing.change(tables.contacts, contact, {"consent": wanted.value})
    _keep_consent(writing, contact["id"], wanted)
    _note(writing, family, f"{caregiver.name}: ", changed, family_id)


def _keep_consent(writing: Writing, contact_id: int, consent: Consent) -> None:
    writing.add(
        tables.consents, contact_id=contact_id, state=consent.value, how="file", at=writing.now
    )


def _was_unclaimed(writing: Writing, contact: Row) -> bool:
    family = writing.known.family_of[contact["family_id"]]
    return bool(family["kind"] == ContactKind.UNCLAIMED)


def _claim(writing: Writing, family_id: int, contact: Row, coordinator_id: int | None) -> None:
    """Give the thread and the episodes of an unknown sender to the family (C8)."""
    threads, episodes = tables.threads, tables.episodes
    claimed = (
        update(threads)
        .where(threads.c.clinic_id == writing.clinic_id, threads.c.contact_id == contact["id"])
        .values(family_id=family_id)
        .returning(threads.c.id)
    )
    for thread_id in writing.connection.execute(claimed).scalars().all():
        theirs = (episodes.c.clinic_id == writing.clinic_id) & (episodes.c.thread_id == thread_id)
        writing.connection.execute(update(episodes).where(theirs).values(family_id=family_id))
        writing.connection.execute(
            update(episodes)
            .where(theirs, episodes.c.owner_id.is_(None))
            .values(owner_id=coordinator_id)
        )
