"""Whose words a family gets, by what somebody vouches for (DESIGN 6, C12)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import pytest

from locales.catalogs import FOLDER, Catalogs, load
from locales.replies import Policy, Speaker, WordsMissing, phone_for_text
from locales.reviews import Review, fingerprint, write_reviews
from locales.times import Saying, When
from routing.types import ReplyKey

SPEAKER = Speaker(load())
AFTERNOON = When(
    Saying.BY,
    datetime(2026, 11, 20, 21, 0, tzinfo=UTC),
    datetime(2026, 11, 20, 16, 0, tzinfo=UTC),
    "America/Chicago",
)
VALUES: dict[str, str | When] = {
    "clinic": "Maple Complex Care",
    "emergency": "911",
    "on_call": "+13125550100",
    "suicide_line": "988",
    "comfort_phone": "+13125550177",
    "link": "https://kinline.maple.example/",
    "word": "MAPLE",
    "when": AFTERNOON,
}
CALL_LINE = "Call 312-555-0100, say your language."

Reviewing = Callable[[str, tuple[str, ...]], Catalogs]


@pytest.fixture
def reviewing(tmp_path: Path) -> Reviewing:
    """Let Elena, a certified translator, review some texts of a language."""

    def review(tag: str, keys: tuple[str, ...]) -> Catalogs:
        folder = Path(copytree(FOLDER, tmp_path / "locales"))
        now = load(folder)
        signed = [
            Review(
                id=key,
                source_hash=fingerprint(now.texts["en"][key]),
                translation_hash=fingerprint(now.texts[tag][key]),
                reviewer="Elena Ruiz",
                qualification="certified medical translator",
                date=date(2026, 11, 20),
            )
            for key in keys
        ]
        write_reviews(folder / tag / "reviews.toml", signed, "# Reviews.")
        return load(folder)

    return review


@pytest.mark.parametrize("policy", ["reviewed_only", "allow_draft"])
def test_rosa_gets_english_first_and_then_the_unreviewed_spanish_in_an_emergency_c12(
    policy: Policy,
) -> None:
    """A draft of a safety text is always sent, after the reviewed English."""
    said = SPEAKER.say("safety.call_emergency", ["es", "en"], policy=policy, params=VALUES)
    english, spanish = said.text.split("\n")
    assert english.startswith("Call 911 now.")
    assert spanish.startswith("Llame ya al 911.")
    assert said.languages == ("en", "es")
    assert not said.reviewed
    assert [part.reviewed for part in said.parts] == [True, False]


def test_rosa_gets_spanish_alone_once_a_translator_has_reviewed_it(reviewing: Reviewing) -> None:
    speaker = Speaker(reviewing("es", ("safety.call_emergency",)))
    said = speaker.say("safety.call_emergency", ["es"], policy="reviewed_only", params=VALUES)
    assert said.languages == ("es",)
    assert said.text.startswith("Llame ya al 911.")
    assert said.reviewed


def test_a_live_clinic_sends_english_and_a_number_to_call_where_spanish_is_a_draft() -> None:
    said = SPEAKER.say("auto.received", ["es"], policy="reviewed_only", params=VALUES)
    assert said.text.startswith("Your text arrived.")
    assert said.text.endswith("\n" + CALL_LINE)
    assert "today by 3:00 pm" in said.text
    assert said.languages == ("en",)
    assert said.reviewed


def test_the_number_to_call_is_told_in_spanish_once_that_line_is_reviewed(
    reviewing: Reviewing,
) -> None:
    speaker = Speaker(reviewing("es", ("language.call_line",)))
    said = speaker.say("auto.received", ["es"], policy="reviewed_only", params=VALUES)
    assert said.text.endswith("\nLlame al 312-555-0100, diga su idioma.")
    assert said.languages == ("en", "es")
    assert said.reviewed


def test_a_trial_clinic_may_send_the_draft_alone() -> None:
    said = SPEAKER.say("auto.received", ["es"], policy="allow_draft", params=VALUES)
    assert said.languages == ("es",)
    assert "hoy antes de las 3:00 pm" in said.text
    assert not said.reviewed


def test_a_reviewed_text_with_an_unreviewed_time_in_it_is_no_reviewed_text(
    reviewing: Reviewing,
) -> None:
    speaker = Speaker(reviewing("es", ("auto.received",)))
    said = speaker.say("auto.received", ["es"], policy="reviewed_only", params=VALUES)
    assert said.languages == ("en",)


def test_a_reviewed_text_with_a_reviewed_time_is_sent(reviewing: Reviewing) -> None:
    keys = ("auto.received", "time.today_by", "time.pm")
    speaker = Speaker(reviewing("es", keys))
    said = speaker.say("auto.received", ["es"], policy="reviewed_only", params=VALUES)
    assert said.languages == ("es",)
    assert said.reviewed


@pytest.mark.parametrize("policy", ["reviewed_only", "allow_draft"])
def test_a_family_whose_language_has_no_words_gets_english_and_a_number_to_call(
    policy: Policy,
) -> None:
    said = SPEAKER.say("auto.received", ["om", "en"], policy=policy, params=VALUES)
    assert said.text.startswith("Your text arrived.")
    assert said.text.endswith(CALL_LINE)


def test_in_an_emergency_nothing_follows_the_english_words_for_a_language_without_words() -> None:
    said = SPEAKER.say("safety.call_emergency", ["om"], policy="reviewed_only", params=VALUES)
    assert said.languages == ("en",)
    assert CALL_LINE not in said.text
    assert "Say your language." in said.text


@pytest.mark.parametrize("tag", ["en", "en-US", "EN_us", "en-GB"])
def test_english_families_get_english_alone(tag: str) -> None:
    said = SPEAKER.say("safety.call_nurse", [tag], policy="reviewed_only", params=VALUES)
    assert said.languages == ("en",)
    assert said.reviewed


def test_nobody_knows_a_language_so_english_is_said() -> None:
    said = SPEAKER.say("safety.call_nurse", [], policy="reviewed_only", params=VALUES)
    assert said.languages == ("en",)


def test_a_new_sender_is_answered_once_in_each_language_of_the_clinic() -> None:
    """C8."""
    said = SPEAKER.say_in_all(
        "auto.new_sender", ["es", "en", "ar"], policy="allow_draft", params=VALUES
    )
    assert said.languages == ("es", "en", "ar")
    assert said.text.count("\n") == 2


def test_a_live_clinic_answers_a_new_sender_once_in_english_for_all_unreviewed_languages() -> None:
    """C8 under `reviewed_only`: no line twice."""
    said = SPEAKER.say_in_all(
        "auto.new_sender", ["en", "es", "ar", "om"], policy="reviewed_only", params=VALUES
    )
    assert said.text.split("\n")[1:] == [CALL_LINE]
    assert said.reviewed


def test_a_clinic_of_ten_languages_answers_a_new_sender_with_a_text_that_can_be_sent() -> None:
    """FACTS A3: over 1,600 characters the provider refuses the whole text, and nobody reads it."""
    tags = ["vi", "en", "es", "ar", "zh", "ht", "so", "ru", "pt", "ko", "fr", "fil"]
    said = SPEAKER.say_in_all(
        "auto.closed_holiday", tags, policy="allow_draft",
        params={**VALUES, "holiday": "Thanksgiving"},
    )  # fmt: skip
    assert 1300 < len(said.text) <= 1600
    assert list(said.languages) == tags[: len(said.languages)]


def test_a_new_sender_in_danger_reads_the_reviewed_words_first(reviewing: Reviewing) -> None:
    """C8, C12: reviewed languages in the clinic's order, then English, then the drafts."""
    said = SPEAKER.say_in_all(
        "safety.call_emergency", ["ar", "es", "en"], policy="reviewed_only", params=VALUES
    )
    assert said.languages == ("en", "ar", "es")
    speaker = Speaker(reviewing("es", ("safety.call_emergency",)))
    said = speaker.say_in_all(
        "safety.call_emergency", ["ar", "es"], policy="reviewed_only", params=VALUES
    )
    assert said.languages == ("en", "es", "ar")


