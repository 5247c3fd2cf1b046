"""The rules: written once, without words of any language, read from their files and checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from routing.triage.conditions import (
    Concept,
    Condition,
    Either,
    Every,
    Without,
    concepts,
    is_worded,
    parse,
)
from routing.triage.context import Yields
from routing.triage.faults import Fault, SourceError
from routing.types import ChildFlag, Hazard, Mark, Note, ReplyKey, Topic, Urgency


class Mention(StrEnum):
    """When a word or two of a danger are only mentioned, beside an everyday matter."""

    NEVER = "never"
    LAUGHED = "laughed"  # the family laughs or jokes
    UNTOLD = "untold"  # that, or nothing tells that it happens
    ALWAYS = "always"  # the words are no sign of illness


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to act, or one everyday topic.

    `yields`: what context may do to it (C4). `alone`: it holds only where nothing else is said.
    `raises`: it also lifts an urgent medical sign by one level (FACTS E2 row 32). `condition`:
    with one of these flags, the danger told of the past or asked ahead stays `soon` (C4).
    `nameable`: its words also name the illness in everyday matters ("the seizure helmet"); only
    named beside one, it is `soon`. `mention`: when a word or two of it, all there is of danger in a
    message about an everyday matter, are `soon` (docs/decisions/0020).
    """

    id: str
    when: Condition
    urgency: Urgency
    why: str
    source: str
    hazard: Hazard | None = None
    topics: tuple[Topic, ...] = ()
    reply: ReplyKey | None = None
    marks: frozenset[Mark] = frozenset()
    condition: frozenset[ChildFlag] = frozenset()
    yields: Yields = Yields.LASTING
    alone: bool = False
    raises: bool = False
    nameable: bool = False
    mention: Mention = Mention.NEVER

    def is_grave(self) -> bool:
        """Say whether somebody is called for it, whatever else the message says."""
        return self.urgency >= Urgency.URGENT and not self.alone


