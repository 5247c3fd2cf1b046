"""What the documents show is true: files apply, commands exist, links lead somewhere."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.__main__ import _parser
from app.demo import tour
from store.apply import apply
from store.db import Database
from store.settings import Settings
from store.upkeep.audit import Wrong

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\((?!https?:|#)([^)#]+)\)")
COMMAND = re.compile(r"kinline ([a-z]+)")
NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return [body for kind, body in BLOCK.findall(text) if kind == language]


def test_the_clinics_file_in_the_documents_applies_and_then_changes_nothing(
    sqlite_database: Database, tmp_path: Path
) -> None:
    example, own_words, own_account = blocks("docs/apply.md", "toml")
    first, rest = example.split("[hours]", 1)
    file = tmp_path / "clinic.toml"
    file.write_text(f"{first}\n{own_account}\n[hours]{rest}\n{own_words}", encoding="utf-8")
    assert "family garcia: added" in apply(sqlite_database, file, NOW).changes
    assert apply(sqlite_database, file, NOW).changes == ()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_in_a_document_leads_to_a_file(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_a_document_exists(document: Path) -> None:
    parser = _parser()
    known = next(a.choices for a in parser._actions if a.choices)  # noqa: SLF001  argparse has no other way
    shown = set(COMMAND.findall("\n".join(body for _, body in BLOCK.findall(document.read_text()))))
    assert shown <= set(known)


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"KINLINE_{name.upper()}" in readme


def test_every_place_that_contributing_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:app|bot|admin|store|routing|locales|tests)/[\w./*-]*)`", text):
        assert list(ROOT.glob(name.rstrip("/"))), name


def test_the_ten_minutes_of_the_readme_press_buttons_that_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tale = readme.split("### Ten minutes", 1)[1].split("\nRun the tests", 1)[0]
    pages = "".join(page.read_text() for page in (ROOT / "app/demo/templates").glob("*.html"))
    pages += "".join(page.read_text() for page in (ROOT / "admin/templates").glob("*.html"))
    known = {step.button for step in tour.STEPS} | {step.title for step in tour.STEPS}
    pressed = re.findall(r'(?:[Pp]ress|then) "([^"]+)"|\*\*([^*.]+)\.\*\*', tale)
    assert len(pressed) >= 9
    for button in ("".join(pair) for pair in pressed):
        assert button in known or f">{button}<" in pages or f'"{button}"' in pages, button


def test_operators_read_what_each_alarm_wants_of_them() -> None:
    page = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    for wrong in Wrong:
        assert f"| `{wrong}` |" in page


def test_what_the_operators_page_quotes_is_what_kinline_says() -> None:
    page = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    table = page.split("## What can break")[1].split("\n## ")[0]
    said = "".join(
        (ROOT / file).read_text(encoding="utf-8")
        for file in ("app/opening.py", "store/schema.py", "store/causes.py")
    )
    quoted = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert len(quoted) >= 4
    for words in quoted:
        assert words.replace(" (…)", " (") in said, words
