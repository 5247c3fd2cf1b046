"""Whoever texts, and whatever number: somebody sees it, and nobody else gets the words."""

from tests.journeys.cast import MAPLE, REEF
from tests.journeys.desk import LEFT_WITHIN, Desk
from tests.journeys.stage import Stage, words_of

NOBODYS_NUMBER = "+14045550111"


def test_an_unknown_sender_is_answered_in_the_clinics_languages_and_given_to_a_family(
    stage: Stage,
) -> None:
    """C8: an unclaimed sender; a person says whose it is."""
    grandmother, family = stage.stranger("1671"), stage.family(REEF)
    stage.text(grandmother, "hola soy la abuela, necesito una cita", REEF)
    told = stage.twilio.wait_for(to=grandmother, containing="new to us")
    assert "Automatic message" in told.body
    assert "automatizado" in told.body
    episode = stage.delivered(grandmother, 2)
    assert episode["family"] == f"Unknown sender …{grandmother[-4:]}"

    with Desk.of(stage.running, REEF) as ana:
        choices = ana.families(episode["episode"])
        assert not any("Garcia" in name for name in choices), "another clinic's families"
        done = ana.act(episode["episode"], "attach", family=choices[family.name])
        assert done.status_code == 303
        assert stage.running.episode(grandmother)["family"] == family.name
        assert ana.reply(episode["episode"], "Hola canary4a").status_code == 303
    answer = stage.twilio.wait_for(to=grandmother, containing="canary4a", within=LEFT_WITHIN)
    assert answer.to != family.phone
    stage.delivered(grandmother, 3)


def test_a_text_to_a_number_of_no_clinic_waits_for_somebody_to_set_it_up(stage: Stage) -> None:
    """I-06: never a silent drop; without a clinic only the general call for help is true."""
    sender = stage.stranger()
    stage.text(sender, "is this the clinic? canary4b", NOBODYS_NUMBER)
    episode = stage.running.episode(sender)
    assert episode["clinic"] == "needs-routing"
    assert [m["direction"] for m in episode["messages"]] == ["in"]
    (words,) = words_of(stage.text(sender, "my baby is not breathing", NOBODYS_NUMBER).twiml)
    assert "local emergency number" in words
    assert "911" not in words
    stage.twilio.wait_for(to=sender, containing="local emergency number")
    stage.delivered(sender, 3)
    assert stage.running.episode(sender)["urgency"] == "emergency"


def test_a_text_from_a_staff_phone_is_a_note_and_reaches_no_family(stage: Stage) -> None:
    """C19."""
    stage.text(MAPLE.ana, "Tell them the form is ready canary4c", MAPLE)
    told = stage.twilio.wait_for(to=MAPLE.ana, containing="Not sent to the family")
    assert told.sender == MAPLE.number
    episode = stage.delivered(MAPLE.ana, 2)
    assert episode["family"] == "Ana (staff)"
    stage.text(MAPLE.ana, "and another one canary4d", MAPLE)
    stage.delivered(MAPLE.ana, 3, "received")