def test_a_caller_hears_the_emergency_words_in_every_language_of_the_clinic() -> None:
    """C17: spoken part by part, because each needs its own voice."""
    said = SPEAKER.say_in_all(
        "voice.emergency", ["en", "es"], policy="reviewed_only", params=VALUES
    )
    assert [(part.language, part.text) for part in said.parts] == [
        ("en", "In an emergency hang up and call 911."),
        ("es", "En una emergencia, cuelgue y llame al 911."),
    ]


@pytest.mark.parametrize("key", ["staff.alert", "staff.alert_no_answer", "auto.staff_note"])
def test_nils_on_night_duty_is_not_told_to_call_himself(key: str) -> None:
    said = SPEAKER.say(key, ["es"], policy="reviewed_only", params=VALUES)
    assert said.languages == ("en",)
    assert "say your language" not in said.text


@pytest.mark.parametrize(
    ("key", "unknown", "said_instead"),
    [
        ("safety.comfort_plan", "comfort_phone", "safety.call_emergency"),
        ("safety.self_harm", "suicide_line", "safety.self_harm_no_line"),
        ("safety.call_nurse", "on_call", "safety.call_local_emergency"),
        ("safety.call_emergency", "emergency", "safety.call_local_emergency"),
        ("safety.self_harm", "on_call", "safety.call_local_emergency"),
    ],
)
def test_a_number_that_nobody_entered_never_silences_a_safety_text(
    key: str, unknown: str, said_instead: str
) -> None:
    """I-14: some safe words are always said, and the record names which."""
    values = {name: value for name, value in VALUES.items() if name != unknown}
    said = SPEAKER.say(key, ["es"], policy="reviewed_only", params=values)
    assert said.key == said_instead
    values[unknown] = ""
    assert SPEAKER.say(key, ["es"], policy="reviewed_only", params=values) == said


