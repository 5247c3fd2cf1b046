"""The kept lexicons: read where they can be trusted, made again where not."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

import pytest

from app import kept
from app.engine import lexicons, packaged_engine
from routing.triage import Compiled

KEY = "0" * 64
ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "kinline"


def kept_file(home: Path) -> Path:
    return home / f"lexicons-{KEY}"


@pytest.fixture(scope="module")
def english() -> Compiled:
    return Compiled.of([("en", lexicons()["en"])])


def test_what_was_kept_reads_like_what_was_compiled(home: Path, english: Compiled) -> None:
    kept.write(KEY, english)
    again = kept.read(KEY)
    assert again is not None
    assert again.state() == english.state()
    assert (home.stat().st_mode & 0o777, kept_file(home).stat().st_mode & 0o777) == (0o700, 0o600)


def test_nothing_is_kept_at_first(home: Path) -> None:
    assert kept.read(KEY) is None
    assert not home.exists()


@pytest.mark.parametrize("at", [0, 40, -1])
def test_a_damaged_file_is_not_read(home: Path, english: Compiled, at: int) -> None:
    kept.write(KEY, english)
    content = bytearray(kept_file(home).read_bytes())
    content[at] ^= 1
    kept_file(home).write_bytes(content)
    assert kept.read(KEY) is None


def test_half_a_file_is_not_read(home: Path, english: Compiled) -> None:
    kept.write(KEY, english)
    kept_file(home).write_bytes(kept_file(home).read_bytes()[:1000])
    assert kept.read(KEY) is None


@pytest.mark.parametrize("writable", ["file", "folder"])
def test_a_file_that_others_could_have_written_is_not_read(
    home: Path, english: Compiled, writable: str
) -> None:
    kept.write(KEY, english)
    (kept_file(home) if writable == "file" else home).chmod(0o777)
    assert kept.read(KEY) is None


def test_a_place_that_cannot_be_written_costs_nothing_but_time(
    home: Path, english: Compiled
) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file where the folder should be")
    kept.write(KEY, english)
    assert kept.read(KEY) is None


def test_files_of_earlier_versions_go(home: Path, english: Compiled) -> None:
    for number in range(kept.MOST_KEPT + 2):
        kept.write(f"{number}", english)
        os.utime(home / f"lexicons-{number}", (number, number))
    kept.write(KEY, english)
    assert len(list(home.glob("lexicons-*"))) == kept.MOST_KEPT
    assert kept.read(KEY) is not None


def test_an_installation_leaves_it_beside_the_languages_and_its_first_start_reads_it(
    home: Path, tmp_path: Path
) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    [wheel] = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with ZipFile(wheel) as parts:
        parts.extractall(installed)
    key = kept.key_of(files("locales"))
    assert [file.name for file in (installed / "locales").glob("lexicons-*")] == [f"lexicons-{key}"]
    says = "from app import engine, kept; print(engine.packaged_engine().version, kept.__file__)"
    first = subprocess.run(
        [sys.executable, "-c", says],
        cwd=installed, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert first.stdout.split() == [packaged_engine().version, str(installed / "app" / "kept.py")]
    assert not home.exists(), "it compiled them again, and kept them in the home"


@pytest.mark.usefixtures("home")
def test_a_damaged_installation_is_made_good_at_home(
    english: Compiled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / f"lexicons-{KEY}"
    monkeypatch.setattr(kept, "beside_languages", lambda _key: beside)
    assert kept.install(KEY, english) == beside
    assert kept.read(KEY) is not None
    beside.write_bytes(b"half")
    assert kept.read(KEY) is None
    kept.write(KEY, english)
    assert kept.read(KEY) is not None


def test_another_word_makes_another_key(tmp_path: Path) -> None:
    folder = tmp_path / "xx" / "lexicon"
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text("[cough]\nwords = ['cough']\n")
    before = kept.key_of(tmp_path)
    (folder / "a.toml").write_text("[cough]\nwords = ['coughs']\n")
    assert kept.key_of(tmp_path) != before
    assert kept.key_of(files("locales")) == kept.key_of(files("locales"))


def test_a_start_that_finds_the_words_compiled_takes_less_than_150_megabytes() -> None:
    packaged_engine()  # whoever has changed a word compiles them here
    program = (
        "from pathlib import Path\n"
        "from app.engine import packaged_engine\n"
        "packaged_engine()\n"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert int(run.stdout) < 150 * 1024
