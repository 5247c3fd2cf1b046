"""Loads the words of every language once, and says how far each of them may be trusted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from locales.reviews import Review, read_reviews

FOLDER = Path(__file__).parent
SOURCE = "en"
"""The language whose texts are the sources of all others."""

_UNQUOTED = re.compile(r'^(?:msgctxt|msgid|msgstr)\b(?! ".*"$)')
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_RTL_LANGUAGES = frozenset(
    {"ar", "ckb", "dv", "fa", "he", "prs", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_RTL_SCRIPTS = frozenset({"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"})
_SCRIPT_LENGTH = 4


class CatalogError(Exception):
    """The words on the disk cannot be used; the message names file and id."""


class Status(StrEnum):
    """How far the words of one id in one language may be trusted."""

    REVIEWED = "reviewed"
    DRAFT = "draft"  # written, but nobody qualified has said yes to exactly these words
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Catalogs:
    """All words of all languages; immutable, so that everything built on it is pure.

    `texts` and `reviewed` are by language tag; `texts[SOURCE]` are the source texts.
    """

    texts: Mapping[str, Mapping[str, str]]
    reviewed: Mapping[str, frozenset[str]]

    @property
    def tags(self) -> tuple[str, ...]:
        """Name the languages that have words, the source language first."""
        return (SOURCE, *sorted(tag for tag in self.texts if tag != SOURCE))

    @property
    def keys(self) -> tuple[str, ...]:
        """Name every id, in the order of the source file."""
        return tuple(self.texts[SOURCE])

    def resolve(self, tag: str) -> str | None:
        """Find the nearest language with words: `es-MX` speaks `es`; None when there is none."""
        known = {name.lower(): name for name in self.texts}
        parts = tag.strip().replace("_", "-").lower().split("-")
        nearest = ("-".join(parts[:n]) for n in range(len(parts), 0, -1))
        return next((known[name] for name in nearest if name in known), None)

    def text(self, key: str, tag: str) -> str | None:
        """Give the words of an id in a language as translators left them, or None."""
        name = self.resolve(tag)
        return self.texts[name].get(key) if name else None

    def status(self, key: str, tag: str) -> Status:
        """Say whether these words were reviewed, are a draft, or do not exist (DESIGN 6)."""
        name = self.resolve(tag)
        if name is None or key not in self.texts[name]:
            return Status.MISSING
        return Status.REVIEWED if key in self.reviewed[name] else Status.DRAFT


def load(folder: Path = FOLDER) -> Catalogs:
    """Read every `<tag>/LC_MESSAGES/kinline.po` and `<tag>/reviews.toml` below a folder.

    Three kinds of entries count as missing, because guessed words may turn "call the nurse"
    into "call 911": fuzzy ones, empty ones, and ones with other placeholders than the source.

    Raises:
        CatalogError: no source catalog, or a catalog that is not valid PO.
        locales.reviews.ReviewsError: a reviews file that cannot be read.
    """
    files = {file.parent.parent.name: file for file in folder.glob("*/LC_MESSAGES/kinline.po")}
    if SOURCE not in files:
        raise CatalogError(f"{folder}: {SOURCE}/LC_MESSAGES/kinline.po is missing.")
    sources = read_sources(files[SOURCE])
    texts = {SOURCE: sources}
    for tag, file in files.items():
        if tag != SOURCE:
            texts[tag] = _translations(read_catalog(file), sources)
    reviewed = {
        tag: _reviewed(read_reviews(folder / tag / "reviews.toml"), sources, words)
        for tag, words in texts.items()
    }
    frozen = {tag: MappingProxyType(words) for tag, words in texts.items()}
    return Catalogs(MappingProxyType(frozen), MappingProxyType(reviewed))


def read_catalog(file: Path) -> Catalog:
    """Read one PO file; `CatalogError` with the place when it is not valid.

    Babel strips the first and last letter of a string without quotes and goes on, which would
    give a text another id, so quotes are looked for first.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines, 1):
            if _UNQUOTED.match(line.rstrip()):
                raise CatalogError(f"{file}:{number}: the text needs quotes on both sides.")
        return read_po(lines, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as fault:
        raise CatalogError(f"{file}: {fault}") from fault


def read_sources(file: Path) -> dict[str, str]:
    """Read id and source text of every entry, in the order of the file.

    Raises:
        CatalogError: an entry without an id, or an id that stands twice.
    """
    sources: dict[str, str] = {}
    for message in entries(read_catalog(file)):
        if not message.context:
            raise CatalogError(f"{file}:{message.lineno}: an entry needs a msgctxt, its id.")
        if message.context in sources:
            raise CatalogError(f"{file}:{message.lineno}: {message.context} stands twice.")
        sources[message.context] = str(message.id)
    return sources


def entries(catalog: Catalog) -> list[Message]:
    """List the entries of a catalog without its header."""
    return [message for message in catalog if message.id]


def placeholders(text: str) -> frozenset[str]:
    """Name the {placeholders} of a text."""
    return frozenset(_PLACEHOLDER.findall(text))


def direction(tag: str) -> str:
    """Say `rtl` or `ltr` for a language tag; a script subtag decides over its language.

    Source: FACTS I3 and the scripts that Unicode writes from right to left.
    """
    base, *rest = tag.replace("_", "-").lower().split("-")
    script = next((part for part in rest if len(part) == _SCRIPT_LENGTH and part.isalpha()), None)
    is_rtl = script in _RTL_SCRIPTS if script else base in _RTL_LANGUAGES
    return "rtl" if is_rtl else "ltr"


def is_usable(message: Message, source: str) -> bool:
    """Tell whether a translation may be spoken: there, not fuzzy, with the right placeholders."""
    words = message.string
    return (
        isinstance(words, str)
        and bool(words.strip())
        and not message.fuzzy
        and placeholders(words) == placeholders(source)
    )


def _translations(catalog: Catalog, sources: Mapping[str, str]) -> dict[str, str]:
    return {
        key: str(message.string)
        for message in entries(catalog)
        if (key := message.context or "") in sources and is_usable(message, sources[key])
    }


def _reviewed(
    reviews: tuple[Review, ...], sources: Mapping[str, str], words: Mapping[str, str]
) -> frozenset[str]:
    return frozenset(
        review.id
        for review in reviews
        if review.id in words and review.covers(review.id, sources[review.id], words[review.id])
    )
