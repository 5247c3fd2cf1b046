"""Reads labelled messages: what a family wrote, and how soon a nurse would want to know.

The project's own stand in `tests/routing/messages/<tag>.jsonl`, one JSON object a line. Words are
tuned on them, and second readers learn from them; from those in `taught/` only second readers do.

Those in `apart/` are kept apart: whoever changes rules or words sees their figures and never their
texts. There the files `<tag>-2.jsonl` to `-5` are further sets, written by people who saw
neither rules nor words nor other messages. The third is made to be hard: more than half of its
dangers are only hinted at, and seven in ten of its routine messages are look-alikes. Of the fourth
half of the dangers are said plainly, and half of the routine messages. The fifth is full of
look-alikes, each by another device; those of en, es, fr, pt, zh and ko that rang were read once.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from routing.types import ChildFlag, Note, Urgency

HOME = Path(__file__).parent.parent / "tests" / "routing" / "messages"
APART = "apart"
TUNED, TAUGHT = "tuned", "taught"
PARTS = {TUNED: ("", ""), TAUGHT: ("taught", ""), "a": (APART, ""), "b": (APART, "-2"),
         "c": (APART, "-3"), "d": (APART, "-4"), "e": (APART, "-5")}  # fmt: skip
"""The folder of each part and what the names of its files end in."""
TOPICS = (
    "breathing", "awareness", "seizure", "fever", "feeding", "bleeding", "injury", "allergy",
    "pain", "rash", "diabetes", "device", "medicine", "poison", "self_harm", "violence",
    "caregiver", "newborn", "everyday",
)  # fmt: skip
KEYS = ("id", "text", "gold", "topic", "child_flags", "age_months", "look_alike", "accept")


class Mislabelled(ValueError):
    """A line that is not as agreed; the sentence names file and line and holds no message."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message with the level that it must get.

    `accept` are levels that are no mistake either; `is_hard` marks a look-alike: words of
    danger, meant harmlessly.
    """

    id: str
    language: str
    note: Note
    gold: Urgency
    topic: str
    is_hard: bool = False
    accept: frozenset[Urgency] = frozenset()


def own(part: str = TUNED) -> tuple[Labelled, ...]:
    """Read a part of the project's own messages, one of `PARTS`."""
    return tuple(one for file in files(part) for one in strictly(file))


def files(part: str) -> tuple[Path, ...]:
    """List the files of a part."""
    folder, end = PARTS[part]
    return tuple(file for file in sorted((HOME / folder).glob("*.jsonl")) if _split(file)[1] == end)


def language_of(file: Path) -> str:
    """Give the tag of the language that a file of the project is in."""
    return _split(file)[0]


def _split(file: Path) -> tuple[str, str]:
    """Give the tag of a file's language and what its name ends in."""
    tag, line, number = file.stem.partition("-")
    return tag, line + number


def strictly(file: Path) -> Iterator[Labelled]:
    """Read a file of the project; anything not agreed raises `Mislabelled`."""
    tag = language_of(file)
    for place, document in _documents(file):
        if list(document) != [key for key in KEYS if key in document]:
            raise Mislabelled(f"{place}: keys are {', '.join(KEYS)}, in this order")
        if not {"id", "text", "gold", "topic"} <= set(document):
            raise Mislabelled(f"{place}: id, text, gold and topic are needed")
        if not str(document["id"]).startswith(f"{tag}-"):
            raise Mislabelled(f"{place}: the id does not begin with {tag}-")
        if document["topic"] not in TOPICS:
            raise Mislabelled(f"{place}: the topic is none of {', '.join(TOPICS)}")
        if not isinstance(document.get("look_alike", True), bool):
            raise Mislabelled(f"{place}: look_alike is not true or false")
        if "look_alike" in document and document["gold"] != "routine":
            raise Mislabelled(f"{place}: only a routine message is a look-alike")
        if not set(_list(document, "accept", place)) <= {level.word for level in Urgency}:
            raise Mislabelled(f"{place}: accept holds an unknown level")
        yield _labelled(document, tag, place)


def loosely(file: Path) -> Iterator[Labelled]:
    """Read a set made by others: `lang` on each line, `crisis` or `none` as levels.

    Lines marked `suspect` are left out: nobody vouches for their level.
    """
    for place, document in _documents(file):
        if not document.get("suspect"):
            yield _labelled(document, str(document.get("lang", file.stem)), place)


# How others name the ends of the scale.
_OTHER_NAMES = {"crisis": "emergency", "none": "routine", "None": "routine"}


def _documents(file: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{file.name} line {number}"
        try:
            document = json.loads(line)
        except json.JSONDecodeError:
            # Not chained: the parser's own error quotes the line.
            raise Mislabelled(f"{place}: is not JSON") from None
        if not isinstance(document, dict):
            raise Mislabelled(f"{place}: is not a JSON object")
        yield place, document


def _labelled(document: Mapping[str, object], language: str, place: str) -> Labelled:
    text, age = document.get("text"), document.get("age_months")
    if not isinstance(text, str) or not text.strip():
        raise Mislabelled(f"{place}: text is empty or missing")
    if not (age is None or (isinstance(age, int) and not isinstance(age, bool) and age >= 0)):
        raise Mislabelled(f"{place}: age_months is not a whole number of months")
    accepted = {_OTHER_NAMES.get(word, word) for word in _list(document, "accept", place)}
    gold = str(document.get("gold") or "none")
    try:
        return Labelled(
            id=str(document.get("id")),
            language=language,
            note=Note(text, frozenset(map(ChildFlag, _list(document, "child_flags", place))), age),
            gold=Urgency.of(_OTHER_NAMES.get(gold, gold)),
            topic=str(document.get("topic", "")),
            is_hard=document.get("look_alike") is True,
            accept=frozenset(map(Urgency.of, accepted)),
        )
    except KeyError:
        raise Mislabelled(f"{place}: gold or accept is no level") from None
    except ValueError:
        raise Mislabelled(f"{place}: a child_flag is unknown") from None


def _list(document: Mapping[str, object], key: str, place: str) -> list[str]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Mislabelled(f"{place}: {key} is not a list of words")
    return value
