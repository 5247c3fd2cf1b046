"""Puts triage together: builds an engine from rules and lexicons, and assesses one message."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from itertools import starmap
from operator import or_
from typing import Any

from routing.triage import context, facts, lexicon, outcome, rules
from routing.triage.conditions import Measure, concepts, measures, needs
from routing.triage.depths import EMERGENCY_DEPTH
from routing.triage.evidence import Evidence, Ideas
from routing.triage.faults import Fault, SourceError
from routing.triage.index import Index, Planter
from routing.triage.language import Ballot, Tongues
from routing.triage.matcher import EVERY_TONGUE, Matcher, Sighting, Token
from routing.triage.mentions import told
from routing.triage.together import Pairings
from routing.types import Assessment, Note, Urgency

MIXED_IN = "en"
UNKNOWN = "und"


def build(
    rule_files: Sequence[Mapping[str, object]],
    lexicons: Mapping[str, Mapping[str, object]],
) -> "Engine":
    """Build an engine from parsed files: rule files, and `{tag: {file name: document}}`.

    Raises `SourceError` that names the file with the rule id or concept.
    """
    return assemble(rule_files, Compiled.of(sorted(lexicons.items())))


def assemble(rule_files: Sequence[Mapping[str, object]], words: "Compiled") -> "Engine":
    """Build an engine from rule files and compiled lexicons; raises as `build` does."""
    book = rules.read(rule_files)
    _refuse_strangers(book, words)
    deciding = [rules.deciding(one) for one in rule_files]
    canon = json.dumps([deciding, words.digest], sort_keys=True, ensure_ascii=True, default=str)
    return Engine(
        book=book,
        matcher=Matcher(words.index),
        tongues=words.tongues,
        near_factors=words.near_factors,
        cues=_cues(book),
        needs=[needs(rule.when, book.composed) for rule in book.rules],
        ideas=_ideas(book, words),
        version=f"1-{sha256(canon.encode()).hexdigest()[:12]}",
    )


@dataclass(frozen=True, slots=True)
class Compiled:
    """All lexicons, read and indexed: what takes long at a start, and can be kept.

    `written` are the concepts of each language; `pairings` what words tell only together;
    `digest` names the content of the files.
    """

    index: Index
    tongues: Tongues
    near_factors: Mapping[str, float]
    written: Mapping[str, frozenset[str]]
    pairings: Pairings
    digest: str

    @classmethod
    def of(cls, lexicons: Iterable[tuple[str, Mapping[str, object]]]) -> "Compiled":
        """Read and index lexicons in the order of their tags; raises `SourceError`.

        Each may be made when it is asked for: it is let go before the next.
        """
        planter, ballot = Planter(), Ballot()
        near_factors: dict[str, float] = {}
        written: dict[str, frozenset[str]] = {}
        frames: dict[str, lexicon.Frame] = {}
        besides: dict[str, lexicon.Beside] = {}
        digest = sha256()
        for tag, files in lexicons:
            one = lexicon.read(tag, files)
            planter.add(one)
            ballot.add(one)
            near_factors[tag] = one.manner.near_factor
            written[tag] = one.written()
            frames |= {frame.groups[0]: frame for frame in one.frames}
            besides |= {beside.group: beside for beside in one.besides}
            canon = json.dumps([tag, files], sort_keys=True, ensure_ascii=True, default=str)
            digest.update(canon.encode())
        words = planter.index(), ballot.tongues()
        return cls(*words, near_factors, written, Pairings(frames, besides), digest.hexdigest())

    def state(self) -> tuple[object, ...]:
        """Give everything as plain tables, to be kept and read again by `of_state`."""
        plain = self.index.state(), self.tongues.state(), dict(self.near_factors)
        frames = [tuple(frame) for frame in self.pairings.frames.values()]
        besides = [tuple(beside) for beside in self.pairings.besides.values()]
        return (*plain, dict(self.written), frames, besides, self.digest)

    @classmethod
    def of_state(cls, state: Any) -> "Compiled":
        """Make it of a kept state."""
        index, tongues, near_factors, written, rows, others, digest = state
        frames = {frame.groups[0]: frame for frame in starmap(lexicon.Frame, rows)}
        besides = {beside.group: beside for beside in starmap(lexicon.Beside, others)}
        words = Index.of_state(index), Tongues(*tongues)
        return cls(*words, near_factors, written, Pairings(frames, besides), digest)


@dataclass(frozen=True, slots=True)
class Engine:
    """Rules and lexicons, indexed; the same note gives the same assessment for ever.

    `cues` names, for each concept or measure, the rules that one sighting of it may start, and
    `needs` what each rule cannot do without (`conditions.needs`), so that a message costs what it
    holds and not what the rules hold.
    """

    book: rules.RuleBook
    matcher: Matcher
    tongues: Tongues
    near_factors: Mapping[str, float]
    cues: Mapping[str, tuple[int, ...]]
    needs: Sequence[Sequence[frozenset[str]]]
    ideas: Ideas
    version: str

    def assess(self, note: Note) -> Assessment:
        """Assess one message; never raises: a failure is `urgent` for a person (I-09)."""
        try:
            return self._assess(note)
        except Exception:  # noqa: BLE001 - whatever fails, a person must see the message (I-09)
            return outcome.failed(note, self.version)

    def concepts(self, note: Note) -> frozenset[str]:
        """Name the ideas that are written in a message, whatever its context says about them.

        What words together tell counts where words of all their groups are there.
        """
        seen = self._seen(note)
        return frozenset((*seen.hits, *self.ideas.pairings.of(seen).frames))

    def measures(self, note: Note) -> tuple[tuple[int, int], ...]:
        """Give the places of the numbers that mean something: a fever, a saturation, an age."""
        seen = self._seen(note)
        found = facts.read(seen)
        known = (*found.durations, *found.ages, *(f for of in found.measured.values() for f in of))
        return tuple((seen.tokens[f.first].start, seen.tokens[f.last].end) for f in known)

    def _seen(self, note: Note) -> Sighting:
        return self.matcher.see(note.text, lambda tokens: self._spelled_in(tokens, note))

    def _assess(self, note: Note) -> Assessment:
        seen = self._seen(note)
        language = self.tongues.guess(seen.tokens, note.prior_language)
        numbers = facts.read(seen)
        bits = self.matcher.index.tongues
        cued = [
            sum(bits[tag] for tag in tags) or EVERY_TONGUE
            for tags in self._cued(seen.tokens, language, note.prior_language)
        ]
        plausible = reduce(or_, cued)
        factor = self.near_factors.get(language or "", 1.0)
        together = self.ideas.pairings.of(seen)
        measured = (measure for measure, values in numbers.measured.items() if values)
        wanted = self._candidates({*seen.hits, *together.frames, *measured})
        message = outcome.Message(
            note, seen, numbers, language, is_foreign=self._is_foreign(language)
        )
        readings: list[Assessment] = []
        for one in cued:
            evidence = Evidence(note, seen, numbers, self.ideas, together, factor, one, plausible)
            readings.append(self._read(message, wanted, evidence))
            if readings[-1].urgency is Urgency.EMERGENCY:
                break
        return max(readings, key=lambda reading: reading.urgency)

    def _read(
        self, message: outcome.Message, wanted: Sequence[rules.Rule], evidence: Evidence
    ) -> Assessment:
        findings = [outcome.Finding(rule, evidence.find(rule.when, rule.yields)) for rule in wanted]
        return outcome.conclude(message, tuple(told(findings, evidence)), self.version)

    def _cued(
        self, tokens: Sequence[Token], language: str | None, prior: str | None
    ) -> Iterator[tuple[str, ...]]:
        """Give each reading of a message the languages whose cues count in it.

        A cue may set a danger aside. Where nobody knows the language there is a reading for each
        of the likeliest, and the gravest counts.
        """
        if language is not None:
            yield self._plausible(language, prior)
            return
        likeliest = self.tongues.likeliest(tokens)
        for tag in likeliest:
            yield self._plausible(tag, prior)
        if not likeliest:
            yield ()

    def _plausible(self, language: str, prior: str | None) -> tuple[str, ...]:
        """Name the languages that count: also the contact's, and English, which people mix in."""
        known = (language, prior, MIXED_IN)
        return tuple(dict.fromkeys(tag for tag in known if tag in self.tongues.tags))

    def _spelled_in(self, tokens: Sequence[Token], note: Note) -> tuple[str, ...]:
        """Name the languages whose slips count: the likeliest, the contact's, and English."""
        language = self.tongues.guess(tokens, note.prior_language)
        if language is None:
            return ()
        if self._is_foreign(language):
            return (note.prior_language or UNKNOWN,)
        return self._plausible(language, note.prior_language)

    def _is_foreign(self, language: str | None) -> bool:
        known = language in self.tongues.tags and language not in EMERGENCY_DEPTH
        return language is not None and not known

    def _candidates(self, found: Collection[str]) -> Sequence[rules.Rule]:
        """Give the rules that may hold where these concepts and measures were found."""
        wanted = {index for name in found for index in self.cues.get(name, ())}
        return [
            self.book.rules[index]
            for index in sorted(wanted)
            if not any(need.isdisjoint(found) for need in self.needs[index])
        ]


