"""A second reader that has learned from labelled messages: ideas and pieces of words, weighed.

`benchmarks/second_readers.py` learns the weights; at run time it is one sum.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from routing.triage.second import Opinion
from routing.types import Assessment, Note, Urgency

NAME = "linear"
IDEA, PIECE = "idea:", "piece:"
SHORTEST_PIECE, LONGEST_PIECE = 2, 5
LONGEST_TEXT = 2_000  # characters that are looked at
NOT_LIKE = "Does not read like the dangers it has learned from."
_SHOWN_WORDS, _SHOWN_LETTERS = 3, 24
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned: a weight for each feature; a sum above `threshold` is a danger."""

    features: Mapping[str, float]
    bias: float
    threshold: float

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Weights":
        """Read what `benchmarks/second_readers.py` has written."""
        return cls(document["features"], document["bias"], document["threshold"])


def features(
    text: str, ideas: Collection[str], known: Collection[str] | None = None
) -> dict[str, float]:
    """Describe a message by its ideas and pieces of words; each kind has length 1.

    Args:
        text: as received.
        ideas: the concepts that triage sees in it.
        known: features outside of it are left out; None keeps all.
    """
    pieces = {f"{PIECE}{piece}" for word in _WORDS.findall(folded(text)) for piece in _pieces(word)}
    kinds = (pieces, {f"{IDEA}{idea}" for idea in ideas})
    found: dict[str, float] = {}
    for kind in kinds:
        kept = kind if known is None else {one for one in kind if one in known}
        found.update(dict.fromkeys(kept, 1 / math.sqrt(len(kept) or 1)))
    return found


def folded(text: str) -> str:
    """Fold case, accents and digits: a weight must not depend on how well somebody types."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST_TEXT].casefold())
    letters = (c for c in plain if unicodedata.category(c) != "Mn")
    return "".join("0" if c.isdecimal() else c for c in letters)


class Linear:
    """The reader `linear`.

    Args:
        weights: what it has learned.
        ideas: finds the concepts of a message (`Engine.concepts`).
    """

    name = NAME
    is_outside = False

    def __init__(self, weights: Weights, ideas: Callable[[Note], Collection[str]]) -> None:
        self._weights = weights
        self._ideas = ideas

    def read(self, note: Note, first: Assessment) -> Opinion:  # noqa: ARG002  of the Protocol
        """Weigh a message; never above `urgent`, which a person can judge in minutes."""
        weights = self._weights
        found = features(note.text, self._ideas(note), weights.features)
        score = weights.bias + sum(weights.features[one] * value for one, value in found.items())
        sure = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
        if score <= weights.threshold:
            return Opinion(NAME, Urgency.ROUTINE, NOT_LIKE, 1 - sure)
        shown = ", ".join(f"“{word}”" for word in self._heaviest(note.text, found))
        why = f"reads like messages that were dangers, most of all {shown}." if shown else (
            "reads like messages that were dangers."
        )  # fmt: skip
        return Opinion(NAME, Urgency.URGENT, why, sure)

    def _heaviest(self, text: str, found: Mapping[str, float]) -> list[str]:
        """Name the words whose pieces weigh most."""
        weighs: dict[str, float] = defaultdict(float)
        for match in _WORDS.finditer(text[:LONGEST_TEXT]):
            for piece in _pieces(folded(match.group())):
                weight = self._weights.features.get(f"{PIECE}{piece}", 0.0)
                weighs[match.group()] += weight * found.get(f"{PIECE}{piece}", 0.0)
        ordered = sorted(weighs, key=lambda word: (-weighs[word], word))
        return [word[:_SHOWN_LETTERS] for word in ordered[:_SHOWN_WORDS] if weighs[word] > 0]


def _pieces(word: str) -> Iterator[str]:
    edged = f" {word} "
    for size in range(SHORTEST_PIECE, LONGEST_PIECE + 1):
        for start in range(len(edged) - size + 1):
            yield edged[start : start + size]
