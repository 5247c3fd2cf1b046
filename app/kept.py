"""Keeps the compiled lexicons between two starts: reading them anew takes seconds.

A kept file is plain tables (`marshal`), named by everything that it is made of: another word,
another program or another Python makes another file. One that is damaged, or not ours, is left
alone and made again. An installation leaves one beside the languages (`hatch_build.py`); what has
changed since is kept in the home of whoever starts it. Nothing depends on either: without a place
to write, a start takes longer.
"""

import marshal
import mmap
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

DIGEST_BYTES, LENGTH_BYTES = 32, 8
FORM = b"in parts"  # of the file; another form is another key
MOST_KEPT = 4
PROGRAM = ("context", "depths", "engine", "index", "language", "lexicon", "phrases", "scripts",
           "together", "typos", "views")  # fmt: skip


def key_of(locales: Traversable) -> str:
    """Name what the lexicons, the program that reads them, and this Python make together."""
    digest = sha256(sys.version.encode() + FORM)
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
    """Read what was kept under a key; None where nothing is, or nothing that can be trusted.

    What lies beside the languages is trusted like the program, which lies there too.
    """
    mine = _home() / f"lexicons-{key}"
    for file in (beside_languages(key), mine):
        try:
            if file != mine or _is_ours(file):
                return _load(file)
        except (OSError, ValueError, TypeError, EOFError):
            continue
    return None


def write(key: str, words: Compiled) -> None:
    """Keep it for the next start; where that is not possible nothing is lost."""
    home = _home()
    with suppress(OSError):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _save(home / f"lexicons-{key}", words)
        _tidy(home, MOST_KEPT)


def install(key: str, words: Compiled) -> Path:
    """Keep it beside the languages, for every start of this installation; raises `OSError`."""
    file = beside_languages(key)
    _save(file, words)
    file.chmod(0o644)  # who installs and who runs it may be two
    _tidy(file.parent, 1)
    return file


def beside_languages(key: str) -> Path:
    """Name the file that an installation leaves."""
    return Path(str(files("locales"))) / f"lexicons-{key}"


def _load(file: Path) -> Compiled:
    """Read a file part by part, so that never all of it is in memory beside what is made of it."""
    parts: list[Any] = []
    with (
        file.open("rb") as handle,
        mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        if sha256(memoryview(content)[DIGEST_BYTES:]).digest() != content[:DIGEST_BYTES]:
            raise ValueError("is damaged")
        _let_go(content, len(content))
        at = DIGEST_BYTES
        while at < len(content):
            begins = at + LENGTH_BYTES
            at = begins + int.from_bytes(content[at:begins], "little")
            parts.append(marshal.loads(memoryview(content)[begins:at]))  # noqa: S302  ours, checked
            _let_go(content, at)
    many, *rest = parts
    return Compiled.of_state((tuple(rest[:many]), *rest[many:]))


def _let_go(content: mmap.mmap, until: int) -> None:
    """Tell the system that the first bytes are not needed in memory, where it listens to that."""
    if hasattr(content, "madvise") and until >= mmap.PAGESIZE:
        content.madvise(mmap.MADV_DONTNEED, 0, until // mmap.PAGESIZE * mmap.PAGESIZE)


def _save(file: Path, words: Compiled) -> None:
    state: Any = words.state()
    index, *rest = state
    parts = [marshal.dumps(part) for part in (len(index), *index, *rest)]
    body = b"".join(len(part).to_bytes(LENGTH_BYTES, "little") + part for part in parts)
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as whole:
        whole.write(sha256(body).digest() + body)
    Path(name).replace(file)


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


def _tidy(home: Path, most: int) -> None:
    """Forget the files of earlier versions."""
    kept = sorted(home.glob("lexicons-*"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in kept[most:]:
        old.unlink(missing_ok=True)
