"""Evaluates conditions over what a message was found to hold."""

import math
import operator
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from routing.triage.conditions import (
    Age,
    Compare,
    Concept,
    Condition,
    Count,
    Either,
    Every,
    Has,
    Lasting,
    Near,
    Without,
)
from routing.triage.context import Because, Context, Match, Yields
from routing.triage.facts import Fact, Facts
from routing.triage.lexicon import Beside, Frame
from routing.triage.matcher import Hit, Sighting, is_inside
from routing.triage.together import Pairings, Together
from routing.types import ChildFlag, Note


class Found(NamedTuple):
    """What holds (`live`), and what would hold but for its context (`aside`)."""

    live: tuple[Match, ...]
    aside: tuple[tuple[Match, Because], ...]


class Ideas(NamedTuple):
    """What the rules say about concepts, whatever the message.

    `composed` are those made of others; `pairings` what words tell only together; `matters` those
    of everyday matters alone; `local` those that count in the language of the message only: a
    foreign word neither makes a matter everyday (C3) nor dyes lips blue; `signs` those that
    somebody must act on, as a list denies them; `asks_last` are the bits of the languages that ask
    ahead behind what they ask about.
    """

    composed: Mapping[str, Condition]
    pairings: Pairings
    matters: frozenset[str]
    local: frozenset[str]
    signs: frozenset[str]
    asks_last: int


