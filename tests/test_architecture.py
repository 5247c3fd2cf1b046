"""The rooms keep their doors: who may import whom, who reads the clock, how long a file may be."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "bot", "admin", "store", "routing", "locales")
CODE = (".py", ".js", ".css", ".html")
LONGEST = 400
LEFT_BEHIND = re.compile(r"/(\.(?!ci/)[^/]+|__pycache__|[^/]+\.egg-info)/|\.db(-wal|-shm)?$")
BIN = Path(sys.executable).parent

# What routing may know besides itself: data tools of the standard library, and three packages
# that are functions over text (parsing, likeness, language).
DATA_TOOLS = {
    "__future__", "array", "bisect", "calendar", "collections", "dataclasses", "datetime",
    "decimal", "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "itertools",
    "json", "lark", "math", "operator", "pycld2", "rapidfuzz", "re", "routing", "statistics",
    "string", "textwrap", "tomllib", "types", "typing", "unicodedata", "zlib", "zoneinfo",
}  # fmt: skip

# Contract, the file that a careless hand writes, what it writes, what the report must name.
PLANTS = {
    "bot meets admin": (
        "Imports point down",
        {"bot/planted.py": "import admin.planted\n", "admin/planted.py": ""},
        "bot.planted -> admin.planted",
    ),
    "store looks up": (
        "Imports point down",
        {"store/planted.py": "import bot.planted\n", "bot/planted.py": ""},
        "store.planted -> bot.planted",
    ),
    "routing speaks": (
        "Imports point down",
        {"routing/planted.py": "import locales\n"},
        "routing.planted -> locales",
    ),
    "the front door is used from inside": (
        "Nothing imports the composition root",
        {"admin/planted.py": "import app.planted\n", "app/planted.py": ""},
        "admin.planted -> app.planted",
    ),
    "routing reads the clock": (
        "Deciding is pure",
        {"routing/planted.py": "import time\n"},
        "routing.planted -> time",
    ),
    "routing rolls dice": (
        "Deciding is pure",
        {"routing/planted.py": "from random import choice\n"},
        "routing.planted -> random",
    ),
    "locales calls out": (
        "Speaking reads its own files only",
        {"locales/planted.py": "import socket\n"},
        "locales.planted -> socket",
    ),
    "a page writes SQL": (
        "SQL and Redis are touched only in store",
        {"admin/planted.py": "from sqlalchemy import text\n"},
        "admin.planted -> sqlalchemy",
    ),
    "a worker asks Redis": (
        "SQL and Redis are touched only in store",
        {"bot/planted.py": "import redis\n"},
        "bot.planted -> redis",
    ),
    "intake knows Twilio": (
        "Only bot.channels.twilio knows Twilio",
        {"bot/planted.py": "from twilio.rest import Client\n"},
        "bot.planted -> twilio",
    ),
    "one channel uses another": (
        "Channels do not know each other",
        {"bot/channels/planted.py": "import bot.channels.twilio\n"},
        "bot.channels.planted -> bot.channels.twilio",
    ),
    "two modules lean on each other": (
        "No import cycles",
        {"store/planted.py": "import store.other\n", "store/other.py": "import store.planted\n"},
        ".planted -> .other",
    ),
}


def _lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [BIN / "lint-imports", "--no-cache"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "250", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _files(*endings: str) -> Iterator[Path]:
    """Give our own files, also those that are not committed yet; never what tools leave behind."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        every = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:  # an archive instead of a clone
        every = [file for file in ROOT.rglob("*") if not LEFT_BEHIND.search(f"/{_name(file)}")]
    for file in every:
        if file.is_file() and (not endings or file.name.endswith(endings)):
            yield file


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_every_import_points_the_way_the_contracts_say() -> None:
    code, report = _lint(ROOT)
    assert code == 0, report


@pytest.mark.parametrize(("contract", "files", "names"), PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_import_breaks_its_contract(
    tmp_path: Path, contract: str, files: dict[str, str], names: str
) -> None:
    """A contract that nobody saw fail proves nothing."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            copy = tmp_path / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    code, report = _lint(tmp_path)
    assert code == 1, report
    assert re.search(rf"^{contract}.* BROKEN", report, re.MULTILINE), report
    assert names in report


def test_each_contract_has_a_plant() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    for contract in contracts:
        assert any(contract["name"].startswith(plant[0]) for plant in PLANTS.values())


def test_routing_knows_data_tools_and_nothing_else() -> None:
    """The contract names what is forbidden; this names all that is allowed."""
    for file in (ROOT / "routing").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Import(names=names):
                    known = {alias.name.partition(".")[0] for alias in names}
                case ast.ImportFrom(module=str(module), level=0):
                    known = {module.partition(".")[0]}
                case ast.Call(func=ast.Name(id="open" | "input" | "print" as called)):
                    known = {f"{called}()"}
                case _:
                    continue
            assert known <= DATA_TOOLS, f"{_name(file)} line {node.lineno}"


@pytest.mark.parametrize(
    "reading",
    [
        "from datetime import UTC, datetime\nat = datetime.now(UTC)\n",
        "import datetime\nat = datetime.datetime.utcnow()\n",
        "from datetime import date\nday = date.today()\n",
        "import time\nat = time.time()\n",
        "from time import time_ns\nat = time_ns()\n",
    ],
    ids=["now", "utcnow", "today", "time", "time_ns"],
)
@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_ruff_finds_who_reads_the_clock(room: str, reading: str) -> None:
    done = subprocess.run(
        [BIN / "ruff", "check", "--no-cache", "--stdin-filename", f"{room}/planted.py", "-"],
        cwd=ROOT,
        input=reading,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "TID251" in done.stdout


def test_only_one_module_may_read_the_clock() -> None:
    allowing = [_name(file) for file in _files(".py") if "noqa: TID251" in file.read_text()]
    this = _name(Path(__file__))
    assert [name for name in allowing if name != this] == ["store/clock.py"]


def test_no_query_asks_the_database_what_time_it_is() -> None:
    """The database's clock is another clock (F-21)."""
    asks = re.compile(r"func\.(now|current_timestamp)|CURRENT_TIMESTAMP|'now'", re.IGNORECASE)
    asking = [
        _name(file) for file in (ROOT / "store").rglob("*.py") if asks.search(file.read_text())
    ]
    assert asking == []


def test_no_code_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {_name(file): len(file.read_bytes().splitlines()) for file in _files(*CODE)}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_package_says_in_one_line_what_lives_there() -> None:
    packages = {file.parent for file in _files(".py")} - {
        ROOT,
        ROOT / "benchmarks",
        ROOT / "store/migrations/versions",  # Alembic finds them by path
    }
    for package in packages:
        opening = package / "__init__.py"
        assert opening.is_file(), f"{_name(package)} has no __init__.py"
        said = ast.get_docstring(ast.parse(opening.read_text()))
        assert said, f"{_name(opening)} says nothing"
        assert "\n" not in said, f"{_name(opening)} says more than one line"


def test_no_module_has_a_name_that_could_hold_anything() -> None:
    anything = {"utils", "util", "helpers", "helper", "manager", "service", "services", "handler",
                "handlers", "common", "misc", "data", "info", "core", "base"}  # fmt: skip
    assert [_name(file) for file in _files(".py") if file.stem in anything] == []


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    folders = re.compile(rb"(?<![\w.~$}-])/(root|work|home/[a-z]+)/")
    here = Path(__file__).resolve()
    naming = [
        _name(file) for file in _files() if file != here and folders.search(file.read_bytes())
    ]
    assert naming == []
