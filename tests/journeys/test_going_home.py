"""Ana writes from home at eleven at night: it waits for her hours and never leaves blindly."""

from tests.journeys.cast import MAPLE
from tests.journeys.desk import LEFT_WITHIN, Desk
from tests.journeys.stage import Stage


def test_what_ana_writes_at_night_waits_unless_she_says_why_it_cannot(stage: Stage) -> None:
    """C5: what waits is no answer yet; the words with a reason leave alone."""
    family = stage.family(MAPLE)
    stage.text(family.phone, "Can we move the appointment canary7a?", MAPLE)
    stage.twilio.wait_for(to=family.phone, containing="Our office is closed")
    number = stage.running.episode(family.phone)["episode"]
    with Desk.of(stage.running, MAPLE) as ana:
        sent = ana.reply(number, "Yes, to Monday canary7b.")
        page = ana.page(sent.headers["location"])
        assert "It leaves Thu, Nov 19, 8:30" in page.replace("\u202f", " ")
        refused = ana.act(number, "reply", text="Bring the card canary7c.", sends="now")
        assert refused.status_code == 422
        assert "canary7c" in refused.text, "what she typed stands in the box"
        now = ana.act(
            number, "reply", text="Bring the card canary7c.", sends="now", why_now="asked"
        )
        assert now.status_code == 303
        # The first was written before: if it did not wait, it would have left by now.
        stage.twilio.wait_for(to=family.phone, containing="canary7c", within=LEFT_WITHIN)
        assert stage.twilio.sent(to=family.phone, containing="canary7b") == ()
        counted = ana.page("/hours")
        assert "My work after hours" in counted
        assert "canary7" not in counted


def test_a_child_who_cannot_breathe_keeps_back_what_was_to_leave_in_the_morning(
    stage: Stage,
) -> None:
    """C5: the words were written before; somebody must look at them again."""
    family = stage.family(MAPLE, "es")
    stage.text(family.phone, "¿podemos cambiar la cita canary7d?", MAPLE)
    stage.twilio.wait_for(to=family.phone, containing="911")
    number = stage.running.episode(family.phone)["episode"]
    with Desk.of(stage.running, MAPLE) as ana:
        assert ana.reply(number, "Sí, el lunes canary7e.").status_code == 303
        stage.text(family.phone, "mi hijo no puede respirar", MAPLE)
        stage.twilio.wait_for(to=family.phone, containing="Llame ya al 911")
        stage.twilio.wait_for(to=MAPLE.nils, containing="emergency")
        page = ana.page(f"/episodes/{number}")
        assert "Not sent: before it left, the family wrote of something more urgent." in page
        (again,) = ana.links(f"/episodes/{number}", rf"/episodes/{number}\?again=\d+[^\"]*")
        assert "Sí, el lunes canary7e." in ana.page(again.partition("#")[0])
    stage.settle(MAPLE, number)
