"""Reads the rule and lexicon files that the packages carry and builds the triage engine."""

import gc
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from app import kept
from routing.triage import Compiled, Engine, Fault, SourceError, assemble, build


@cache
def packaged_engine() -> Engine:
    """Build the engine of this version once for the process.

    Raises `SourceError` that names the file for a rule or lexicon that cannot be used.
    """
    home = files("locales")
    key = kept.key_of(home)
    words = kept.read(key)
    if words is None:
        words = _compiled(_languages(home))
        kept.write(key, words)
    return assemble(rule_files(), words)


def compile_packaged() -> Path:
    """Compile the lexicons into a file beside them, which each later start reads.

    Raises `SourceError` as `packaged_engine` does, `OSError` where the file cannot be written.
    """
    home = files("locales")
    return kept.install(kept.key_of(home), _compiled(_languages(home)))


def _compiled(sources: Iterable[tuple[str, Mapping[str, object]]]) -> Compiled:
    # A hundred thousand small things that all stay: looking for garbage between them costs a fifth.
    was_on = gc.isenabled()
    gc.disable()
    try:
        return Compiled.of(sources)
    finally:
        if was_on:
            gc.enable()


def engine_at(place: Path) -> Engine:
    """Build an engine from other sources: a checkout, an installation, or a saved bundle.

    Raises `SourceError` for sources that cannot be used, `OSError` where there are none.
    """
    if place.is_file():
        return build(*_bundle(place))
    rules, languages = place / "routing" / "triage" / "rules", place / "locales"
    if not rules.is_dir() or not languages.is_dir():
        raise FileNotFoundError("has no routing/triage/rules or no locales folder")
    return build(rule_files(rules), lexicons(languages))


def bundle() -> str:
    """Write the rules and words of this version as one file, to compare with later."""
    document = {"rules": list(rule_files()), "lexicons": lexicons()}
    return json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n"


def rule_files(folder: Traversable | None = None) -> tuple[dict[str, object], ...]:
    """Read `routing/triage/rules/*.toml`, each with its name under `file`."""
    folder = folder or files("routing.triage") / "rules"
    return tuple({**_read(entry, "rules"), "file": entry.name} for entry in _tomls(folder))


def lexicons(folder: Traversable | None = None) -> dict[str, dict[str, object]]:
    """Read `locales/<tag>/lexicon/*.toml` of every language that has one."""
    return dict(_languages(folder or files("locales")))


def _languages(folder: Traversable) -> Iterator[tuple[str, dict[str, object]]]:
    for language in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if language.is_dir() and (language / "lexicon").is_dir():
            tomls = _tomls(language / "lexicon")
            yield language.name, {entry.name: _read(entry, language.name) for entry in tomls}


def _bundle(place: Path) -> tuple[list[dict[str, object]], dict[str, dict[str, object]]]:
    try:
        document = json.loads(place.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SourceError(Fault.SHAPE, place.name, "is not a saved bundle") from error
    match document:
        case {"rules": list() as rules, "lexicons": dict() as languages}:
            return rules, languages
    raise SourceError(Fault.SHAPE, place.name, "is not a saved bundle")


def _tomls(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            yield entry


def _read(entry: Traversable, folder: str) -> dict[str, object]:
    try:
        return tomllib.loads(entry.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        # The parser's message names line and column.
        raise SourceError(Fault.SHAPE, f"{folder}/{entry.name}", str(error)) from error
