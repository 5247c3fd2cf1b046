"""Carries changed English into the template and every language: `make translations`."""

import argparse
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from locales.catalogs import (
    FOLDER,
    SOURCE,
    CatalogError,
    Catalogs,
    Status,
    entries,
    load,
    placeholders,
    read_catalog,
    read_sources,
)
from locales.reviews import ReviewsError

_TEMPLATE = "kinline.pot"
_WIDTH = 96
_NO_REVIEWS = "# One [[review]] per text that a qualified person has read (docs/languages.md)."
_HEADER = """\
# {title}
msgid ""
msgstr ""
"Project-Id-Version: Kinline\\n"
"Language: {tag}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Refresh the catalogs (`--write`), or say whether they are fresh (`--check`, exit 1).

    `--new TAG` starts a language: its folder, an empty catalog and an empty list of reviews.
    """
    parser = argparse.ArgumentParser(prog="python -m locales.refresh", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="exit 1 when a file is stale")
    what.add_argument("--write", action="store_true", help="bring every file up to date")
    what.add_argument("--new", metavar="TAG", help="start a language, for example vi or pt-BR")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.new:
            _start(folder, chosen.new)
        stale = stale_files(folder)
        if not chosen.check:
            for file, content in stale.items():
                file.write_bytes(content)
        _say(_summary(load(folder)))
    except (CatalogError, ReviewsError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    for file in stale:
        _say(f"{file.relative_to(folder)}: " + ("stale" if chosen.check else "written"))
    if chosen.check and stale:
        sys.stderr.write("Run `make translations`.\n")
    return int(chosen.check and bool(stale))


def stale_files(folder: Path = FOLDER) -> dict[Path, bytes]:
    """Find the files that differ from what the English source says they should be.

    Returns:
        The wanted content of each such file: the template and the languages' catalogs.
    """
    source_file = folder / SOURCE / "LC_MESSAGES" / "kinline.po"
    read_sources(source_file)
    source = read_catalog(source_file)
    wanted = {folder / _TEMPLATE: _content(folder / _TEMPLATE, _template(source))}
    for file in sorted(folder.glob("*/LC_MESSAGES/kinline.po")):
        if file != source_file:
            wanted[file] = _content(file, merge(source, read_catalog(file)))
    return {
        file: content
        for file, content in wanted.items()
        if not file.exists() or file.read_bytes() != content
    }


def merge(source: Catalog, language: Catalog) -> Catalog:
    """Bring one language to the ids, order and English of the source, by id and never by guess.

    Words whose English changed stay, with a comment for the translator: their review no longer
    matches, so they are a draft, which beats no words at all for a family that reads no English.
    They go into that comment when the placeholders changed, because they could not be filled.
    An id that is gone from the source is gone from the language.
    """
    before = {message.context: message for message in entries(language)}
    after = Catalog(charset="utf-8")
    for wanted in entries(source):
        old = before.get(wanted.context)
        words, comments = _carried(wanted, old)
        after.add(
            wanted.id,
            words,
            context=wanted.context,
            auto_comments=wanted.auto_comments,
            user_comments=comments,
            flags={"fuzzy"} if old is not None and old.fuzzy else set(),
        )
    return after


def _carried(wanted: Message, old: Message | None) -> tuple[str, list[str]]:
    if old is None:
        return "", []
    words, comments = str(old.string), list(old.user_comments)
    if old.id == wanted.id or not words:
        return words, comments
    note = "The English changed: read the words again, then delete these lines."
    comments += [note, f"English before: {_one_line(str(old.id))}"]
    if placeholders(words) != placeholders(str(wanted.id)):
        return "", [*comments, f"Words before: {_one_line(words)}"]
    return words, comments


def _template(source: Catalog) -> Catalog:
    template = Catalog(charset="utf-8")
    for message in entries(source):
        template.add(message.id, "", context=message.context, auto_comments=message.auto_comments)
    return template


def _content(file: Path, catalog: Catalog) -> bytes:
    """Write a catalog below the header that the file already has, so that no date changes."""
    if file.exists():
        header = file.read_text(encoding="utf-8").split("\n\n", maxsplit=1)[0].rstrip("\n") + "\n"
    else:
        header = _HEADER.format(title="Kinline's words, without translations.", tag="")
    body = BytesIO()
    write_po(body, catalog, width=_WIDTH, omit_header=True)
    return header.encode() + b"\n" + body.getvalue().strip(b"\n") + b"\n"


def _start(folder: Path, tag: str) -> None:
    file = folder / tag / "LC_MESSAGES" / "kinline.po"
    if not tag.replace("-", "").isalnum() or file.exists():
        raise CatalogError(f"{tag}: is no language tag, or has a catalog already.")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_HEADER.format(title=f"Kinline's words: {tag}.", tag=tag), encoding="utf-8")
    (folder / tag / "reviews.toml").write_text(_NO_REVIEWS + "\n", encoding="utf-8")


def _summary(catalogs: Catalogs) -> str:
    lines = []
    for tag in catalogs.tags:
        found = [catalogs.status(key, tag) for key in catalogs.keys]
        counts = ", ".join(f"{found.count(status)} {status}" for status in Status)
        lines.append(f"{tag}: {counts}")
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
