"""What families write, and how soon somebody must act (FACTS E2, CARE_RULES C3, C4, C9, C15)."""

import pytest

from app.engine import packaged_engine
from routing.triage import build
from routing.types import ChildFlag, Mark, Note, ReplyKey, Urgency
from tests.routing.triage.casebook import Case, cases


def _holds(case: Case) -> None:
    result = packaged_engine().assess(case.note)
    rules = [reason.rule for reason in result.reasons]
    assert case.least <= result.urgency <= case.most, rules
    assert case.hazard is None or result.hazard == case.hazard, rules
    assert case.topic is None or case.topic in result.topics, result.topics
    assert case.understood is None or result.understood == case.understood, rules
    assert case.language is None or result.language == case.language
    assert case.rule is None or case.rule in rules
    assert case.mark is None or case.mark in result.marks


def _name(case: Case) -> str:
    flags = "+".join(sorted(case.note.flags))
    return f"{case.why}: {case.note.text} {flags}".encode("ascii", "replace").decode()


@pytest.mark.parametrize("case", cases("crisis"), ids=_name)
def test_a_danger_is_never_missed(case: Case) -> None:
    _holds(case)


@pytest.mark.parametrize("case", cases("everyday"), ids=_name)
def test_the_ordinary_work_of_a_care_team_is_routine(case: Case) -> None:
    _holds(case)


@pytest.mark.parametrize("case", cases("soon"), ids=_name)
def test_what_is_neither_danger_nor_routine_is_seen_the_same_day(case: Case) -> None:
    _holds(case)


@pytest.mark.parametrize("case", cases("languages"), ids=[c.note.text for c in cases("languages")])
def test_families_are_understood_in_ten_more_languages(case: Case) -> None:
    _holds(case)


@pytest.mark.parametrize("case", cases("first_*"), ids=_name)
def test_the_commonest_emergencies_are_heard_in_languages_read_no_further(case: Case) -> None:
    _holds(case)


def test_there_are_at_least_two_hundred_messages() -> None:
    assert sum(1 for name in ("crisis", "everyday", "soon") for _ in cases(name)) >= 200


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("he cant breathe", ReplyKey.CALL_EMERGENCY),
        ("his g tube fell out", ReplyKey.CALL_NURSE),
        ("HELP", ReplyKey.CALL_NURSE),
        ("I want to die", ReplyKey.SELF_HARM),
        ("my husband hit me", ReplyKey.VIOLENCE),
        ("he hit her and she is not breathing", ReplyKey.CALL_EMERGENCY),
        ("can I get a refill", None),
        ("she has a cough", None),
    ],
)
def test_the_winning_rule_chooses_the_words_of_the_reply(text: str, reply: ReplyKey | None) -> None:
    assert packaged_engine().assess(Note(text)).reply == reply


def test_a_photo_beside_a_routine_question_needs_eyes() -> None:
    """FACTS E3 (d): a photo cannot be triaged."""
    result = packaged_engine().assess(Note("is this the right form?", media=1))
    assert result.urgency is Urgency.SOON
    assert "triage.media" in [reason.rule for reason in result.reasons]


def test_a_photo_without_words_has_no_words() -> None:
    result = packaged_engine().assess(Note("", media=1))
    assert result.urgency is Urgency.SOON
    assert not result.understood
    assert result.marks == {Mark.NO_WORDS}


def test_thanks_alone_is_marked_and_thanks_with_news_is_not() -> None:
    """C15."""
    engine = packaged_engine()
    assert engine.assess(Note("Thanks!")).marks == {Mark.THANKS}
    assert engine.assess(Note("Thanks! he is coughing again")).marks == frozenset()
    assert engine.assess(Note("ok he is not eating")).marks == frozenset()


def test_already_in_care_keeps_the_level_c9() -> None:
    result = packaged_engine().assess(Note("we are in the ER, he is having a seizure"))
    assert result.urgency is Urgency.EMERGENCY
    assert Mark.IN_CARE in result.marks


