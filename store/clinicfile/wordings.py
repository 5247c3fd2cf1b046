"""The `[[templates]]` of an apply file: a clinic's own words, checked and written as a set."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import delete

from locales import catalogs, own
from store import tables
from store.clinicfile.changes import Writing
from store.clinicfile.lines import Path
from store.clinicfile.schema import ClinicFile, TemplateSection
from store.clinicfile.values import nearest

SAYS = {
    own.Wrong.EMPTY: "is missing.",
    own.Wrong.BRACES: "has a brace too many or too few. Values are written like {on_call}.",
    own.Wrong.NUMBER_LATE: "says the emergency number too late: put {emergency} near the start.",
    own.Wrong.TOO_LONG: f"is too long: it would cost more than {own.MOST_PARTS} texts.",
}


@cache
def _shipped() -> catalogs.Catalogs:
    return catalogs.load()


def check(file: ClinicFile) -> Iterator[tuple[Path, str]]:
    """Give the path and a sentence for each own text that cannot be used."""
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(file.templates or ()):
        path = ("templates", index)
        if not one.language:
            yield (*path, "language"), "is missing."
        if (one.language, one.key) in seen:
            yield (*path, "key"), f"'{one.key}' stands here twice in this language."
        seen.add((one.language, one.key))
        wrong = own.fault(_shipped(), one.key, one.text)
        if wrong is own.Wrong.UNKNOWN:
            advice = nearest(one.key, own.changeable(_shipped()))
            yield (*path, "key"), f"'{one.key}' is no text that a clinic words itself.{advice}"
        elif wrong is own.Wrong.VALUES:
            source = _shipped().texts[catalogs.SOURCE][one.key]
            named = ", ".join(f"{{{name}}}" for name in sorted(catalogs.placeholders(source)))
            yield (*path, "text"), f"must name exactly these values: {named or 'none'}."
        elif wrong is not None:
            yield (*path, "text"), SAYS[wrong]
        review = (one.reviewed_by, one.qualification, one.reviewed_on)
        if any(review) and not all(review):
            yield (
                (*path, "reviewed_by"),
                ("a review needs reviewed_by, qualification and reviewed_on."),
            )


def write(writing: Writing, file: ClinicFile) -> None:
    """Write the own words as a set: what the file does not have is Kinline's again."""
    if file.templates is None:
        return
    wanted = {(one.language, one.key): one for one in file.templates}
    had = writing.known.wordings
    for place in sorted(had.keys() - wanted.keys()):
        _drop(writing, place)
        _note(writing, place, "removed")
    for place, one in sorted(wanted.items()):
        row, values = had.get(place), _values(one)
        if row is not None and all(row[name] == value for name, value in values.items()):
            continue
        if row is not None:
            _drop(writing, place)
        writing.add(
            tables.wordings, language=place[0], key=place[1], written_at=writing.now, **values
        )
        _note(writing, place, "added" if row is None else "changed")


def _values(one: TemplateSection) -> dict[str, Any]:
    return {
        "text": one.text,
        "reviewed_by": one.reviewed_by or None,
        "qualification": one.qualification or None,
        "reviewed_on": one.reviewed_on,
    }


def _drop(writing: Writing, place: tuple[str, str]) -> None:
    table = tables.wordings
    writing.connection.execute(
        delete(table).where(
            table.c.clinic_id == writing.clinic_id,
            table.c.language == place[0],
            table.c.key == place[1],
        )
    )


def _note(writing: Writing, place: tuple[str, str], done: str) -> None:
    language, key = place
    writing.note(f"templates: {key} ({language}) {done}", f"wording.{done}", "clinic",
                 writing.clinic_id)  # fmt: skip
