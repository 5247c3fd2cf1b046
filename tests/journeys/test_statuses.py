"""What becomes of a text: every answer of the provider, in every order of its reports."""

from collections.abc import Callable

import pytest

from tests.faketwilio.client import Sent
from tests.journeys.cast import MAPLE, RACERS, REEF
from tests.journeys.desk import Desk
from tests.journeys.secrecy import Twilio
from tests.journeys.stage import Stage, reports_of
from tests.journeys.waiting import eventually, never

FORM = "Can you sign the school form?"
RECEIVED = "A person will answer"

Misbehave = Callable[[Twilio, str], None]


@pytest.mark.parametrize(
    "told",
    [
        lambda twilio, to: twilio.report("happy", to=to, repeat=3),
        lambda twilio, to: twilio.report("reverse", to=to),
        lambda twilio, to: twilio.report("reverse", to=to, repeat=3),
        lambda twilio, to: twilio.report("early", to=to),
        lambda twilio, to: twilio.report("early", to=to, repeat=2),
        lambda twilio, to: twilio.report("statuses", to=to, statuses=["delivered"]),
        lambda twilio, to: twilio.report(
            "statuses", to=to, statuses=["sent", "vanished", "delivered", "sent", "queued"]
        ),
    ],
    ids=["three times each", "reversed", "reversed and three times", "before our call returned",
         "before and twice", "only the last", "an unknown word and late ones"],
)  # fmt: skip
def test_reports_in_any_order_end_in_delivered(stage: Stage, told: Misbehave) -> None:
    """F-18, I-18: forward only."""
    family = stage.family(REEF)
    told(stage.twilio, family.phone)
    sid, callbacks = _acknowledged(stage, family.phone)
    episode = stage.delivered(family.phone, 2)
    assert episode["messages"][1]["provider_id"] == sid
    assert callbacks == {204}
    never(lambda: stage.running.episode(family.phone)["messages"][1]["status"] != "delivered", 0.3)


def test_a_text_that_was_throttled_is_sent_later_and_once(stage: Stage) -> None:
    """A5: 429 was surely not processed."""
    family = stage.family(REEF)
    stage.twilio.refuse(429, 20429, to=family.phone, retry_after=1)
    stage.text(family.phone, FORM, REEF)
    stage.twilio.wait_for(to=family.phone, containing=RECEIVED, within=10)
    stage.delivered(family.phone, 2)


def test_a_phone_that_is_switched_off_is_tried_again(stage: Stage) -> None:
    """A5, 30003: temporary."""
    family = stage.family(REEF)
    stage.twilio.fail_deliveries(30003, to=family.phone)
    stage.text(family.phone, FORM, REEF)
    lost = stage.twilio.wait_for(to=family.phone, containing=RECEIVED)
    again = stage.twilio.wait_for(to=family.phone, containing=RECEIVED, within=10)
    assert lost.body == again.body
    episode = stage.delivered(family.phone, 2)
    assert episode["messages"][1]["provider_id"] == again.sid


def test_an_opt_out_that_only_twilio_knew_of_becomes_call_them(stage: Stage) -> None:
    """A5, 21610; C13."""
    family = stage.family(REEF)
    stage.twilio.opt_out(family.phone, REEF.number)
    stage.text(family.phone, FORM, REEF)
    episode = stage.delivered(family.phone, 2, "blocked")
    _expect_to_call(stage, episode["episode"], "Texts do not reach this family")
    stage.text(family.phone, "And the insurance form?", REEF)
    stage.delivered(family.phone, 3, "received")


def test_a_landline_is_not_texted_again(stage: Stage) -> None:
    """A5, 30006; C13."""
    family = stage.family(REEF)
    stage.twilio.fail_deliveries(30006, to=family.phone)
    stage.text(family.phone, FORM, REEF)
    stage.twilio.wait_for(to=family.phone, containing=RECEIVED)
    episode = stage.delivered(family.phone, 2, "failed")
    _expect_to_call(stage, episode["episode"], "Texts do not reach this family")


def test_a_safety_text_that_does_not_arrive_makes_people_call(stage: Stage) -> None:
    """C13: the report comes by callback, after the answer to the webhook had carried the words."""
    family = stage.family(MAPLE)
    stage.twilio.fail_deliveries(30005, to=family.phone)
    stage.text(family.phone, "he is not breathing", MAPLE)
    stage.twilio.wait_for(to=family.phone, containing="911")
    stage.twilio.wait_for(to=MAPLE.nils, containing="(automatic): a message")
    stage.twilio.wait_for(to=MAPLE.nils, containing="FAMILY GOT NO ANSWER: CALL")
    stage.twilio.wait_for(to=MAPLE.on_call_phone, containing="FAMILY GOT NO ANSWER: CALL")
    episode = stage.delivered(family.phone, 2, "failed")
    with Desk.of(stage.running, MAPLE) as ana:
        assert "FAMILY GOT NO ANSWER: CALL" in ana.page(f"/episodes/{episode['episode']}")
    stage.settle(MAPLE, episode["episode"])


