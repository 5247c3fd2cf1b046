"""A mistake in a rule or lexicon file is one clear line that names its place."""

import pytest

from app.engine import lexicons, packaged_engine, rule_files
from routing.triage import Fault, SourceError, build
from routing.triage.conditions import parse
from routing.triage.depths import DANGER_DEPTH, EMERGENCIES, EMERGENCY_DEPTH, FULL_DEPTH
from routing.types import Urgency

RULE: dict[str, object] = {
    "id": "a.b",
    "when": "cough",
    "urgency": "soon",
    "why": "A cough.",
    "source": "FACTS E2",
}
META: dict[str, object] = {"meta": {"script": "Latin"}}


@pytest.mark.parametrize(
    ("change", "fault", "words"),
    [
        ({"when": "cough and"}, Fault.CONDITION, "column"),
        ({"when": "cough near(2) child has trach"}, Fault.CONDITION, "near joins"),
        ({"when": "child has wings"}, Fault.CONDITION, "wings"),
        ({"when": "cuogh"}, Fault.UNKNOWN_CONCEPT, "cuogh"),
        ({"urgency": "now"}, Fault.SHAPE, "NOW"),
        ({"hazard": "weather"}, Fault.SHAPE, "weather"),
        ({"topics": ["sports"]}, Fault.SHAPE, "sports"),
        ({"topics": "school"}, Fault.SHAPE, "topics"),
        ({"firm": 1}, Fault.SHAPE, "firm"),
        ({"reply": "hello"}, Fault.SHAPE, "hello"),
        ({"colour": "red"}, Fault.SHAPE, "colour"),
    ],
)
def test_a_faulty_rule_is_named_with_file_and_id(
    change: dict[str, object], fault: Fault, words: str
) -> None:
    rules = {"file": "coughs.toml", "rule": [RULE | change]}
    with pytest.raises(SourceError, match=words) as raised:
        build([rules], {"xx": {"a.toml": META | {"cough": {"words": ["cough"]}}}})
    assert raised.value.fault is fault
    assert "a.b" in str(raised.value)


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        ({"rule": [RULE, RULE]}, Fault.DUPLICATE),
        ({"rule": [{"id": "x"}]}, Fault.SHAPE),
        ({"rule": "x"}, Fault.SHAPE),
        ({"rule": ["x"]}, Fault.SHAPE),
        ({"rules": []}, Fault.SHAPE),
        ({"compose": {"a": "b", "b": "a"}}, Fault.CYCLE),
        ({"compose": {"a": "cough and cough"}}, Fault.CONDITION),
        ({"compose": "x"}, Fault.SHAPE),
        ({"compose": {"a": "nowhere"}}, Fault.UNKNOWN_CONCEPT),
    ],
)
def test_a_faulty_rule_file_is_refused(rules: dict[str, object], fault: Fault) -> None:
    with pytest.raises(SourceError) as raised:
        build([rules], {"xx": {"a.toml": META | {"cough": {"words": ["cough"]}}}})
    assert raised.value.fault is fault


def test_a_concept_composed_twice_is_refused() -> None:
    one: dict[str, object] = {"compose": {"a": "cough near(2) cough"}}
    with pytest.raises(SourceError, match="stands twice"):
        build([one, one], {"xx": {"a.toml": META}})


def _near(words: object, **more: object) -> dict[str, object]:
    return {"together": [{"within": 3, "words": words} | more]}


def _beside(words: object, **more: object) -> dict[str, object]:
    return {"words": ["cough"], "not_with": [{"within": 3, "words": words} | more]}


@pytest.mark.parametrize(
    ("files", "fault", "words"),
    [
        ({"a.toml": {"cough": {"words": ["x"]}}}, Fault.SHAPE, "meta"),
        ({"a.toml": META, "b.toml": META}, Fault.DUPLICATE, "second"),
        ({"a.toml": META | {"meta": {"scirpt": "x"}}}, Fault.SHAPE, "scirpt"),
        ({"a.toml": META | {"meta": {"numbers": [1]}}}, Fault.SHAPE, "numbers"),
        ({"a.toml": META | {"meta": 3}}, Fault.SHAPE, "table"),
        ({"a.toml": 3}, Fault.SHAPE, "table"),
        ({"a.toml": META | {"cough": {"words": ["two words"]}}}, Fault.PATTERN, "phrase"),
        ({"a.toml": META | {"cough": {"words": ["..."]}}}, Fault.PATTERN, "nothing"),
        ({"a.toml": META | {"cough": {"phrases": [""]}}}, Fault.PATTERN, "nothing"),
        ({"a.toml": META | {"cough": {"words": ["co*"]}}}, Fault.PATTERN, "short"),
        ({"a.toml": META | {"cough": {"words": "x"}}}, Fault.SHAPE, "list"),
        ({"a.toml": META | {"cough": {}}}, Fault.PATTERN, "neither"),
        ({"a.toml": META | {"cough": {"word": ["x"]}}}, Fault.SHAPE, "word"),
        ({"a.toml": META | {"cough": {"together": 3}}}, Fault.SHAPE, "not a list"),
        ({"a.toml": META | {"cough": {"together": [3]}}}, Fault.SHAPE, "not a table"),
        ({"a.toml": META | {"cough": _near([["x"]])}}, Fault.SHAPE, "two groups"),
        ({"a.toml": META | {"cough": _near([["x"], []])}}, Fault.SHAPE, "empty"),
        ({"a.toml": META | {"cough": _near([["x"], "y"])}}, Fault.SHAPE, "list"),
        ({"a.toml": META | {"cough": _near([["x"], ["..."]])}}, Fault.PATTERN, "nothing"),
        ({"a.toml": META | {"cough": _near([["x"], ["y"]], within=0)}}, Fault.SHAPE, "within"),
        ({"a.toml": META | {"cough": _near([["x"], ["y"]], order=1)}}, Fault.SHAPE, "order"),
        ({"a.toml": META | {"negator": _near([["x"], ["y"]])}}, Fault.SHAPE, "negator"),
        ({"a.toml": META | {"cough": _beside("x")}}, Fault.SHAPE, "list"),
        ({"a.toml": META | {"cough": _beside([])}}, Fault.SHAPE, "empty"),
        ({"a.toml": META | {"cough": _beside(["x"], within=99)}}, Fault.SHAPE, "within"),
        ({"a.toml": META | {"cough": _beside(["x"], in_order=True)}}, Fault.SHAPE, "in_order"),
        ({"a.toml": META | {"negator": _beside(["x"])}}, Fault.SHAPE, "negator"),
        ({"a.toml": META | {"glucose": {"words": ["x"]}}}, Fault.SHAPE, "measure"),
        ({"a.toml": META | {"hiccup": {"words": ["x"]}}}, Fault.UNUSED_CONCEPT, "hiccup"),
        (
            {"a.toml": META | {"cough": {"words": ["x"]}}, "b.toml": {"cough": {"words": ["y"]}}},
            Fault.DUPLICATE,
            "a.toml",
        ),
    ],
)
def test_a_faulty_lexicon_is_named_with_language_and_concept(
    files: dict[str, object], fault: Fault, words: str
) -> None:
    with pytest.raises(SourceError, match=words) as raised:
        build([], {"xx": files})
    assert raised.value.fault is fault
    assert raised.value.where.startswith("xx")


