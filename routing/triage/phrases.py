"""The phrases of all lexicons as one tree over numbered words."""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from typing import Any, Literal, TypeAlias

ROOT = 0

Row: TypeAlias = "array[int] | memoryview[int]"
"""Whole numbers side by side: as they were laid out, or where a kept file has them."""

Spoken = tuple[tuple[str, int], ...]
"""Concepts that end at one place, each with the languages that write it so, a bit for each."""


class Ends:
    """What ends at places of the tree, by a number: a hundred thousand small lists, kept flat.

    The concepts of list `n` lie from `first[n]` to `first[n + 1]`: their numbers in `names`, and
    their languages in `tongues`.
    """

    def __init__(self, names: tuple[str, ...], first: Row, concepts: Row, tongues: Row) -> None:
        """Keep the rows; see `of`."""
        self._names, self._first, self._concepts, self._tongues = names, first, concepts, tongues

    @classmethod
    def of(cls, spoken: Collection[Spoken]) -> "Ends":
        """Lay lists out in their order."""
        numbers: dict[str, int] = {}
        pairs = [pair for one in spoken for pair in one]
        concepts = array("I", (numbers.setdefault(name, len(numbers)) for name, _ in pairs))
        tongues = array("Q", (bits for _, bits in pairs))
        first = array("I", accumulate(map(len, spoken), initial=0))
        return cls(tuple(numbers), first, concepts, tongues)

    def state(self) -> tuple[object, ...]:
        """Give everything as plain tables."""
        return self._names, *(row.tobytes() for row in (self._first, self._concepts, self._tongues))

    @classmethod
    def of_state(cls, state: Any) -> "Ends":
        """Make them of a kept state."""
        names, first, concepts, tongues = state
        return cls(names, row_of(first), row_of(concepts), row_of(tongues, "Q"))

    def __getitem__(self, number: int) -> Spoken:
        """Give a list by its number."""
        rows = range(self._first[number], self._first[number + 1])
        return tuple((self._names[self._concepts[at]], self._tongues[at]) for at in rows)


class Planting:
    """A tree that still grows; `Phrases.of` makes it small.

    A place in the tree is a number, `ROOT` the first. `concepts` and `blocked` say by a number
    of `ends` what ends at each place.
    """

    def __init__(self) -> None:
        """Begin with nothing planted."""
        self.branches: dict[int, int] = {}
        self.concepts = array("I", [0])
        self.blocked = array("I", [0])
        self.ends: dict[Spoken, int] = {(): 0}
        self._spoken: list[Spoken] = [()]

    def plant(self, row: Sequence[int], concept: str, tongue: int, *, blocks: bool) -> None:
        """Add one way to write a concept: the numbers of its words in a row, and its language."""
        place = ROOT
        branches = self.branches
        for atom in row:
            branch = place << _WIDTH | atom
            after = branches.get(branch)
            if after is None:
                after = branches[branch] = len(branches) + 1
                self.concepts.append(0)
                self.blocked.append(0)
            place = after
        table = self.blocked if blocks else self.concepts
        known = dict(self._spoken[table[place]])
        known[concept] = known.get(concept, 0) | tongue
        table[place] = self._number(tuple(known.items()))

    def _number(self, spoken: Spoken) -> int:
        number = self.ends.setdefault(spoken, len(self._spoken))
        if number == len(self._spoken):
            self._spoken.append(spoken)
        return number


class Phrases:
    """A tree whose branches lie in plain arrays: a start reads 400,000, and memory counts.

    A place in the tree is a number, `ROOT` the first. The branches that leave a place lie side
    by side from `first[place]` on: their words in `atoms`, in order, and where they lead to in
    `after`. At each place end the concepts `ends[concepts[place]]`, and the look-alikes
    `ends[blocked[place]]`.
    """

    def __init__(self, tables: Sequence[Row], ends: Ends) -> None:
        """Keep the arrays; see `of`."""
        self._atoms, self._after, self._first, self._concepts, self._blocked = tables
        self._ends = ends

    @classmethod
    def of(cls, planting: Planting) -> "Phrases":
        """Lay a planted tree out."""
        branches = sorted(planting.branches)
        sizes = array("I", bytes(4 * (len(branches) + 2)))
        for branch in branches:
            sizes[(branch >> _WIDTH) + 1] += 1
        tables = (
            array("I", (branch & _ATOM for branch in branches)),
            array("I", (planting.branches[branch] for branch in branches)),
            array("I", accumulate(sizes)),
            planting.concepts,
            planting.blocked,
        )
        return cls(tables, Ends.of(planting.ends))

    def state(self) -> tuple[object, ...]:
        """Give everything as plain tables."""
        tables = (self._atoms, self._after, self._first, self._concepts, self._blocked)
        return [table.tobytes() for table in tables], self._ends.state()

    @classmethod
    def of_state(cls, state: Any) -> "Phrases":
        """Make the tree of a kept state."""
        tables, ends = state
        return cls([row_of(table) for table in tables], Ends.of_state(ends))

    def step(self, place: int, atom: int) -> int | None:
        """Go on by one word; None where no phrase does."""
        behind = self._first[place + 1]
        branch = bisect_left(self._atoms, atom, self._first[place], behind)
        if branch < behind and self._atoms[branch] == atom:
            return self._after[branch]
        return None

    def goes_on(self, place: int) -> bool:
        """Say whether a phrase goes on after a place."""
        return self._first[place] < self._first[place + 1]

    def concepts(self, place: int) -> Spoken:
        """Give the concepts that end at a place."""
        return self._ends[self._concepts[place]]

    def blocked(self, place: int) -> Spoken:
        """Give the concepts whose look-alikes end at a place."""
        return self._ends[self._blocked[place]]

    def starts(self) -> Iterator[int]:
        """Give the words that some phrase begins with."""
        return iter(self._atoms[: self._first[1]])


def row_of(table: bytes, kind: Literal["I", "Q"] = "I") -> Row:
    """Read numbers where they lie: what is kept is large, and a copy of it for a moment too."""
    return memoryview(table).cast(kind)


_WIDTH = 24  # bits of a word's number: sixteen million words
_ATOM = (1 << _WIDTH) - 1
