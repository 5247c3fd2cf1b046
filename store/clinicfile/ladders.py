"""Reads, checks and writes the steps of an alert in an apply file."""

from collections.abc import Iterator

from routing.steps import (
    DEFAULT,
    EVERYBODY_BY,
    EVERYBODY_BY_URGENT,
    MINUTE,
    MOST_STEPS,
    Flaw,
    Ladder,
    Rung,
    faults,
)
from store import tables
from store.clinicfile.changes import Writing
from store.clinicfile.lines import Path
from store.clinicfile.schema import ClinicFile, LadderSection, StepSection
from store.ladders import kept

MENDS = {
    Flaw.EMPTY: "has no step. Write one at least, or leave the key out for the usual ones.",
    Flaw.TOO_MANY: f"is one step too many. At most {MOST_STEPS} can be.",
    Flaw.NOBODY: 'tells nobody. Name people, like who = ["owner"].',
    Flaw.NOT_AT_ONCE: "must be 0: somebody is told of a danger at once.",
    Flaw.ORDER: "is not later than the step before. Let each step come after the one before it.",
    Flaw.NOT_EVERYBODY: 'must tell everybody: name "staff", or "list" and "nurses", in a step.',
}
LATEST = {"after": EVERYBODY_BY, "after_urgent": EVERYBODY_BY_URGENT}


def check(file: ClinicFile) -> Iterator[tuple[Path, str]]:
    """Give the path and a sentence for all that no ladder may be."""
    if file.ladder is None:
        return
    for fault in faults(_ladder(file.ladder)):
        step: Path = () if fault.step is None else (fault.step,)
        path = ("ladder", fault.part, *step, *((fault.key,) if fault.key else ()))
        if fault.flaw is Flaw.LATE:
            latest = LATEST[fault.key] // MINUTE
            yield path, f"is too late: everybody is told within {latest} minutes."
        else:
            yield path, MENDS[fault.flaw]


def write(writing: Writing, file: ClinicFile) -> None:
    """Write the steps, if the file has any."""
    if file.ladder is None:
        return
    wanted = kept(_ladder(file.ladder))
    before = writing.known.clinic["ladder"] if writing.known.clinic else None
    if wanted == before:
        return
    clinics = tables.clinics
    writing.connection.execute(
        clinics.update().where(clinics.c.id == writing.clinic_id).values(ladder=wanted)
    )
    says = "ladder: the usual steps" if wanted is None else "ladder: steps changed"
    writing.note(says, "ladder.changed", "clinic", writing.clinic_id)


def _ladder(section: LadderSection) -> Ladder:
    return Ladder(
        day=_rungs(section.day) if section.has("day") else DEFAULT.day,
        night=_rungs(section.night) if section.has("night") else DEFAULT.night,
    )


def _rungs(steps: tuple[StepSection, ...]) -> tuple[Rung, ...]:
    return tuple(
        Rung(
            groups=step.who,
            after=step.after * MINUTE,
            after_urgent=step.after_urgent * MINUTE,
            channels=frozenset(step.channels) if step.has("channels") else None,
        )
        for step in steps
    )