@dataclass(frozen=True, slots=True)
class Examples:
    """Messages beside a rule: those that it must find, and those that only look like it.

    They decide nothing; tests and `kinline lexicon check` ask them.
    """

    triggers: tuple[Note, ...] = ()
    look_alikes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules in the order of their files, the concepts composed of others, and examples."""

    rules: tuple[Rule, ...]
    composed: Mapping[str, Condition]
    examples: Mapping[str, Examples] = field(default_factory=dict)

    def sufficient(self, least: Urgency) -> frozenset[str]:
        """Name the concepts of which one sighting makes a message that urgent or more."""
        return frozenset(
            name
            for rule in self.rules
            if rule.urgency >= least and not rule.alone
            for name in self._sufficient(rule.when)
        )

    def _sufficient(self, condition: Condition) -> Iterator[str]:
        match condition:
            case Concept(name):
                yield name
                if name in self.composed:
                    yield from self._sufficient(self.composed[name])
            case Either(parts):
                for part in parts:
                    yield from self._sufficient(part)
            case Every(parts):
                rest = [part for part in parts if not isinstance(part, Without)]
                if len(rest) == 1:
                    yield from self._sufficient(rest[0])


def read(documents: Sequence[Mapping[str, object]]) -> RuleBook:
    """Read parsed rule files: `[[rule]]`, `[compose]`, and `file` with the file's name.

    Raises `SourceError` that names the file and the rule id.
    """
    rules: list[Rule] = []
    composed: dict[str, Condition] = {}
    examples: dict[str, Examples] = {}
    for number, document in enumerate(documents):
        place = str(document.get("file", f"rule file {number + 1}"))
        unknown = sorted(set(document) - {"file", "rule", "compose"})
        if unknown:
            raise SourceError(Fault.SHAPE, place, f"unknown table {unknown[0]!r}")
        for name, text in _compositions(document, place):
            if name in composed:
                raise SourceError(Fault.DUPLICATE, f"{place} [compose] {name}", "stands twice")
            composed[name] = _composition(name, text, place)
        for entry in _entries(document, place):
            rule = _rule(entry, place)
            if rule.id in examples:
                raise SourceError(Fault.DUPLICATE, f"{place} {rule.id}", "the id is taken")
            examples[rule.id] = _examples(entry, f"{place} {rule.id}")
            rules.append(rule)
    _refuse_circles(composed)
    return RuleBook(tuple(rules), composed, examples)


def deciding(document: Mapping[str, object]) -> Mapping[str, object]:
    """Give a rule file without its examples: what makes a version another one."""
    entries = [
        {key: value for key, value in entry.items() if key not in _EXAMPLES}
        for entry in _entries(document, "")
    ]
    return {**document, "rule": entries}


_REQUIRED = frozenset({"id", "when", "urgency", "why", "source"})
_EXAMPLES = frozenset({"triggers", "look_alikes"})
_OPTIONAL = _EXAMPLES | {
    "hazard", "topics", "reply", "marks", "condition", "firm", "passes", "alone", "raises",
    "nameable", "mention", "stays",
}  # fmt: skip
_REPLIES = {
    "call_emergency": ReplyKey.CALL_EMERGENCY,
    "call_nurse": ReplyKey.CALL_NURSE,
    "self_harm": ReplyKey.SELF_HARM,
    "violence": ReplyKey.VIOLENCE,
}


def _entries(document: Mapping[str, object], place: str) -> Iterator[Mapping[str, object]]:
    entries = document.get("rule", ())
    if not isinstance(entries, list | tuple):
        raise SourceError(Fault.SHAPE, place, "rule is not a list of [[rule]] tables")
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise SourceError(Fault.SHAPE, place, "a [[rule]] is not a table")
        yield entry


def _compositions(document: Mapping[str, object], place: str) -> Iterator[tuple[str, str]]:
    table = document.get("compose", {})
    if not isinstance(table, Mapping):
        raise SourceError(Fault.SHAPE, place, "[compose] is not a table of concept = condition")
    for name, text in table.items():
        yield str(name), str(text)


def _composition(name: str, text: str, place: str) -> Condition:
    where = f"{place} [compose] {name}"
    condition = parse(text, where)
    if not is_worded(condition):
        raise SourceError(Fault.CONDITION, where, "a composed concept has only or and near")
    return condition


def _rule(entry: Mapping[str, object], place: str) -> Rule:
    where = f"{place} {entry.get('id', '(rule without id)')}"
    missing = sorted(_REQUIRED - set(entry))
    unknown = sorted(set(entry) - _REQUIRED - _OPTIONAL)
    if missing or unknown:
        sentence = f"{missing[0]} is missing" if missing else f"unknown key {unknown[0]!r}"
        raise SourceError(Fault.SHAPE, where, sentence)
    try:
        urgency = Urgency.of(str(entry["urgency"]))
        hazard = Hazard(str(entry["hazard"])) if "hazard" in entry else None
        return Rule(
            id=str(entry["id"]),
            when=parse(str(entry["when"]), where),
            urgency=urgency,
            why=str(entry["why"]),
            source=str(entry["source"]),
            hazard=hazard,
            topics=tuple(map(Topic, _texts(entry, "topics"))),
            reply=_REPLIES[str(entry["reply"])] if "reply" in entry else None,
            marks=frozenset(map(Mark, _texts(entry, "marks"))),
            condition=frozenset(map(ChildFlag, _texts(entry, "condition"))),
            yields=_yields(entry, urgency, hazard),
            alone=_is_on(entry, "alone"),
            raises=_is_on(entry, "raises"),
            nameable=_is_on(entry, "nameable"),
            mention=Mention(str(entry.get("mention", Mention.NEVER))),
        )
    except SourceError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(Fault.SHAPE, where, f"unknown value {error}") from error


def _examples(entry: Mapping[str, object], where: str) -> Examples:
    return Examples(*(_notes(entry, name, where) for name in ("triggers", "look_alikes")))


def _notes(entry: Mapping[str, object], name: str, where: str) -> tuple[Note, ...]:
    """Read messages: a text, or `{text, flags, age_months}` where the child matters."""
    value = entry.get(name, ())
    if not isinstance(value, list | tuple):
        raise SourceError(Fault.SHAPE, where, f"{name} is not a list of messages")
    try:
        return tuple(_note(one) for one in value)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(Fault.SHAPE, where, f"{name}: unknown value {error}") from error


def _note(example: object) -> Note:
    if isinstance(example, str):
        return Note(example)
    if not isinstance(example, Mapping) or set(example) - {"text", "flags", "age_months"}:
        raise TypeError(str(example))
    months = example.get("age_months")
    return Note(
        str(example["text"]),
        frozenset(map(ChildFlag, _texts(example, "flags"))),
        None if months is None else int(str(months)),
    )


def _yields(entry: Mapping[str, object], urgency: Urgency, hazard: Hazard | None) -> Yields:
    """Everyday topics are topics in every tense; self-harm and violence never yield (C4)."""
    firm, passes = _is_on(entry, "firm"), _is_on(entry, "passes")
    if firm or not urgency or hazard in {Hazard.SELF_HARM, Hazard.VIOLENCE}:
        return Yields.NEVER
    if _is_on(entry, "stays"):
        return Yields.STAYING
    return Yields.PASSING if passes else Yields.LASTING


def _texts(entry: Mapping[str, object], name: str) -> Sequence[str]:
    value = entry.get(name, ())
    if not isinstance(value, list | tuple):
        raise TypeError(f"of {name}: not a list")
    return tuple(map(str, value))


def _is_on(entry: Mapping[str, object], name: str) -> bool:
    value = entry.get(name, False)
    if not isinstance(value, bool):
        raise TypeError(f"of {name}: not true or false")
    return value


def _refuse_circles(composed: Mapping[str, Condition]) -> None:
    try:
        TopologicalSorter({name: set(concepts(part)) for name, part in composed.items()}).prepare()
    except CycleError as error:
        circle = " -> ".join(map(str, error.args[1]))
        raise SourceError(
            Fault.CYCLE, "[compose]", f"concepts need each other: {circle}"
        ) from error
