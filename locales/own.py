"""A clinic's own words in place of Kinline's: what may be changed, what is wrong, what is used."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from locales.catalogs import SOURCE, Catalogs, placeholders
from locales.segments import segments, utf16_units

OwnWords = Mapping[tuple[str, str], tuple[str, bool]]
"""By language tag and key: the words, and whether somebody qualified vouches for them."""

CHANGEABLE = ("safety.", "auto.", "consent.")
UNREAD = "auto.received_no_time"
TWIN = "safety.violence"
"""C11: whoever reads along must not tell it from an ordinary acknowledgement, so it is never
written by itself: it takes the words of `UNREAD`."""
NUMBER_WITHIN = 67
"""UTF-16 units before the end of the emergency number: the first part of a long text (FACTS D)."""
MOST_PARTS = 4
_VALUE = re.compile(r"\{[a-z_]+\}")
_SAMPLE = {
    "clinic": "Maple Complex Care",
    "coordinator": "Alexandra",
    "cover": "Jonathan",
    "holiday": "New Year's Day",
    "emergency": "911",
    "on_call": "312-555-0100",
    "suicide_line": "988",
    "comfort_phone": "312-555-0177",
    "word": "MAPLE",
    "link": "https://kinline.maple.example/",
    "when": "Saturday, November 28 at 12:30 pm",
}


class Wrong(StrEnum):
    """Why words cannot be used; the closed list that pages and `apply` put into sentences."""

    UNKNOWN = "unknown"  # no such text, or one that a clinic does not word
    EMPTY = "empty"
    BRACES = "braces"
    VALUES = "values"  # other {values} than Kinline's words have
    NUMBER_LATE = "number_late"
    TOO_LONG = "too_long"


def changeable(catalogs: Catalogs) -> tuple[str, ...]:
    """List the texts that a clinic may word, in the order of the source."""
    return tuple(key for key in catalogs.keys if key.startswith(CHANGEABLE) and key != TWIN)


def fault(catalogs: Catalogs, key: str, text: str) -> Wrong | None:
    """Say what is wrong with a clinic's words for a text; None when they can be used.

    Args:
        catalogs: Kinline's words.
        key: the text's id, such as `auto.closed`.
        text: the clinic's words in any language, with `{values}`.
    """
    if key not in changeable(catalogs):
        return Wrong.UNKNOWN
    if not text.strip():
        return Wrong.EMPTY
    named = placeholders(text)
    if set("{}") & set(_VALUE.sub("", text)):
        return Wrong.BRACES
    if named != placeholders(catalogs.texts[SOURCE][key]):
        return Wrong.VALUES
    said = text.format_map(_SAMPLE)
    number = _SAMPLE["emergency"]
    if "emergency" in named and key.startswith("safety."):
        before = said[: said.index(number) + len(number)]
        if utf16_units(before) > NUMBER_WITHIN:
            return Wrong.NUMBER_LATE
    return Wrong.TOO_LONG if segments(said).count > MOST_PARTS else None


def overlaid(catalogs: Catalogs, own: OwnWords, *, drafts: bool) -> Catalogs:
    """Put a clinic's words in the place of Kinline's.

    Reviewed words always count. Drafts count where the clinic's policy allows them (`drafts`),
    but never for a safety text: that stays Kinline's until somebody vouches for the new one.
    """
    used = {
        (tag, key): (text, reviewed)
        for (tag, key), (text, reviewed) in own.items()
        if reviewed or (drafts and not key.startswith("safety."))
    }
    if not used:
        return catalogs
    for (tag, key), words in tuple(used.items()):
        if key == UNREAD:
            used[tag, TWIN] = words
    texts = {tag: dict(words) for tag, words in catalogs.texts.items()}
    reviewed = {tag: set(keys) for tag, keys in catalogs.reviewed.items()}
    for (tag, key), (text, is_reviewed) in used.items():
        texts.setdefault(tag, {})[key] = text
        keys = reviewed.setdefault(tag, set())
        keys.add(key) if is_reviewed else keys.discard(key)
    return Catalogs(
        MappingProxyType({tag: MappingProxyType(words) for tag, words in texts.items()}),
        MappingProxyType({tag: frozenset(keys) for tag, keys in reviewed.items()}),
    )