def test_what_was_set_aside_is_part_of_the_result_c4() -> None:
    result = packaged_engine().assess(Note("no fever today, just need the refill"))
    assert [(one.rule, one.because, one.text) for one in result.set_aside] == [
        ("fever.any", "negated", "fever"),
    ]


@pytest.mark.parametrize("routine", ["just need a refill", "form for school", "thanks", "no rush"])
def test_nothing_that_stands_beside_a_danger_lowers_it(routine: str) -> None:
    """I-08: the maximum wins."""
    engine = packaged_engine()
    for case in cases("crisis"):
        plain = engine.assess(case.note)
        if plain.reasons[0].rule == "help.alone":
            continue
        note = Note(f"{routine}. {case.note.text}", case.note.flags, case.note.age_months)
        assert engine.assess(note).urgency >= plain.urgency, note.text


def test_a_known_age_changes_what_a_fever_means() -> None:
    """FACTS E2 row 9."""
    engine = packaged_engine()
    levels = [engine.assess(Note("fever 38.4", age_months=age)).urgency for age in (0, 2, 3, 40)]
    assert levels == [Urgency.URGENT, Urgency.URGENT, Urgency.SOON, Urgency.SOON]


@pytest.mark.parametrize(
    "text",
    ["100.4F", "temp 100.4", "38 C", "38,0 grados", "fever 38", "fiebre de 38", "temp of 38.0°"],
)
def test_the_fever_limit_of_a_baby_is_38_0_celsius_or_100_4_fahrenheit(text: str) -> None:
    result = packaged_engine().assess(Note(text, frozenset({ChildFlag.INFANT_UNDER_3MO})))
    assert result.urgency is Urgency.URGENT


@pytest.mark.parametrize("text", ["98.6F", "temp 99", "37 C", "temperatura de 36.8"])
def test_a_normal_temperature_is_no_fever(text: str) -> None:
    result = packaged_engine().assess(Note(text, frozenset({ChildFlag.INFANT_UNDER_3MO})))
    assert result.urgency is Urgency.SOON


def test_a_span_gives_back_the_words_as_they_were_received() -> None:
    text = "Ana, he is ｎｏｔ brea\u200bthing\u202e!"
    reason = packaged_engine().assess(Note(text)).reasons[0]
    start, end = reason.spans[0][0], reason.spans[-1][1]
    assert reason.rule == "breathing.none"
    assert text[start:end] == reason.text == "ｎｏｔ brea\u200bthing"


def test_near_and_negation_do_not_cross_a_sentence() -> None:
    engine = packaged_engine()
    assert engine.assess(Note("the folder is blue. his lips need balm")).urgency < Urgency.URGENT
    assert engine.assess(Note("No. Seizure at lunch")).urgency >= Urgency.URGENT


def test_the_same_note_always_gives_the_same_assessment() -> None:
    note = Note("he has a fever of 103 and wont stop crying")
    assert packaged_engine().assess(note) == packaged_engine().assess(note)


def test_the_contact_s_language_settles_a_message_that_fits_both() -> None:
    engine = packaged_engine()
    assert engine.assess(Note("no", prior_language="es")).language == "es"
    assert engine.assess(Note("he is not breathing", prior_language="es")).language == "en"
    assert engine.assess(Note("ok")).language is None


def test_a_slip_counts_only_in_a_language_that_the_message_may_be_in() -> None:
    """One letter from a danger word of English is often a good word of another language."""
    see = packaged_engine().matcher.see
    assert "not_breathing" in see("apnae", lambda _: ("en",)).hits
    assert "not_breathing" not in see("apnae", lambda _: ("ko",)).hits
    assert packaged_engine().assess(Note("she has apnae again")).urgency is Urgency.EMERGENCY


def test_a_message_that_may_be_in_two_languages_is_read_in_both_and_the_graver_counts() -> None:
    """ "Band" says in Urdu that it stopped, and in Persian that her voice is gone."""
    result = packaged_engine().assess(Note("صداش بند اومد。dont recognise"))
    assert result.language is None
    assert result.urgency is Urgency.EMERGENCY


