"""Whether a danger was really said of now: negated, over, asked ahead, on television (C4)."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from routing.triage import denial
from routing.triage.denial import Denial
from routing.triage.facts import Facts
from routing.triage.matcher import EVERY_TONGUE, Hit, Sighting


class Because(StrEnum):
    """Why a match was set aside."""

    LOOK_ALIKE = "look-alike"
    NEGATED = "negated"
    FICTION = "told of television, news or a story"
    AHEAD = "asked ahead"
    OVER = "said to be over"
    LONG_OVER = "said to be over for more than a day"
    NAMED = "only named, beside an everyday matter"


class Yields(StrEnum):
    """What context may do to a danger."""

    NEVER = "never"  # self-harm, violence, not breathing: look-alikes only (C4)
    STAYING = "staying"  # a battery swallowed on Friday is still inside, however well he seems
    LASTING = "lasting"  # a tube that came out is out until somebody says that it is mended
    PASSING = "passing"  # a seizure, hard breathing: it can be said to be over


class Match(NamedTuple):
    """One way in which a condition held: the token ranges; none for a fact about the child."""

    parts: tuple[Hit, ...]
    shadowed: bool = False


NEEDED = (
    *denial.NEEDED, "fiction", "family_word", "ahead", "resolved", "past_recent", "past_old",
    "past_weeks", "likeness", "usual", "contrast", "conjunction", "past_verb", "present",
    "right_now", "ongoing", "since", "laughter",
)  # fmt: skip
"""The concepts that context looks at; a lexicon writes them like any other."""


_NOT_A_NO = frozenset({"nó"})
"""Vietnamese for he, she or it; without its mark it would be the "no" of English and Spanish."""


class Context:
    """The cues of one message, and what they say of a match."""

    def __init__(
        self,
        seen: Sighting,
        facts: Facts,
        tongues: int = EVERY_TONGUE,
        matters: Collection[str] = (),
        signs: Collection[str] = (),
        asks_last: int = 0,
    ) -> None:
        """Collect the cues of the plausible languages once; `judge` then asks a few of them.

        "Pa" is Haitian for "not" and Spanish for "for": without a language each counts for all.
        What a clause about one of the `matters` says of the present is about that matter; a
        list may deny `signs`, but not things. What asks ahead counts behind a danger in the
        languages `asks_last` only.
        """
        self._tokens = seen.tokens
        cues = {name: _cues(seen, name, tongues) for name in NEEDED}
        self._at = {
            name: frozenset(i for hit in hits for i in range(hit[0], hit[1] + 1))
            for name, hits in cues.items()
        }
        said_of = {i for i, token in enumerate(self._tokens) if token.word in _NOT_A_NO}
        for name in ("negator", "noun_negator"):
            self._at[name] -= said_of
        self._in_sentence = {
            name: frozenset(self._tokens[hit.first].sentence for hit in hits)
            for name, hits in cues.items()
        }
        self._clause = self._parted(self._at["contrast"])
        # A time belongs to its side of an "and" as well.
        self._dated = self._parted(self._at["contrast"] | self._at["conjunction"])
        self._elsewhere = frozenset(
            self._clause[hit.first] for name in matters for hit in seen.clear(name)
        )
        self._clauses = {
            name: {(self._tokens[hit.first].sentence, self._clause[hit.first])
                   for hit in cues[name]}
            for name in ("ongoing", "present")
        }  # fmt: skip
        undated = (*cues["likeness"], *cues["since"])
        cues["fiction"] = _apart(cues["fiction"], cues["likeness"])
        cues["past_recent"] = _apart(cues["past_recent"], undated)
        cues["past_old"] = _apart(cues["past_old"], undated)
        self._begun = {
            "fiction": self._beginnings(cues["fiction"], self._dated),
            "ahead": self._beginnings(cues["ahead"], self._clause),
        }
        last = [h for h in cues["ahead"] if seen.hits["ahead"][h] & asks_last]
        self._asked_last = self._beginnings(last, self._clause)
        telling = (hit for name in _TELLING for hit in cues[name]) if last else ()
        self._told_from = self._beginnings(telling, self._clause)
        self._resolved = _apart(cues["resolved"], cues["usual"])
        self._denial = Denial(seen, self._at, signs)
        self._timed = frozenset(
            self._tokens[fact.first].sentence
            for fact in (*facts.durations, *facts.elapsed)
            if fact.value <= _A_DAY
        )
        self._told_in = frozenset(self._dated[hit.first] for hit in cues["past_verb"])
        self._recent = self._cued(cues["past_recent"])
        self._old = self._cued(cues["past_old"])
        self._older = self._cued(
            hit for hit in cues["past_old"] if hit.first not in self._at["past_weeks"]
        )
        for fact in facts.elapsed:
            if _is_near(fact.first - 1, fact.last, undated):
                continue
            sentence = self._tokens[fact.first].sentence
            for cued, least, most in self._times():
                if least < fact.value <= most:
                    cued.setdefault(sentence, set()).add(self._dated[fact.first])
        if self._old or self._recent:
            ideas = denial.begins(seen, seen.hits.keys() - cues.keys() - set(matters))
            self._told_in |= {self._dated[index] for index in ideas}

    def _parted(self, before: Collection[int]) -> Sequence[int]:
        """Number the clause of each word: one ends at a comma, and before some words."""
        found: list[int] = []
        behind = -1
        for index, token in enumerate(self._tokens):
            is_new = index == 0 or token.clause != self._tokens[index - 1].clause
            behind += is_new or index in before
            found.append(behind)
        return found

    def _times(self) -> Sequence[tuple[dict[int, set[int]], float, float]]:
        """Give the tables of times with the minutes between which they lie behind."""
        return (
            (self._recent, 0.0, _A_DAY),
            (self._old, _A_DAY, math.inf),
            (self._older, _A_MONTH, math.inf),
        )

    def judge(self, match: Match, yields: Yields) -> Because | None:
        """Say why a match does not count as a danger of now; None when it does."""
        if match.shadowed:
            return Because.LOOK_ALIKE
        if yields is Yields.NEVER or not match.parts:
            return None
        first = min(part.first for part in match.parts)
        sentence = self._tokens[first].sentence
        if self._denial.covers(match.parts):
            return Because.NEGATED
        if self._speaks("fiction", match) and not self._says("family_word", sentence):
            return Because.FICTION
        is_ahead = self._speaks("ahead", match) or self._is_asked_last(match)
        if is_ahead and not self._says("right_now", sentence):
            return Because.AHEAD
        return self._over(match, first, yields)

    def laughs(self, match: Match) -> bool:
        """Say whether the family laughs in the sentence of a match: "haha", a face in tears."""
        sentence = self.sentence_of(match)
        return sentence is not None and self._says("laughter", sentence)

    def explains(self, match: Match, hit: Hit) -> bool:
        """Say whether a word may say what a match means: "blue lips, just the lollipop".

        It does not across a "but" or an "and", nor with a comma before the match: "at the zoo,
        he turned blue" tells of what happened there.
        """
        first, last = min(p.first for p in match.parts), max(p.last for p in match.parts)
        if hit.last > first:
            between = frozenset(range(last + 1, hit.first))
            return between.isdisjoint(self._at["contrast"] | self._at["conjunction"])
        return self._dated[hit.last] == self._dated[first]

    def is_parted(self, match: Match, hit: Hit) -> bool:
        """Say whether a "but" stands between a word and a match behind it."""
        first = min(part.first for part in match.parts)
        return not self._at["contrast"].isdisjoint(range(hit.last + 1, first))

    def sentence_of(self, match: Match) -> int | None:
        """Give the number of the sentence that a match begins in; None for a fact of the child."""
        return self._tokens[match.parts[0].first].sentence if match.parts else None

    def is_told(self, match: Match) -> bool:
        """Say whether the sentence tells of something that happens or happened of late.

        "She had one at lunch" does; "does the helmet for seizures come in red" does not.
        """
        sentence = self.sentence_of(match)
        if sentence is None:
            return True
        return sentence in self._timed or any(self._says(name, sentence) for name in _TELLING)

    def _speaks(self, name: str, match: Match) -> bool:
        """Say whether a cue speaks of a match: it stands before it, in its clause.

        "We saw a film, her lips are blue" tells of her, and so do "I read about it but she is
        blue" and "she is blue, what if it gets worse".
        """
        begun = self._begun[name]
        if not begun:
            return False
        clauses = self._dated if name == "fiction" else self._clause
        return any(begun.get(clauses[part.first], math.inf) <= part.last for part in match.parts)

    def _is_asked_last(self, match: Match) -> bool:
        """Say whether a question behind asks about it, where nothing is told before that."""
        return bool(self._asked_last) and any(
            clause in self._asked_last
            and self._asked_last[clause] <= self._told_from.get(clause, math.inf)
            for clause in (self._clause[part.first] for part in match.parts)
        )

    def _beginnings(self, hits: Iterable[Hit], clauses: Sequence[int]) -> dict[int, int]:
        """Give the first word of the first cue of each clause that has one."""
        found: dict[int, int] = {}
        for hit in hits:
            clause = clauses[hit.last]
            found[clause] = min(hit.first, found.get(clause, hit.first))
        return found

    def _over(self, match: Match, first: int, yields: Yields) -> Because | None:
        """Say whether it is over; what goes on or came back is not (C4)."""
        if not (self._resolved or self._old or self._recent):
            return None
        sentence, clause = self._tokens[first].sentence, self._clause[first]
        goes_on = (self._says_here("ongoing", at, clause) for at in (sentence, sentence + 1))
        if any(goes_on):
            return None
        is_now = self._says_here("present", sentence, clause)
        told = self._says("past_verb", sentence) and not is_now
        passing = yields is Yields.PASSING
        settled = yields is not Yields.STAYING and self._is_settled(match, sentence)
        old = self._old if passing or settled else self._older
        if self._dates(old, sentence, self._dated[first]) and (told or settled):
            return Because.LONG_OVER
        if passing and (
            settled or (told and self._dates(self._recent, sentence, self._dated[first]))
        ):
            return Because.OVER
        return None

    def _dates(self, cued: Mapping[int, Collection[int]], sentence: int, clause: int) -> bool:
        """Say whether a time of the past is that of a clause.

        "The tube came out, it was placed last week" dates what the second clause tells, and
        "trached last year, turned blue" the first.
        """
        return any(
            other == clause or other not in self._told_in for other in cued.get(sentence, ())
        )

    def _says(self, name: str, sentence: int) -> bool:
        return sentence in self._in_sentence[name]

    def _is_settled(self, match: Match, sentence: int) -> bool:
        """Say whether it is said to be over, in other words than those of the danger itself.

        Persian says of a voice that is gone what it says of blood that has stopped. "She was fine
        yesterday, but now" says it of what was before.
        """
        first = min(part.first for part in match.parts)
        return any(
            self._tokens[hit.first].sentence in {sentence, sentence + 1}
            and not any(p.first <= hit.first and hit.last <= p.last for p in match.parts)
            and not self.is_parted(match, hit)
            and not (hit.last < first and self._clause[hit.last] == self._clause[first])
            for hit in self._resolved
        )

    def _says_here(self, name: str, sentence: int, clause: int) -> bool:
        """Say whether a cue of a sentence may be about a clause, not about an everyday matter."""
        return any(
            at == sentence and (of == clause or of not in self._elsewhere)
            for at, of in self._clauses[name]
        )

    def _cued(self, hits: Iterable[Hit]) -> dict[int, set[int]]:
        """Give the sentences of the cues, each with the numbers of their clauses."""
        found: dict[int, set[int]] = {}
        for hit in hits:
            sentence = self._tokens[hit.first].sentence
            found.setdefault(sentence, set()).add(self._dated[hit.first])
        return found


_TELLING = ("right_now", "ongoing", "present", "past_recent", "past_verb", "since")
_REACH = 3
"""How many words behind a "since", a "like" or an "usually" belong to it."""

_A_DAY = 1440.0
_A_MONTH = 43_200.0


def _cues(seen: Sighting, name: str, tongues: int) -> Sequence[Hit]:
    said = seen.hits.get(name, {})
    return tuple(hit for hit in seen.clear(name) if said[hit] & tongues)


def _apart(hits: Iterable[Hit], others: Sequence[Hit]) -> Sequence[Hit]:
    """Leave out what belongs to other words: "like last year", "normally he is fine"."""
    return [hit for hit in hits if not _is_near(*hit, others)]


def _is_near(first: int, last: int, others: Iterable[Hit]) -> bool:
    """Say whether words overlap others, stand right before them, or a few words behind.

    Languages put a "since", a "like" and a "usually" on either side.
    """
    return any(other.first - 1 <= last and first <= other.last + _REACH for other in others)
