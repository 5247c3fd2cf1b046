"""What is not a text: a call to the number that texted, and pictures."""

import re

import httpx

from tests.journeys.cast import MAPLE, REEF
from tests.journeys.desk import Desk
from tests.journeys.stage import Stage
from tests.journeys.waiting import eventually

JPEG = b"\xff\xd8\xff\xe0" + b"canary" * 50 + b"\xff\xd9"


def test_a_mother_who_calls_the_number_at_night_reaches_the_nurse(stage: Stage) -> None:
    """C17: first what to do in an emergency, in the clinic's languages; a missed call is seen."""
    family = stage.family(MAPLE)
    answered, ended = stage.twilio.call(
        stage.running.base, family.phone, recipient=MAPLE.number, dial_status="completed"
    )
    assert answered.status == ended.status == 200
    said = re.findall(r'<Say language="(\w\w)-\w\w"[^>]*>([^<]+)</Say>', answered.twiml)
    assert {language for language, _ in said} == {"en", "es"}
    assert "911" in said[0][1].replace(" ", "")
    assert f"<Number>{MAPLE.on_call_phone}</Number>" in answered.twiml
    assert not [e for e in stage.running.inbox() if e["contact"] == family.phone]

    stage.twilio.call(
        stage.running.base, family.phone, recipient=MAPLE.number, dial_status="no-answer"
    )
    stage.twilio.allow(to=family.phone, containing="Our office is closed")
    assert stage.running.episode(family.phone)["messages"][0]["status"] == "received"
    with Desk.of(stage.running, MAPLE) as ana:
        assert "Missed call" in ana.page("/")


def test_a_picture_is_kept_and_one_that_is_gone_never_loses_the_text(stage: Stage) -> None:
    """I-06, I-26: fetched with our sign-in, handed out only as a file that nothing opens."""
    family = stage.family(REEF)
    here, gone = stage.twilio.picture(JPEG), stage.twilio.picture(b"", do="status", status=410)
    stage.text(
        family.phone, "Here is the school form canary11", REEF,
        media=[(here, "image/jpeg"), (gone, "image/png")],
    )  # fmt: skip
    stage.twilio.allow(to=family.phone, containing="911")
    episode = stage.running.episode(family.phone)
    assert episode["messages"][0]["text"] == "Here is the school form canary11"
    with Desk.of(stage.running, REEF) as ana:
        path = f"/episodes/{episode['episode']}"
        link = eventually(lambda: ana.links(path, r"/attachments/\d+"), within=8)[0]
        file: httpx.Response = ana.fetch(link)
        assert file.content == JPEG
        assert file.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in file.headers["content-security-policy"]
        assert "Here is the school form canary11" in ana.page(path)
