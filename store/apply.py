"""Creates or updates one clinic from a file: wholly, or not at all (DESIGN 8)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from store.clinicfile import ladders, rotations, wordings
from store.clinicfile.changes import Invitation, Writing
from store.clinicfile.checks import check
from store.clinicfile.clinic import add_clinic, write_clinic, write_staff
from store.clinicfile.families import write_families
from store.clinicfile.known import Known, load
from store.clinicfile.reading import Draft, Fault, WrongFile, read
from store.db import Database

__all__ = ["Applied", "Invitation", "WrongFile", "apply"]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a file did: one line for each change, none when all was so already."""

    changes: tuple[str, ...]
    invitations: tuple[Invitation, ...]


def apply(database: Database, path: Path, now: datetime) -> Applied:
    """Apply a file in one transaction.

    A section or key that the file has replaces what was there; one that it does not have stays.
    Nothing is deleted but numbers, closures that a file has set, on-call steps and lines of turns,
    which are replaced as a set.
    A second run of the same file changes nothing. Passwords count for new staff only.

    Raises:
        WrongFile: something is wrong in the file; it names every fault with its line.
        StoreUnavailable: the database does not answer; nothing was changed.
    """
    draft = read(path)
    with database.write() as connection:
        known = load(connection, draft.file)
        faults = _faults(draft, known, now)
        if faults:
            raise WrongFile(tuple(fault.say(str(path)) for fault in faults))
        return _write(connection, draft, known, now)


def _faults(draft: Draft, known: Known, now: datetime) -> list[Fault]:
    """Join what is wrong by itself with what does not fit; each place is named once."""
    faults = {fault.path: fault for fault in draft.faults}
    for path, sentence in check(draft.file, known, now):
        # Whatever was taken out because it is wrong must not be called missing as well.
        if not any(wrong[: len(path)] == path for wrong in faults):
            faults[path] = Fault(draft.places.line_of(path), path, sentence)
    return sorted(faults.values(), key=lambda fault: fault.line)


def _write(connection: Connection, draft: Draft, known: Known, now: datetime) -> Applied:
    file = draft.file
    clinic_id = known.clinic["id"] if known.clinic else add_clinic(connection, file.clinic)
    writing = Writing(connection, clinic_id, known, now)
    write_clinic(writing, file)
    ladders.write(writing, file)
    staff_ids = write_staff(writing, file)
    rotations.write(writing, file, staff_ids)
    write_families(writing, file, staff_ids)
    wordings.write(writing, file)
    writing.settle(sorted(file.model_fields_set))
    return Applied(tuple(change.says for change in writing.changes), tuple(writing.invitations))
