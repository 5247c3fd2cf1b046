"""Lets a reviewer read a language beside its English, and sign what is right."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from locales.catalogs import FOLDER, SOURCE, CatalogError, Catalogs, load
from locales.reviews import Review, ReviewsError, fingerprint, read_reviews, write_reviews


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Print a reading sheet (`sheet TAG`) or record a review (`sign TAG ...`).

    Signing writes one entry per chosen text to `<tag>/reviews.toml`, in place of older entries
    for it. Exit 1, with one line that says why, when nothing could be signed.
    """
    chosen = _parser().parse_args(arguments)
    try:
        catalogs = load(folder)
        if chosen.what == "sheet":
            sys.stdout.write(sheet(catalogs, chosen.tag))
        else:
            signed = sign(catalogs, folder, chosen)
            sys.stdout.write(f"{chosen.tag}: {signed} texts signed\n")
    except (CatalogError, ReviewsError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


def sheet(catalogs: Catalogs, tag: str) -> str:
    """Set every text beside its English, with its standing, for a person to read.

    Raises:
        CatalogError: the language has no catalog.
    """
    if tag not in catalogs.tags:
        raise CatalogError(f"{tag} has no catalog here.")
    blocks = []
    for key in catalogs.keys:
        source = catalogs.texts[SOURCE][key]
        lines = [f"{key}  ({catalogs.status(key, tag)})", f"  {SOURCE}: {source}"]
        if tag != SOURCE:
            lines.append(f"  {tag}: {catalogs.text(key, tag) or '-'}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def sign(catalogs: Catalogs, folder: Path, chosen: argparse.Namespace) -> int:
    """Record that a reviewer vouches for the chosen texts as they stand on the disk now.

    Args:
        catalogs: the words as loaded.
        folder: where the languages live.
        chosen: `tag`, `reviewer`, `qualification`, `on` (a date) and `only` (patterns of ids).

    Returns:
        How many texts were signed.

    Raises:
        CatalogError: no text of the language matches a pattern.
    """
    words = {
        key: text
        for key in catalogs.keys
        if (text := catalogs.texts.get(chosen.tag, {}).get(key))
        and any(fnmatchcase(key, pattern) for pattern in chosen.only)
    }
    if not words:
        raise CatalogError(f"{chosen.tag} has no words for {' '.join(chosen.only)}.")
    file = folder / chosen.tag / "reviews.toml"
    kept = {review.id: review for review in read_reviews(file) if review.id not in words}
    for key, text in words.items():
        kept[key] = Review(
            id=key,
            source_hash=fingerprint(catalogs.texts[SOURCE][key]),
            translation_hash=fingerprint(text),
            reviewer=chosen.reviewer,
            qualification=chosen.qualification,
            date=chosen.on,
        )
    write_reviews(file, [kept[key] for key in catalogs.keys if key in kept], _preface(file))
    return len(words)


def _preface(file: Path) -> str:
    if not file.exists():
        return "# Who has read which text (docs/languages.md)."
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith("#"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m locales.sign", description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    reading = commands.add_parser("sheet", help="print every text beside its English")
    reading.add_argument("tag")
    signing = commands.add_parser("sign", help="record a review of the words as they stand")
    signing.add_argument("tag")
    signing.add_argument("--reviewer", required=True, help="full name")
    signing.add_argument("--qualification", required=True, help="why this person may judge")
    signing.add_argument("--on", required=True, type=date.fromisoformat, help="2026-11-21")
    signing.add_argument("--only", nargs="+", default=["*"], help="ids, * stands for anything")
    return parser


if __name__ == "__main__":
    sys.exit(main())
