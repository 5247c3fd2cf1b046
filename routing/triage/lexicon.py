"""How concepts are written in each language: the lexicon files, read and checked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from routing.triage import views
from routing.triage.faults import Fault, SourceError

Wild = tuple[bool, bool]
"""Whether a pattern is open at its beginning and at its end: `*x`, `x*`."""


class Atom(NamedTuple):
    """One word pattern: its folded form and which sides are open."""

    form: str
    wild: Wild


class Form(NamedTuple):
    """One way to write a concept: atoms in a row; `blocks` for a look-alike (`not_in`)."""

    concept: str
    atoms: tuple[Atom, ...]
    blocks: bool
    language: str


class Frame(NamedTuple):
    """A concept told by words of several groups that stand near one another, in one language.

    `groups` are the names under which the forms of each group are found; each group stands at
    most `within` words from the one before, behind it where `in_order`.
    """

    concept: str
    groups: tuple[str, ...]
    within: int
    in_order: bool
    language: str


class Beside(NamedTuple):
    """Words that make a concept mean something else where one stands within a few words."""

    concept: str
    group: str
    within: int
    language: str


@dataclass(frozen=True, slots=True)
class Manner:
    """What holds for a whole language (`[meta]` of its lexicon).

    `shortest_typo` is the least number of letters of a word that may be one edit off;
    `far_typos` are long danger words that may be two edits off; `guard` are harmless words that
    are never taken for a misspelling; `fillers` may stand inside a phrase; `numbers` are number
    words; `near_factor` stretches `near(n)` for a language that needs more words. `tones`: other
    marks make another word (Vietnamese), so that only a word typed without any is matched bare.
    `asks_last`: what asks ahead stands behind what it asks about ("seizure if-comes what to-do").
    `reviewed_by` names who read the lexicon and vouches for it; empty while it is a draft.
    """

    script: str
    shortest_typo: int
    near_factor: float
    function_words: frozenset[str]
    guard: frozenset[str]
    fillers: frozenset[str]
    far_typos: frozenset[str]
    numbers: Mapping[str, float]
    tones: bool = False
    asks_last: bool = False
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: its manner, its forms, and what it tells by several words together."""

    tag: str
    manner: Manner
    forms: tuple[Form, ...]
    frames: tuple[Frame, ...] = ()
    besides: tuple[Beside, ...] = ()

    def written(self) -> frozenset[str]:
        """Name the concepts that the language writes; what stands beside one writes none."""
        besides = {beside.group for beside in self.besides}
        return frozenset(idea_of(f.concept) for f in self.forms if f.concept not in besides)


def read(tag: str, files: Mapping[str, object]) -> Lexicon:
    """Read one language from its parsed TOML files, `{file name: document}`.

    Exactly one file carries `[meta]`; a concept stands in one file only.
    Raises `SourceError` that names language, file and concept.
    """
    forms: list[Form] = []
    frames: list[Frame] = []
    besides: list[Beside] = []
    manner: Manner | None = None
    home: dict[str, str] = {}
    for name, document in sorted(files.items()):
        place = f"{tag}/{name}"
        if not isinstance(document, Mapping):
            raise SourceError(Fault.SHAPE, place, "is not a table of concepts")
        for concept, entry in document.items():
            if concept == "meta":
                if manner is not None:
                    raise SourceError(Fault.DUPLICATE, place, "[meta] stands in a second file")
                manner = _manner(entry, f"{place} [meta]")
                continue
            if concept in home:
                sentence = f"the concept stands in {home[concept]} already"
                raise SourceError(Fault.DUPLICATE, f"{place} [{concept}]", sentence)
            home[concept] = name
            where = f"{place} [{concept}]"
            forms.extend(_forms(tag, concept, entry, where))
            for frame, parts in together(tag, concept, entry, where):
                frames.append(frame)
                forms.extend(parts)
            for beside, words in not_with(tag, concept, entry, where):
                besides.append(beside)
                forms.extend(words)
    if manner is None:
        raise SourceError(Fault.SHAPE, tag, "no file carries [meta]")
    return Lexicon(tag, manner, tuple(forms), tuple(frames), tuple(besides))


def idea_of(name: str) -> str:
    """Give the concept that a name of a hit belongs to: its own, that of its group or beside it."""
    return name.partition(_GROUP)[0]