def _cues(book: rules.RuleBook) -> Mapping[str, tuple[int, ...]]:
    """Name the rules that each concept, also inside composed ones, and each measure may start."""
    found: dict[str, list[int]] = {}
    for index, rule in enumerate(book.rules):
        for name in {*_closure(book, concepts(rule.when)), *measures(rule.when)}:
            found.setdefault(name, []).append(index)
    return {name: tuple(indexes) for name, indexes in found.items()}


def _ideas(book: rules.RuleBook, words: Compiled) -> Ideas:
    """Sort the concepts by what they are asked for."""
    named: dict[bool, set[str]] = {True: set(), False: set()}
    asserted: set[str] = set()
    for rule in book.rules:
        named[bool(rule.urgency)].update(_closure(book, concepts(rule.when)))
        if rule.urgency:
            asserted.update(_closure(book, concepts(rule.when, asserted=True)))
    matters = frozenset(named[False] - named[True])
    local = matters | (named[True] - asserted)
    signs = book.sufficient(Urgency.SOON)
    return Ideas(book.composed, words.pairings, matters, local, signs, words.index.asks_last)


def _closure(book: rules.RuleBook, names: Iterator[str]) -> Iterator[str]:
    for name in names:
        yield name
        if name in book.composed:
            yield from _closure(book, concepts(book.composed[name]))


