"""What administrators change in pages: each change counts up the revision and leaves a trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from store.db import AnyRow
from store.tables import absences, audit_events, clinics, closings, closures, on_call, staff


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes what clinic, and when; `revision` is the one that stood on their screen."""

    clinic_id: int
    staff_id: int
    now: datetime
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """What the pages show of a clinic."""

    revision: int
    hours: Mapping[str, Sequence[Sequence[str]]]
    automation: str
    languages: tuple[str, ...]
    on_call_phone: str
    days: tuple[AnyRow, ...]
    closings: tuple[AnyRow, ...]
    on_call: tuple[AnyRow, ...]
    staff: tuple[AnyRow, ...]
    absences: tuple[AnyRow, ...]


def settings_of(connection: Connection, clinic_id: int, now: datetime) -> ClinicSettings:
    """Read what administrators have set; closures and absences from today on."""
    clinic = connection.execute(select(clinics).where(clinics.c.id == clinic_id)).one()
    people = staff.alias("cover")
    return ClinicSettings(
        revision=clinic.revision,
        hours=clinic.hours,
        automation=clinic.automation,
        languages=tuple(clinic.languages),
        on_call_phone=clinic.on_call_phone,
        days=_all(
            connection,
            select(closures)
            .where(closures.c.clinic_id == clinic_id, closures.c.date >= now.date())
            .order_by(closures.c.date),
        ),
        closings=_all(
            connection,
            select(closings).where(
                closings.c.clinic_id == clinic_id,
                closings.c.ends_at.is_(None) | (closings.c.ends_at > now),
            ),
        ),
        on_call=_all(
            connection,
            select(on_call.c.staff_id, staff.c.name, staff.c.phone)
            .join(staff, staff.c.id == on_call.c.staff_id)
            .where(on_call.c.clinic_id == clinic_id, staff.c.active)
            .order_by(on_call.c.position),
        ),
        staff=_all(
            connection,
            select(staff)
            .where(staff.c.clinic_id == clinic_id, staff.c.active)
            .order_by(staff.c.name),
        ),
        absences=_all(
            connection,
            select(absences, staff.c.name, people.c.name.label("cover"))
            .join(staff, staff.c.id == absences.c.staff_id)
            .outerjoin(people, people.c.id == absences.c.cover_id)
            .where(absences.c.clinic_id == clinic_id, absences.c.ends_at > now)
            .order_by(absences.c.starts_at),
        ),
    )


def place_of(connection: Connection, clinic_id: int) -> AnyRow:
    """Read where a clinic is and what is spoken there: country, timezone, languages."""
    c = clinics.c
    query = select(c.country, c.timezone, c.languages).where(c.id == clinic_id)
    return connection.execute(query).one()


def set_week(connection: Connection, change: Change, hours: Mapping[str, Any]) -> bool:
    """Set the week; False when somebody else has changed the clinic meanwhile."""
    before = connection.execute(
        select(clinics.c.hours, clinics.c.revision)
        .where(clinics.c.id == change.clinic_id)
        .with_for_update()
    ).one()
    if change.revision is not None and before.revision != change.revision:
        return False
    _set(connection, change, hours=hours)
    _note(connection, change, "hours.changed", {"before": before.hours, "after": dict(hours)})
    return True


def set_automation(connection: Connection, change: Change, mode: str) -> None:
    """Switch automatic answers on, to shadow, or off (C22)."""
    _set(connection, change, automation=mode)
    _note(connection, change, "automation.changed", {"after": mode})


def set_day(
    connection: Connection, change: Change, day: date, reason: str, hours: Sequence[Any]
) -> None:
    """Give a date its own hours, or none; a date that is there already is replaced."""
    # Whoever else sets the same date now waits for this row: a date has one row.
    connection.execute(
        select(clinics.c.id).where(clinics.c.id == change.clinic_id).with_for_update()
    )
    forget_day(connection, change, day)
    connection.execute(
        insert(closures).values(
            clinic_id=change.clinic_id, date=day, reason=reason, hours=list(hours) or None
        )
    )
    _set(connection, change)
    _note(connection, change, "closure.set", {"date": day.isoformat(), "hours": list(hours)})


def forget_day(connection: Connection, change: Change, day: date) -> AnyRow | None:
    """Let a date be like its weekday again; gives what was set, to be brought back."""
    gone = connection.execute(
        delete(closures)
        .where(closures.c.clinic_id == change.clinic_id, closures.c.date == day)
        .returning(closures.c.date, closures.c.reason, closures.c.hours)
    ).first()
    if gone is not None:
        _set(connection, change)
        _note(connection, change, "closure.removed", {"date": day.isoformat()})
    return gone


def close_now(connection: Connection, change: Change, until: datetime | None, reason: str) -> None:
    """Close from this moment on, until a time or until somebody opens again."""
    connection.execute(
        insert(closings).values(
            clinic_id=change.clinic_id, reason=reason, starts_at=change.now, ends_at=until,
            made_by=change.staff_id,
        )
    )  # fmt: skip
    _set(connection, change)
    _note(connection, change, "closing.begun", {"until": until.isoformat() if until else None})