@pytest.mark.parametrize(
    ("text", "least"),
    [
        # Haitian "makè" is a felt pen: typed bare it is English "make".
        ("his lips are blue, what can I do to make him breathe", Urgency.EMERGENCY),
        ("his lips are blue from the popsicle", Urgency.SOON),
    ],
)
def test_a_word_of_another_language_dyes_no_lips(text: str, least: Urgency) -> None:
    assert packaged_engine().assess(Note(text, prior_language="en")).urgency is least


def test_a_look_alike_hides_only_what_is_said_in_its_language() -> None:
    """A Spanish phrase about soup must not hide a Portuguese burn, nor the other way round."""
    rule = {
        "id": "burn.any", "when": "burn", "urgency": "urgent", "hazard": "medical",
        "why": "A burn.", "source": "FACTS E2",
    }  # fmt: skip
    meta = {"meta": {"script": "Latin"}}
    function_words = {"meta": {"script": "Latin", "function_words": ["com", "não", "ela", "hoje"]}}
    engine = build(
        [{"file": "a.toml", "rule": [rule]}],
        {
            "es": {"a.toml": meta | {"burn": {"words": ["sopa"], "not_in": ["sopa quente"]}}},
            "pt": {"a.toml": function_words | {"burn": {"phrases": ["sopa quente"]}}},
        },
    )
    text = "ela não brincou hoje com sopa quente"
    assert engine.assess(Note(text, prior_language="pt")).urgency is Urgency.URGENT
    assert engine.assess(Note("sopa quente", prior_language="es")).urgency is not Urgency.URGENT


def test_of_a_language_read_little_only_what_is_known_of_it_counts() -> None:
    """An emergency is heard; the rest needs eyes, as in any language that nobody wrote down."""
    rule = {
        "id": "pain.chest", "when": "chest_pain", "urgency": "emergency", "hazard": "medical",
        "why": "Chest pain.", "source": "FACTS E2",
    }  # fmt: skip
    spanish = {"meta": {"script": "Latin", "function_words": ["la", "le", "hoy", "el"]}}
    italian = {"meta": {"script": "Latin", "function_words": ["la", "le", "oggi", "che", "il"]}}
    words = {"chest_pain": {"phrases": ["dolore al petto"]}}
    engine = build(
        [{"file": "a.toml", "rule": [rule]}],
        {"es": {"a.toml": spanish}, "it": {"a.toml": italian | words}},
    )
    heard = engine.assess(Note("oggi il bambino ha dolore al petto"))
    assert (heard.urgency, heard.language, heard.understood) == (Urgency.EMERGENCY, "it", False)
    unheard = engine.assess(Note("oggi il bambino che mangia bene"))
    assert (unheard.urgency, unheard.understood) == (Urgency.SOON, False)
    assert engine.assess(Note("la le")).language == "es", "it is read in depth"


RIBS = [["ribs", "side of his chest"], ["sucking in", "pull*"]]


@pytest.mark.parametrize(
    ("frame", "text", "level"),
    [
        ({}, "his ribs keep pulling", Urgency.URGENT),
        ({}, "pulls at the side of his chest", Urgency.URGENT),
        ({"in_order": True}, "pulls at the side of his chest", Urgency.SOON),
        ({"in_order": True}, "ribs are all sucking in", Urgency.URGENT),
        ({}, "he hurt his ribs. The dog pulls him along", Urgency.SOON),
        ({}, "his ribs. They pull", Urgency.URGENT),
        ({}, "ribs for dinner today and he likes to pull", Urgency.SOON),
        ({}, "no ribs pulling", Urgency.SOON),
        ({}, "ribs on the grill that pull apart", Urgency.SOON),
        ({"words": [*RIBS, ["hard"]]}, "ribs hard pulling", Urgency.URGENT),
        ({"words": [*RIBS, ["hard"]]}, "ribs pulling", Urgency.SOON),
        ({"words": [*RIBS, ["hard"]], "in_order": True}, "ribs hard pulling", Urgency.SOON),
    ],
)
def test_a_language_may_tell_a_danger_by_words_that_stand_together(
    frame: dict[str, object], text: str, level: Urgency
) -> None:
    rule = {
        "id": "breathing.ribs", "when": "breathing_trouble", "urgency": "urgent",
        "hazard": "medical", "why": "Ribs pull in.", "source": "FACTS E2",
    }  # fmt: skip
    words = {
        "breathing_trouble": {
            "together": [{"within": 4, "words": RIBS} | frame],
            "not_in": ["ribs on the grill that pull*"],
        },
        "negator": {"words": ["no"]},
    }
    engine = build([{"file": "a.toml", "rule": [rule]}], {"en": {"a.toml": {"meta": {}} | words}})
    found = engine.assess(Note(text))
    assert found.urgency is level
    assert engine.concepts(Note(text)) <= {"breathing_trouble", "negator"}
    assert engine.concepts(Note("ribs for dinner")) == frozenset()


