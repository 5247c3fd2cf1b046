"""Says which words a person has reviewed: reads and writes `<tag>/reviews.toml`."""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_FIELDS = ("id", "source_hash", "translation_hash", "reviewer", "qualification", "date")


class ReviewsError(Exception):
    """A reviews file cannot be read; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Review:
    """One person's word that a translation says what its source says.

    It holds only as long as both hashes match the words on the disk (DESIGN 6).
    """

    id: str
    source_hash: str
    translation_hash: str
    reviewer: str
    qualification: str
    date: date

    def covers(self, key: str, source: str, translation: str) -> bool:
        """Tell whether exactly these words were reviewed; one changed byte says no."""
        return (
            self.id == key
            and self.source_hash == fingerprint(source)
            and self.translation_hash == fingerprint(translation)
        )


def fingerprint(words: str) -> str:
    """Name exact words: the first 16 hexadecimal digits of the SHA-256 of their UTF-8 bytes."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def read_reviews(file: Path) -> tuple[Review, ...]:
    """Read a language's reviews; a language without the file has none.

    Raises:
        ReviewsError: not TOML, or an entry lacks a field, has one too many or an empty one.
    """
    if not file.exists():
        return ()
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise ReviewsError(f"{file}: {fault}") from fault
    entries = content.pop("review", [])
    if content or not isinstance(entries, list):
        raise ReviewsError(f"{file}: only [[review]] entries belong here.")
    return tuple(_review(entry, f"{file}: review {n}") for n, entry in enumerate(entries, 1))


def write_reviews(file: Path, reviews: Iterable[Review], preface: str) -> None:
    """Write a language's reviews, one entry each, under a preface of comment lines."""
    blocks = [preface.rstrip("\n")]
    for review in reviews:
        lines = ["[[review]]"]
        for name in _FIELDS:
            value = getattr(review, name)
            written = value.isoformat() if isinstance(value, date) else _quoted(value)
            lines.append(f"{name} = {written}")
        blocks.append("\n".join(lines))
    file.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _review(entry: object, place: str) -> Review:
    if not isinstance(entry, dict) or sorted(entry) != sorted(_FIELDS):
        raise ReviewsError(f"{place}: needs exactly {', '.join(_FIELDS)}.")
    if type(entry["date"]) is not date:
        raise ReviewsError(f"{place}: date is written like 2026-11-21, without quotes.")
    for name in _FIELDS[:-1]:
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise ReviewsError(f"{place}: {name} is empty or not text.")
    return Review(**entry)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
