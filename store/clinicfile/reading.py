"""Reads an apply file: as much of it as can be understood, and every fault with its place."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from store.clinicfile.lines import Path, Places, places, written
from store.clinicfile.schema import ClinicFile, section_at
from store.clinicfile.values import nearest

PASSES = 4  # each takes the wrong values of one depth away; the file is four tables deep
SHOWN = 60  # characters of a wrong value


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the file; `path` is empty where no key can be named."""

    line: int
    path: Path
    sentence: str

    def say(self, file: str) -> str:
        """Write it as one line: `clinic.toml:17: hours.mon[0]: …`."""
        place = f"{written(self.path)}: " if self.path else ""
        return f"{file}:{self.line}: {place}{self.sentence}"


class WrongFile(Exception):
    """The file was refused as a whole; `faults` holds one line for each thing to mend."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file says. With `faults` it must not be applied, only checked further."""

    file: ClinicFile
    places: Places
    faults: tuple[Fault, ...]


def read(path: FilePath) -> Draft:
    """Read a file.

    Raises:
        WrongFile: it cannot be opened, or is not TOML from some line on.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise WrongFile((f"{path}: cannot be read: {error.strerror}.",)) from None
    found = places(source)
    try:
        data = tomllib.loads(source.decode())
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise WrongFile((f"{path}:{line}: this is not UTF-8 text.",)) from None
    except tomllib.TOMLDecodeError as error:
        raise WrongFile((_syntax(str(error), source, found).say(str(path)),)) from None
    return _understand(data, found)


def _syntax(message: str, source: bytes, found: Places) -> Fault:
    at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = int(at[1]) if at and at[1] else source.rstrip().count(b"\n") + 1
    what = message[: at.start()] if at else message
    if what.startswith("Cannot overwrite"):
        return Fault(
            found.repeated[0] if found.repeated else line, (), "this key stands here twice."
        )
    if what.startswith("Cannot declare"):
        return Fault(line, (), "this section stands here twice.")
    return Fault(line, (), f"this is not TOML: {what[:1].lower()}{what[1:]}.")


def _understand(data: dict[str, Any], found: Places) -> Draft:
    """Take wrong values out and read again, so that one run names all faults."""
    faults: dict[Path, Fault] = {}
    for _ in range(PASSES):
        try:
            file = ClinicFile.model_validate(data)
            break
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                path = _path(detail)
                faults.setdefault(path, Fault(found.line_of(path), path, _sentence(detail)))
            for path in _outermost(faults):
                _take_out(data, path)
    else:
        file = ClinicFile()
    return Draft(file, found, tuple(faults.values()))


def _path(detail: ErrorDetails) -> Path:
    return detail["loc"]


def _outermost(faults: dict[Path, Fault]) -> Iterator[Path]:
    """Shorten each path to its last key: taking a list's item out would move the others."""
    for path in faults:
        shortened = path
        while shortened and isinstance(shortened[-1], int):
            shortened = shortened[:-1]
        if shortened:
            yield shortened


def _take_out(data: Any, path: Path) -> None:
    for part in path[:-1]:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(data, dict):
        data.pop(path[-1], None)


def _sentence(detail: ErrorDetails) -> str:
    value = str(detail["input"])
    shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    if _path(detail)[-1:] == ("password",):
        shown = "…"
    match detail["type"]:
        case "value_error":
            sentence = detail["msg"].removeprefix("Value error, ")
        case "extra_forbidden":
            sentence = _unknown_key(_path(detail))
        case "enum":
            known = tuple(re.findall(r"'([^']*)'", detail["ctx"]["expected"]))
            near = nearest(value, known)
            sentence = f"'{shown}' is not one of {', '.join(known)}.{near}"
        case "string_type":
            sentence = f'{shown} must be text in quotes, like "{shown}".'
        case "string_too_long":
            sentence = f"is too long: at most {detail['ctx']['max_length']} characters."
        case "string_pattern_mismatch":
            start = detail["ctx"]["pattern"][1:3]
            sentence = f"'{shown}' is not a SID. It has {start} and 32 more letters and digits."
        case "tuple_type":
            sentence = "must be a list in [ ]."
        case "model_type" | "model_attributes_type":
            sentence = "must be a section with keys of its own."
        case _:
            sentence = f"'{shown}' cannot be used here."
    return sentence


def _unknown_key(path: Path) -> str:
    section = section_at(path[:-1])
    known = tuple(section.model_fields) if section else ()
    near = nearest(str(path[-1]), known)
    return f"this key is not known.{near or ' Known here: ' + ', '.join(known) + '.'}"