def test_an_ordinary_text_without_its_values_is_a_mistake_of_the_program() -> None:
    with pytest.raises(WordsMissing, match=r"auto\.received needs a value for on_call, when"):
        SPEAKER.say(
            "auto.received",
            ["en"],
            policy="allow_draft",
            params={"clinic": "Maple Complex Care", "emergency": "911"},
        )


def test_words_that_do_not_exist_are_a_mistake_of_the_program() -> None:
    with pytest.raises(WordsMissing, match=r"auto\.nonsense"):
        SPEAKER.say("auto.nonsense", ["en"], policy="allow_draft", params=VALUES)


def test_a_text_tells_which_values_it_needs() -> None:
    assert SPEAKER.needs("safety.call_emergency") == {"emergency", "on_call"}
    assert SPEAKER.needs("auto.staff_note") == {"clinic"}
    assert SPEAKER.needs("auto.received") == {"clinic", "emergency", "on_call", "when"}


def test_a_value_with_braces_is_shown_and_never_read_as_a_placeholder() -> None:
    values = {**VALUES, "clinic": "Maple {emergency} %s {0}"}
    said = SPEAKER.say("safety.violence", ["en"], policy="reviewed_only", params=values)
    assert said.text.endswith("Automatic message, Maple {emergency} %s {0}.")


def test_the_record_is_the_same_whoever_asks_for_the_words() -> None:
    plain = SPEAKER.say("safety.in_care", ["es"], policy="reviewed_only", params=VALUES)
    named = SPEAKER.say(ReplyKey.IN_CARE, ["es"], policy="reviewed_only", params=VALUES)
    assert named == plain
    assert type(named.key) is str


def test_a_clinic_without_a_name_changes_nothing_in_the_words_of_its_safety_texts() -> None:
    """C11: a fall-back would show that this answer is no ordinary one."""
    values = {**VALUES, "clinic": ""}
    said = SPEAKER.say("safety.violence", ["en"], policy="reviewed_only", params=values)
    assert said.key == "safety.violence"


def test_the_version_names_the_exact_words_and_not_the_values(reviewing: Reviewing) -> None:
    key, languages = "safety.call_emergency", ["es"]
    said = SPEAKER.say(key, languages, policy="reviewed_only", params=VALUES)
    elsewhere = {**VALUES, "on_call": "+14145550100"}
    assert SPEAKER.say(key, languages, policy="reviewed_only", params=elsewhere).version == (
        said.version
    )
    alone = Speaker(reviewing("es", (key,))).say(
        key, languages, policy="reviewed_only", params=VALUES
    )
    assert alone.version != said.version
    other = SPEAKER.say("safety.in_care", languages, policy="reviewed_only", params=VALUES)
    assert other.version != said.version


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+13125550100", "312-555-0100"),
        ("+525512345678", "+525512345678"),
        ("911", "911"),
        ("+1312555010", "+1312555010"),
        ("312-555-0100", "312-555-0100"),
    ],
)
def test_a_telephone_number_is_written_as_families_read_it(number: str, shown: str) -> None:
    assert phone_for_text(number) == shown
