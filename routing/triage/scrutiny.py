"""Looks for mistakes in rules and lexicons that load without complaint: `kinline lexicon check`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from routing.triage import context, facts, lexicon, outcome, views
from routing.triage.conditions import Concept, Condition, Either, concepts
from routing.triage.depths import DANGER_DEPTH, EMERGENCIES, EMERGENCY_DEPTH, FULL_DEPTH
from routing.triage.engine import Engine
from routing.triage.lexicon import Atom, Frame, Lexicon
from routing.triage.rules import RuleBook
from routing.types import Urgency

SOURCE = "en"
"""The language that writes every concept first; the others are measured against it."""
TRIGGERS, LOOK_ALIKES = 3, 2
"""How many messages must stand beside each rule."""


class Remark(NamedTuple):
    """One thing that somebody should mend; where `note` holds, only look at.

    `file` is `<tag>/<file>` or the name of a rule file; `entry` a concept or a rule id; `text`
    the words in question, to find the line by.
    """

    file: str
    entry: str
    text: str
    sentence: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Depth:
    """How much of what a language should write it writes."""

    tag: str
    written: int
    wanted: int
    forms: int
    reviewed_by: str


class Sources(NamedTuple):
    """Rules and lexicons as parsed from their files, and the engine that they make."""

    rules: Sequence[Mapping[str, object]]
    lexicons: Mapping[str, Mapping[str, object]]
    engine: Engine


class Scrutiny:
    """Everything that is asked about one set of sources."""

    def __init__(self, sources: Sources) -> None:
        """Work out once what each concept is for."""
        self._sources = sources
        self._book = sources.engine.book
        self._languages = {
            tag: lexicon.read(tag, files) for tag, files in sorted(sources.lexicons.items())
        }
        self._written = {tag: one.written() for tag, one in self._languages.items()}
        always = {*facts.NEEDED, *context.NEEDED, *outcome.NEEDED}
        self._attended = always | set(_asked(self._book, Urgency.SOON))
        self._everyday = set(_asked(self._book, Urgency.ROUTINE)) - self._attended
        self._alarms = self._book.sufficient(Urgency.URGENT)
        self._harmless = _harmless(self._languages, self._everyday)

    def depths(self) -> Iterator[Depth]:
        """Measure each language."""
        for tag, one in self._languages.items():
            wanted = self._wanted(tag)
            missing = self._missing(tag)
            yield Depth(
                tag, len(wanted) - len(missing), len(wanted), len(one.forms), one.manner.reviewed_by
            )

    def remarks(self, tags: Sequence[str] = ()) -> Iterator[Remark]:
        """Give every remark about some languages, or about all of them and the rules."""
        if not tags:
            yield from self.examples()
        for tag in tags or tuple(self._languages):
            yield from self._coverage(tag)
            yield from self._forms(tag)
            yield from self._frames(tag)
            yield from self._shared(tag)

    def _wanted(self, tag: str) -> frozenset[str]:
        if tag in EMERGENCY_DEPTH:
            return frozenset(EMERGENCIES)
        english = self._written.get(SOURCE, frozenset())
        return english & self._attended if tag in DANGER_DEPTH else english

    def _missing(self, tag: str) -> set[str]:
        """A composed concept is written where its parts are."""
        written = self._written[tag]
        wanted = {one for one in self._wanted(tag) if facts.EITHER.get(one) not in written}
        return {one for one in wanted - written if not self._is_composed(one, written)}

    def _is_composed(self, name: str, written: frozenset[str]) -> bool:
        condition = self._book.composed.get(name)
        return condition is not None and self._can_hold(condition, written)

    def _can_hold(self, condition: Condition, written: frozenset[str]) -> bool:
        match condition:
            case Concept(name):
                return name in written or self._is_composed(name, written)
            case Either(parts):
                return any(self._can_hold(part, written) for part in parts)
        return all(name in written or self._is_composed(name, written)
                   for name in concepts(condition))  # fmt: skip

    def _coverage(self, tag: str) -> Iterator[Remark]:
        if tag not in {*FULL_DEPTH, *DANGER_DEPTH, *EMERGENCY_DEPTH}:
            yield Remark(
                tag, "", "", "no depth is named for this language (routing/triage/depths.py)"
            )
        for concept in sorted(self._missing(tag)):
            sentence = "the concept is not written in this language"
            needed = " and a rule of soon or above asks for it" if concept in self._attended else ""
            yield Remark(tag, concept, "", sentence + needed)

    def _forms(self, tag: str) -> Iterator[Remark]:
        """Ask the matcher itself whether each form finds its concept."""
        matcher = self._sources.engine.matcher
        see, tongue = matcher.see, matcher.index.tongues[tag]
        for file, concept, key, text in _texts(tag, self._sources.lexicons[tag]):
            place = f"{tag}/{file}"
            seen = see(text.replace("*", ""))
            if key == "not_in":
                if concept not in seen.hits and concept not in self._book.composed:
                    sentence = "this look-alike holds nothing of the concept, so it blocks nothing"
                    yield Remark(place, concept, text, sentence, note=True)
            elif concept not in seen.hits:
                yield Remark(place, concept, text, "never found: it is not read as these words")
            elif not seen.clear(concept, tongue):
                yield Remark(
                    place, concept, text, "never counts: a not_in of the concept covers it"
                )

    def _frames(self, tag: str) -> Iterator[Remark]:
        """Ask the matcher whether each word of `together` and `not_with` is found as such."""
        see, files = self._sources.engine.matcher.see, self._sources.lexicons[tag]
        named = [
            (file, concept, name, texts)
            for file, concept, frame, groups in _together(tag, files)
            for name, texts in zip(frame.groups, groups, strict=True)
        ]
        for file, concept, name, texts in (*named, *_not_with(tag, files)):
            for text in texts:
                if name not in see(text.replace("*", "")).part_names():
                    sentence = "never found: it is not read as these words"
                    yield Remark(f"{tag}/{file}", concept, text, sentence)

    def _shared(self, tag: str) -> Iterator[Remark]:
        home: dict[tuple[Atom, ...], list[tuple[str, str, str]]] = {}
        for file, concept, key, text in _texts(tag, self._sources.lexicons[tag]):
            if key == "not_in":
                continue
            place = f"{tag}/{file}"
            atoms = lexicon.pattern(text, place)
            others = home.setdefault(atoms, [])
            for _place, other, _text in others:
                yield from self._pair(place, concept, other, text)
            others.append((place, concept, text))
            if concept in self._alarms and len(atoms) == 1:
                yield from self._common(tag, atoms[0], Remark(place, concept, text, ""))

    def _pair(self, place: str, concept: str, other: str, text: str) -> Iterator[Remark]:
        if concept == other:
            yield Remark(place, concept, text, "stands twice in the concept", note=True)
            return
        pair = {concept, other}
        is_mixed = bool(pair & self._alarms) and bool(pair & self._everyday)
        end = ", an everyday one" if is_mixed else ""
        yield Remark(place, concept, text, f"is also written for [{other}]{end}", note=not is_mixed)

    def _common(self, tag: str, atom: Atom, remark: Remark) -> Iterator[Remark]:
        """A word that alone raises an alarm must be harmless in no language (people mix them)."""
        for word in self._harmless_fitting(atom):
            for other, what in self._harmless[word]:
                if what != _GUARDED or other == tag:
                    sentence = f"alone it raises an alarm, and {word!r} is {what} of {other}"
                    yield remark._replace(sentence=sentence)

    def _harmless_fitting(self, atom: Atom) -> Iterator[str]:
        if atom.wild == (False, False):
            yield from (w for w in {atom.form, views.bare(atom.form)} if w in self._harmless)
            return
        yield from (word for word in self._harmless if _fits(atom, word))

    def examples(self) -> Iterator[Remark]:
        """Name the rules beside which too few messages stand."""
        for number, document in enumerate(self._sources.rules):
            file = str(document.get("file", number))
            entries = document.get("rule", ())
            for entry in entries if isinstance(entries, list | tuple) else ():
                for key, least in (("triggers", TRIGGERS), ("look_alikes", LOOK_ALIKES)):
                    found = len(entry.get(key, ()))
                    if found < least:
                        sentence = f"{found} of {least} {key} stand beside the rule"
                        yield Remark(file, str(entry.get("id")), "", sentence)


def alarming(tag: str, files: Mapping[str, object], book: RuleBook) -> Iterator[str]:
    """Give the forms of a language of which one alone makes a message urgent or worse."""
    concepts_alone = book.sufficient(Urgency.URGENT)
    for _file, concept, key, text in _texts(tag, files):
        if key != "not_in" and concept in concepts_alone:
            yield text
    for _file, concept, _frame, groups in _together(tag, files):
        if concept in concepts_alone:
            yield from (" ".join(texts) for texts in zip(*groups, strict=False))


def _texts(tag: str, files: Mapping[str, object]) -> Iterator[tuple[str, str, str, str]]:
    """Give each form as written: file, concept, key, text."""
    for file, concept, entry in _entries(tag, files):
        for key in ("words", "phrases", "not_in"):
            yield from ((file, concept, key, text) for text in entry.get(key, ()))


def _together(
    tag: str, files: Mapping[str, object]
) -> Iterator[tuple[str, str, Frame, Sequence[Sequence[str]]]]:
    """Give each frame with its groups as written: file, concept, frame, groups of texts."""
    for file, concept, entry in _entries(tag, files):
        frames = lexicon.together(tag, concept, entry, file)
        for row, (frame, _forms) in zip(entry.get("together", ()), frames, strict=True):
            yield file, concept, frame, row["words"]


def _not_with(
    tag: str, files: Mapping[str, object]
) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    """Give the words of each `not_with` as written: file, concept, name of the group, texts."""
    for file, concept, entry in _entries(tag, files):
        besides = lexicon.not_with(tag, concept, entry, file)
        for row, (beside, _forms) in zip(entry.get("not_with", ()), besides, strict=True):
            yield file, concept, beside.group, row["words"]


def _entries(tag: str, files: Mapping[str, object]) -> Iterator[tuple[str, str, Any]]:
    """Give each concept as it is written: file, concept, entry."""
    for file, document in files.items():
        assert isinstance(document, Mapping), tag  # noqa: S101 - narrows: the engine was built
        yield from ((file, name, entry) for name, entry in document.items() if name != "meta")


def _asked(book: RuleBook, least: Urgency) -> Iterator[str]:
    for rule in book.rules:
        if rule.urgency >= least:
            yield from _closed(book, concepts(rule.when))


def _closed(book: RuleBook, names: Iterator[str]) -> Iterator[str]:
    for name in names:
        yield name
        if name in book.composed:
            yield from _closed(book, concepts(book.composed[name]))


def _harmless(
    languages: Mapping[str, Lexicon], everyday: set[str]
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Gather the common words of every language, as written and without marks."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for tag, one in languages.items():
        manner = one.manner
        named = [(word, "a function word") for word in manner.function_words]
        named += [(word, "a filler") for word in manner.fillers]
        named += [(word, _GUARDED) for word in manner.guard]
        named += [
            (form.atoms[0].form, f"a word of [{form.concept}], an everyday concept,")
            for form in one.forms
            if form.concept in everyday and not form.blocks and len(form.atoms) == 1
            if form.atoms[0].wild == (False, False)
        ]
        for word, what in sorted(named):
            for view in (word, views.bare(word)):
                found.setdefault(view, {})[tag, what] = None
    return {word: tuple(where) for word, where in found.items()}


_GUARDED = "a guarded word"


def _fits(atom: Atom, word: str) -> bool:
    starts, ends = word.startswith(atom.form), word.endswith(atom.form)
    return atom.form in word if all(atom.wild) else (starts if atom.wild[1] else ends)
