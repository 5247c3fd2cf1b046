"""How much triage catches: the project's labelled messages and, if given, files by others.

Run: `uv run python -m benchmarks.triage_quality [FILE.jsonl ...] [--set NAME] [--markdown]
[--misses N] [--reader NAME ...]`, or `make triage-quality`. `--reader` measures once more with
second readers behind the rules. Sets: `tuned`, `taught`, and of those kept apart `a` and, written
later, `b` and `c` (hard ones); `make triage-quality FILES="--set b"` measures one alone.

Caught: of the emergencies and the urgent, those answered `emergency` or `urgent`. Attended: of what
needs a nurse today, those answered `soon` or above. False alarms: of the routine, those answered
`emergency` or `urgent`; hard ones are look-alikes. In brackets the 95 % interval of Wilson. The
texts kept apart are never printed, only their figures.
"""

import argparse
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.engine import packaged_engine
from app.readers import LEARNED, learned
from benchmarks import labelled
from benchmarks.labelled import Labelled
from routing.triage.depths import DANGER_DEPTH, FULL_DEPTH
from routing.triage.second import SecondReader, heard
from routing.types import Assessment, Urgency


@dataclass(slots=True)
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    def count(self, *, holds: bool) -> None:
        """Add one message."""
        self.part += holds
        self.whole += 1

    @property
    def percent(self) -> float:
        """Give the share in per cent; nothing of nothing is 0."""
        return 100 * self.part / self.whole if self.whole else 0.0

    def interval(self) -> tuple[float, float]:
        """Give the 95 % interval of Wilson in per cent: honest for few messages and for 100 %."""
        if not self.whole:
            return 0.0, 100.0
        share, square = self.part / self.whole, _Z * _Z / self.whole
        middle = share + square / 2
        reach = _Z * math.sqrt(share * (1 - share) / self.whole + square / (4 * self.whole))
        low, high = ((middle + sign * reach) / (1 + square) for sign in (-1, 1))
        return 100 * max(0.0, low), 100 * min(1.0, high)


@dataclass(slots=True)
class Score:
    """What became of a group of messages."""

    caught: Share = field(default_factory=Share)
    attended: Share = field(default_factory=Share)
    alarms: Share = field(default_factory=Share)
    hard_alarms: Share = field(default_factory=Share)

    def add(self, one: Labelled, given: Urgency) -> None:
        """Count one message under the level that it must get."""
        if one.gold >= Urgency.URGENT:
            self.caught.count(holds=given >= Urgency.URGENT)
        elif one.gold is Urgency.SOON:
            self.attended.count(holds=given >= Urgency.SOON)
        else:
            is_alarm = given >= Urgency.URGENT and given not in one.accept
            self.alarms.count(holds=is_alarm)
            if one.is_hard:
                self.hard_alarms.count(holds=is_alarm)

    def shares(self) -> tuple[Share, Share, Share, Share]:
        """Give the four columns of the table."""
        return self.caught, self.attended, self.alarms, self.hard_alarms


Answered = tuple[Labelled, Assessment]


def answered(messages: Iterable[Labelled]) -> list[Answered]:
    """Ask triage about each message."""
    engine = packaged_engine()
    return [(one, engine.assess(one.note)) for one in messages]


def heard_by(readers: Sequence[SecondReader], answers: Iterable[Answered]) -> list[Answered]:
    """Let second readers read each message as the rules left it, and add what they say."""
    found = []
    for one, first in answers:
        result = first
        for reader in readers:
            result = heard(result, reader.read(one.note, first))
        found.append((one, result))
    return found


def score(answers: Iterable[Answered]) -> Score:
    """Count all messages as one group."""
    total = Score()
    for one, result in answers:
        total.add(one, result.urgency)
    return total


def is_miss(one: Labelled, given: Urgency) -> bool:
    """Say whether an answer counts against triage."""
    alone = Score()
    alone.add(one, given)
    return any((alone.caught.whole > alone.caught.part,
                alone.attended.whole > alone.attended.part, alone.alarms.part))  # fmt: skip


def table(title: str, answers: Sequence[Answered], *, markdown: bool) -> Iterator[str]:
    """Write one part of the report: a line for all, then one a language and one a topic."""
    rows = [("all", score(answers))]
    rows.extend(_groups(answers, lambda one: one.language, (*FULL_DEPTH, *DANGER_DEPTH)))
    rows.extend(_groups(answers, lambda one: one.topic, labelled.TOPICS))
    cells = [(name, *map(_cell, group.shares())) for name, group in rows]
    if markdown:
        yield f"| {title} | {' | '.join(_COLUMNS)} |"
        yield "|---" + "|--:" * len(_COLUMNS) + "|"
        for row in cells:
            yield f"| {' | '.join(row)} |"
    else:
        head = (title, *_COLUMNS)
        widths = [max(len(row[n]) for row in (head, *cells)) for n in range(len(head))]
        for row in (head, *cells):
            first = row[0].ljust(widths[0])
            yield "  ".join(
                (first, *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)))
            )
    yield ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="*", type=Path, help="sets made by others, measured as well")
    parser.add_argument("--set", choices=list(_TITLES), help="of the project's own, this set alone")
    parser.add_argument("--markdown", action="store_true", help="tables for docs/")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print N mistakes a set")
    parser.add_argument("--reader", choices=LEARNED, nargs="+", default=[],
                        help="once more with these second readers behind the rules")  # fmt: skip
    wanted = parser.parse_args()
    sets = [
        (title, answered(labelled.own(name)), name in {labelled.TUNED, labelled.TAUGHT})
        for name, title in _TITLES.items()
        if wanted.set in {None, name}
    ]
    for file in wanted.file:
        shown = file.resolve().parent.name != labelled.APART
        sets.append((file.stem, answered(labelled.loosely(file)), shown))
    readers = [learned(name) for name in wanted.reader]
    if readers:
        title_of = ", and ".join(("{}", *wanted.reader)).format
        sets += [(title_of(title), heard_by(readers, answers), may_be_read)
                 for title, answers, may_be_read in tuple(sets)]  # fmt: skip
    for title, answers, may_be_read in sets:
        if answers:
            print("\n".join(table(title, answers, markdown=wanted.markdown)))
        if may_be_read:
            wrong = [(one, got) for one, got in answers if is_miss(one, got.urgency)]
            for one, got in wrong[: wanted.misses]:
                rules = ", ".join(reason.rule for reason in got.reasons[:3])
                print(
                    f"{one.id}: {one.gold.word}, got {got.urgency.word} ({rules}): {one.note.text}"
                )


_Z = 1.959964
_TITLES = {
    labelled.TUNED: "own, to tune on",
    labelled.TAUGHT: "own, to teach second readers",
    "a": "own, kept apart",
    "b": "own, second set kept apart",
    "c": "own, third set kept apart: hard ones",
    "d": "own, fourth set kept apart",
    "e": "own, fifth set kept apart: full of look-alikes",
}
_COLUMNS = ("caught", "attended", "false alarms", "hard ones")


def _groups(
    answers: Sequence[Answered], key: Callable[[Labelled], str], order: Sequence[str]
) -> Iterator[tuple[str, Score]]:
    names = {key(one) for one, _result in answers} - {""}
    for name in sorted(names, key=lambda n: (order.index(n) if n in order else len(order), n)):
        yield name, score(answer for answer in answers if key(answer[0]) == name)


def _cell(share: Share) -> str:
    if not share.whole:
        return "-"
    low, high = share.interval()
    return f"{share.part}/{share.whole} {share.percent:.1f} % [{low:.0f}-{high:.0f}]"


if __name__ == "__main__":
    main()
