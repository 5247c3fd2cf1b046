"""The command `kinline triage`: JSON lines in, assessments out; no database, no network."""

import json
from collections.abc import Iterator, Sequence
from typing import TextIO

from app.engine import packaged_engine
from app.terminal import Refused, is_coloured
from app.triage_lines import Line, Unreadable, printable, read, written
from app.triage_prose import Colleague
from routing.triage.second import SecondReader, heard


def run(
    stdin: TextIO,
    stdout: TextIO,
    stderr: TextIO,
    *,
    pretty: bool = False,
    readers: Sequence[str] = (),
) -> int:
    """Assess each line of `stdin` in order and flush each answer (DESIGN 8).

    A line that cannot be read goes to `stderr` only, with its number and without its words.
    `pretty` explains each message in sentences instead of JSON; `readers` name second readers
    that have learned, whose opinion is added. Gives the exit code: 0, or 2 when a line could not
    be read. Raises `Refused` for a reader that is not installed.
    """
    engine = packaged_engine()
    behind = _readers(readers)
    colleague = Colleague(engine.book, colour=is_coloured(stdout)) if pretty else None
    lines = Lines(stdin, stderr)
    for number, one in enumerate(lines):
        first = result = engine.assess(one.note)
        for reader in behind:
            result = heard(result, reader.read(one.note, first))
        if colleague is None:
            text = json.dumps(written(one, result)) + "\n"
        else:
            text = ("\n" if number else "") + colleague.explain(one.note, result)
        stdout.write(printable(text))
        stdout.flush()
    return 2 if lines.unread else 0


def _readers(names: Sequence[str]) -> list[SecondReader]:
    if not names:
        return []
    from app.readers import learned  # noqa: PLC0415  slow to load, and rarely asked for

    try:
        return [learned(name) for name in names]
    except ImportError:
        raise Refused(
            "the reader `meaning` needs its model: `uv sync --extra meaning`, then again"
        ) from None


class Lines:
    """The readable lines of a stream; the others are complained of and counted in `unread`."""

    def __init__(self, stream: TextIO, stderr: TextIO) -> None:
        self._stream = stream
        self._stderr = stderr
        self.unread = 0

    def __iter__(self) -> Iterator[Line]:
        """Give each message as soon as its line has come; empty lines are none."""
        for number, line in enumerate(self._stream, start=1):
            text = line.removeprefix("\ufeff") if number == 1 else line
            if not text.strip():
                continue
            try:
                one = read(text)
            except Unreadable as fault:
                self.unread += 1
                self._stderr.write(f"line {number}: {fault}\n")
                self._stderr.flush()
                continue
            yield one
