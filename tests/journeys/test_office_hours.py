"""A family's text reaches its coordinator, and the coordinator's words reach the family."""

from tests.journeys.cast import REEF
from tests.journeys.desk import LEFT_WITHIN, Desk
from tests.journeys.stage import Stage


def test_a_text_in_office_hours_is_acknowledged_with_a_time_and_answered_by_ana(
    stage: Stage,
) -> None:
    family = stage.family(REEF)
    sid = stage.text(family.phone, "I need the school form signed canary1a", REEF).sid

    told = stage.twilio.wait_for(to=family.phone, containing="A person will answer")
    assert told.sender == REEF.number
    assert "Reef Complex Care" in told.body
    assert "Automatic message" in told.body  # C14
    stage.twilio.wait_until(told.sid, "delivered")
    episode = stage.delivered(family.phone, 2)
    received, acknowledged = episode["messages"]
    assert (received["direction"], received["provider_id"]) == ("in", sid)
    assert (received["status"], received["text"]) == (
        "received",
        "I need the school form signed canary1a",
    )
    assert (acknowledged["direction"], acknowledged["provider_id"]) == ("out", told.sid)
    assert episode["owner"] == "Ana"
    assert episode["reply_due"] is not None

    with Desk.of(stage.running, REEF) as ana:
        assert "I need the school form signed canary1a" in ana.page("/")
        assert "I need the school form signed canary1a" in ana.page(
            f"/episodes/{episode['episode']}"
        )
        sent = ana.reply(episode["episode"], "The form is ready at the desk canary1b.")
        assert sent.status_code == 303
        answer = stage.twilio.wait_for(to=family.phone, containing="canary1b", within=LEFT_WITHIN)
        assert "Ana" in answer.body.removeprefix("The form is ready at the desk canary1b.")
        assert "utomatic" not in answer.body  # C14
        episode = stage.delivered(family.phone, 3)
        assert episode["messages"][2]["text"] == answer.body
        # C5: the promise was kept when the answer had been sent, not when it was written.
        assert episode["reply_due"] is None
        assert stage.promise(episode["episode"]) == "kept"
        assert "answered" in ana.page("/")


def test_a_second_text_in_the_same_episode_is_shown_and_not_answered_again(stage: Stage) -> None:
    """C15: one acknowledgement for each episode and urgency."""
    family = stage.family(REEF, "es")
    stage.text(family.phone, "necesito una cita con el doctor", REEF)
    told = stage.twilio.wait_for(to=family.phone, containing="911")
    assert "Su mensaje" in told.body
    stage.delivered(family.phone, 2)
    stage.text(family.phone, "la cita puede ser el martes?", REEF)
    episode = stage.delivered(family.phone, 3, "received")
    assert [m["direction"] for m in episode["messages"]] == ["in", "out", "in"]
    assert {m["language"] for m in episode["messages"]} == {"es"}


def test_the_same_text_twice_is_one_message_and_one_answer(stage: Stage) -> None:
    """I-01: Twilio repeats a webhook whenever it is unsure."""
    family = stage.family(REEF)
    first = stage.text(family.phone, "Where do I send the insurance form?", REEF)
    stage.twilio.wait_for(to=family.phone, containing="A person will answer")
    stage.text(family.phone, "Where do I send the insurance form?", REEF, sid=first.sid)
    stage.text(family.phone, "Where do I send the insurance form?", REEF, sid=first.sid)
    episode = stage.delivered(family.phone, 2)
    assert episode["messages"][0]["provider_id"] == first.sid


def test_the_command_shows_the_same_inbox_as_the_one_that_stories_read(stage: Stage) -> None:
    family = stage.family(REEF)
    stage.text(family.phone, "Can somebody fill in the bus form?", REEF)
    stage.twilio.wait_for(to=family.phone, containing="A person will answer")
    stage.delivered(family.phone, 2)
    assert stage.running.inbox_by_command() == stage.running.inbox()


def test_what_ana_takes_back_never_reaches_the_family(stage: Stage) -> None:
    """C5: what never left answers nobody; what she writes instead goes out alone."""
    family = stage.family(REEF)
    stage.text(family.phone, "When is the appointment canary1c?", REEF)
    stage.twilio.wait_for(to=family.phone, containing="Automatic message")
    number = stage.running.episode(family.phone)["episode"]
    with Desk.of(stage.running, REEF) as ana:
        taken_back = ana.take_back(number, ana.reply(number, "On Tuesday canary1d."))
        assert "On Tuesday canary1d." in taken_back.text, "her words stand in the box again"
        assert ana.reply(number, "On Thursday canary1e.").status_code == 303
    # The second was to leave after the first: once it is here, the first would be as well.
    stage.twilio.wait_for(to=family.phone, containing="canary1e", within=LEFT_WITHIN)
    assert stage.twilio.sent(to=family.phone, containing="canary1d") == ()
    stage.delivered(family.phone, 4)