def test_the_version_names_rules_and_lexicons() -> None:
    changed: list[dict[str, object]] = [
        *rule_files(),
        {"file": "new.toml", "rule": [RULE | {"when": "coughing"}]},
    ]
    version = packaged_engine().version
    assert build(rule_files(), lexicons()).version == version
    assert build(changed, lexicons()).version != version


def test_every_rule_has_a_sentence_and_a_source() -> None:
    for rule in packaged_engine().book.rules:
        assert rule.why.endswith("."), rule.id
        assert rule.source, rule.id


def test_every_level_that_cannot_wait_has_a_reply_and_no_other() -> None:
    for rule in packaged_engine().book.rules:
        assert (rule.urgency >= Urgency.URGENT) == (rule.reply is not None), rule.id


WHOLE = ("en", "es")
# Without these a language is no help in danger: it must say each in its own words.
INDISPENSABLE = {
    "not_breathing", "breathing_trouble", "blue_body", "choking", "unresponsive", "no_pulse",
    "drowsy", "seizure", "seizure_now", "seizure_long", "head_hit", "bleeding_severe",
    "swallowed_bad", "overdose", "wrong_dose", "suicide", "self_harm_act", "fear_of_harming",
    "hopeless", "violence", "violence_now", "missing_child", "emergency_word", "in_care", "fever",
    "allergy_severe", "nothing_stays_down", "dehydration", "chest_pain", "severe_pain", "burn",
    "severe_accident", "parent_alarm", "worse", "symptom", "vomiting", "power_cut", "tube_out",
    "trach_out", "ran_out", "missed_dose", "strain", "wants_person", "interpreter", "negator",
    "resolved", "past_old", "ahead", "fiction", "thanks", "courtesy", "medicine", "appointment",
    "school", "form", "refill", "supplies",
}  # fmt: skip


def test_english_and_spanish_write_every_concept() -> None:
    """A concept may be missing only where it is made of others.

    Neither language denies with a word behind the noun, as Hindi and Somali do, or says behind
    a number that it is a year.
    """
    written = _written()
    composed = set(packaged_engine().book.composed)
    everything = set().union(*written.values()) - composed
    lacking = {tag: sorted(everything - written[tag]) for tag in WHOLE}
    behind = ["negator_after", "year_after"]
    assert lacking == {"en": behind, "es": behind}


@pytest.mark.parametrize("tag", sorted({*FULL_DEPTH, *DANGER_DEPTH} - {*WHOLE}))
def test_every_other_language_says_each_danger_and_the_commonest_topics(tag: str) -> None:
    composed = set(packaged_engine().book.composed)  # may be made of the language's other words
    assert sorted(INDISPENSABLE - _written()[tag] - composed) == []


@pytest.mark.parametrize("tag", sorted(EMERGENCY_DEPTH))
def test_of_every_language_that_is_read_little_the_emergencies_are_known(tag: str) -> None:
    composed = set(packaged_engine().book.composed)
    assert sorted({*EMERGENCIES} - _written()[tag] - composed) == []


def _written() -> dict[str, set[str]]:
    return {
        tag: {name for file in files.values() for name in _names(file)}
        for tag, files in lexicons().items()
    }


def _names(document: object) -> set[str]:
    assert isinstance(document, dict)
    return set(document)


@pytest.mark.parametrize(
    "text",
    [
        "blue near(4) (lips or face or skin)",
        "fever and age < 3 months",
        "age unknown and not baby",
        "temperature >= 38.0 or duration(seizure) > 5 min",
        "child has vp_shunt and (vomiting or headache near(2) bad)",
        "android or nothing or organ",
    ],
)
def test_the_condition_language_reads_what_the_design_shows(text: str) -> None:
    assert parse(text, "here") == parse(f"({text})", "here")
