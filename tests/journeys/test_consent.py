"""STOP, START, and what is done for a family that cannot be texted."""

from tests.journeys.cast import MAPLE, REEF
from tests.journeys.desk import LEFT_WITHIN, Desk
from tests.journeys.stage import Stage, words_of


def test_a_family_that_opted_out_is_never_texted_not_even_in_an_emergency(stage: Stage) -> None:
    """I-17, C13: they cannot be texted, so somebody must call, and is told so."""
    family = stage.family(MAPLE)
    stop = stage.text(family.phone, "STOP", MAPLE, extra={"OptOutType": "STOP"})
    assert words_of(stop.twiml) == [], "Twilio has answered already"

    answered = stage.text(family.phone, "he is not breathing", MAPLE)
    assert words_of(answered.twiml) == []
    told = stage.twilio.wait_for(to=MAPLE.nils, containing="FAMILY GOT NO ANSWER: CALL")
    stage.twilio.wait_for(to=MAPLE.on_call_phone, containing="FAMILY GOT NO ANSWER: CALL")
    assert "breath" not in told.body
    episode = stage.delivered(family.phone, 3, "blocked")
    assert episode["urgency"] == "emergency"
    number = episode["episode"]
    with Desk.of(stage.running, MAPLE) as ana:
        page = ana.page(f"/episodes/{number}")
        assert "FAMILY GOT NO ANSWER: CALL" in page
        assert "family got no answer: call" in ana.page("/")
        refused = ana.reply(number, "We are calling you canary3a.")
        assert refused.status_code == 422
        assert "canary3a" in refused.text, "nothing that was typed is lost"
    stage.settle(MAPLE, number)


def test_a_family_that_comes_back_with_start_is_texted_again(stage: Stage) -> None:
    family = stage.family(REEF)
    stage.text(family.phone, "STOP", REEF, extra={"OptOutType": "STOP"})
    stage.twilio.allow(to=family.phone, containing="You will get no more texts")
    stage.text(family.phone, "START", REEF, extra={"OptOutType": "START"})
    stage.twilio.wait_for(to=family.phone, containing="You will get texts from")
    with Desk.of(stage.running, REEF) as ana:
        sent = ana.reply(stage.running.episode(family.phone)["episode"], "Welcome back canary3b.")
        assert sent.status_code == 303
    stage.twilio.wait_for(to=family.phone, containing="canary3b", within=LEFT_WITHIN)


def test_a_word_that_twilio_does_not_know_is_confirmed_once_by_ourselves(stage: Stage) -> None:
    """FACTS B: Spanish words for STOP reach us only; the confirmation goes out once."""
    family = stage.family(REEF, "es")
    stage.text(family.phone, "ALTO", REEF)
    told = stage.twilio.wait_for(to=family.phone, containing="START")
    assert "911" in told.body
    stage.delivered(family.phone, 2)
    stage.text(family.phone, "ALTO", REEF)
    episode = stage.delivered(family.phone, 3, "received")
    with Desk.of(stage.running, REEF) as ana:
        assert ana.reply(episode["episode"], "Hola canary3c").status_code == 422
        assert "Texts do not reach this family" in ana.page(f"/episodes/{episode['episode']}")


def test_thanks_and_reactions_are_shown_and_not_answered(stage: Stage) -> None:
    """C15: little noise."""
    family = stage.family(REEF)
    stage.text(family.phone, "Can you send the school form again?", REEF)
    told = stage.twilio.wait_for(to=family.phone, containing="A person will answer")
    stage.delivered(family.phone, 2)
    stage.text(family.phone, "thank you", REEF)
    stage.text(family.phone, f"Liked “{told.body}”", REEF)
    episode = stage.delivered(family.phone, 4, "received")
    assert episode["urgency"] == "routine"
