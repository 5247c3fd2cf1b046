"""Writes the sections of an apply file that are about the clinic and its staff."""

from typing import Any

from sqlalchemy import delete, insert

from store import tables
from store.clinicfile.changes import Invitation, Writing
from store.clinicfile.checks import DAYS
from store.clinicfile.known import Row
from store.clinicfile.schema import ClinicFile, ClinicSection, StaffSection, TwilioSection
from store.clinicfile.week import stored
from store.people import INVITED_FOR, hash_password, new_invitation

# Keys of the file that are columns of the same name and are written as they are.
PLAIN = (
    "name", "timezone", "country", "emergency_number", "on_call_phone", "office_phone",
    "interpreter_phone",
)  # fmt: skip
# [clinic.twilio] on the left, the column on the right.
TWILIO = {
    "account_sid": "twilio_account_sid",
    "token_env": "twilio_token_env",
    "messaging_service_sid": "messaging_service_sid",
    "opt_out": "opt_out",
    "alert_number": "alert_number",
}


def add_clinic(connection: Any, clinic: ClinicSection) -> int:
    """Insert a new clinic with the defaults of a cautious start (C22) and give its id."""
    row = {
        "key": clinic.key,
        "hours": {},
        "is_system": False,
        "revision": 1,
        **_clinic_values(clinic, everything=True),
    }
    added = insert(tables.clinics).values(row).returning(tables.clinics.c.id)
    return int(connection.execute(added).scalar_one())


def write_clinic(writing: Writing, file: ClinicFile) -> None:
    """Write the clinic, its numbers, hours and closures."""
    row = writing.known.clinic
    if row is None:
        writing.note(
            f"clinic {file.clinic.key}: added", "clinic.added", "clinic", writing.clinic_id
        )
    elif changed := _change_clinic(writing, row, _clinic_values(file.clinic, everything=False)):
        says = f"clinic {file.clinic.key}: {', '.join(changed)} changed"
        writing.note(says, "clinic.changed", "clinic", writing.clinic_id)
    if file.clinic.has("sms_numbers"):
        _write_numbers(writing, file.clinic.sms_numbers)
    if file.hours is not None:
        _write_hours(writing, file)
    if file.closures is not None:
        _write_closures(writing, file)


def write_staff(writing: Writing, file: ClinicFile) -> dict[str, int]:
    """Write staff and the on-call order; give the ids of all staff of the clinic by e-mail."""
    ids = {email: int(row["id"]) for email, row in writing.known.staff.items()}
    for one in file.staff or ():
        row = writing.known.staff.get(one.email)
        if row is None:
            ids[one.email] = _add_staff(writing, one)
        else:
            _change_staff(writing, row, one)
    order = tuple(step.staff for step in file.on_call or ())
    if file.on_call is not None and order != writing.known.on_call:
        _write_on_call(writing, order, ids)
    return ids


def _clinic_values(clinic: ClinicSection, *, everything: bool) -> dict[str, Any]:
    """Give columns and values: all of a new clinic, later only those that the file has."""
    twilio = clinic.twilio or TwilioSection()
    values: dict[str, Any] = {key: getattr(clinic, key) or None for key in PLAIN}
    values["languages"] = list(clinic.languages)
    values["alert_channels"] = [channel.value for channel in clinic.alert_channels] or None
    values["alert_services"] = [one.model_dump() for one in clinic.alert_services] or None
    values["chat_sites"] = list(clinic.chat_sites) or None
    values["template_policy"] = clinic.template_policy.value
    values["automation"] = clinic.automation.value
    values["probe_minutes"] = clinic.probe_minutes or None
    if not everything:
        values = {key: value for key, value in values.items() if clinic.has(key)}
    for key, column in TWILIO.items():
        if everything or twilio.has(key):
            values[column] = str(getattr(twilio, key)) or None
    return values


def _change_clinic(writing: Writing, row: Row, values: dict[str, Any]) -> tuple[str, ...]:
    different = {name: value for name, value in values.items() if row[name] != value}
    if different:
        clinics = tables.clinics
        writing.connection.execute(
            clinics.update().where(clinics.c.id == writing.clinic_id).values(different)
        )
    return tuple(name.replace("_", " ") for name in different)


