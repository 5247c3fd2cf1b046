"""What `make translations` does to the languages when the English changes."""

from pathlib import Path
from shutil import copytree

import pytest

from locales import refresh
from locales.catalogs import FOLDER, Status, load

KEY = "safety.call_nurse"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Our own languages, in a place where a test may change them."""
    return Path(copytree(FOLDER, tmp_path / "locales"))


def rewrite(folder: Path, tag: str, before: str, after: str) -> None:
    file = folder / tag / "LC_MESSAGES" / "kinline.po"
    content = file.read_text(encoding="utf-8")
    assert before in content
    file.write_text(content.replace(before, after, 1), encoding="utf-8")


def read(folder: Path, tag: str) -> str:
    return (folder / tag / "LC_MESSAGES" / "kinline.po").read_text(encoding="utf-8")


def test_our_own_files_are_fresh() -> None:
    assert refresh.main(["--check"]) == 0, "run `make translations`"


def test_a_changed_english_text_is_noticed_and_carried_to_every_language(folder: Path) -> None:
    rewrite(folder, "en", "Call the nurse now:", "Call our nurse now:")
    assert refresh.main(["--check"], folder) == 1
    assert "Call the nurse now:" in read(folder, "es")
    assert refresh.main(["--write"], folder) == 0
    assert refresh.main(["--check"], folder) == 0
    for file in (folder / "kinline.pot", *folder.glob("*/LC_MESSAGES/kinline.po")):
        assert "Call our nurse now:" in file.read_text(encoding="utf-8")


def test_rosa_keeps_her_spanish_as_a_draft_while_the_translator_is_told(folder: Path) -> None:
    before = load(folder).text(KEY, "es")
    rewrite(folder, "en", "Call the nurse now:", "Call our nurse now:")
    refresh.main(["--write"], folder)
    assert load(folder).text(KEY, "es") == before
    assert load(folder).status(KEY, "es") is Status.DRAFT
    assert "# The English changed" in read(folder, "es")
    assert "Call the nurse now:" in read(folder, "es")
    refresh.main(["--write"], folder)
    assert read(folder, "es").count("# The English changed") == 1


def test_words_that_lack_a_new_value_are_put_aside_for_the_translator(folder: Path) -> None:
    rewrite(folder, "en", "Call the nurse now: {on_call}", "{clinic}: the nurse {on_call}")
    refresh.main(["--write"], folder)
    assert load(folder).status(KEY, "es") is Status.MISSING
    assert "# Words before: Llame ya a la enfermera" in read(folder, "es")


def test_a_new_text_is_never_filled_with_a_guess(folder: Path) -> None:
    near = read(folder, "en").replace(f'msgctxt "{KEY}"', 'msgctxt "safety.call_nurse_again"', 1)
    old = read(folder, "en")
    start = near.index("#. A nurse must hear")
    end = near.index("#. The family is in a hospital")
    at = old.index("#. The family is in a hospital")
    added = old[:at] + near[start:end] + old[at:]
    (folder / "en" / "LC_MESSAGES" / "kinline.po").write_text(added, encoding="utf-8")
    assert refresh.main(["--write"], folder) == 0
    assert load(folder).status("safety.call_nurse_again", "es") is Status.MISSING
    assert load(folder).status(KEY, "es") is Status.DRAFT
    assert "fuzzy" not in read(folder, "es")
    assert list(load(folder).keys).index("safety.call_nurse_again") == (
        list(load(folder).keys).index(KEY) + 1
    )
    spanish = read(folder, "es")
    assert spanish.index("safety.call_nurse_again") < spanish.index("safety.in_care")


def test_a_mark_of_doubt_by_a_translator_is_kept(folder: Path) -> None:
    rewrite(folder, "es", f'msgctxt "{KEY}"', f'#, fuzzy\nmsgctxt "{KEY}"')
    refresh.main(["--write"], folder)
    assert "fuzzy" in read(folder, "es")
    assert load(folder).status(KEY, "es") is Status.MISSING


def test_a_language_starts_empty_with_every_text_to_translate(folder: Path) -> None:
    assert refresh.main(["--new", "pt-BR"], folder) == 0
    catalogs = load(folder)
    assert "pt-BR" in catalogs.tags
    assert {catalogs.status(key, "pt-BR") for key in catalogs.keys} == {Status.MISSING}
    assert refresh.main(["--check"], folder) == 0
    assert 'msgctxt "safety.call_nurse"' in read(folder, "pt-BR")


@pytest.mark.parametrize("tag", ["es", "../es", "a b"])
def test_a_language_is_not_started_twice_or_outside_its_place(folder: Path, tag: str) -> None:
    before = sorted(folder.parent.rglob("*"))
    assert refresh.main(["--new", tag], folder) == 1
    assert sorted(folder.parent.rglob("*")) == before


def test_a_broken_file_is_named_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(folder, "es", f'msgctxt "{KEY}"', f"msgctxt {KEY}")
    before = read(folder, "ar")
    assert refresh.main(["--write"], folder) == 1
    assert "kinline.po" in capsys.readouterr().err
    assert read(folder, "ar") == before
