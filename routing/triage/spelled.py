"""Puts words together that somebody wrote letter by letter: `c a n t`."""

import re
from collections.abc import Iterable, Sequence

from routing.triage import views
from routing.triage.scripts import UNSPACED

_SHORTEST_SPELLED = 4
_FEWEST_SPELLED = 2
# A sign of a script without spaces is a word already, and so is a syllable of Hangul.
_ALONE = re.compile(f"(?![{UNSPACED}\uac00-\ud7a3])[^\\W\\d_]")


def joined_letters(found: list[views.Piece]) -> list[views.Piece]:
    """Join letters that stand one by one: `c a n t`; wider gaps end a word (B-08).

    Four in a row are meant as a word, and then shorter rows of the same text are too: `n o`.
    In a text of single letters alone two are enough.
    """
    single = sum(map(_is_letter, found))
    if single < _FEWEST_SPELLED:
        return found
    runs = list(_runs(found))
    longest = max(map(len, runs))
    if longest < (2 if single == len(found) else _SHORTEST_SPELLED):
        return found
    return [piece for run in runs for piece in _joined(run)]


def _runs(found: Sequence[views.Piece]) -> Iterable[list[views.Piece]]:
    """Part a text into rows of letters that stand one by one, and single other pieces."""
    run: list[views.Piece] = []
    for piece in found:
        if run and not (_is_letter(piece) and _is_letter(run[-1]) and _continues(run[-1], piece)):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _is_letter(piece: views.Piece) -> bool:
    return _ALONE.fullmatch(piece.form) is not None


def _continues(before: views.Piece, piece: views.Piece) -> bool:
    return piece.start - before.end == 1 and piece.sentence == before.sentence


def _joined(run: Sequence[views.Piece]) -> Sequence[views.Piece]:
    if len(run) == 1:
        return run
    return [run[0]._replace(form="".join(p.form for p in run), end=run[-1].end)]
