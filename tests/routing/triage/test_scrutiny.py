"""`kinline lexicon check`: what loads without complaint and is still a mistake."""

from functools import cache
from pathlib import Path

import pytest

from app.__main__ import main
from app.engine import lexicons, packaged_engine, rule_files
from routing.triage import build
from routing.triage.scrutiny import Remark, Scrutiny, Sources

RULES: list[dict[str, object]] = [
    {
        "file": "small.toml",
        "rule": [
            {
                "id": "seizure.any",
                "when": "seizure or not_breathing",
                "urgency": "urgent",
                "why": "A seizure.",
                "source": "ours",
            },
            {
                "id": "form.any",
                "when": "form or paper",
                "urgency": "routine",
                "why": "A form.",
                "source": "ours",
            },
        ],
        "compose": {"not_breathing": "cannot near(3) breathing"},
    }
]
EXAMPLES: list[dict[str, object]] = [
    {
        "file": "small.toml",
        "rule": [
            {
                "id": "seizure.any",
                "triggers": ["a fit", "a fit now", "she had a fit"],
                "look_alikes": ["fit for school"],
            },
            {"id": "form.any"},
        ],
    }
]
ENGLISH: dict[str, object] = {
    "meta": {"function_words": ["the"], "guard": ["fir"], "reviewed_by": "A nurse, 2026-11-20"},
    "seizure": {"words": ["fit", "seizure"], "not_in": ["fit for school"]},
    "cannot": {"words": ["cannot"]},
    "breathing": {"words": ["breathing"]},
    "not_breathing": {"phrases": ["stopped breathing"]},
    "form": {"words": ["form"]},
    "paper": {"words": ["paper"]},
}


def _remarks(**languages: dict[str, object]) -> list[Remark]:
    documents: dict[str, dict[str, object]] = {"en": {"all.toml": ENGLISH}}
    for tag, document in languages.items():
        documents[tag] = {"all.toml": {"meta": {}, **document}}
    return list(_scrutiny(documents).remarks())


def _scrutiny(documents: dict[str, dict[str, object]]) -> Scrutiny:
    return Scrutiny(Sources(EXAMPLES, documents, build(RULES, documents)))


def _said(remarks: list[Remark], tag: str) -> list[tuple[str, str, str]]:
    return [
        (one.entry, one.text, one.sentence)
        for one in remarks
        if one.file in {tag, f"{tag}/all.toml"} and not one.note
    ]


WHOLE: dict[str, object] = {
    "seizure": {"words": ["crise"]},
    "cannot": {"words": ["peut"]},
    "breathing": {"words": ["respirer"]},
    "form": {"words": ["formulaire"]},
    "paper": {"words": ["papier"]},
}


def test_a_language_that_writes_the_parts_of_a_composed_concept_is_whole() -> None:
    assert _said(_remarks(fr=WHOLE), "fr") == []


def test_a_missing_concept_is_named_and_whether_a_danger_asks_for_it() -> None:
    some = {name: entry for name, entry in WHOLE.items() if name not in {"cannot", "form"}}
    sentence = "the concept is not written in this language"
    assert _said(_remarks(fr=some), "fr") == [
        ("cannot", "", f"{sentence} and a rule of soon or above asks for it"),
        ("form", "", sentence),
        ("not_breathing", "", f"{sentence} and a rule of soon or above asks for it"),
    ]


def test_words_that_stand_together_write_a_concept_and_each_must_be_found() -> None:
    rows = [{"within": 3, "words": [["plus", "ne. pas"], ["souffle"]]}]
    some = WHOLE | {"not_breathing": {"together": rows}}
    assert _said(_remarks(fr=some), "fr") == [
        ("not_breathing", "ne. pas", "never found: it is not read as these words"),
    ]


def test_what_stands_beside_a_concept_does_not_write_it_and_must_be_found() -> None:
    rows = [{"within": 3, "words": ["ne. pas", "doudou"]}]
    some = WHOLE | {"form": {"not_with": rows}}
    assert _said(_remarks(fr=some), "fr") == [
        ("form", "", "the concept is not written in this language"),
        ("form", "ne. pas", "never found: it is not read as these words"),
    ]


def test_a_language_of_danger_depth_may_leave_out_everyday_concepts() -> None:
    some = {name: entry for name, entry in WHOLE.items() if name not in {"form", "paper"}}
    assert _said(_remarks(pl=some), "pl") == []


def test_a_language_without_a_depth_is_named() -> None:
    assert "no depth is named" in _said(_remarks(xx=WHOLE), "xx")[0][2]


def test_a_form_that_a_look_alike_covers_never_counts() -> None:
    entry = {"words": ["crise", "crise*"], "phrases": ["grosse crise"], "not_in": ["grosse crise"]}
    (one,) = _said(_remarks(fr={**WHOLE, "seizure": entry}), "fr")
    assert one[:2] == ("seizure", "grosse crise")
    assert one[2].startswith("never counts")


