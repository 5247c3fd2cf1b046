"""A text or a call of which no webhook ever told reaches people all the same (I-03, F-20)."""

from tests.journeys.cast import RACERS
from tests.journeys.desk import Desk
from tests.journeys.stage import Stage


def test_a_danger_whose_webhooks_were_all_lost_wakes_the_nurse_and_gets_an_answer(
    hurried_stage: Stage,
) -> None:
    stage = hurried_stage
    family = stage.family(RACERS)
    stage.twilio.text(stage.running.base, family.phone, "he is not breathing",
                      recipient=RACERS.number, unheard=True)  # fmt: skip
    for phone in (RACERS.nils, RACERS.ana, RACERS.on_call_phone):
        stage.twilio.allow(to=phone)  # told again until somebody takes it
    stage.twilio.wait_for(to=family.phone, containing="911", within=15)
    episode = stage.delivered(family.phone, 2)
    assert [m["direction"] for m in episode["messages"]] == ["in", "out"]
    with Desk.of(stage.running, RACERS) as ana:
        assert "came late, written" in ana.page(f"/episodes/{episode['episode']}")
    stage.settle(RACERS, episode["episode"])


def test_a_webhook_that_comes_after_all_adds_nothing(hurried_stage: Stage) -> None:
    """F-19: the same text by both ways is one message with one answer."""
    stage = hurried_stage
    family = stage.family(RACERS)
    words = "Can you sign the school form?"
    sid = stage.twilio.text(stage.running.base, family.phone, words, recipient=RACERS.number,
                            unheard=True).sid  # fmt: skip
    stage.twilio.wait_for(to=family.phone, containing="A person will answer", within=15)
    late = stage.text(family.phone, words, RACERS, sid=sid)
    assert "<Message" not in late.twiml
    episode = stage.delivered(family.phone, 2)
    assert [m["direction"] for m in episode["messages"]] == ["in", "out"]


def test_who_called_while_kinline_could_not_be_reached_is_called_back_c17(
    hurried_stage: Stage,
) -> None:
    stage = hurried_stage
    family, other = stage.family(RACERS), stage.family(RACERS)
    base = stage.running.base
    stage.twilio.call(base, other.phone, recipient=RACERS.number, dial_status="completed")
    stage.twilio.call(base, other.phone, recipient=RACERS.number, hangs_up=True)
    stage.twilio.call(base, family.phone, recipient=RACERS.number, lost_from="voice")
    episode = stage.running.wait_for_episode(family.phone, lambda found: found, within=15)
    assert [m["direction"] for m in episode["messages"]] == ["in"]
    with Desk.of(stage.running, RACERS) as ana:
        assert "came late, written" in ana.page(f"/episodes/{episode['episode']}")
    stage.settle(RACERS, episode["episode"])
    contacts = {one["contact"] for one in stage.running.inbox()}
    assert other.phone not in contacts, "one was answered, one hung up before it rang"
