"""Reads the rule and lexicon files that the packages carry and builds the triage engine."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from routing.triage import Engine, Fault, SourceError, build


@cache
def packaged_engine() -> Engine:
    """Build the engine of this version once for the process.

    Raises `SourceError` that names the file for a rule or lexicon that cannot be used.
    """
    return build(rule_files(), lexicons())


def rule_files() -> tuple[dict[str, object], ...]:
    """Read `routing/triage/rules/*.toml`, each with its name under `file`."""
    folder = files("routing.triage") / "rules"
    return tuple({**_read(entry, "rules"), "file": entry.name} for entry in _tomls(folder))


def lexicons() -> dict[str, dict[str, object]]:
    """Read `locales/<tag>/lexicon/*.toml` of every language that has one."""
    return {
        language.name: {
            entry.name: _read(entry, language.name) for entry in _tomls(language / "lexicon")
        }
        for language in sorted(files("locales").iterdir(), key=lambda folder: folder.name)
        if language.is_dir() and (language / "lexicon").is_dir()
    }


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
