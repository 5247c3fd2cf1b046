"""Every care rule has a test whose name says it (`…_c18`), and what is not a rule has none."""

import re
from pathlib import Path

from locales import catalogs
from routing.triage.depths import DANGER_DEPTH, FULL_DEPTH

ROOT = Path(__file__).parents[1]
RULES = {
    1: "A second danger in a taken episode",
    2: "Urgent does not die quietly",
    3: "Routine is earned",
    4: "Setting aside",
    5: "Held is not answered",
    6: "Closing needs seeing",
    7: "The missing coordinator",
    8: "New phone, unknown sender",
    9: "Already in care",
    10: "Comfort plan",
    11: "Violence",
    12: "The call for help",
    13: "Safety text that did not arrive",
    14: "Automatic and human",
    15: "Little noise",
    16: "One open question",
    17: "She calls the number that texted her",
    18: "Nurses for medicine",
    19: "Who gets the reply",
    20: "Quiet hours",
    21: "Over-alerting",
    22: "Clinic modes",
    23: "Start, log, add, copy",
    24: "Intended use and catch rate",
}
TEST = re.compile(r"def (test_\w+)\(")
RULE = re.compile(r"(?<=_)c(\d+)(?=_|$)")
INTENDED_USE = "gives no medical advice and is not for emergencies"


def named() -> set[int]:
    tests = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    names = (name for text in tests for name in TEST.findall(text))
    return {int(number) for name in names for number in RULE.findall(name)}


def test_every_care_rule_has_a_test_that_is_named_after_it() -> None:
    lacking = {f"C{number} {RULES[number]}" for number in RULES.keys() - named()}
    assert not lacking


def test_no_test_is_named_after_a_rule_that_is_none() -> None:
    assert named() <= RULES.keys()


def test_the_intended_use_is_said_to_readers_to_staff_and_to_families_c24() -> None:
    for place in ("README.md", "docs/alerts.md", "admin/templates/login.html"):
        assert INTENDED_USE in (ROOT / place).read_text(encoding="utf-8"), place
    families = catalogs.load().texts["en"]
    assert any(INTENDED_USE in text for text in families.values()), "the chat says it"


def test_what_triage_catches_is_published_for_every_language_with_its_limits_c24() -> None:
    published = (ROOT / "docs/triage.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z][\w ]+) \| \d+/\d+ [\d.]+ % \[\d+-\d+\]", published, re.MULTILINE)
    spoken = [*FULL_DEPTH, *DANGER_DEPTH]
    assert len(rows) == len(set(rows)) == len(spoken)
    assert "Kinline falls short of it" in published