def is_part(name: str) -> bool:
    """Say whether a name is that of words which count only together with others, or beside some."""
    return _GROUP in name


def together(
    tag: str, concept: str, entry: object, place: str
) -> Iterator[tuple[Frame, tuple[Form, ...]]]:
    """Read `together` of a concept: each frame with the forms of its groups.

    `{ within = 4, words = [["ribs", "chest"], ["pulling in"]] }`, in any order unless
    `in_order = true`. Raises `SourceError` at `place`.
    """
    for where, table in _rows(entry, "together", place):
        groups = table.get("words")
        if not isinstance(groups, list | tuple) or len(groups) < _FEWEST_GROUPS:
            raise SourceError(Fault.SHAPE, where, "words are not two groups or more")
        within, number = _within(table, where), where.rpartition(" ")[2]
        names = tuple(f"{concept}{_GROUP}{tag}.{number}.{at}" for at in range(len(groups)))
        forms = tuple(
            form
            for name, group in zip(names, groups, strict=True)
            for form in _group(tag, name, group, where)
        )
        yield Frame(concept, names, within, table.get("in_order") is True, tag), forms


def not_with(
    tag: str, concept: str, entry: object, place: str
) -> Iterator[tuple[Beside, tuple[Form, ...]]]:
    """Read `not_with` of a concept: words beside which it means something else.

    `{ within = 6, words = ["teddy", "doll"] }`. Raises `SourceError` at `place`.
    """
    for where, table in _rows(entry, "not_with", place):
        name = f"{concept}{_GROUP}not.{tag}.{where.rpartition(' ')[2]}"
        within = _within(table, where)
        yield Beside(concept, name, within, tag), _group(tag, name, table.get("words"), where)


def words_of(text: str) -> tuple[str, ...]:
    """Fold a written form into dictionary keys, one a word."""
    cleaned = views.clean(text)
    return tuple(views.key(piece.form) for piece in views.pieces(cleaned, len(text)))


_META_KEYS = {
    "script", "shortest_typo", "near_factor", "function_words", "guard", "fillers",
    "far_typos", "numbers", "tones", "asks_last", "reviewed_by",
}  # fmt: skip
_ENTRY_KEYS = {"words", "phrases", "together", "not_in", "not_with"}
_ROW_KEYS = {"together": {"within", "in_order", "words"}, "not_with": {"within", "words"}}
_GROUP = "+"
_FEWEST_GROUPS = 2
_FARTHEST = 20


