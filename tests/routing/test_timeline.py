"""The story of an alert, as a reviewer reads it afterwards (issue 5: for a review)."""

from datetime import datetime, timedelta

import pytest

from routing.timeline import Act, Became, Effort, Happened, Line, Told, story
from tests.routing.people import NOW


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def told(who: str, minutes: float = 0, **fields: object) -> Told:
    defaults = {"way": "sms", "state": "delivered", "ended_at": at(minutes) + timedelta(seconds=4)}
    return Told(at=at(minutes), who=who, **(defaults | fields))  # type: ignore[arg-type]


def named(lines: tuple[Line, ...]) -> list[tuple[str, str]]:
    return [(line.happened.value, line.who) for line in lines]


def test_nobody_takes_it_until_nils_does_and_every_step_says_how_long_it_took() -> None:
    lines = story(
        [Effort(at(0), closed_at=at(20))],
        [
            Act("inbound.text", at(0), is_danger=True),
            Act("receipt.delivered", at(0.1)),
            Act("timerdue.alert_step", at(5)),
            Act("staffaction.opened", at(6), "Nils"),
            Act("staffaction.take", at(7), "Nils"),
            Act("staffaction.resolve", at(20), "Nils"),
        ],
        [told("Ana"), told("Nils", 5), told("", 5)],
    )
    assert named(lines) == [
        ("opened", ""), ("told", "Ana"), ("next_step", ""), ("told", "Nils"), ("told", ""),
        ("taken", "Nils"), ("closed", "Nils"),
    ]  # fmt: skip
    assert [line.after for line in lines if line.told is None] == [
        timedelta(0), timedelta(minutes=5), timedelta(minutes=2), timedelta(minutes=13),
    ]  # fmt: skip
    assert lines[-1].since == timedelta(minutes=20)
    assert lines[1].took == timedelta(seconds=4)


def test_nils_takes_it_is_asked_does_not_answer_and_it_is_open_again() -> None:
    lines = story(
        [Effort(at(0))],
        [
            Act("staffaction.take", at(1), "Nils"),
            Act("staffaction.take", at(2), "Ana"),
            Act("timerdue.alert_step", at(17)),
            Act("timerdue.alert_step", at(22)),
            Act("staffaction.pass_on", at(23), "Ana"),
            Act("timerdue.alert_step", at(28)),
        ],
        [told("Nils", 17)],
    )
    assert named(lines) == [
        ("opened", ""), ("taken", "Nils"), ("asked", "Nils"), ("told", "Nils"),
        ("open_again", ""), ("passed_on", "Ana"), ("next_step", ""),
    ]  # fmt: skip


def test_a_call_of_the_family_by_nils_makes_the_next_question_a_new_one() -> None:
    """I-13: whoever has done something for the family is asked once more before it goes on."""
    lines = story(
        [Effort(at(0))],
        [
            Act("staffaction.take", at(1), "Nils"),
            Act("timerdue.alert_step", at(16)),
            Act("staffaction.called", at(17), "Nils"),
            Act("timerdue.alert_step", at(32)),
        ],
        [],
    )
    assert named(lines)[2:] == [("asked", "Nils"), ("asked", "Nils")]


def test_a_second_danger_wakes_what_nils_had_taken_and_other_words_do_not() -> None:
    """C1."""
    lines = story(
        [Effort(at(0))],
        [
            Act("inbound.text", at(0), is_danger=True),
            Act("staffaction.reply", at(1), "Nils"),
            Act("inbound.text", at(2)),
            Act("inbound.text", at(3), is_danger=True),
            Act("timerdue.alert_step", at(6)),
        ],
        [told("Nils", 3)],
    )
    assert named(lines) == [
        ("opened", ""), ("taken", "Nils"), ("danger", ""), ("told", "Nils"), ("next_step", ""),
    ]  # fmt: skip


def test_safety_words_that_did_not_arrive_stand_in_the_story() -> None:
    """C13."""
    lines = story(
        [Effort(at(0))],
        [Act("inbound.text", at(0), is_danger=True), Act("receipt.failed", at(1))],
        [told("Ana", 0), told("Ana", 1)],
    )
    assert named(lines)[2:] == [("no_answer", ""), ("told", "Ana")]


def test_an_alert_that_was_calmed_and_a_second_one_are_two_stories_after_each_other() -> None:
    lines = story(
        [Effort(at(0), closed_at=at(3)), Effort(at(60))],
        [
            Act("inbound.text", at(0), is_danger=True),
            Act("staffaction.set_level", at(3), "Nils"),
            Act("staffaction.set_level", at(60), "Ana"),
            Act("staffaction.take", at(61), "Ana"),
        ],
        [told("Ana", 0), told("Nils", 60)],
    )
    assert named(lines) == [
        ("opened", ""), ("told", "Ana"), ("closed", "Nils"),
        ("opened", ""), ("told", "Nils"), ("taken", "Ana"),
    ]  # fmt: skip
    assert lines[-1].since == timedelta(minutes=1)


def test_an_episode_without_an_alert_has_no_story() -> None:
    assert story([], [Act("inbound.text", at(0))], []) == ()


@pytest.mark.parametrize(
    ("fields", "became"),
    [
        ({"state": "queued"}, Became.WAITING),
        ({"state": "sending"}, Became.ON_ITS_WAY),
        ({"state": "sent"}, Became.SENT),
        ({"state": "delivered"}, Became.DELIVERED),
        ({"state": "delivered", "way": "call"}, Became.PICKED_UP),
        ({"state": "failed", "way": "call", "status": "no-answer"}, Became.NOBODY),
        ({"state": "failed", "way": "call", "status": "busy"}, Became.NOBODY),
        ({"state": "failed", "way": "call", "status": "failed"}, Became.FAILED),
        ({"state": "failed"}, Became.FAILED),
        ({"state": "blocked"}, Became.FAILED),
        ({"state": "expired"}, Became.TOO_LATE),
        ({"state": "unknown"}, Became.NOT_CERTAIN),
    ],
)
def test_what_became_of_telling_nils(fields: dict[str, str], became: Became) -> None:
    assert told("Nils", 0, **fields).became is became


def test_a_text_that_failed_says_why_in_the_sentence_of_its_code() -> None:
    failed = told("Nils", state="failed", error=30003)
    assert failed.cause is not None
    assert failed.cause.sentence == "The phone is switched off or out of reach."
    assert told("Nils", state="failed").cause is None
    assert told("Nils", error=30003).cause is None


def test_what_is_still_on_its_way_has_taken_no_time_yet() -> None:
    lines = story([Effort(at(0))], [], [told("Ana", state="sending")])
    assert lines[1].took is None
    assert lines[1].happened is Happened.TOLD