def _write_numbers(writing: Writing, wanted: tuple[str, ...]) -> None:
    table = tables.clinic_numbers
    for number in sorted(writing.known.numbers - set(wanted)):
        writing.connection.execute(
            delete(table).where(
                table.c.clinic_id == writing.clinic_id, table.c.number == number
            )
        )  # fmt: skip
        writing.note(f"numbers: {number} removed", "number.removed", "clinic", writing.clinic_id)
    for number in wanted:
        if number not in writing.known.numbers:
            writing.add(table, number=number)
            writing.note(f"numbers: {number} added", "number.added", "clinic", writing.clinic_id)


def _write_hours(writing: Writing, file: ClinicFile) -> None:
    wanted = stored(file.hours)
    had = writing.known.clinic["hours"] if writing.known.clinic else {}
    changed = [day for day in DAYS if wanted.get(day) != had.get(day)]
    if not changed:
        return
    clinics = tables.clinics
    writing.connection.execute(
        clinics.update().where(clinics.c.id == writing.clinic_id).values(hours=wanted)
    )
    for day in changed:
        says = ", ".join("-".join(stretch) for stretch in wanted.get(day, ())) or "closed"
        writing.note(f"hours: {day} {says}", "hours.changed", "clinic", writing.clinic_id)


def _write_closures(writing: Writing, file: ClinicFile) -> None:
    table = tables.closures
    wanted = {one.date: one.reason for one in file.closures or () if one.date}
    had = writing.known.closures
    for day in sorted(writing.known.closed_by_file - wanted.keys()):
        _drop_closure(writing, day)
        writing.note(f"closures: {day} removed", "closure.removed", "clinic", writing.clinic_id)
    for day, reason in sorted(wanted.items()):
        if had.get(day) == reason:
            continue
        done = "changed" if day in had else "added"
        if day in had:
            _drop_closure(writing, day)
        writing.add(table, date=day, reason=reason, by_file=True)
        writing.note(f"closures: {day} {done}", f"closure.{done}", "clinic", writing.clinic_id)


def _drop_closure(writing: Writing, day: Any) -> None:
    table = tables.closures
    writing.connection.execute(
        delete(table).where(table.c.clinic_id == writing.clinic_id, table.c.date == day)
    )


def _add_staff(writing: Writing, one: StaffSection) -> int:
    token, invitation = (None, None) if one.password else new_invitation()
    staff_id = writing.add(
        tables.staff,
        email=one.email,
        active=True,
        password_hash=hash_password(one.password) if one.password else None,
        invitation_hash=invitation,
        invited_at=writing.now if token else None,
        **_staff_values(one, everything=True),
    )
    if token:
        writing.invitations.append(Invitation(one.email, token))
    writing.note(f"staff {one.email}: added", "staff.added", "staff", staff_id)
    return staff_id


def _change_staff(writing: Writing, row: Row, one: StaffSection) -> None:
    changed = writing.change(tables.staff, row, _staff_values(one, everything=False))
    if changed:
        says = f"staff {one.email}: {', '.join(changed)} changed"
        writing.note(says, "staff.changed", "staff", row["id"])
    invited_at = row["invited_at"]
    is_stuck = row["password_hash"] is None and row["active"]
    if is_stuck and (invited_at is None or invited_at <= writing.now - INVITED_FOR):
        token, invitation = new_invitation()
        values = {"invitation_hash": invitation, "invited_at": writing.now}
        writing.change(tables.staff, row, values)
        writing.invitations.append(Invitation(one.email, token))
        says = f"staff {one.email}: invited again, the earlier link is too old"
        writing.note(says, "staff.invited", "staff", row["id"])


def _staff_values(one: StaffSection, *, everything: bool) -> dict[str, Any]:
    values = {
        "name": one.name,
        "roles": [role.value for role in one.roles],
        "languages": list(one.languages),
        "phone": one.phone or None,
        "hours": stored(one.hours) or None,
    }
    return values if everything else {key: v for key, v in values.items() if one.has(key)}


def _write_on_call(writing: Writing, order: tuple[str, ...], ids: dict[str, int]) -> None:
    table = tables.on_call
    writing.connection.execute(delete(table).where(table.c.clinic_id == writing.clinic_id))
    for position, email in enumerate(order):
        writing.add(table, staff_id=ids[email], position=position)
    says = f"on call: {', '.join(order) or 'nobody'}"
    writing.note(says, "on_call.changed", "clinic", writing.clinic_id)
