"""Reads the case files, which a person who is no programmer can add a line to."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from routing.types import ChildFlag, Hazard, Mark, Note, Topic, Urgency


@dataclass(frozen=True, slots=True)
class Case:
    """One message and what must come of it; None where the line does not say."""

    note: Note
    why: str
    least: Urgency
    most: Urgency
    hazard: Hazard | None
    topic: Topic | None
    understood: bool | None
    language: str | None
    rule: str | None
    mark: Mark | None


def cases(name: str) -> tuple[Case, ...]:
    """Read the files of cases that a name or pattern fits; a misspelled key fails."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob(f"{name}.toml"))]
    assert texts, f"no file {name}.toml"
    return tuple(_case(dict(line)) for text in texts for line in tomllib.loads(text)["cases"])


FOLDER = Path(__file__).parent / "cases"


def _case(line: dict[str, object]) -> Case:
    expect = line.pop("expect", None)
    least = Urgency.of(str(expect or line.pop("at_least")))
    hazard, topic, mark = line.pop("hazard", None), line.pop("topic", None), line.pop("mark", None)
    flags, age = line.pop("flags", []), line.pop("age_months", None)
    assert isinstance(flags, list)
    assert age is None or isinstance(age, int)
    understood, language = line.pop("understood", None), line.pop("language", None)
    assert understood is None or isinstance(understood, bool)
    rule = line.pop("rule", None)
    case = Case(
        note=Note(str(line.pop("text")), frozenset(map(ChildFlag, flags)), age),
        why=str(line.pop("why")),
        least=least,
        most=least if expect else Urgency.EMERGENCY,
        hazard=Hazard(str(hazard)) if hazard else None,
        topic=Topic(str(topic)) if topic else None,
        understood=understood,
        language=str(language) if language else None,
        rule=str(rule) if rule else None,
        mark=Mark(str(mark)) if mark else None,
    )
    assert not line, f"unknown keys {sorted(line)}"
    return case
