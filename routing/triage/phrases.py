"""The phrases of all lexicons as one tree over numbered words."""

from collections.abc import Sequence
from typing import Any

ROOT = 0


class Phrases:
    """A tree whose branches lie in one table: a start reads 100,000 phrases, and memory counts.

    A place in the tree is a number, `ROOT` the first. `concepts` end at a place, `blocked` end a
    look-alike there, `inner` are the places where a phrase goes on.
    """

    def __init__(self) -> None:
        """Begin with nothing planted."""
        self._branches: dict[int, int] = {}
        self.concepts: dict[int, tuple[str, ...]] = {}
        self.blocked: dict[int, tuple[str, ...]] = {}
        self.inner: set[int] = set()

    def plant(self, row: Sequence[int], concept: str, *, blocks: bool) -> None:
        """Add one way to write a concept: the numbers of its words in a row."""
        place = ROOT
        branches = self._branches
        for atom in row:
            branch = place << _WIDTH | atom
            after = branches.get(branch)
            if after is None:
                after = branches[branch] = len(branches) + 1
                self.inner.add(place)
            place = after
        ends = self.blocked if blocks else self.concepts
        known = ends.get(place, ())
        if concept not in known:
            ends[place] = (*known, concept)

    def state(self) -> tuple[object, ...]:
        """Give everything as plain tables."""
        return self._branches, self.concepts, self.blocked, frozenset(self.inner)

    @classmethod
    def of_state(cls, state: Any) -> "Phrases":
        """Make the tree of a kept state."""
        tree = cls()
        tree._branches, tree.concepts, tree.blocked, inner = state
        tree.inner = set(inner)
        return tree

    def step(self, place: int, atom: int) -> int | None:
        """Go on by one word; None where no phrase does."""
        return self._branches.get(place << _WIDTH | atom)


_WIDTH = 24  # bits of a word's number: sixteen million words
