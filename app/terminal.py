"""How the commands speak: lines on standard output, faults on standard error, and the exit code."""

import os
import sys
from typing import TextIO


class Refused(Exception):
    """A command cannot do what it was asked; `lines` say why, one for each fault (exit code 2)."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def say(*lines: str) -> None:
    """Write lines for the person, or for the program that reads them."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def complain(*lines: str) -> None:
    """Write lines that do not belong to the result."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    sys.stderr.flush()


def is_coloured(stream: TextIO) -> bool:
    """Tell whether a stream shows colours: a terminal, unless its owner said no (NO_COLOR)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
