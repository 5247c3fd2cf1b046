"""Clinics that are not live yet (C22): everything is read and judged, only people speak."""

import pytest

from tests.journeys.cast import OFF, SHADOW
from tests.journeys.clinics import Clinic
from tests.journeys.desk import Desk
from tests.journeys.stage import Stage, words_of


@pytest.mark.parametrize("clinic", [SHADOW, OFF], ids=["shadow", "off"])
def test_nothing_leaves_but_what_a_person_writes(stage: Stage, clinic: Clinic) -> None:
    """C22, also in an emergency: staff of such a clinic watch another system."""
    family = stage.family(clinic)
    for words in ("Can we move the appointment?", "she is not breathing", "HELP"):
        assert words_of(stage.text(family.phone, words, clinic).twiml) == []
    episode = stage.running.episode(family.phone)
    assert episode["urgency"] == "emergency"
    assert [m["direction"] for m in episode["messages"]] == ["in"] * 3

    with Desk.of(stage.running, clinic) as ana:
        assert ("shadow" if clinic is SHADOW else "off") in ana.page("/").lower()
        page = ana.page(f"/episodes/{episode['episode']}")
        assert "would be safety.call_emergency" in page
        assert ana.reply(episode["episode"], "Call 911 now canary6a.").status_code == 303
    sent = stage.twilio.wait_for(to=family.phone, containing="canary6a")
    assert sent.sender == clinic.number
    stage.delivered(family.phone, 4)
    stage.settle(clinic, episode["episode"])
