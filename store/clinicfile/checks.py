"""Checks an apply file as a whole, and against what the database already has."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from routing.types import ContactKind
from store.clinicfile import ladders, wordings
from store.clinicfile.known import Known
from store.clinicfile.lines import Path
from store.clinicfile.schema import (
    CaregiverSection,
    ClinicFile,
    ClinicSection,
    FamilySection,
    HoursSection,
    Section,
    StaffSection,
)
from store.clinicfile.values import nearest

Found = Iterator[tuple[Path, str]]
DAYS = tuple(HoursSection.model_fields)
DAY_MINUTES = 24 * 60
NEEDED_BY_A_CLINIC = (
    "name", "timezone", "country", "languages", "emergency_number", "on_call_phone",
)  # fmt: skip


def check(file: ClinicFile, known: Known, now: datetime) -> Found:
    """Give the path and a sentence for everything that does not fit together."""
    if not file.has("clinic"):
        yield ("clinic",), "this section is missing. It needs a key at least."
        return
    yield from _clinic(file.clinic, known)
    if file.hours:
        yield from hours(file.hours)
    days = [(("closures", i, "date"), one.date) for i, one in enumerate(file.closures or ())]
    yield from _missing(days)
    yield from _twice(days, "this day is a closure already")
    yield from _staff(file, known)
    yield from _families(file, known, now)
    yield from _phones(file, known)
    yield from ladders.check(file)
    yield from wordings.check(file)


def _missing(values: Iterable[tuple[Path, object]]) -> Found:
    for path, value in values:
        if not value:
            yield path, "is missing."


def _twice(values: Iterable[tuple[Path, object]], sentence: str) -> Found:
    seen: set[object] = set()
    for path, value in values:
        if value and value in seen:
            yield path, f"'{value}': {sentence}."
        seen.add(value)


def _needed(section: Section, path: Path, *keys: str) -> Found:
    yield from _missing(((*path, key), getattr(section, key)) for key in keys)


def _clinic(clinic: ClinicSection, known: Known) -> Found:
    yield from _needed(clinic, ("clinic",), "key")
    if known.clinic and known.clinic["is_system"]:
        yield ("clinic", "key"), f"'{clinic.key}' is kept for messages that belong to no clinic."
    keys = [key for key in NEEDED_BY_A_CLINIC if not known.clinic or clinic.has(key)]
    yield from _needed(clinic, ("clinic",), *keys)
    numbers = [(("clinic", "sms_numbers", i), n) for i, n in enumerate(clinic.sms_numbers)]
    yield from _twice(numbers, "this number stands here twice")
    for path, number in numbers:
        if number in known.other_numbers:
            yield path, f"'{number}' belongs to another clinic."
    yield from _twice(
        ((("clinic", "languages", i), tag) for i, tag in enumerate(clinic.languages)),
        "this language stands here twice",
    )
    for i, service in enumerate(clinic.alert_services):
        yield from _needed(service, ("clinic", "alert_services", i), "name", "address_env")
    own = clinic.twilio
    if own and bool(own.account_sid) != bool(own.token_env):
        absent = "token_env" if own.account_sid else "account_sid"
        yield (
            ("clinic", "twilio", absent),
            "is missing. An account needs account_sid and token_env.",
        )


def hours(week_of: HoursSection, place: Path = ("hours",)) -> Found:
    """Lay the week out in minutes; a stretch past midnight may run into the next day."""
    week = [
        (start, start + length, (*place, day, index), day, f"{opens}-{closes}")
        for number, day in enumerate(DAYS)
        for index, (opens, closes) in enumerate(getattr(week_of, day))
        for start in (number * DAY_MINUTES + _minutes(opens),)
        for length in ((_minutes(closes) - _minutes(opens)) % DAY_MINUTES or DAY_MINUTES,)
    ]
    if not week:
        return
    week.sort(key=lambda stretch: stretch[0])
    monday = week[0]
    shift = 7 * DAY_MINUTES
    longest = monday
    for stretch in [*week[1:], (monday[0] + shift, monday[1] + shift, *monday[2:])]:
        if stretch[0] < longest[1]:
            yield stretch[2], f"'{stretch[4]}' overlaps with {longest[3]} {longest[4]}."
        longest = max(longest, stretch, key=lambda one: one[1])


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _staff(file: ClinicFile, known: Known) -> Found:
    emails = [(("staff", i, "email"), one.email) for i, one in enumerate(file.staff or ())]
    yield from _twice(emails, "this member of staff stands here twice")
    for path, email in emails:
        if email in known.other_emails:
            yield path, f"'{email}' belongs to the staff of another clinic."
    for i, one in enumerate(file.staff or ()):
        yield from _needed(one, ("staff", i), "email", "name", "roles")
        if one.hours:
            yield from hours(one.hours, ("staff", i, "hours"))
    steps = [(("on_call", i, "staff"), step.staff) for i, step in enumerate(file.on_call or ())]
    yield from _missing(steps)
    yield from _twice(steps, "this member of staff stands here twice")
    yield from _not_staff(steps, file, known)
    lines = [(("rotations", i), line) for i, line in enumerate(file.rotations or ())]
    yield from _twice(
        (((*path, "name"), line.name) for path, line in lines), "this line stands here twice"
    )
    for place, line in lines:
        yield from _needed(line, place, "name", "first", "staff")
        people = [((*place, "staff", n), email) for n, email in enumerate(line.staff)]
        yield from _not_staff(people, file, known)


def _not_staff(named: Iterable[tuple[Path, str]], file: ClinicFile, known: Known) -> Found:
    emails = {one.email for one in file.staff or ()}
    emails |= {email for email, row in known.staff.items() if row["active"]}
    for path, email in named:
        if email and email not in emails:
            near = nearest(email, tuple(sorted(emails)))
            yield path, f"'{email}' is not a member of staff of this clinic.{near}"


def _families(file: ClinicFile, known: Known, now: datetime) -> Found:
    families = list(enumerate(file.families or ()))
    yield from _twice(
        ((("families", i, "key"), family.key) for i, family in families),
        "this family stands here twice",
    )
    yield from _not_staff(
        ((("families", i, "coordinator"), family.coordinator) for i, family in families),
        file,
        known,
    )
    for i, family in families:
        yield from _needed(family, ("families", i), "key", "name")
        yield from _members(family, ("families", i), f"{now:%Y-%m}")


def _members(family: FamilySection, path: Path, this_month: str) -> Found:
    for i, caregiver in enumerate(family.caregivers):
        yield from _needed(caregiver, (*path, "caregivers", i), "name", "phone")
    children = [((*path, "children", i), child) for i, child in enumerate(family.children)]
    yield from _twice(
        (((*at, "name"), child.name) for at, child in children), "this child stands here twice"
    )
    for at, child in children:
        yield from _needed(child, at, "name")
        if child.birth_month > this_month:
            yield (*at, "birth_month"), f"'{child.birth_month}' is in the future."
        if bool(child.comfort_phone) != bool(child.comfort_until):
            absent = "comfort_until" if child.comfort_phone else "comfort_phone"
            yield (*at, absent), "is missing. A comfort plan has a phone and a last day."


def _phones(file: ClinicFile, known: Known) -> Found:
    """See that each phone belongs to one caregiver, or to staff, or to the clinic."""
    staff_phones = _staff_phones(file, known)
    clinic_numbers = (
        frozenset(file.clinic.sms_numbers)
        if file.clinic.has("sms_numbers")
        else known.numbers
    )  # fmt: skip
    owners: dict[str, str] = {}
    for path, family, caregiver in _caregivers(file):
        phone = caregiver.phone
        if not phone:
            continue
        if phone in owners:
            yield path, f"'{phone}' is already the phone of {owners[phone]} in this file."
        elif phone in clinic_numbers:
            yield path, f"'{phone}' is the clinic's own number."
        elif phone in staff_phones:
            yield path, f"'{phone}' is already the phone of {staff_phones[phone]}, who is staff."
        elif other := _owner(phone, family.key, known):
            yield path, f"'{phone}' already belongs to {other}."
        owners.setdefault(phone, f"{caregiver.name} (family {family.key})")
    for i, one in enumerate(file.staff or ()):
        yield from _staff_phone(one, ("staff", i, "phone"), owners, clinic_numbers, known)


def _caregivers(file: ClinicFile) -> Iterator[tuple[Path, FamilySection, CaregiverSection]]:
    for i, family in enumerate(file.families or ()):
        for j, caregiver in enumerate(family.caregivers):
            yield ("families", i, "caregivers", j, "phone"), family, caregiver


def _staff_phones(file: ClinicFile, known: Known) -> dict[str, str]:
    phones = {
        email: row["phone"] for email, row in known.staff.items() if row["active"] and row["phone"]
    }
    phones |= {one.email: one.phone for one in file.staff or () if one.has("phone")}
    return {phone: email for email, phone in phones.items()}


def _owner(phone: str, family_key: str, known: Known) -> str | None:
    """Name whose phone it is in the database, unless it is this family's or nobody's yet (C8)."""
    contact = known.contacts.get(phone)
    family = known.family_of[contact["family_id"]] if contact else None
    if not family or family["kind"] == ContactKind.UNCLAIMED or family["key"] == family_key:
        return None
    return f"family {family['key']}" if family["kind"] == ContactKind.FAMILY else "staff"


def _staff_phone(
    one: StaffSection,
    path: Path,
    owners: dict[str, str],
    clinic_numbers: frozenset[str],
    known: Known,
) -> Found:
    if not one.phone:
        return
    contact = known.contacts.get(one.phone)
    family = known.family_of[contact["family_id"]] if contact else None
    if one.phone in clinic_numbers:
        yield path, f"'{one.phone}' is the clinic's own number."
    # The same clash inside the file is named once, at the caregiver.
    elif one.phone not in owners and family and family["kind"] == ContactKind.FAMILY:
        yield path, f"'{one.phone}' already belongs to family {family['key']}."
