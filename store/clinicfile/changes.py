"""Writes what an apply file changes, and keeps the account of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, update

from store import tables
from store.clinicfile.known import Known, Row


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that a new member of staff sets a password with; `token` is shown once."""

    email: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different now: a line for the person, and what the audit keeps of it."""

    says: str
    action: str
    subject: str
    subject_id: int | None


@dataclass(slots=True)
class Writing:
    """One file being written into one clinic, inside one transaction."""

    connection: Connection
    clinic_id: int
    known: Known
    now: datetime
    changes: list[Change] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)

    def note(self, says: str, action: str, subject: str, subject_id: int | None = None) -> None:
        """Keep account of one change."""
        self.changes.append(Change(says, action, subject, subject_id))

    def add(self, table: Table, **values: Any) -> int:
        """Insert a row of the clinic and give its id."""
        row = insert(table).values(clinic_id=self.clinic_id, **values).returning(table.c.id)
        return int(self.connection.execute(row).scalar_one())

    def change(self, table: Table, row: Row, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Update the columns of a row that differ, and name them."""
        different = {name: value for name, value in values.items() if row[name] != value}
        if different:
            self.connection.execute(
                update(table)
                .where(table.c.clinic_id == self.clinic_id, table.c.id == row["id"])
                .values(different)
            )
        return tuple(name.removesuffix("_id").replace("_", " ") for name in different)

    def settle(self, sections: Iterable[str]) -> None:
        """Write the audit rows, and tell the caches that the clinic is not what it was."""
        if not self.changes:
            return
        named = list(sections)
        self.connection.execute(
            insert(tables.audit_events),
            [
                {
                    "clinic_id": self.clinic_id,
                    "at": self.now,
                    "actor": "file",
                    "actor_id": None,
                    "action": change.action,
                    "subject": change.subject,
                    "subject_id": change.subject_id,
                    "details": {"sections": named},
                }
                for change in self.changes
            ],
        )
        if self.known.clinic:
            clinics = tables.clinics
            self.connection.execute(
                update(clinics)
                .where(clinics.c.id == self.clinic_id)
                .values(revision=clinics.c.revision + 1)
            )