STRANGLES = {
    "id": "violence.strangles", "when": "strangles near(4) person", "urgency": "emergency",
    "hazard": "violence", "why": "Somebody is strangled.", "source": "FACTS E2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("she strangles her brother", Urgency.EMERGENCY),
        ("she strangles her teddy bear, her brother laughs", Urgency.SOON),
        ("her teddies she strangles her", Urgency.SOON),
        ("at home with her teddies, she strangles her", Urgency.EMERGENCY),
        ("she strangles her brother. The teddy fell down", Urgency.EMERGENCY),
        ("she strangles her brother who is in his bed with a teddy", Urgency.EMERGENCY),
        ("elle strangles her, nounours et tout", Urgency.EMERGENCY),
    ],
)
def test_a_word_beside_it_may_make_a_danger_something_else(text: str, level: Urgency) -> None:
    """Also one whose rule yields to no context (C4): a toy is a look-alike, not a circumstance."""
    words = {
        "strangles": {"words": ["strangles"], "not_with": [{"within": 3, "words": ["tedd*"]}]},
        "person": {"words": ["brother", "her"]},
    }
    french = {"strangles": {"words": ["étrangle"],
                            "not_with": [{"within": 3, "words": ["nounours"]}]}}  # fmt: skip
    lexicons: dict[str, dict[str, object]]
    lexicons = {"en": {"a.toml": {"meta": {}} | words}, "fr": {"a.toml": {"meta": {}} | french}}
    engine = build([{"file": "a.toml", "rule": [STRANGLES]}], lexicons)
    found = engine.assess(Note(text, prior_language="en"))
    assert found.urgency is level
    assert engine.concepts(Note(text)) <= {"strangles", "person"}


def test_a_look_alike_does_not_leap_into_another_clause() -> None:
    rule = {
        "id": "breathing.none", "when": "not_breathing", "urgency": "emergency",
        "hazard": "medical", "why": "Does not breathe.", "source": "FACTS E2",
    }  # fmt: skip
    words = {
        "meta": {"fillers": ["she", "now"]},
        "not_breathing": {"phrases": ["not breathing"], "not_in": ["dog not breathing"]},
    }
    engine = build([{"file": "a.toml", "rule": [rule]}], {"en": {"a.toml": words}})
    assert engine.assess(Note("the dog now not breathing")).urgency is Urgency.SOON
    assert engine.assess(Note("the dog, not breathing")).urgency is Urgency.SOON
    assert engine.assess(Note("the dog, she not breathing")).urgency is Urgency.EMERGENCY


def test_a_word_beside_a_composed_idea_makes_all_of_it_something_else() -> None:
    compose = {"blue_face": "blue near(4) face"}
    rule = {
        "id": "breathing.blue", "when": "blue_face", "urgency": "emergency",
        "hazard": "medical", "why": "Blue.", "source": "FACTS E2",
    }  # fmt: skip
    words = {
        "blue": {"words": ["blue"]},
        "face": {"words": ["lips"]},
        "blue_face": {"not_with": [{"within": 5, "words": ["lollipop"]}]},
    }
    files = [{"file": "a.toml", "rule": [rule], "compose": compose}]
    engine = build(files, {"en": {"a.toml": {"meta": {}} | words}})
    assert engine.assess(Note("her lips went blue")).urgency is Urgency.EMERGENCY
    assert engine.assess(Note("blue lips from the new lollipop")).urgency is Urgency.SOON
