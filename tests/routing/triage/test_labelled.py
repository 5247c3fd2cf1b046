"""The labelled messages: read strictly, counted, and judged no worse than before."""

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import labelled
from benchmarks.triage_quality import Share, answered, main, score, table
from routing.triage.depths import DANGER_DEPTH, FULL_DEPTH
from routing.triage.lexicon import words_of
from routing.types import Urgency

FILES = [file for part in labelled.PARTS for file in labelled.files(part)]
FLOOR = tomllib.loads((labelled.HOME / "floor.toml").read_text(encoding="utf-8"))
EVERY = [one for part in labelled.PARTS for one in labelled.own(part)]


def _place(file: Path) -> str:
    return str(file.relative_to(labelled.HOME))


@pytest.mark.parametrize("file", FILES, ids=_place)
def test_every_line_is_as_agreed(file: Path) -> None:
    messages = list(labelled.strictly(file))
    assert messages
    assert labelled.language_of(file) in {*FULL_DEPTH, *DANGER_DEPTH}


def test_no_id_stands_twice() -> None:
    for parts in ([labelled.TUNED], [labelled.TAUGHT], ["a", "b", "c", "d", "e"]):
        count = Counter(one.id for part in parts for one in labelled.own(part))
        assert [name for name, number in count.items() if number > 1] == []


def test_no_text_stands_twice() -> None:
    """Compared word by word without case; only ids are shown, because some are kept apart."""
    seen: dict[tuple[str, tuple[str, ...]], str] = {}
    twice = []
    for one in EVERY:
        key = (one.language, words_of(one.note.text))
        if key in seen:
            twice.append((seen[key], one.id))
        seen[key] = one.id
    assert twice == []


def test_there_are_enough_messages_of_each_language_and_a_third_is_kept_apart() -> None:
    judged = [one for part in FLOOR for one in labelled.own(part)]
    count = Counter(one.language for one in judged)
    assert {tag: count[tag] for tag in FULL_DEPTH if count[tag] < 120} == {}
    assert {tag: count[tag] for tag in DANGER_DEPTH if count[tag] < 40} == {}
    assert len(judged) >= 2_500
    assert 3 * (len(judged) - len(labelled.own())) >= len(judged)


def test_half_of_the_routine_messages_are_hard_look_alikes() -> None:
    routine = [
        one for part in ("tuned", "a") for one in labelled.own(part) if one.gold is Urgency.ROUTINE
    ]
    hard = sum(one.is_hard for one in routine)
    assert 0.45 <= hard / len(routine) <= 0.6


@pytest.mark.parametrize("part", FLOOR)
def test_triage_catches_no_less_than_it_did(part: str) -> None:
    floor = FLOOR[part]
    total = score(answered(labelled.own(part)))
    assert total.caught.percent >= floor["caught"]
    assert total.attended.percent >= floor["attended"]
    assert total.alarms.percent <= floor["false_alarms"]
    assert total.hard_alarms.percent <= floor["hard_alarms"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"text": "a", "id": "en-1", "gold": "soon", "topic": "pain"}', "in this order"),
        ('{"id": "en-1", "text": "a", "gold": "soon", "topic": "pain", "x": 1}', "in this order"),
        ('{"id": "en-1", "text": "a", "gold": "soon"}', "are needed"),
        ('{"id": "es-1", "text": "a", "gold": "soon", "topic": "pain"}', "begin with en-"),
        ('{"id": "en-1", "text": "a", "gold": "soon", "topic": "sport"}', "the topic is none"),
        ('{"id": "en-1", "text": "a", "gold": "late", "topic": "pain"}', "is no level"),
        ('{"id": "en-1", "text": " ", "gold": "soon", "topic": "pain"}', "empty or missing"),
        (
            '{"id": "en-1", "text": "a", "gold": "soon", "topic": "rash", "child_flags": ["wing"]}',
            "child_flag is unknown",
        ),
        (
            '{"id": "en-1", "text": "a", "gold": "soon", "topic": "pain", "age_months": "two"}',
            "age_months",
        ),
        (
            '{"id": "en-1", "text": "a", "gold": "soon", "topic": "pain", "look_alike": true}',
            "only a routine message",
        ),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_without_its_words(tmp_path: Path, line: str, fault: str) -> None:
    file = tmp_path / "en.jsonl"
    file.write_text('{"id": "en-0", "text": "hi", "gold": "routine", "topic": "everyday"}\n' + line)
    with pytest.raises(labelled.Mislabelled, match=fault) as caught:
        list(labelled.strictly(file))
    assert str(caught.value).startswith("en.jsonl line 2: ")


def test_sets_by_others_are_read_with_their_own_words(tmp_path: Path) -> None:
    file = tmp_path / "others.jsonl"
    file.write_text(
        '{"id": 1, "lang": "ar", "text": "a", "gold": "none", "accept": ["none", "urgent"]}\n'
        '{"id": 2, "lang": "en", "text": "b", "gold": "crisis", "source": "x"}\n'
        '{"id": 3, "lang": "en", "text": "c", "gold": "routine", "suspect": true}\n'
    )
    assert [(one.language, one.gold.word) for one in labelled.loosely(file)] == [
        ("ar", "routine"),
        ("en", "emergency"),
    ]


def test_intervals_are_those_of_wilson() -> None:
    low, high = Share(8, 10).interval()
    assert (round(low, 1), round(high, 1)) == (49.0, 94.3)
    low, high = Share(50, 50).interval()
    assert (round(low, 1), round(high, 1)) == (92.9, 100)


def test_the_table_has_a_line_for_all_each_language_and_each_topic(tmp_path: Path) -> None:
    file = tmp_path / "en.jsonl"
    file.write_text(
        '{"id": "en-1", "text": "he cant breathe", "gold": "emergency", "topic": "breathing"}\n'
        '{"id": "en-2", "text": "refill please", "gold": "routine", "topic": "everyday"}\n'
    )
    lines = list(table("mine", answered(labelled.strictly(file)), markdown=True))
    assert [line.split("|")[1].strip() for line in lines if line] == [
        "mine", "---", "all", "en", "breathing", "everyday",
    ]  # fmt: skip
    assert "1/1 100.0 % [21-100] | - | 0/1 0.0 % [0-79] | - |" in lines[2]


def test_the_second_set_is_measured_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / labelled.APART).mkdir()
    names = ("en.jsonl", "apart/en.jsonl", "apart/en-2.jsonl")
    for name, text in zip(names, ("refill please", "thank you", "he cant breathe"), strict=True):
        line = {"id": "en-1", "text": text, "gold": "emergency", "topic": "breathing"}
        (tmp_path / name).write_text(json.dumps(line))
    monkeypatch.setattr(labelled, "HOME", tmp_path)
    monkeypatch.setattr("sys.argv", ["triage_quality", "--set", "b", "--misses", "9"])
    main()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("own, second set kept apart")
    assert [line.split()[:2] for line in printed[1:-1]] == [
        ["all", "1/1"], ["en", "1/1"], ["breathing", "1/1"],
    ]  # fmt: skip
