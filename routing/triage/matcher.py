"""Finds every concept of every lexicon in a text, in time that its size alone sets."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from routing.triage import views
from routing.triage.index import Index
from routing.triage.lexicon import is_part
from routing.triage.phrases import ROOT, Spoken
from routing.triage.spelled import joined_letters


class Token(NamedTuple):
    """One word, number or symbol of a message.

    `start` and `end` are code points of the text as received (half-open); `atoms` are the word
    patterns that it fits; `number` is its value when it is one.
    """

    word: str
    start: int
    end: int
    sentence: int
    clause: int
    number: float | None
    atoms: tuple[int, ...]


class Hit(NamedTuple):
    """One concept at the tokens `first` to `last`, both included."""

    first: int
    last: int


EVERY_TONGUE = -1


@dataclass(frozen=True, slots=True)
class Sighting:
    """Everything a text was found to hold.

    `hits` are, for each concept, its places in order, and the languages that say it so, a bit for
    each as in `Index.tongues`.
    `shadows` are, for each concept, the tokens that belong to one of its look-alikes, with the
    languages of these. `parts` are the places of words that tell something only together with
    others, or beside some: they are most of what is found, and most lead to nothing.
    """

    tokens: tuple[Token, ...]
    hits: Mapping[str, Mapping[Hit, int]]
    shadows: Mapping[str, Mapping[int, int]]
    parts: tuple[tuple[Hit, Spoken], ...]

    def part_names(self) -> set[str]:
        """Name the groups of `parts` that have a word in the text."""
        return {name for _hit, spoken in self.parts for name, _tongues in spoken}

    def clear(self, concept: str, tongues: int = EVERY_TONGUE) -> tuple[Hit, ...]:
        """Give the hits of a concept that are no look-alikes in one of some languages."""
        found = self.hits.get(concept)
        if not found:
            return ()
        shadow = self.shadows.get(concept)
        if not shadow:
            return tuple(found)
        return tuple(
            hit for hit, own in found.items() if not is_inside((hit,), shadow, own | tongues)
        )


def is_inside(parts: Iterable[Hit], shadow: Mapping[int, int], tongues: int) -> bool:
    """Say whether all words are those of look-alikes that some of the languages have."""
    return all(
        shadow.get(index, 0) & tongues
        for part in parts
        for index in range(part.first, part.last + 1)
    )


class _Step(NamedTuple):
    """Where a word leads to, what ends there, and whether a phrase goes on."""

    after: int
    ideas: Spoken
    parts: Spoken
    blocked: Spoken
    goes_on: bool


class Matcher:
    """A dictionary of word patterns and a tree of phrases over them."""

    def __init__(self, index: Index) -> None:
        """Look up in an index; see `Index.of`."""
        self.index = index
        self._phrases = index.phrases
        self._starts = frozenset(index.phrases.starts())
        self._typos = index.typos
        # The memos hold words of messages: bounded, in this process only, never logged.
        self._memo = lru_cache(maxsize=32_768)(self._look_up)
        self._slips = lru_cache(maxsize=32_768)(self._misspelled)
        self._mixed = lru_cache(maxsize=1_024)(self._look_up_mixed)
        self._fills = lru_cache(maxsize=4_096)(self._is_filler)
        self._steps = lru_cache(maxsize=32_768)(self._step)

    def see(
        self, text: str, tongues: Callable[[Sequence[Token]], Collection[str]] = lambda _: ()
    ) -> Sighting:
        """Find all concepts and look-alikes in a text.

        `tongues` says, where a word fits only as misspelled, which languages it may be of; none
        stand for all. A slip of one language is often a good word of another.
        """
        tokens = tuple(self._tokens(text))
        unread = [i for i, t in enumerate(tokens) if self._is_strange(t) and self._slips(t.word)]
        if unread:
            tokens = self._corrected(tokens, unread, frozenset(tongues(tokens)))
        hits: dict[str, dict[Hit, int]] = {}
        shadows: dict[str, dict[int, int]] = {}
        parts: list[tuple[Hit, Spoken]] = []
        for index, token in enumerate(tokens):
            if not self._starts.isdisjoint(token.atoms):
                self._walk(tokens, index, hits, shadows, parts)
        return Sighting(
            tokens,
            {concept: dict(sorted(found.items())) for concept, found in hits.items()},
            shadows,
            tuple(parts),
        )

    def _corrected(
        self, tokens: Sequence[Token], unread: Sequence[int], languages: frozenset[str]
    ) -> tuple[Token, ...]:
        corrected = list(tokens)
        for index in unread:
            atoms = tuple(
                atom
                for known in self._slips(tokens[index].word)
                if not languages or languages & self.index.speakers[known]
                for atom in self.index.exact[known]
            )
            atoms = (*tokens[index].atoms, *atoms)
            corrected[index] = tokens[index]._replace(atoms=tuple(dict.fromkeys(atoms)))
        return tuple(corrected)

    def _is_strange(self, token: Token) -> bool:
        return self.index.loose.issuperset(token.atoms)

    def knows(self, word: str) -> bool:
        """Say whether a folded word is one of a lexicon, as it is written."""
        return (
            word in self.index.exact
            or word in self.index.toneless
            or word in self.index.guard
            or word in self.index.fillers
        )

    def _tokens(self, text: str) -> Iterable[Token]:
        cleaned = views.clean(text)
        look_up = self._mixed if views.has_latin_twins(cleaned.text) else self._memo
        waiting = joined_letters(list(views.pieces(cleaned, len(text))))
        index = 0
        while index < len(waiting):
            piece = waiting[index]
            index += 1
            if piece.is_number:
                joined = self._digit_for_letter(piece, waiting[index : index + 1])
                if joined is None:
                    number = views.value(piece.form)
                    yield Token(piece.form, *piece[1:5], number, self._memo(piece.form))
                    continue
                piece = joined
                index += 1
            word = views.key(piece.form)
            atoms = look_up(word)
            stem = views.elided(piece.form) or views.owner(piece.form)
            if stem:
                atoms = tuple(dict.fromkeys((*atoms, *look_up(stem))))
            is_long = _SHORTEST_JOINED <= len(word) <= _LONGEST_JOINED
            if is_long and self.index.loose.issuperset(atoms) and not self._slips(word):
                parts = self._part(word)
                if parts:
                    yield from self._separate(piece, parts)
                    continue
            yield Token(word, *piece[1:5], self._number(word), atoms)

    def _number(self, word: str) -> float | None:
        return self.index.numbers.get(word if word.isascii() else views.look_alike(word))

    def _digit_for_letter(
        self, digit: views.Piece, after: Sequence[views.Piece]
    ) -> views.Piece | None:
        """Read `8lue` as one word where a known word comes of it; `5min` stays two."""
        if not after or after[0].start != digit.end or after[0].is_number:
            return None
        if after[0].form == "s":
            return None  # "in the 70s" is a number
        form = digit.form + after[0].form
        for view in views.plain_digits(form):
            is_long = len(view) >= _SHORTEST_SPELLED
            if view in self.index.exact or (is_long and self._fitting(view)):
                break
        else:
            return None
        return after[0]._replace(form=form, start=digit.start)

    def _look_up(self, word: str) -> tuple[int, ...]:
        """Give the patterns that a word fits: as written, or disguised."""
        if len(word) > _LONGEST_JOINED:
            return ()
        found = dict.fromkeys(self._fitting(word))
        if word[0] == _ARABIC_AND and len(word) > _SHORTEST_AFTER_AND:
            found.update(dict.fromkeys(self._fitting(word[1:])))
        plain = views.look_alike(word)
        is_known = word in self.index.exact or word in self.index.toneless
        # A letter that is a word of its own language may also stand for a Latin one.
        if is_known and plain == views.bare(word) and not views.has_long_run(plain):
            return tuple(found)
        for view in views.disguises(word):
            found.update(dict.fromkeys(self._fitting(view)))
        if views.has_long_run(plain):
            for form in (views.bare(word), plain):
                found.update(dict.fromkeys(self.index.fitting_squeezed(views.squeezed(form))))
            plain = views.squeezed(plain)
        if not found and plain not in self.index.guard:
            found.update(dict.fromkeys(self.index.fitting_squeezed(views.squeezed(plain))))
        return tuple(found)

    def _look_up_mixed(self, word: str) -> tuple[int, ...]:
        """Look up a word of a Cyrillic message that writes letters as their Latin twins."""
        return tuple(dict.fromkeys((*self._memo(word), *self._memo(views.in_cyrillic(word)))))

    def _fitting(self, word: str) -> tuple[int, ...]:
        plain = views.bare(word)
        found: list[int] = [*self.index.exact.get(word, ())]
        found.extend((self.index.toneless if plain == word else self.index.exact).get(plain, ()))
        if self.index.prefixes:
            for size in range(2, len(plain) + 1):
                found.extend(self.index.prefixes.get(plain[:size], ()))
        if self.index.suffixes:
            for size in range(2, len(plain) + 1):
                found.extend(self.index.suffixes.get(plain[-size:], ()))
        if self.index.infixes:
            found.extend(
                number
                for first in range(len(plain) - 2)
                for behind in range(first + 3, len(plain) + 1)
                for number in self.index.infixes.get(plain[first:behind], ())
            )
        return tuple(dict.fromkeys(found))

    def _is_filler(self, word: str) -> bool:
        fillers = self.index.fillers
        return word in fillers or any(view in fillers for view in views.disguises(word))

    def _misspelled(self, word: str) -> tuple[str, ...]:
        """Give the known words that a word may stand for, looked at as its plain letters."""
        if len(word) > _LONGEST_JOINED:
            return ()
        plain = views.look_alike(word)
        if views.has_long_run(plain):
            plain = views.squeezed(plain)
        is_short = len(plain) < self.index.shortest_typo
        if is_short or plain in self.index.guard or not plain.isalpha():
            return ()
        return self._typos.meant(plain)

    def _part(self, word: str) -> tuple[str, ...]:
        """Split a word written without its spaces into known words, fewest first."""
        if not word.isalpha() or word in self.index.guard:
            return ()
        best: list[tuple[str, ...] | None] = [None] * (len(word) + 1)
        best[0] = ()
        for behind in range(1, len(word) + 1):
            for first in range(max(0, behind - _LONGEST_PART), behind):
                head = best[first]
                part = word[first:behind]
                if head is None or (len(part) == 1 and part not in _ONE_LETTER):
                    continue
                # "sensi-ble" is no blue: what is short must be a small word of a sentence.
                if len(part) <= _SHORT_PART and not self._is_small_word(part):
                    continue
                best_here = best[behind]
                if (best_here is None or len(head) + 1 < len(best_here)) and self.knows(part):
                    best[behind] = (*head, part)
        parts = best[-1] or ()
        return parts if _worth(parts) else ()

    def _is_small_word(self, part: str) -> bool:
        return len(part) == 1 or part in self.index.guard or part in self.index.fillers

    def _separate(self, piece: views.Piece, parts: Sequence[str]) -> Iterable[Token]:
        width = piece.end - piece.start
        letters = sum(map(len, parts))
        done = 0
        for part in parts:
            start = piece.start + done * width // letters
            done += len(part)
            end = piece.start + done * width // letters
            number = self._number(part)
            yield Token(part, start, end, piece.sentence, piece.clause, number, self._memo(part))

    def _walk(
        self,
        tokens: Sequence[Token],
        start: int,
        hits: dict[str, dict[Hit, int]],
        shadows: dict[str, dict[int, int]],
        parts: list[tuple[Hit, Spoken]],
    ) -> None:
        """Follow every phrase that begins at a token, small words between its words allowed.

        None leaps over them into another clause: "bitten by the dog, she does not breathe" tells of
        no dog that does not breathe.
        """
        sentence, size, steps = tokens[start].sentence, len(tokens), self._steps
        states = [(ROOT, start, 0)]
        while states:
            place, index, skipped = states.pop()
            token = tokens[index]
            if skipped and token.clause != tokens[index - skipped - 1].clause:
                continue
            follows = index + 1 < size and tokens[index + 1].sentence == sentence
            for after, ideas, apart, blocked, goes_on in steps(place, token.atoms):
                if apart:
                    parts.append((Hit(start, index), apart))
                for concept, tongues in ideas:
                    found, hit = hits.setdefault(concept, {}), Hit(start, index)
                    found[hit] = found.get(hit, 0) | tongues
                for concept, tongues in blocked:
                    covered = shadows.setdefault(concept, {})
                    for at in range(start, index + 1):
                        covered[at] = covered.get(at, 0) | tongues
                if follows and goes_on:
                    states.append((after, index + 1, 0))
            if follows and start < index and skipped < _MOST_FILLERS and self._fills(token.word):
                states.append((place, index + 1, skipped + 1))

    def _step(self, place: int, atoms: tuple[int, ...]) -> tuple[_Step, ...]:
        """Give all steps from a place in the tree by one word, whichever pattern it fits."""
        reached = (self._phrases.step(place, atom) for atom in atoms)
        return tuple(self._reached(after) for after in reached if after is not None)

    def _reached(self, place: int) -> _Step:
        phrases = self._phrases
        said = phrases.concepts(place)
        return _Step(
            place,
            tuple(one for one in said if not is_part(one[0])),
            tuple(one for one in said if is_part(one[0])),
            phrases.blocked(place),
            phrases.goes_on(place),
        )


_SHORTEST_JOINED = 7
_LONGEST_JOINED = 40
_LONGEST_PART = 16
_MOST_FILLERS = 3  # Tagalog sets up to three small words inside: "hindi na po siya makahinga"
_ONE_LETTER = frozenset("aiyou")
_SHORTEST_SPELLED = 4
_SHORT_PART = 3
_SURE_PART = 5  # "ay-udar-lo" is Spanish for to help him, and "udar" Polish for a stroke
_ARABIC_AND = "\u0648"  # "and" is written together with the word that follows it
_SHORTEST_AFTER_AND = 2


def _worth(parts: Sequence[str]) -> bool:
    """Keep a splitting whose parts are mostly real words, not a heap of short ones."""
    is_sure = max(map(len, parts), default=0) >= _SURE_PART
    return (
        is_sure
        and len(parts) > 1
        and 2 * sum(len(p) > _SHORT_PART for p in parts) >= len(parts) - 1
    )
