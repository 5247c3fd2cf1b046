"""Cuts the words of a family into pieces that a page can show safely: plain, marked, hidden."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from store.inbox.seen import ReasonSeen

PREVIEW_LENGTH = 140
KEPT_CONTROLS = "\n\t"
# Characters of format that words of many scripts and emoji are made with.
JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
# They only say which way the sign beside them runs: phones write them into Arabic, and so do we.
DIRECTION_MARKS = frozenset("\u061c\u200e\u200f")
TAGS = range(0xE0000, 0xE0080)  # flags of regions (Scotland, Wales) end in these
# Arabic and Syriac signs that Unicode counts as format characters, although they are drawn.
DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
_KEPT = JOINERS | DRAWN | DIRECTION_MARKS


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words; `hidden` names an invisible character that stood here instead of words."""

    text: str
    is_marked: bool = False
    hidden: str = ""


def pieces(text: str, reasons: Iterable[ReasonSeen] = ()) -> tuple[Piece, ...]:
    """Cut a text where marking begins or ends and where an invisible character stands.

    An invisible control (direction overrides, zero width spaces, C0 and C1) is taken out and
    named, so that it cannot reorder or hide what a person reads (A-08).
    """
    marked = _marked(text, reasons)
    found: list[Piece] = []
    start = 0
    for here in range(len(text) + 1):
        hidden = here < len(text) and _is_hidden(text[here])
        changes = here in (0, len(text)) or marked[here] != marked[here - 1]
        if not (hidden or changes) or here < start:
            continue
        if here > start:
            found.append(Piece(text[start:here], marked[start]))
            start = here
        if hidden:
            found.append(Piece("", marked[here], _name(text[here])))
            start = here + 1
    return tuple(found)


def preview(text: str) -> tuple[Piece, ...]:
    """Give the first words of a message on one line."""
    line = " ".join(text[: PREVIEW_LENGTH * 4].split())
    if len(line) > PREVIEW_LENGTH:
        line = line[:PREVIEW_LENGTH].rstrip() + "…"
    return pieces(line)


def _marked(text: str, reasons: Iterable[ReasonSeen]) -> Sequence[bool]:
    marked = [False] * len(text)
    for reason in reasons:
        for start, end in _places(text, reason):
            marked[start:end] = [True] * (end - start)
    return marked


def _places(text: str, reason: ReasonSeen) -> Iterable[tuple[int, int]]:
    """Check spans against the matched words: the stored text may lack NULs of the original."""
    fitting = [
        (start, end)
        for start, end in reason.spans
        if 0 <= start < end <= len(text) and text[start:end] in reason.text
    ]
    if len(fitting) == len(reason.spans) and fitting:
        return fitting
    start = text.find(reason.text) if reason.text else -1
    return [(start, start + len(reason.text))] if start >= 0 else fitting


def _is_hidden(character: str) -> bool:
    if character in KEPT_CONTROLS or character in _KEPT or ord(character) in TAGS:
        return False
    return unicodedata.category(character) in {"Cc", "Cf"}


def _name(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}").lower()
