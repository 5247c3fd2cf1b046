"""What a review is worth, and what a catalog on the disk may and may not do."""

from pathlib import Path
from shutil import copytree

import pytest

from locales import sign
from locales.catalogs import FOLDER, CatalogError, Status, direction, load
from locales.reviews import ReviewsError, read_reviews

KEY = "safety.call_nurse"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Our own languages, in a place where a test may spoil them."""
    return Path(copytree(FOLDER, tmp_path / "locales"))


@pytest.fixture
def signed(folder: Path) -> Path:
    """The same, after Elena has read and signed the Spanish."""
    arguments = ["--reviewer", 'Elena "Nena" Ruiz', "--qualification", "certified translator"]
    assert sign.main(["sign", "es", *arguments, "--on", "2026-11-20"], folder) == 0
    return folder


def change(folder: Path, tag: str, before: str, after: str) -> None:
    file = folder / tag / "LC_MESSAGES" / "kinline.po"
    content = file.read_text(encoding="utf-8")
    assert before in content
    file.write_text(content.replace(before, after, 1), encoding="utf-8")


def test_words_are_reviewed_from_the_moment_a_qualified_person_signs(signed: Path) -> None:
    assert load(signed).status(KEY, "es") is Status.REVIEWED
    assert load(signed).status(KEY, "es-MX") is Status.REVIEWED
    assert load(signed).status(KEY, "ar") is Status.DRAFT
    assert load(signed).status(KEY, "om") is Status.MISSING


def test_one_changed_byte_of_a_translation_makes_it_a_draft_again(signed: Path) -> None:
    change(signed, "es", "Llame ya a la enfermera", "Llame ya a la Enfermera")
    assert load(signed).status(KEY, "es") is Status.DRAFT
    assert load(signed).status("safety.in_care", "es") is Status.REVIEWED


def test_one_changed_byte_of_the_english_makes_every_language_a_draft_again(signed: Path) -> None:
    change(signed, "en", "Call the nurse now", "Call the nurse Now")
    assert load(signed).status(KEY, "es") is Status.DRAFT
    assert load(signed).status(KEY, "en") is Status.DRAFT


def test_a_review_cannot_be_moved_to_other_words(signed: Path) -> None:
    file = signed / "es" / "reviews.toml"
    moved = file.read_text(encoding="utf-8").replace(f'"{KEY}"', '"safety.in_care_too"')
    file.write_text(moved, encoding="utf-8")
    assert load(signed).status(KEY, "es") is Status.DRAFT


def test_words_that_gettext_guessed_are_never_spoken(folder: Path) -> None:
    """DESIGN 6: a guess can turn "call the nurse" into "call 911"."""
    change(folder, "es", f'msgctxt "{KEY}"', f'#, fuzzy\nmsgctxt "{KEY}"')
    assert load(folder).status(KEY, "es") is Status.MISSING
    assert load(folder).text(KEY, "es") is None


def test_a_translation_that_lost_the_emergency_number_is_never_spoken(signed: Path) -> None:
    change(signed, "es", "¿Empeora? Llame al {emergency}", "¿Empeora? Llame al {urgencia}")
    assert load(signed).status(KEY, "es") is Status.MISSING


def test_a_signature_can_cover_a_part_and_keeps_the_others(signed: Path) -> None:
    change(signed, "es", "Llame ya a la enfermera", "Llame ahora a la enfermera")
    again = ["--reviewer", "Mario Paz", "--qualification", "nurse, native speaker"]
    arguments = ["sign", "es", *again, "--on", "2026-11-21", "--only", KEY]
    assert sign.main(arguments, signed) == 0
    reviewers = {r.id: r.reviewer for r in read_reviews(signed / "es" / "reviews.toml")}
    assert reviewers[KEY] == "Mario Paz"
    assert reviewers["safety.in_care"] == 'Elena "Nena" Ruiz'
    assert load(signed).status(KEY, "es") is Status.REVIEWED


def test_signing_what_does_not_exist_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--reviewer", "Elena", "--qualification", "translator", "--on", "2026-11-20"]
    assert sign.main(["sign", "om", *arguments], folder) == 1
    assert sign.main(["sign", "es", *arguments, "--only", "safety.nonsense"], folder) == 1
    assert sign.main(["sheet", "om"], folder) == 1
    assert capsys.readouterr().err.splitlines() == [
        "om has no words for *.",
        "es has no words for safety.nonsense.",
        "om has no catalog here.",
    ]


def test_a_reviewer_reads_each_text_beside_its_english(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sign.main(["sheet", "es"], folder) == 0
    read = capsys.readouterr().out
    assert f"{KEY}  (draft)\n  en: Call the nurse now" in read
    assert "\n  es: Llame ya a la enfermera" in read


ENTRY = """[[review]]
id = "safety.call_nurse"
source_hash = "0"
translation_hash = "0"
reviewer = "Elena"
qualification = "translator"
date = 2026-11-20
"""


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param("[[review]\n", "line 1", id="not TOML"),
        pytest.param("[review]\nid = 1\n", "only", id="not a list"),
        pytest.param("note = 1\n", "only", id="something else"),
        pytest.param(ENTRY + ENTRY.replace("reviewer", "by"), "review 2: needs", id="field"),
        pytest.param(ENTRY.replace("2026-11-20", '"today"'), "date is written", id="date"),
        pytest.param(ENTRY.replace('"Elena"', '" "'), "reviewer is empty", id="nobody"),
    ],
)
def test_a_broken_list_of_reviews_stops_the_start_and_names_the_place(
    folder: Path, content: str, fault: str
) -> None:
    file = folder / "es" / "reviews.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ReviewsError, match=fault) as raised:
        load(folder)
    assert str(file) in str(raised.value)


def test_a_broken_catalog_stops_the_start_and_names_the_file(folder: Path) -> None:
    change(folder, "es", 'msgctxt "safety.call_nurse"', "msgctxt safety.call_nurse")
    with pytest.raises(CatalogError, match=r"kinline\.po:\d+: the text needs quotes"):
        load(folder)


def test_the_english_file_must_name_every_text_once(folder: Path) -> None:
    change(folder, "en", f'msgctxt "{KEY}"', 'msgctxt "safety.in_care"')
    with pytest.raises(CatalogError, match=r"safety\.in_care stands twice"):
        load(folder)
    change(folder, "en", 'msgctxt "safety.in_care"\n', "")
    with pytest.raises(CatalogError, match="needs a msgctxt"):
        load(folder)
    (folder / "en" / "LC_MESSAGES" / "kinline.po").unlink()
    with pytest.raises(CatalogError, match="is missing"):
        load(folder)


@pytest.mark.parametrize(
    ("tag", "side"),
    [
        ("ar", "rtl"),
        ("fa-AF", "rtl"),
        ("ur-PK", "rtl"),
        ("ckb", "rtl"),
        ("pa-Arab", "rtl"),
        ("ku-Latn-TR", "ltr"),
        ("ar-Latn", "ltr"),
        ("es", "ltr"),
        ("zh-Hant", "ltr"),
    ],
)
def test_each_language_runs_the_way_it_is_written(tag: str, side: str) -> None:
    assert direction(tag) == side
