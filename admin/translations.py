"""Collects the words of the staff pages into `locales/<tag>/LC_MESSAGES/staff.po`.

Run `python -m admin.translations` after changing words; `--check` only tells what is missing.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from admin.words import SOURCE_LANGUAGE

ROOM = Path(__file__).parent
CATALOGS = "*/LC_MESSAGES/staff.po"
TEMPLATES = "jinja2.ext:babel_extract"
METHODS = [("**.py", "python"), ("**.html", TEMPLATES), ("templates/**.txt", TEMPLATES)]
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None}
MADE = datetime(2026, 1, 1, tzinfo=UTC)  # a real date would change the file with every run


def catalogs() -> Iterator[Path]:
    """Find the staff catalogs of all languages."""
    yield from sorted((ROOM.parent / "locales").glob(CATALOGS))


def template() -> Catalog:
    """Collect every marked string of the code and the pages."""
    found = Catalog(project="Kinline", creation_date=MADE, fuzzy=False)
    for _, _, words, comments, context in extract_from_dir(
        ROOM, METHODS, keywords=KEYWORDS, strip_comment_tags=True
    ):
        found.add(words, None, auto_comments=comments, context=context)
    return found


def updated(catalog_file: Path) -> bytes:
    """Give a catalog with all words of today: new ones empty, unused ones dropped."""
    tag = catalog_file.parent.parent.name
    with catalog_file.open("rb") as opened:
        catalog = read_po(opened, locale=tag)
    # A guessed match may say the opposite; a gap is shown in English instead.
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.revision_date = MADE
    catalog.project, catalog.version = "Kinline", "staff"
    catalog.last_translator, catalog.language_team, catalog.header_comment = "Kinline", tag, ""
    written = BytesIO()
    write_po(written, catalog, width=98, no_location=True, sort_output=True, ignore_obsolete=True)
    return written.getvalue()


def gaps(catalog_file: Path) -> list[str]:
    """List the words that a language does not say yet."""
    tag = catalog_file.parent.parent.name
    with catalog_file.open("rb") as opened:
        said = read_po(opened, locale=tag)
    wanted = [message for message in template() if message.id]
    return [
        str(message.id)
        for message in wanted
        if (known := said.get(message.id)) is None
        or known.fuzzy
        or (tag != SOURCE_LANGUAGE and not _is_said(known.string))
    ]


def _is_said(words: str | tuple[str, ...] | list[str] | None) -> bool:
    forms = (words,) if isinstance(words, str) else words or ("",)
    return all(forms)


def main(arguments: list[str]) -> int:
    """Write all catalogs, or with `--check` name the gaps and end with 1 where there are some."""
    is_complete = True
    for catalog_file in catalogs():
        if "--check" not in arguments:
            catalog_file.write_bytes(updated(catalog_file))
        for gap in gaps(catalog_file):
            is_complete = False
            sys.stdout.write(f"{catalog_file.parent.parent.name}: {gap}\n")
    return 0 if is_complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
