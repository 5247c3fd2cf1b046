"""Which known word a misspelled one stands for."""

from collections.abc import Iterable
from typing import Any

from rapidfuzz.distance import OSA

Cuts = dict[str, tuple[str, ...]]
"""Words by each form that is left when letters are cut out."""


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
        one: Cuts = {}
        for word in sorted(set(near)):
            for cut in {word, *_cuts(word)}:
                one[cut] = (*one.get(cut, ()), word)
        two: Cuts = {}
        for word in sorted(word for word in set(far) if len(word) > _SHORTEST_FAR):
            for cut in _two_cuts(word):
                two[cut] = (*two.get(cut, ()), word)
        return cls(one, two)

    def state(self) -> tuple[Cuts, Cuts]:
        """Give both tables."""
        return self._near, self._far

    @classmethod
    def of_state(cls, state: Any) -> "Typos":
        """Make the index of a kept state."""
        near, far = state
        return cls(near, far)

    def meant(self, word: str) -> tuple[str, ...]:
        """Give the known words one edit away, or else the danger words two edits away."""
        if len(word) > _LONGEST:
            return ()
        found = {
            known
            for cut in (word, *_cuts(word))
            for known in self._near.get(cut, ())
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
                    for known in self._far.get(cut, ())
                    if known[0] == word[0] and OSA.distance(word, known, score_cutoff=_FAR) <= _FAR
                },
            ),
        )


_LONGEST = 20
_SHORTEST_FAR = 8
_FAR = 2
# Fingers rarely miss the first letter; only a long word is known without it.
_SURE_OF_ITSELF = 8


def _cuts(word: str) -> list[str]:
    return [word[:index] + word[index + 1 :] for index in range(len(word))]


def _two_cuts(word: str) -> set[str]:
    once = {word, *_cuts(word)}
    return once | {cut for part in once for cut in _cuts(part)}
