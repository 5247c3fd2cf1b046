"""A second reader that compares what a message means with messages that were dangers.

A multilingual model, which an installation adds by itself, turns words into numbers (a vector).
What was learned is which vectors lie near dangers: a support vector machine with a Gaussian
kernel, kept in whole numbers. `benchmarks/second_readers.py` learns it.
"""

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

from routing.triage.second import Opinion
from routing.types import Assessment, Note, Urgency

NAME = "meaning"
LONGEST_TEXT = 2_000  # characters that are looked at
STEPS = 32  # whole numbers for one standard deviation; they reach four of them
_MOST = 127
LIKE = "means something like messages that were dangers."
NOT_LIKE = "does not mean anything like the dangers it has learned from."

Vector = Sequence[float]
Products = Callable[[Vector], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What was learned: known vectors, and how far each speaks for or against a danger.

    `middle` and `spread` bring each number of a vector to mean 0 and deviation 1. The sum of
    `weights`, each falling off with the squared distance times `gamma`, and `bias` is a danger
    above `threshold`.
    """

    products: Products
    squares: tuple[int, ...]  # the length of each known vector, squared
    weights: tuple[float, ...]
    middle: tuple[float, ...]
    spread: tuple[float, ...]
    gamma: float
    bias: float
    threshold: float

    @classmethod
    def of(cls, document: Mapping[str, Any], rows: bytes, products: Products) -> "Landmarks":
        """Read what `benchmarks/second_readers.py` has written.

        Args:
            document: all but the known vectors.
            rows: these, as `kept` made them.
            products: multiplies each of them with a vector; thousands, so not in a loop here.
        """
        size = len(document["middle"])
        flat = array("b", rows)
        known = (flat[start : start + size] for start in range(0, len(flat), size))
        return cls(
            products,
            tuple(sum(map(mul, row, row)) for row in known),
            tuple(document["weights"]),
            tuple(document["middle"]),
            tuple(document["spread"]),
            document["gamma"],
            document["bias"],
            document["threshold"],
        )

    def score(self, vector: Vector) -> float:
        """Say how far a vector lies on the side of the dangers."""
        parts = zip(vector, self.middle, self.spread, strict=True)
        here = [(value - middle) / spread * STEPS for value, middle, spread in parts]
        square = sum(map(mul, here, here))
        gamma = self.gamma / (STEPS * STEPS)
        return self.bias + sum(
            weight * math.exp(-gamma * max(0.0, square + own - 2 * product))
            for product, own, weight in zip(
                self.products(here), self.squares, self.weights, strict=True
            )
        )


def kept(rows: Sequence[Vector]) -> bytes:
    """Write vectors of mean 0 and deviation 1 as whole numbers, one byte each."""
    flat = (max(-_MOST, min(_MOST, round(value * STEPS))) for row in rows for value in row)
    return array("b", flat).tobytes()


class Meaning:
    """The reader `meaning`.

    Args:
        landmarks: what it has learned.
        embed: turns words into the vector of what they mean, in this process.
    """

    name = NAME
    is_outside = False

    def __init__(self, landmarks: Landmarks, embed: Callable[[str], Vector]) -> None:
        self._landmarks = landmarks
        self._embed = embed

    def read(self, note: Note, first: Assessment) -> Opinion:  # noqa: ARG002  of the Protocol
        """Compare a message; never above `urgent`, which a person can judge in minutes."""
        score = self._landmarks.score(self._embed(note.text[:LONGEST_TEXT]))
        sure = 1 / (1 + math.exp(-max(-30.0, min(30.0, 2 * score))))
        if score <= self._landmarks.threshold:
            return Opinion(NAME, Urgency.ROUTINE, NOT_LIKE, 1 - sure)
        return Opinion(NAME, Urgency.URGENT, LIKE, sure)
