"""The small condition language of the rules: its grammar and what a condition is made of.

blue near(4) (lips or face)          within four words of each other, in one sentence
fever and child has central_line
age < 3 months      age unknown
temperature >= 38.0                  degrees Celsius
duration(seizure) > 5 min
ahead(ran_out) > 4320 min            so far off: "runs out in two weeks"
count(pills) > 7                     a whole number close before the word, or right behind it
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from routing.triage.faults import Fault, SourceError
from routing.types import ChildFlag


class Measure(StrEnum):
    """What a reader of numbers can give a condition."""

    TEMPERATURE = "temperature"  # degrees Celsius
    SATURATION = "saturation"  # per cent
    GLUCOSE = "glucose"  # mg/dl
    HEART_RATE = "heart_rate"  # beats a minute
    BREATH_RATE = "breath_rate"  # breaths a minute
    BLOOD_PRESSURE = "blood_pressure"  # the upper number of a blood pressure, mm Hg


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept is in the text."""

    name: str


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides stand within `words` words of each other, in one sentence."""

    left: "Condition"
    right: "Condition"
    words: int


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold, anywhere in the message."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part does not hold."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Has:
    """The child has a condition or device."""

    flag: ChildFlag


@dataclass(frozen=True, slots=True)
class Compare:
    """A number that was read, against a limit: degrees Celsius, per cent, mg/dl."""

    measure: Measure
    sign: str
    limit: float


@dataclass(frozen=True, slots=True)
class Age:
    """The child's age against a limit in months; no limit asks whether it is unknown."""

    sign: str
    months: float | None


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long something has lasted, or how far ahead it lies, against a limit in minutes."""

    concept: str
    sign: str
    minutes: float
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something, against a limit."""

    concept: str
    sign: str
    limit: float


Condition = Concept | Near | Every | Either | Without | Has | Compare | Age | Lasting | Count


def parse(text: str, where: str) -> Condition:
    """Read a condition; `SourceError` at `where` names the column of a mistake."""
    try:
        return _Builder().transform(_PARSER.parse(text))
    except UnexpectedInput as error:
        sentence = f"condition cannot be read at column {error.column}: {text!r}"
        raise SourceError(Fault.CONDITION, where, sentence) from error
    except VisitError as error:
        raise SourceError(Fault.CONDITION, where, str(error.orig_exc)) from error


def concepts(condition: Condition, *, asserted: bool = False) -> Iterator[str]:
    """Name every concept that a condition looks at; `asserted`: none that must not hold."""
    match condition:
        case Concept(name):
            yield name
        case Lasting(concept) | Count(concept):
            yield concept
        case Near(left, right):
            yield from concepts(left)
            yield from concepts(right)
        case Every(parts) | Either(parts):
            for part in parts:
                yield from concepts(part, asserted=asserted)
        case Without(part) if not asserted:
            yield from concepts(part)


def measures(condition: Condition) -> Iterator[Measure]:
    """Name every measure that a condition reads."""
    match condition:
        case Compare(measure):
            yield measure
        case Near(left, right):
            yield from measures(left)
            yield from measures(right)
        case Every(parts) | Either(parts):
            for part in parts:
                yield from measures(part)
        case Without(part):
            yield from measures(part)


def needs(condition: Condition, composed: Mapping[str, Condition]) -> tuple[frozenset[str], ...]:
    """Give sets of concepts and measures of which a text must hold one each.

    A condition cannot hold, nor be set aside, without them; with them it may. `composed` are the
    conditions of concepts that are made of others.
    """
    match condition:
        case Concept(name) | Lasting(name) | Count(name):
            if name not in composed:
                return (frozenset((name,)),)
            return tuple(one | {name} for one in needs(composed[name], composed))
        case Compare(measure):
            return (frozenset((measure,)),)
        case Near(left, right):
            return (*needs(left, composed), *needs(right, composed))
        case Every(parts):
            return tuple(one for part in parts for one in needs(part, composed))
        case Either(parts):
            each = [needs(part, composed) for part in parts]
            return (
                (frozenset[str]().union(*(min(one, key=len) for one in each)),) if all(each) else ()
            )
    return ()


