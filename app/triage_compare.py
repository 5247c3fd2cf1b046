"""`kinline triage --compare OLD`: the same messages under two versions of rules and words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from app.engine import engine_at, packaged_engine
from app.terminal import Refused
from app.triage_command import Lines
from app.triage_lines import Line, printable
from app.triage_prose import shown
from routing.triage import Engine, SourceError
from routing.types import Assessment, Urgency


@dataclass(frozen=True, slots=True)
class Move:
    """One message with what both versions say of it."""

    line: Line
    old: Assessment
    new: Assessment

    @property
    def step(self) -> int:
        """Give the number of levels that it rose; below zero it fell."""
        return self.new.urgency - self.old.urgency

    @property
    def has_other_reasons(self) -> bool:
        """Say whether other rules hold, though the level is the same."""
        return _deciding(self.old) != _deciding(self.new)


def run(stdin: TextIO, stdout: TextIO, stderr: TextIO, *, old: Path) -> int:
    """Judge each line of `stdin` by both versions and print what moved.

    `old` is a folder with `routing/` and `locales/` (another checkout, another installation), or
    a file that `kinline lexicon save` wrote. Both are read by this version's program, so that
    what is compared are rules and words. Gives 0, or 2 when a line could not be read.
    """
    before = _engine(old)
    after = packaged_engine()
    lines = Lines(stdin, stderr)
    moves = [Move(one, before.assess(one.note), after.assess(one.note)) for one in lines]
    stdout.writelines(f"{printable(line)}\n" for line in _report(moves, before, after))
    stdout.flush()
    return 2 if lines.unread else 0


_LONGEST = 120


def _engine(place: Path) -> Engine:
    try:
        return engine_at(place)
    except (OSError, ValueError) as fault:
        sentence = str(fault) if isinstance(fault, SourceError | OSError) else "is not readable"
        raise Refused(f"{place}: {sentence}") from fault


def _report(moves: Sequence[Move], before: Engine, after: Engine) -> Iterator[str]:
    down = sorted((move for move in moves if move.step < 0), key=lambda move: move.step)
    up = sorted((move for move in moves if move.step > 0), key=lambda move: -move.step)
    other = [move for move in moves if not move.step and move.has_other_reasons]
    yield f"Old {before.version}, new {after.version}."
    yield (
        f"Messages: {len(moves)}. Moved down: {len(down)}; moved up: {len(up)}; "
        f"same level, other reasons: {len(other)}."
    )
    for title, found in (("Down", down), ("Up", up)):
        if found:
            yield ""
            yield f"{title} ({_counts(found)})"
            for move in found:
                yield from _told(move)
    if other:
        yield ""
        yield "Same level, other reasons"
        for move in other:
            yield from _told(move)


def _counts(moves: Iterable[Move]) -> str:
    found = Counter((move.old.urgency, move.new.urgency) for move in moves)
    ordered = sorted(found.items(), key=lambda item: -item[1])
    return ", ".join(f"{_step(old, new)}: {number}" for (old, new), number in ordered)


def _step(old: Urgency, new: Urgency) -> str:
    return f"{old.word} to {new.word}" if old is not new else old.word


def _told(move: Move) -> Iterator[str]:
    gone, come = _deciding(move.old), _deciding(move.new)
    text = shown(move.line.note.text)
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    yield f"  {shown(str(move.line.id))}: {_step(move.old.urgency, move.new.urgency)}: {cut}"
    yield f"      {', '.join(gone)} -> {', '.join(come)}"


def _deciding(result: Assessment) -> list[str]:
    """Name the rules of the highest level; what lies under it changes nothing."""
    return sorted({one.rule for one in result.reasons if one.urgency is result.urgency})
