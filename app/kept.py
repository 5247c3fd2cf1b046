"""Keeps the compiled lexicons between two starts: reading them anew takes seconds.

A kept file is plain tables (`marshal`), named by everything that it is made of: another word,
another program or another Python makes another file. One that is damaged, or not ours, is left
alone and made again. Nothing depends on it: without a place to write, a start takes longer.
"""

import marshal
import os
import sys
import tempfile
from contextlib import suppress
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from routing.triage import Compiled

DIGEST_BYTES = 32
MOST_KEPT = 4
PROGRAM = ("context", "depths", "engine", "index", "language", "lexicon", "phrases", "scripts",
           "typos", "views")  # fmt: skip


def key_of(locales: Traversable) -> str:
    """Name what the lexicons, the program that reads them, and this Python make together."""
    digest = sha256(sys.version.encode())
    program = files("routing.triage")
    for module in PROGRAM:
        digest.update((program / f"{module}.py").read_bytes())
    for language in sorted(locales.iterdir(), key=lambda folder: folder.name):
        if language.is_dir() and (language / "lexicon").is_dir():
            for entry in sorted((language / "lexicon").iterdir(), key=lambda entry: entry.name):
                digest.update(f"{language.name}/{entry.name}".encode())
                digest.update(entry.read_bytes())
    return digest.hexdigest()


def read(key: str) -> Compiled | None:
    """Read what was kept under a key; None where nothing is, or nothing that can be trusted."""
    file = _home() / f"lexicons-{key}"
    try:
        if not _is_ours(file):
            return None
        content = file.read_bytes()
    except OSError:
        return None
    body = memoryview(content)[DIGEST_BYTES:]  # no copy: it is large
    if sha256(body).digest() != content[:DIGEST_BYTES]:
        return None
    try:
        return Compiled.of_state(marshal.loads(body))  # noqa: S302  our own file, checked above
    except (ValueError, TypeError, EOFError):
        return None


def write(key: str, words: Compiled) -> None:
    """Keep it for the next start; where that is not possible nothing is lost."""
    state: Any = words.state()
    body = marshal.dumps(state)
    home = _home()
    with suppress(OSError):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=home)
        with os.fdopen(handle, "wb") as file:
            file.write(sha256(body).digest() + body)
        Path(name).replace(home / f"lexicons-{key}")
        _tidy(home)


def _home() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    return Path(base if base.startswith("/") else Path.home() / ".cache") / "kinline"


def _is_ours(file: Path) -> bool:
    """Tell whether nobody else can have written it: ours, and writable by us alone."""
    if not hasattr(os, "getuid"):
        return True
    return all(
        one.stat().st_uid == os.getuid() and not one.stat().st_mode & 0o022
        for one in (file, file.parent)
    )


def _tidy(home: Path) -> None:
    """Forget the files of earlier versions."""
    kept = sorted(home.glob("lexicons-*"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in kept[MOST_KEPT:]:
        old.unlink(missing_ok=True)