class Evidence:
    """One message, ready to be asked; each concept is worked out at most once."""

    def __init__(
        self,
        note: Note,
        seen: Sighting,
        facts: Facts,
        ideas: Ideas,
        together: Together,
        near_factor: float,
        cued: int,
        plausible: int,
    ) -> None:
        """Put together the child, the words, the numbers and the composed concepts.

        `together` is what words of the message may tell together, `cued` are the languages whose
        cues count in this reading, a bit for each, and `plausible` all that the message may be in.
        """
        self._note = note
        self._seen = seen
        self._facts = facts
        self._composed = ideas.composed
        self._local = ideas.local
        self._together = together
        self._near_factor = near_factor
        self._context = Context(seen, facts, cued, ideas.matters, ideas.signs, ideas.asks_last)
        self._plausible = plausible
        self._known: dict[str, tuple[Match, ...]] = {}
        self._lengths: Counter[int] | None = None

    def only_names(self, dangers: Sequence[Match], everyday: Sequence[Match]) -> bool:
        """Say whether each danger is only named: in the sentence of an everyday matter, untold.

        The words of a danger are no everyday matter of their own, whatever else they may mean.
        What takes more than a word or two to say is told: "heard a crack in his leg".
        """
        return all(
            len(_words(danger)) <= _MENTION
            and not self._context.is_told(danger)
            and any(
                self._context.sentence_of(danger) == self._context.sentence_of(match)
                and _words(danger).isdisjoint(_words(match))
                for match in everyday
            )
            for danger in dangers
        )

    def only_mentions(self, dangers: Sequence[Match], everyday: Sequence[Match]) -> bool:
        """Say whether a word or two is all of a danger, in a sentence about an everyday matter.

        Whoever has one tells more: what is seen, for how long, what else.
        """
        words = frozenset[int]().union(*map(_words, dangers))
        if not 0 < len(words) <= _MENTION or self._facts.has_told():
            return False
        matters = {self._context.sentence_of(m) for m in everyday if not _words(m) <= words}
        return all(self._context.sentence_of(danger) in matters for danger in dangers)

    def tells(self, dangers: Sequence[Match]) -> bool:
        """Say whether a sentence with one of the dangers tells of something that happens."""
        return any(map(self._context.is_told, dangers))

    def laughs(self, dangers: Sequence[Match]) -> bool:
        """Say whether the family laughs or jokes in the sentence of each danger."""
        return all(map(self._context.laughs, dangers))

    def find(self, condition: Condition, yields: Yields) -> Found:
        """Evaluate a condition; `yields` says what context may do to it (C4)."""
        match condition:
            case Every(parts):
                return self._every(parts, yields)
            case Either(parts):
                found = [self.find(part, yields) for part in parts]
                return Found(
                    tuple(m for one in found for m in one.live),
                    tuple(m for one in found for m in one.aside),
                )
            case Without(part):
                return _ABSENT if self.find(part, yields).live else _PRESENT
            case Has(flag):
                return _PRESENT if self._has(flag) else _ABSENT
            case Age(sign, months):
                return self._age(sign, months)
        return self._judged(self._matches(condition), yields)

    def _every(self, parts: Sequence[Condition], yields: Yields) -> Found:
        live: list[Match] = []
        aside: list[tuple[Match, Because]] = []
        holds = True
        for part in parts:
            found = self.find(part, yields)
            if not found.live and not found.aside:
                return _ABSENT
            holds = holds and bool(found.live)
            live.extend(found.live)
            aside.extend(found.aside)
        return Found(tuple(live) if holds else (), tuple(aside))

    def _judged(self, matches: Sequence[Match], yields: Yields) -> Found:
        live: list[Match] = []
        aside: list[tuple[Match, Because]] = []
        for match in matches:
            because = self._context.judge(match, yields)
            if because is None:
                live.append(match)
                if len(live) == _ENOUGH:
                    break
            else:
                aside.append((match, because))
        return Found(tuple(live), tuple(aside))

    def _matches(self, condition: Condition) -> tuple[Match, ...]:
        match condition:
            case Concept(name):
                return self._of(name)
            case Either(parts):
                found: list[Match] = []
                for part in parts:
                    found.extend(self._matches(part))
                return tuple(found)
            case Near(left, right, words):
                near = self._matches(left)
                if not near:
                    return ()
                return tuple(self._pairs(near, self._matches(right), self._reach(words)))
            case Compare(measure, sign, limit):
                compare = _SIGNS[sign]
                facts = self._facts.measured[measure]
                return tuple(_match(fact) for fact in facts if compare(fact.value, limit))
            case Lasting(concept, sign, minutes, is_ahead):
                compare = _SIGNS[sign]
                spans = self._facts.ahead if is_ahead else self._facts.durations
                # What is over in minutes is not told in days: "9 years old", "8 months without".
                most = _A_DAY if minutes < _AN_HOUR else math.inf
                told = (f for f in spans if f.value < most)
                long = [_match(f) for f in told if compare(f.value, minutes)]
                return tuple(self._pairs(self._of(concept), long, self._reach(_DURATION_REACH)))
            case Count(concept, sign, limit):
                compare = _SIGNS[sign]
                many = [f for f in self._facts.counts if compare(f.value, limit)]
                return tuple(self._counted(self._of(concept), many))
        return ()

    def _counted(self, things: Sequence[Match], many: Sequence[Fact]) -> Iterator[Match]:
        """Join numbers with what they count: "15 pills", "15 of his pills"; not "15 mg pills"."""
        numbers = {Hit(fact.first, fact.first): fact for fact in many}
        reach = self._reach(_COUNT_REACH)
        for match in self._pairs(things, [Match((hit,)) for hit in numbers], reach):
            number = numbers.get(match.parts[0])
            if number is None:
                continue
            has_unit = number.last > number.first
            if not has_unit or match.parts[1].first == number.last:
                yield match

    def _of(self, name: str) -> tuple[Match, ...]:
        known = self._known.get(name)
        if known is not None:
            return known
        is_composed = name in self._composed
        if not is_composed and name not in self._seen.hits and name not in self._together.frames:
            return ()
        found = self._said(name)
        if is_composed:
            found.extend(self._matches(self._composed[name]))
        for frame in self._together.frames.get(name, ()):
            found.extend(self._told(frame))
        shadow = self._seen.shadows.get(name) if found else None
        if shadow:
            found = [
                m._replace(shadowed=m.shadowed or is_inside(m.parts, shadow, self._plausible))
                for m in found
            ]
        for beside in self._together.besides.get(name, ()):
            found = [m._replace(shadowed=m.shadowed or self._is_by(m, beside)) for m in found]
        known = self._known[name] = tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)
        return known

    def _said(self, name: str) -> list[Match]:
        hits = self._seen.hits.get(name, {})
        if name in self._local:
            return [Match((hit,)) for hit, own in hits.items() if own & self._plausible]
        shadow = self._seen.shadows.get(name)
        if not shadow:
            return [Match((hit,)) for hit in hits]
        return [Match((hit,), is_inside((hit,), shadow, own)) for hit, own in hits.items()]

    def _is_by(self, match: Match, beside: Beside) -> bool:
        """Say whether a word that makes the match another stands by it, in its sentence."""
        tokens, first, last = self._seen.tokens, _first(match), _last(match)
        return any(
            own & self._plausible
            and max(hit.first - last, first - hit.last) - 1 <= beside.within
            and tokens[hit.first].sentence == tokens[first].sentence
            and self._context.explains(match, hit)
            and _words(match).isdisjoint(range(hit.first, hit.last + 1))
            for hit, own in self._together.hits[beside.group].items()
        )

    def _told(self, frame: Frame) -> Sequence[Match]:
        """Join the words of each group of a frame."""
        first, *rest = frame.groups
        matches: Sequence[Match] = self._group(first, frame)
        for name in rest:
            right = self._group(name, frame)
            matches = tuple(
                self._pairs(
                    matches,
                    right,
                    frame.within,
                    in_order=frame.in_order,
                    between=not frame.in_order,
                )
            )
        return matches

    def _group(self, name: str, frame: Frame) -> Sequence[Match]:
        is_local = frame.concept in self._local
        hits = self._together.hits[name]
        return [Match((h,)) for h, own in hits.items() if not is_local or own & self._plausible]

    def _reach(self, words: int) -> int:
        """Give the words that `near(words)` may pass over in the language of the message."""
        return round(words * self._near_factor)

    def _pairs(
        self,
        left: Sequence[Match],
        right: Sequence[Match],
        reach: int,
        *,
        in_order: bool = False,
        between: bool = False,
    ) -> Iterator[Match]:
        """Join what stands near; at most a few partners each, so that time stays linear.

        `between`: a partner may also stand between words that were joined before.
        """
        tokens = self._seen.tokens
        ordered = sorted(right, key=_first)
        firsts = [_first(match) for match in ordered]
        widest = max((_last(match) - _first(match) for match in ordered), default=0)
        for match in left:
            start, end = _first(match), _last(match)
            begin = bisect_left(firsts, start - reach - widest - 1)
            for partner in islice(ordered, begin, None):
                first, last = _first(partner), _last(partner)
                if first > end + reach + 1:
                    break
                apart = max(first - end, start - last) - 1
                if apart > reach or (in_order and first < start):
                    continue
                if apart < 0 and not (between and _words(match).isdisjoint(_words(partner))):
                    continue
                if self._belong(tokens[first].sentence, tokens[start].sentence):
                    parts = tuple(sorted({*match.parts, *partner.parts}))
                    yield Match(parts, match.shadowed or partner.shadowed)

    def _belong(self, one: int, other: int) -> bool:
        """Say whether words may tell one thing: in a sentence, or beside a very short one.

        "I'm pressing. It keeps coming." is how a telegram, and a mother at two, writes a comma.
        """
        if one == other:
            return True
        if abs(one - other) > 1:
            return False
        if self._lengths is None:
            self._lengths = Counter(token.sentence for token in self._seen.tokens)
        return min(self._lengths[one], self._lengths[other]) <= _SHORT_SENTENCE

    def _has(self, flag: ChildFlag) -> bool:
        if flag in self._note.flags:
            return True
        months = self._note.age_months
        return flag is ChildFlag.INFANT_UNDER_3MO and months is not None and months < _INFANT

    def _age(self, sign: str, limit: float | None) -> Found:
        months = self._note.age_months
        if months is None and ChildFlag.INFANT_UNDER_3MO in self._note.flags:
            months = 0
        if limit is None:
            return _PRESENT if months is None and not self._facts.ages else _ABSENT
        compare = _SIGNS[sign]
        if months is not None and compare(months, limit):
            return _PRESENT
        told = tuple(_match(fact) for fact in self._facts.ages if compare(fact.value, limit))
        return Found(told, ())


_PRESENT = Found((Match(()),), ())
_ABSENT = Found((), ())
_INFANT = 3
# One match is enough to decide; a few more are shown.
_ENOUGH = 12
_AN_HOUR, _A_DAY = 60, 1440
# A duration belongs to what stands this many words away at most.
_DURATION_REACH = 8
_COUNT_REACH = 4
_MENTION = 2
_SHORT_SENTENCE = 3
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _match(fact: Fact) -> Match:
    return Match((Hit(fact.first, fact.last),))


def _first(match: Match) -> int:
    return match.parts[0].first


def _last(match: Match) -> int:
    parts = match.parts
    return parts[0].last if len(parts) == 1 else max(part.last for part in parts)


def _words(match: Match) -> frozenset[int]:
    return frozenset(i for part in match.parts for i in range(part.first, part.last + 1))