def _refuse_strangers(book: rules.RuleBook, words: Compiled) -> None:
    """Refuse a concept that is asked for and never written, or written and never asked for."""
    written = {concept for concepts_of in words.written.values() for concept in concepts_of}
    asked = set(_LOOKED_UP)
    for rule in book.rules:
        asked.update(_known(book, concepts(rule.when), written, f"rule {rule.id}"))
    for name, condition in book.composed.items():
        asked.update(_known(book, concepts(condition), written, f"[compose] {name}"))
    rows: list[lexicon.Frame | lexicon.Beside] = [
        *words.pairings.frames.values(),
        *words.pairings.besides.values(),
    ]
    for one in rows:
        if one.concept in _LOOKED_UP:
            sentence = "only words and phrases are looked up for this concept, nothing beside them"
            where = f"{one.language} [{one.concept}]"
            raise SourceError(Fault.SHAPE, where, sentence)
    for tag, concepts_of in words.written.items():
        for concept in sorted(concepts_of):
            if concept in _MEASURES:
                sentence = "the name belongs to a measure"
                raise SourceError(Fault.SHAPE, f"{tag} [{concept}]", sentence)
            if concept not in asked:
                sentence = "no rule asks for this concept"
                raise SourceError(Fault.UNUSED_CONCEPT, f"{tag} [{concept}]", sentence)


def _known(
    book: rules.RuleBook, names: Iterator[str], written: set[str], where: str
) -> Iterator[str]:
    for name in names:
        if name not in written and name not in book.composed:
            sentence = f"the concept {name!r} is written in no lexicon"
            raise SourceError(Fault.UNKNOWN_CONCEPT, where, sentence)
        yield name


_LOOKED_UP = frozenset((*facts.NEEDED, *context.NEEDED, *outcome.NEEDED))
_MEASURES = frozenset(measure.value for measure in Measure)
