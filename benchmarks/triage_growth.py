"""How much longer a message takes with ten times the words: `python -m benchmarks.triage_growth`.

Every language gets nine invented forms beside each of its own: the same letters backwards, with
other letters put in. Both engines are asked in turn, message by message, in one process.
"""

import statistics
import time
from collections.abc import Mapping
from typing import Any

from app.engine import lexicons, rule_files
from benchmarks import labelled
from routing.triage import Engine, build
from routing.types import Note

TIMES = 10
ROUNDS = 7
MESSAGES = 200
LONGEST = 300
LISTS = ("words", "phrases")
LETTERS = "qxzjkvwyf"


def main() -> None:
    """Build both engines, measure, and print one line."""
    words = lexicons()
    more = {tag: _grown(files) for tag, files in words.items()}
    own = labelled.own()
    notes = [one.note for one in own if len(one.note.text) <= LONGEST][:: len(own) // MESSAGES]
    print(f"{_forms(words)} written forms, and {_forms(more)}")
    before, after = _measure((build(rule_files(), words), build(rule_files(), more)), notes)
    print(f"{before:.0f} us, {after:.0f} us: {after / before:.2f} times as long")


def _forms(words: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(
        len(entry.get(name, ()))
        for files in words.values()
        for document in files.values()
        for entry in document.values()
        for name in LISTS
    )


def _grown(files: Mapping[str, object]) -> dict[str, object]:
    return {name: _document(document) for name, document in files.items()}


def _document(document: Any) -> dict[str, object]:
    return {
        concept: entry if concept == "meta" else _entry(entry)
        for concept, entry in document.items()
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, object]:
    forms = {name: entry[name] for name in LISTS if name in entry}
    return {**entry, **{name: [*own, *_invented(own)] for name, own in forms.items()}}


def _invented(forms: list[str]) -> list[str]:
    return [
        " ".join(_backwards(word, number) for word in form.split())
        for form in forms
        for number in range(TIMES - 1)
    ]


def _backwards(word: str, number: int) -> str:
    stem = word.strip("*")
    middle = len(stem) // 2
    turned = stem[::-1] if stem.isalpha() else stem
    put_in = LETTERS[number] * (1 + len(stem) % 2)
    return word.replace(stem, f"{turned[:middle]}{put_in}{turned[middle:]}") if stem else word


def _measure(engines: tuple[Engine, Engine], notes: list[Note]) -> tuple[float, float]:
    best = [[float("inf")] * len(notes) for _ in engines]
    for at, note in [*enumerate(notes)] * ROUNDS:
        for engine, times in zip(engines, best, strict=True):
            began = time.perf_counter()
            engine.assess(note)
            times[at] = min(times[at], time.perf_counter() - began)
    before, after = (1e6 * statistics.median(times) for times in best)
    return before, after


if __name__ == "__main__":
    main()