@pytest.mark.parametrize(
    "lose",
    [
        lambda twilio, to: twilio.drop_answers(to=to),
        lambda twilio, to: twilio.accept_then_fail(500, to=to),
        lambda twilio, to: twilio.garble_answers(to=to),
    ],
    ids=["dropped", "500", "half of an answer"],
)
def test_a_lost_answer_is_not_a_lost_text(stage: Stage, lose: Misbehave) -> None:
    """F-17: Twilio took it; its report names our own reference and settles it."""
    family = stage.family(REEF)
    lose(stage.twilio, family.phone)
    _acknowledged(stage, family.phone)
    stage.delivered(family.phone, 2)


@pytest.mark.parametrize(
    "lose",
    [
        lambda twilio, to: twilio.drop_answers(to=to),
        lambda twilio, to: twilio.accept_then_fail(503, to=to),
    ],
    ids=["dropped", "503"],
)
def test_without_any_report_a_text_is_looked_up_and_not_sent_twice(
    hurried_stage: Stage, lose: Misbehave
) -> None:
    """I-16: at most once for automatic words; the listing is asked before anything else."""
    stage = hurried_stage
    family = stage.family(RACERS)
    lose(stage.twilio, family.phone)
    stage.twilio.report("silent", to=family.phone)
    stage.text(family.phone, FORM, RACERS)
    sent = stage.twilio.wait_for(to=family.phone, containing=RECEIVED)
    episode = stage.delivered(family.phone, 2)
    assert episode["messages"][1]["provider_id"] == sent.sid


def test_without_a_report_an_accepted_text_is_asked_for(hurried_stage: Stage) -> None:
    """F-18: every callback was lost."""
    stage = hurried_stage
    family = stage.family(RACERS)
    stage.twilio.report("silent", to=family.phone)
    stage.text(family.phone, FORM, RACERS)
    stage.twilio.wait_for(to=family.phone, containing=RECEIVED)
    stage.delivered(family.phone, 2)


def test_a_lost_report_that_safety_words_came_back_is_asked_for_and_people_call(
    hurried_stage: Stage,
) -> None:
    """C13: a carrier took the words, and nobody heard that they never arrived."""
    stage = hurried_stage
    family = stage.family(RACERS)
    stage.twilio.report("statuses", statuses=["sending", "sent", "undelivered"],
                        untold=["undelivered"], code=30005, to=family.phone)  # fmt: skip
    stage.text(family.phone, "he is not breathing", RACERS)
    stage.twilio.wait_for(to=family.phone, containing="911")
    for phone in (RACERS.nils, RACERS.on_call_phone):
        stage.twilio.wait_for(to=phone, containing="FAMILY GOT NO ANSWER: CALL", within=20)
    episode = stage.delivered(family.phone, 2, "failed")
    for phone in (RACERS.nils, RACERS.ana, RACERS.on_call_phone):
        stage.twilio.allow(to=phone)  # told again until somebody takes it
    stage.settle(RACERS, episode["episode"])


@pytest.mark.parametrize(
    "fail",
    [
        lambda twilio, to: twilio.refuse(500, to=to),
        lambda twilio, to: twilio.reset_connections(to=to),
        lambda twilio, to: twilio.hang(1, to=to),
    ],
    ids=["500", "connection reset", "hung up"],
)
def test_what_twilio_never_took_is_sent_once_it_was_not_found(
    hurried_stage: Stage, fail: Misbehave
) -> None:
    """F-17: not known at first; looked up twice; then sent."""
    stage = hurried_stage
    family = stage.family(RACERS)
    fail(stage.twilio, family.phone)
    stage.text(family.phone, FORM, RACERS)
    stage.twilio.wait_for(to=family.phone, containing=RECEIVED, within=12)
    stage.delivered(family.phone, 2)


def test_slow_sends_to_others_never_hold_up_the_nurse(stage: Stage) -> None:
    """DESIGN 4.4: a lane of its own for safety."""
    slow = [stage.family(REEF) for _ in range(3)]
    before = _calls(stage)
    for family in slow:
        stage.twilio.be_slow(5, to=family.phone)
        stage.text(family.phone, FORM, REEF)
    eventually(lambda: _calls(stage) == before + len(slow))
    family = stage.family(MAPLE)
    stage.text(family.phone, "he is not breathing", MAPLE)
    stage.twilio.wait_for(to=MAPLE.nils, containing="emergency", within=4)
    assert not any(stage.twilio.sent(to=one.phone) for one in slow)
    stage.twilio.wait_for(to=family.phone, containing="911")
    for one in slow:
        stage.twilio.wait_for(to=one.phone, containing=RECEIVED, within=10)
        stage.delivered(one.phone, 2)
    stage.settle(MAPLE, stage.delivered(family.phone, 2)["episode"])


def _calls(stage: Stage) -> int:
    return len(stage.twilio.posts())


def _acknowledged(stage: Stage, phone: str) -> tuple[str, set[int]]:
    """Text as a family and wait for all reports; give the id and how they were answered."""
    stage.text(phone, FORM, REEF)
    sent: Sent = stage.twilio.wait_for(to=phone, containing=RECEIVED)
    stage.delivered(phone, 2)
    return sent.sid, reports_of(stage, sent.sid)


def _expect_to_call(stage: Stage, episode: int, words: str) -> None:
    with Desk.of(stage.running, REEF) as ana:
        assert words in ana.page(f"/episodes/{episode}")
        assert ana.reply(episode, "It is ready canary7a.").status_code == 422
