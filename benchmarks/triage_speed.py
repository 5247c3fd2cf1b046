"""How long triage takes for a message, beside the least and beside what others would use.

Run on a quiet machine:
`uv run --with pyahocorasick --with hyperscan --with medspacy --with "spacy<3.8" --with "numpy<2" \
python -m benchmarks.triage_speed` (newer ones of the last two do not fit each other).
What is not installed is left out and named. All are asked in turn, message by message, in the
same process; figures are medians of processor time, so that only their ratios mean something.

The floor finds the same written forms exactly, in one pass over the lower-case text, and decides
nothing. Hyperscan gets the forms of one language with one edit allowed, which is as many as it
compiles in reasonable time; the loop of rapidfuzz compares each word with each danger word.
"""

import argparse
import re
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from app.engine import lexicons, packaged_engine
from benchmarks import labelled
from routing.triage import lexicon
from routing.types import Note, Urgency

Ask = Callable[[str], object]
LONGEST_ORDINARY = 300
HYPERSCAN_FORMS = 2_000
SHORTEST_FUZZY = 6
MATCHES = 12  # dangers in one message that is full of them
NEAR = 85


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--messages", type=int, default=200)
    wanted = parser.parse_args()
    began = time.process_time()
    engine = packaged_engine()
    print(f"ready after {time.process_time() - began:.2f} s of processor time,"
          f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")  # fmt: skip
    forms = _forms()
    print(f"{len(forms)} written forms in {len(lexicons())} languages")
    contestants: dict[str, Ask] = {"Kinline": lambda text: engine.assess(Note(text))}
    for name, module, make in (
        ("floor: exact Aho-Corasick", "ahocorasick", _aho_corasick),
        ("hyperscan, one edit, English", "hyperscan", _hyperscan),
        ("medspaCy and ConText, English", "medspacy", _medspacy),
        ("rapidfuzz, a naive loop, English", "rapidfuzz", _rapidfuzz),
    ):
        if find_spec(module) is None:
            print(f"{name}: not installed")
        else:
            contestants[name] = make(forms)
    for title, texts in _messages(wanted.messages).items():
        measured = _measure(contestants, texts, wanted.rounds)
        floor = measured.get("floor: exact Aho-Corasick")
        print(f"\n| {title} | us | ratio to the floor |\n|---|--:|--:|")
        for name, micros in measured.items():
            print(f"| {name} | {micros:.0f} | {micros / floor:.1f} |" if floor else
                  f"| {name} | {micros:.0f} | - |")  # fmt: skip


def _forms() -> tuple[tuple[str, str], ...]:
    """List every written form as (language, lower-case text), look-alikes left out."""
    return tuple(
        (tag, " ".join(atom.form for atom in form.atoms))
        for tag, documents in sorted(lexicons().items())
        for form in lexicon.read(tag, documents).forms
        if not form.blocks
    )


def _messages(most: int) -> dict[str, Sequence[str]]:
    """Choose the messages that triage was tuned on: ordinary ones, and ones full of matches."""
    own = labelled.own()
    calm = [one.note.text for one in own if one.gold is Urgency.ROUTINE and not one.is_hard]
    dangers = [one.note.text for one in own if one.gold is Urgency.EMERGENCY]
    english = [one.note.text for one in own if one.gold is Urgency.ROUTINE and one.language == "en"]
    full = [". ".join(dangers[at : at + MATCHES]) for at in range(0, len(dangers), MATCHES)]
    ordinary = [text[:LONGEST_ORDINARY] for text in full if len(text) >= LONGEST_ORDINARY]
    return {
        "ordinary messages, all languages": [t for t in calm if len(t) <= LONGEST_ORDINARY][:most],
        "ordinary messages, English": english[:most],
        f"{LONGEST_ORDINARY} characters full of dangers": ordinary[: most // 4],
        f"{MATCHES} dangers in one message": full[: most // 4],
    }


def _measure(contestants: dict[str, Ask], texts: Sequence[str], rounds: int) -> dict[str, float]:
    """Give the median of each message's best round, in microseconds."""
    best: dict[str, list[float]] = {name: [float("inf")] * len(texts) for name in contestants}
    for _ in range(rounds):
        for at, text in enumerate(texts):
            for name, ask in contestants.items():
                began = time.perf_counter()
                ask(text)
                best[name][at] = min(best[name][at], time.perf_counter() - began)
    return {name: 1e6 * statistics.median(times) for name, times in best.items()}


def _aho_corasick(forms: Sequence[tuple[str, str]]) -> Ask:
    import ahocorasick  # type: ignore[import-not-found]  # noqa: PLC0415  installed for the run

    automaton = ahocorasick.Automaton()
    for _, text in forms:
        automaton.add_word(text, text)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(text.lower()))


def _hyperscan(forms: Sequence[tuple[str, str]]) -> Ask:
    import hyperscan  # type: ignore[import-not-found]  # noqa: PLC0415  installed for the run

    words = _english(forms)[:HYPERSCAN_FORMS]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[re.escape(word).encode() for word in words],
        flags=hyperscan.HS_FLAG_CASELESS,
        ext=[hyperscan.ExpressionExt(flags=hyperscan.HS_EXT_FLAG_EDIT_DISTANCE, edit_distance=1)]
        * len(words),
    )
    found: list[int] = []

    def ask(text: str) -> object:
        found.clear()
        database.scan(text.encode(), match_event_handler=lambda rule, *_: found.append(rule))
        return found

    return ask


def _medspacy(forms: Sequence[tuple[str, str]]) -> Ask:
    import medspacy  # type: ignore[import-not-found]  # noqa: PLC0415  installed for the run
    from loguru import logger  # type: ignore[import-not-found]  # noqa: PLC0415  comes with it
    from medspacy.ner import TargetRule  # type: ignore[import-not-found]  # noqa: PLC0415

    logger.disable("PyRuSH")  # it tells of every word
    reader = medspacy.load(
        enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"]
    )
    matcher = reader.get_pipe("medspacy_target_matcher")
    matcher.add([TargetRule(word, "DANGER") for word in _english(forms)])
    return lambda text: reader(text).ents


def _rapidfuzz(forms: Sequence[tuple[str, str]]) -> Ask:
    from rapidfuzz import fuzz, process  # noqa: PLC0415  beside the others

    words = [word for word in _english(forms) if len(word) >= SHORTEST_FUZZY]
    return lambda text: process.extract(
        text.lower(), words, scorer=fuzz.partial_ratio, score_cutoff=NEAR, limit=5
    )


def _english(forms: Sequence[tuple[str, str]]) -> list[str]:
    return sorted({word for tag, word in forms if tag == "en" and len(word) >= SHORTEST_FUZZY})


if __name__ == "__main__":
    main()