def open_again(connection: Connection, change: Change) -> None:
    """End every closing that is on."""
    connection.execute(
        update(closings)
        .where(
            closings.c.clinic_id == change.clinic_id,
            closings.c.ends_at.is_(None) | (closings.c.ends_at > change.now),
        )
        .values(ends_at=change.now)
    )
    _set(connection, change)
    _note(connection, change, "closing.ended", {})


def set_on_call(
    connection: Connection, change: Change, staff_ids: Sequence[int], seen: str | None = None
) -> str | None:
    """Set the on-call list in its order.

    Args:
        connection: of a writing transaction.
        change: who changes it, and when.
        staff_ids: who is told, the first first.
        seen: the list that stood on the screen, as `named` names it; None does not look.

    Returns:
        Why it was not set: `not_here`, one of them does not work here; `changed`, somebody else
        has set the list meanwhile.
    """
    connection.execute(
        select(clinics.c.id).where(clinics.c.id == change.clinic_id).with_for_update()
    )
    wanted = list(dict.fromkeys(staff_ids))
    if not _work_here(connection, change.clinic_id, wanted):
        return "not_here"
    if seen is not None and seen != named(_listed(connection, change.clinic_id)):
        return "changed"
    connection.execute(delete(on_call).where(on_call.c.clinic_id == change.clinic_id))
    for position, staff_id in enumerate(wanted):
        connection.execute(
            insert(on_call).values(clinic_id=change.clinic_id, staff_id=staff_id, position=position)
        )
    _set(connection, change)
    _note(connection, change, "on_call.changed", {"after": wanted})
    return None


def named(staff_ids: Sequence[int]) -> str:
    """Name a list for a form; never empty, because an empty field counts as none at all."""
    return "list " + ",".join(map(str, staff_ids))


def add_absence(
    connection: Connection, change: Change, staff_id: int, cover_id: int | None,
    span: tuple[datetime, datetime],
) -> bool:  # fmt: skip
    """Say that somebody is away and who answers meanwhile; False when it makes no sense."""
    people = [staff_id, *([cover_id] if cover_id is not None else [])]
    is_sense = span[0] < span[1] and cover_id != staff_id
    if not is_sense or not _work_here(connection, change.clinic_id, people):
        return False
    connection.execute(
        insert(absences).values(
            clinic_id=change.clinic_id, staff_id=staff_id, cover_id=cover_id, starts_at=span[0],
            ends_at=span[1], made_by=change.staff_id,
        )
    )  # fmt: skip
    _set(connection, change)
    _note(connection, change, "absence.added", {"staff": staff_id, "cover": cover_id})
    return True


def end_absence(connection: Connection, change: Change, absence_id: int) -> None:
    """Take an absence back."""
    connection.execute(
        delete(absences).where(
            absences.c.clinic_id == change.clinic_id, absences.c.id == absence_id
        )
    )
    _set(connection, change)
    _note(connection, change, "absence.removed", {"absence": absence_id})


def touched(
    connection: Connection, change: Change, action: str, details: dict[str, Any],
    staff_id: int | None = None,
) -> None:  # fmt: skip
    """Count the revision up and leave a trace, for what other files of the store change.

    The trace is about the clinic, or about one member of its staff.
    """
    _set(connection, change)
    _note(connection, change, action, details, staff_id)


def _listed(connection: Connection, clinic_id: int) -> list[int]:
    """Read the on-call list as a page shows it: those who work here."""
    return list(
        connection.execute(
            select(on_call.c.staff_id)
            .join(staff, staff.c.id == on_call.c.staff_id)
            .where(on_call.c.clinic_id == clinic_id, staff.c.active)
            .order_by(on_call.c.position)
        ).scalars()
    )


def _work_here(connection: Connection, clinic_id: int, staff_ids: Sequence[int]) -> bool:
    found = connection.execute(
        select(staff.c.id).where(
            staff.c.clinic_id == clinic_id, staff.c.active, staff.c.id.in_(staff_ids)
        )
    )
    return set(found.scalars()) == set(staff_ids)


def _set(connection: Connection, change: Change, **values: Any) -> None:
    """Write columns of the clinic; counting up tells every process to read it again."""
    connection.execute(
        update(clinics)
        .where(clinics.c.id == change.clinic_id)
        .values(revision=clinics.c.revision + 1, **values)
    )


def _note(
    connection: Connection, change: Change, action: str, details: dict[str, Any],
    staff_id: int | None = None,
) -> None:  # fmt: skip
    row = {
        "clinic_id": change.clinic_id,
        "at": change.now,
        "actor": "staff",
        "actor_id": change.staff_id,
        "action": action,
        "subject": "clinic" if staff_id is None else "staff",
        "subject_id": change.clinic_id if staff_id is None else staff_id,
        "details": details,
    }
    connection.execute(insert(audit_events).values(row))


def _all(connection: Connection, query: Any) -> tuple[AnyRow, ...]:
    return tuple(connection.execute(query).all())