def _rows(entry: object, key: str, place: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    rows = _table(entry, _ENTRY_KEYS, place).get(key, ())
    if not isinstance(rows, list | tuple):
        raise SourceError(Fault.SHAPE, place, f"{key} is not a list of tables")
    for number, row in enumerate(rows):
        where = f"{place} {key} {number + 1}"
        yield where, _table(row, _ROW_KEYS[key], where)


def _within(table: Mapping[str, object], place: str) -> int:
    within = table.get("within")
    if not isinstance(within, int) or not 0 < within <= _FARTHEST:
        raise SourceError(Fault.SHAPE, place, f"within is no number from 1 to {_FARTHEST}")
    return within


def _group(tag: str, name: str, words: object, place: str) -> tuple[Form, ...]:
    texts = _texts({"words": words}, "words", place)
    if not texts:
        raise SourceError(Fault.SHAPE, place, "a group is empty")
    return tuple(
        Form(name, atoms, blocks=False, language=tag)
        for text in texts
        for atoms in _spacings(pattern(text, place))
    )


def _manner(entry: object, place: str) -> Manner:
    table = _table(entry, _META_KEYS, place)
    numbers = table.get("numbers", {})
    if not isinstance(numbers, Mapping):
        raise SourceError(Fault.SHAPE, place, "numbers is not a table of word = value")
    return Manner(
        script=str(table.get("script", "Latin")),
        shortest_typo=int(str(table.get("shortest_typo", 5))),
        near_factor=float(str(table.get("near_factor", 1))),
        function_words=_keys(table, "function_words", place),
        guard=_keys(table, "guard", place),
        fillers=_keys(table, "fillers", place),
        far_typos=_keys(table, "far_typos", place),
        numbers={word: float(value) for word, value in numbers.items()},
        tones=bool(table.get("tones", False)),
        asks_last=bool(table.get("asks_last", False)),
        reviewed_by=str(table.get("reviewed_by", "")),
    )


def _keys(table: Mapping[str, object], name: str, place: str) -> frozenset[str]:
    return frozenset(word for text in _texts(table, name, place) for word in words_of(text))


def _forms(tag: str, concept: str, entry: object, place: str) -> Iterator[Form]:
    table = _table(entry, _ENTRY_KEYS, place)
    if not table:
        raise SourceError(Fault.PATTERN, place, "has neither words nor phrases")
    for text in _texts(table, "words", place):
        atoms = pattern(text, place)
        if len(text.split()) != 1:
            raise SourceError(Fault.PATTERN, place, f"{text!r} in words is a phrase")
        yield Form(concept, atoms, blocks=False, language=tag)
    for text in _texts(table, "phrases", place):
        for atoms in _spacings(pattern(text, place)):
            yield Form(concept, atoms, blocks=False, language=tag)
    for text in _texts(table, "not_in", place):
        for atoms in _spacings(pattern(text, place)):
            yield Form(concept, atoms, blocks=True, language=tag)


def _spacings(atoms: tuple[Atom, ...]) -> Iterator[tuple[Atom, ...]]:
    """Give a Korean phrase with each of its spaces and without: few people text them all."""
    if len(atoms) == 1 or not (_is_hangul(atoms[0]) and all(map(_is_hangul, atoms))):
        yield atoms
        return
    head = atoms[0]
    for behind in _spacings(atoms[1:]):
        yield (head, *behind)
        after = behind[0]
        if not head.wild[1] and not after.wild[0]:
            joined = Atom(head.form + after.form, (head.wild[0], after.wild[1]))
            yield (joined, *behind[1:])


def _is_hangul(atom: Atom) -> bool:
    return atom.form >= "\uac00" and _HANGUL.fullmatch(atom.form) is not None


_HANGUL = re.compile(r"[\uac00-\ud7a3]+")


def pattern(text: str, place: str) -> tuple[Atom, ...]:
    """Read one written form; `SourceError` at `place` for one with nothing to match."""
    chunks = text.split()
    if len(chunks) == 1:
        found = _chunk(text)
    else:
        found = tuple(atom for chunk in chunks for atom in _chunk(chunk) or (_NOTHING,))
    if not found or _NOTHING in found:
        raise SourceError(Fault.PATTERN, place, f"{text!r} has nothing to match")
    if "*" in text and any(any(wild) and len(form) < _shortest_stem(form) for form, wild in found):
        raise SourceError(Fault.PATTERN, place, f"{text!r} is too short for a star")
    return found


@lru_cache(maxsize=65_536)
def _chunk(chunk: str) -> tuple[Atom, ...]:
    """Read what stands between two spaces; a lexicon repeats most of it many times."""
    stem = chunk.strip("*")
    keys = (stem.lower(),) if stem.isascii() and stem.isalpha() else words_of(stem)
    if stem == chunk:
        return tuple(Atom(form, (False, False)) for form in keys)
    last = len(keys) - 1
    return tuple(
        Atom(form, (chunk.startswith("*") and index == 0, chunk.endswith("*") and index == last))
        for index, form in enumerate(keys)
    )


_NOTHING = Atom("", (False, False))


def _shortest_stem(form: str) -> int:
    """Tell how many characters a stem needs: a syllable of Hangul says as much as three letters."""
    if form.isascii():
        return 3
    return 1 if form >= "\u1100" else 2


def _table(entry: object, allowed: set[str], place: str) -> Mapping[str, object]:
    if not isinstance(entry, Mapping):
        raise SourceError(Fault.SHAPE, place, "is not a table")
    unknown = sorted(set(entry) - allowed)
    if unknown:
        sentence = f"unknown key {unknown[0]!r}; known are {', '.join(sorted(allowed))}"
        raise SourceError(Fault.SHAPE, place, sentence)
    return entry


def _texts(table: Mapping[str, object], name: str, place: str) -> tuple[str, ...]:
    value = table.get(name, ())
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise SourceError(Fault.SHAPE, place, f"{name} is not a list of texts")
    return tuple(value)