def is_worded(condition: Condition) -> bool:
    """Say whether it is made of words alone, so that `near` can join it."""
    match condition:
        case Concept() | Count():
            return True
        case Near(left, right):
            return is_worded(left) and is_worded(right)
        case Either(parts):
            return all(is_worded(part) for part in parts)
    return False


_GRAMMAR = r"""
?start: either
?either: every ("or" every)*
?every: single ("and" single)*
?single: "not" single -> without
       | near
?near: atom (NEAR atom)*
?atom: "(" either ")"
     | "child" "has" NAME          -> has
     | "age" "unknown"             -> age_unknown
     | "age" SIGN NUMBER MONTHS    -> age
     | "duration" "(" NAME ")" SIGN NUMBER MINUTES -> lasting
     | "ahead" "(" NAME ")" SIGN NUMBER MINUTES -> ahead
     | "count" "(" NAME ")" SIGN NUMBER -> count
     | MEASURE SIGN NUMBER         -> compare
     | NAME                        -> concept
NEAR.3: /near\(\d+\)/
MEASURE.2: "temperature" | "saturation" | "glucose" | "heart_rate" | "breath_rate"
     | "blood_pressure"
MONTHS.2: "months"
MINUTES.2: "min"
SIGN: "<=" | ">=" | "<" | ">"
NAME: /(?!(?:and|or|not|near|child|has|age|unknown|duration|ahead|count)\b)[a-z][a-z0-9_]*/
%import common.NUMBER
%import common.WS
%ignore WS
"""
_PARSER = Lark(_GRAMMAR, parser="lalr")


class _Builder(Transformer[Token, Condition]):
    """Turn the parse tree into conditions."""

    def either(self, parts: list[Condition]) -> Condition:
        return Either(tuple(parts))

    def every(self, parts: list[Condition]) -> Condition:
        return Every(tuple(parts))

    def without(self, parts: list[Condition]) -> Condition:
        return Without(parts[0])

    def near(self, parts: list[Condition | Token]) -> Condition:
        joined = parts[0]
        for sign, right in zip(parts[1::2], parts[2::2], strict=True):
            words = int(str(sign).removeprefix("near(").removesuffix(")"))
            joined = _near(joined, right, words)
        assert not isinstance(joined, Token)  # noqa: S101 - narrows: the grammar begins with an atom
        return joined

    def has(self, parts: list[Token]) -> Condition:
        return Has(ChildFlag(str(parts[0])))

    def age_unknown(self, _parts: list[Token]) -> Condition:
        return Age("", None)

    def age(self, parts: list[Token]) -> Condition:
        return Age(str(parts[0]), float(parts[1]))

    def lasting(self, parts: list[Token]) -> Condition:
        return Lasting(str(parts[0]), str(parts[1]), float(parts[2]))

    def ahead(self, parts: list[Token]) -> Condition:
        return Lasting(str(parts[0]), str(parts[1]), float(parts[2]), is_ahead=True)

    def count(self, parts: list[Token]) -> Condition:
        return Count(str(parts[0]), str(parts[1]), float(parts[2]))

    def compare(self, parts: list[Token]) -> Condition:
        return Compare(Measure(str(parts[0])), str(parts[1]), float(parts[2]))

    def concept(self, parts: list[Token]) -> Condition:
        return Concept(str(parts[0]))


def _near(left: Condition | Token, right: Condition | Token, words: int) -> Condition:
    if isinstance(left, Token) or isinstance(right, Token):
        message = "near needs a condition on both sides"
        raise TypeError(message)
    if not is_worded(left) or not is_worded(right):
        message = "near joins concepts, or-groups of them and other nears only"
        raise ValueError(message)
    return Near(left, right, words)
