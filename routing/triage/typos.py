"""Which known word a misspelled one stands for."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from zlib import crc32

from rapidfuzz.distance import OSA

from routing.triage.phrases import Row, row_of


class Cuts:
    """The words that each cut form may be, in plain arrays: the forms are many times the words.

    Only a checksum of each cut form is kept. Two forms may share one: whoever looks up compares
    the words that it finds.
    """

    def __init__(self, words: Sequence[str], sums: Row, numbers: Row) -> None:
        """Keep the words, and the ordered checksums beside the number of a word; see `of`."""
        self._words, self._sums, self._numbers = tuple(words), sums, numbers

    @classmethod
    def of(cls, words: Iterable[str], cuts: Callable[[str], Iterable[str]]) -> "Cuts":
        """Index words by their cut forms."""
        known = sorted(set(words))
        # One number for both: pairs would need four times the memory while they are sorted.
        both = sorted({_sum(c) << 32 | at for at, word in enumerate(known) for c in cuts(word)})
        sums = array("I", (pair >> 32 for pair in both))
        return cls(known, sums, array("I", (pair & 0xFFFFFFFF for pair in both)))

    def state(self) -> tuple[object, ...]:
        """Give everything as plain tables."""
        return self._words, self._sums.tobytes(), self._numbers.tobytes()

    @classmethod
    def of_state(cls, state: Any) -> "Cuts":
        """Make the index of a kept state."""
        words, sums, numbers = state
        return cls(words, row_of(sums), row_of(numbers))

    def words(self, cut: str) -> Iterator[str]:
        """Give the words that a cut form may be, and rarely one that it is not."""
        wanted = _sum(cut)
        for at in range(bisect_left(self._sums, wanted), len(self._sums)):
            if self._sums[at] != wanted:
                return
            yield self._words[self._numbers[at]]


class Typos:
    """A delete index: a look-up costs the letters of the word, whatever the lexicon's size.

    One edit is a letter missing, added, changed, or two neighbours swapped.
    """

    def __init__(self, near: Cuts, far: Cuts) -> None:
        """Look up in two tables: the words that each cut form may be, one and two edits off."""
        self._near, self._far = near, far

    @classmethod
    def of(cls, near: Iterable[str], far: Iterable[str]) -> "Typos":
        """Index the words that may be one edit off (`near`) and two edits off (`far`)."""
        long = (word for word in far if len(word) > _SHORTEST_FAR)
        return cls(Cuts.of(near, lambda word: {word, *_cuts(word)}), Cuts.of(long, _two_cuts))

    def state(self) -> tuple[object, ...]:
        """Give both tables."""
        return self._near.state(), self._far.state()

    @classmethod
    def of_state(cls, state: Any) -> "Typos":
        """Make the index of a kept state."""
        near, far = state
        return cls(Cuts.of_state(near), Cuts.of_state(far))

    def meant(self, word: str) -> tuple[str, ...]:
        """Give the known words one edit away, or else the danger words two edits away."""
        if len(word) > _LONGEST:
            return ()
        found = {
            known
            for cut in (word, *_cuts(word))
            for known in self._near.words(cut)
            if (known[0] == word[0] or len(known) >= _SURE_OF_ITSELF)
            and OSA.distance(word, known, score_cutoff=1) <= 1
        }
        if found or len(word) < _SHORTEST_FAR:
            return tuple(sorted(found))
        return tuple(
            sorted(
                {
                    known
                    for cut in _two_cuts(word)
                    for known in self._far.words(cut)
                    if known[0] == word[0] and OSA.distance(word, known, score_cutoff=_FAR) <= _FAR
                },
            ),
        )


_LONGEST = 20
_SHORTEST_FAR = 8
_FAR = 2
# Fingers rarely miss the first letter; only a long word is known without it.
_SURE_OF_ITSELF = 8


def _sum(form: str) -> int:
    return crc32(form.encode("utf-8", "surrogatepass"))


def _cuts(word: str) -> list[str]:
    return [word[:index] + word[index + 1 :] for index in range(len(word))]


def _two_cuts(word: str) -> set[str]:
    once = {word, *_cuts(word)}
    return once | {cut for part in once for cut in _cuts(part)}
