"""Loads what the database already has about the clinic of an apply file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from store import tables
from store.clinicfile.schema import ClinicFile

Row = RowMapping


@dataclass(frozen=True, slots=True)
class Known:
    """The clinic as it stands before the file. `clinic` is None when it is new.

    `staff` goes by e-mail, `families` and their `children` and `caregivers` by family id,
    `contacts` by phone, `wordings` by language and key; `other_emails` and `other_numbers` belong
    to other clinics.
    """

    clinic: Row | None
    staff: Mapping[str, Row]
    numbers: frozenset[str]
    closures: Mapping[date, str]
    closed_by_file: frozenset[date]  # the other days were set by people, or by a calendar
    on_call: tuple[str, ...]
    families: Mapping[str, Row]
    family_of: Mapping[int, Row]
    children: Mapping[int, tuple[Row, ...]]
    caregivers: Mapping[int, tuple[Row, ...]]
    contacts: Mapping[str, Row]
    other_emails: frozenset[str]
    other_numbers: frozenset[str]
    wordings: Mapping[tuple[str, str], Row]


def load(connection: Connection, file: ClinicFile) -> Known:
    """Load the clinic of a file, locked until the transaction ends."""
    clinic = _first(
        connection,
        select(tables.clinics).where(tables.clinics.c.key == file.clinic.key).with_for_update(),
    )
    ours = clinic["id"] if clinic else 0
    staff = _all(connection, _of(tables.staff, ours))
    families = _all(connection, _of(tables.families, ours))
    email_of = {row["id"]: row["email"] for row in staff}
    days = _all(connection, _of(tables.closures, ours))
    return Known(
        clinic=clinic,
        staff={row["email"]: row for row in staff},
        numbers=frozenset(r["number"] for r in _all(connection, _of(tables.clinic_numbers, ours))),
        closures={r["date"]: r["reason"] for r in days},
        closed_by_file=frozenset(r["date"] for r in days if r["by_file"]),
        on_call=tuple(
            email_of[row["staff_id"]]
            for row in sorted(
                _all(connection, _of(tables.on_call, ours)), key=lambda row: row["position"]
            )
        ),
        families={row["key"]: row for row in families if row["key"]},
        family_of={row["id"]: row for row in families},
        children=_by_family(_all(connection, _of(tables.children, ours))),
        caregivers=_by_family(_all(connection, _of(tables.caregivers, ours))),
        contacts={
            row["address"]: row
            for row in _all(connection, _of(tables.contacts, ours))
            if row["channel"] == "sms"
        },
        other_emails=_elsewhere(
            connection, tables.staff.c.email, ours, [one.email for one in file.staff or ()]
        ),
        other_numbers=_elsewhere(
            connection, tables.clinic_numbers.c.number, ours, file.clinic.sms_numbers
        ),
        wordings={
            (row["language"], row["key"]): row
            for row in _all(connection, _of(tables.wordings, ours))
        },
    )


def _of(table: Any, clinic_id: int) -> Select[Any]:
    return select(table).where(table.c.clinic_id == clinic_id).order_by(table.c.id)


def _elsewhere(
    connection: Connection, column: Any, clinic_id: int, values: Iterable[str]
) -> frozenset[str]:
    """Find which of these values another clinic has."""
    theirs = column.table.c.clinic_id != clinic_id
    found = connection.execute(select(column).where(theirs, column.in_(tuple(values))))
    return frozenset(found.scalars())


def _first(connection: Connection, query: Select[Any]) -> RowMapping | None:
    return connection.execute(query).mappings().first()


def _all(connection: Connection, query: Select[Any]) -> tuple[RowMapping, ...]:
    return tuple(connection.execute(query).mappings())


def _by_family(rows: tuple[RowMapping, ...]) -> dict[int, tuple[Row, ...]]:
    families: dict[int, list[Row]] = {}
    for row in rows:
        families.setdefault(row["family_id"], []).append(row)
    return {family_id: tuple(members) for family_id, members in families.items()}
