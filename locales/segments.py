"""Counts how many SMS parts a text costs, the way the carriers do (FACTS D)."""

from dataclasses import dataclass
from enum import StrEnum

# GSM 03.38 basic character set: one septet each.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# The extension table: an escape and the character, two septets that travel together.
_EXTENSION = frozenset("\f^{}\\[~]|€")
_LAST_OF_PLANE_0 = 0xFFFF


class Encoding(StrEnum):
    """How a text travels."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs: its encoding, its parts, and its length in units of that encoding."""

    encoding: Encoding
    count: int
    units: int


def segments(text: str) -> Segments:
    """Count the parts of an SMS.

    A unit is a septet in GSM-7 (160 alone, 153 a part) and a UTF-16 code unit in UCS-2
    (70 alone, 67 a part). One character outside GSM 03.38 moves the whole text to UCS-2.
    An escaped character or a surrogate pair is never divided between two parts.
    Grapheme clusters may be; Twilio keeps them whole, which matters only for stacks of
    combining marks that our words do not have. Source: FACTS D.

    Returns:
        The encoding, at least one part, and the units of the whole text.
    """
    if all(c in _BASIC or c in _EXTENSION for c in text):
        encoding, alone, part = Encoding.GSM_7, 160, 153
        widths = [2 if c in _EXTENSION else 1 for c in text]
    else:
        encoding, alone, part = Encoding.UCS_2, 70, 67
        widths = [2 if ord(c) > _LAST_OF_PLANE_0 else 1 for c in text]
    units = sum(widths)
    return Segments(encoding, 1 if units <= alone else _parts(widths, part), units)


def utf16_units(text: str) -> int:
    """Count UTF-16 code units, the length in which FACTS D gives its budgets."""
    return sum(2 if ord(c) > _LAST_OF_PLANE_0 else 1 for c in text)


def _parts(widths: list[int], part: int) -> int:
    count, filled = 1, 0
    for width in widths:
        if filled + width > part:
            count, filled = count + 1, 0
        filled += width
    return count