def test_a_danger_word_that_is_a_common_word_of_any_language_is_named() -> None:
    remarks = _remarks(
        fr={**WHOLE, "seizure": {"words": ["thé", "form", "pap*"]}},
        es={**WHOLE, "meta": {"guard": ["crise"]}},
    )
    prefix, suffix = "alone it raises an alarm, and ", ", an everyday concept, of "
    said = [(text, why.removeprefix(prefix)) for _entry, text, why in _said(remarks, "fr")]
    assert said == [
        ("thé", "'the' is a function word of en"),
        ("form", f"'form' is a word of [form]{suffix}en"),
        ("pap*", f"'paper' is a word of [paper]{suffix}en"),
        ("pap*", f"'papier' is a word of [paper]{suffix}es"),
        ("pap*", f"'papier' is a word of [paper]{suffix}fr"),
    ]
    assert _said(remarks, "es") == [
        ("seizure", "crise", "alone it raises an alarm, and 'crise' is a guarded word of es")
    ]


def test_a_word_of_a_danger_and_of_an_everyday_concept_is_named() -> None:
    said = _said(_remarks(fr={**WHOLE, "seizure": {"words": ["crise", "formulaire"]}}), "fr")
    assert ("form", "formulaire", "is also written for [seizure], an everyday one") in said


def test_what_two_concepts_of_one_kind_share_is_only_worth_a_look() -> None:
    remarks = _remarks(fr={**WHOLE, "paper": {"words": ["papier", "formulaire", "papier"]}})
    assert [(one.entry, one.sentence) for one in remarks if one.note and one.text] == [
        ("paper", "is also written for [form]"),
        ("paper", "stands twice in the concept"),
    ]


def test_a_look_alike_that_blocks_nothing_is_worth_a_look() -> None:
    entry = {"words": ["crise"], "not_in": ["cerise rouge"]}
    (one,) = [one for one in _remarks(fr={**WHOLE, "seizure": entry}) if one.note]
    assert one.text == "cerise rouge"
    assert "blocks nothing" in one.sentence


def test_a_rule_without_its_examples_is_named() -> None:
    remarks = [one for one in _remarks() if one.file == "small.toml"]
    assert [(one.entry, one.sentence) for one in remarks] == [
        ("seizure.any", "1 of 2 look_alikes stand beside the rule"),
        ("form.any", "0 of 3 triggers stand beside the rule"),
        ("form.any", "0 of 2 look_alikes stand beside the rule"),
    ]


def test_the_depth_of_a_language_and_its_reader_are_told() -> None:
    documents: dict[str, dict[str, object]] = {
        "en": {"all.toml": ENGLISH},
        "pl": {"all.toml": {"meta": {}, "seizure": {"words": ["napad"]}}},
    }
    english, polish = _scrutiny(documents).depths()
    assert (english.written, english.wanted, english.reviewed_by) == (6, 6, "A nurse, 2026-11-20")
    assert (polish.tag, polish.written, polish.wanted, polish.reviewed_by) == ("pl", 1, 4, "")


@cache
def _shipped() -> Scrutiny:
    return Scrutiny(Sources(rule_files(), lexicons(), packaged_engine()))


@pytest.mark.parametrize("tag", sorted(lexicons()))
def test_nothing_in_the_shipped_lexicons_must_be_mended(tag: str) -> None:
    """What is only worth a look is no fault; `kinline lexicon check --all` shows it."""
    remarks = list(_shipped().remarks((tag,)))
    assert all(one.sentence for one in remarks)
    assert [one for one in remarks if not one.note] == []


def test_every_shipped_rule_has_its_messages() -> None:
    assert list(_shipped().examples()) == []


def test_the_command_prints_file_line_and_concept(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["lexicon", "check", "so", "--all"])
    out = capsys.readouterr().out
    assert code in {0, 1}
    assert out.startswith("      depth    concepts  forms  read by\nso    full ")
    shown = [line for line in out.splitlines() if line.startswith(("mend", "look"))]
    for line in shown:
        place = line.split()[1]
        path, _colon, number = place.rstrip(":").partition(":")
        assert path.startswith("locales/so/lexicon")
        if number:
            text = (Path(__file__).parents[3] / path).read_text(encoding="utf-8")
            assert int(number) <= len(text.splitlines())


def test_an_unknown_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lexicon", "check", "xx"]) == 2
    assert "xx: no such language" in capsys.readouterr().err


def test_rules_and_words_are_saved_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = str(tmp_path / "words.json")
    assert main(["lexicon", "save", place]) == 0
    assert main(["lexicon", "save", place]) == 2
    assert main(["lexicon", "save", place, "--force"]) == 0
    assert "version 1-" in capsys.readouterr().out
