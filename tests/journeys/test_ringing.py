"""A telephone rings at night until a person presses 1 (I-10, I-12, C1)."""

from typing import Any

from tests.journeys.cast import RINGING
from tests.journeys.stage import Stage
from tests.journeys.waiting import eventually

CANNOT_BREATHE = "mi hijo no puede respirar"


def _emergency(stage: Stage) -> str:
    family = stage.family(RINGING, "es")
    stage.text(family.phone, CANNOT_BREATHE, RINGING)
    stage.twilio.wait_for(to=family.phone, containing="911")
    stage.twilio.wait_for(to=RINGING.nils, containing="emergency")
    return family.phone


def _acknowledged(stage: Stage, phone: str) -> bool:
    inbox = stage.running.inbox_by_command()
    return bool(next(one for one in inbox if one["contact"] == phone)["acknowledged"])


def _heard(ring: dict[str, Any]) -> str:
    return " ".join(ring["heard"])


def test_nils_is_woken_by_a_call_and_takes_it_with_a_key(stage: Stage) -> None:
    before = len(stage.twilio.rings(RINGING.nils))
    stage.twilio.pick_up("press", to=RINGING.nils, key="1")
    phone = _emergency(stage)
    ring = stage.twilio.wait_for_ring(RINGING.nils, after=before)
    assert ring["pressed"] == "1"
    assert "A message at the emergency level waits" in ring["heard"][0]
    assert "You have taken it" in ring["heard"][1]
    for word in ("respirar", "breath", "Diaz", "Luis", "Rosa", phone[-4:]):
        assert word not in _heard(ring), "I-24: whoever hears it learns nothing about anybody"
    eventually(lambda: _acknowledged(stage, phone))


def test_a_machine_that_picks_up_takes_nothing(stage: Stage) -> None:
    before = len(stage.twilio.rings(RINGING.nils))
    phone = _emergency(stage)
    eventually(lambda: len(stage.twilio.rings(RINGING.nils)) > before)
    eventually(lambda: stage.twilio.rings(RINGING.nils)[-1]["status"] == "completed")
    assert not _acknowledged(stage, phone)
    episode = stage.running.episode(phone)
    stage.settle(RINGING, episode["episode"])


def test_nils_the_family_and_an_interpreter_talk_after_one_more_key_c18(stage: Stage) -> None:
    before = len(stage.twilio.rings(RINGING.nils))
    asked = len(stage.twilio.rings(RINGING.interpreters))
    stage.twilio.pick_up("press", to=RINGING.nils, key="13")
    phone = _emergency(stage)
    nils = stage.twilio.wait_for_ring(RINGING.nils, after=before, within=15)
    assert "Language of the family: Spanish. An interpreter is called as well." in nils["heard"][1]
    interpreter = stage.twilio.wait_for_ring(RINGING.interpreters, after=asked)
    family = stage.twilio.wait_for_ring(phone)
    assert nils["joined"]
    assert {nils["joined"]} == {interpreter["joined"], family["joined"]}
    for word in (phone[-4:], "Diaz", "Rosa", "Nils", "respirar"):
        assert word not in nils["joined"] + _heard(interpreter), "the talk has an opaque name"
    assert "asks for an interpreter. Language: Spanish." in _heard(interpreter)
    assert "<Say" not in _heard(family), "Nils greets them himself"
    eventually(lambda: _acknowledged(stage, phone))
    stage.settle(RINGING, stage.running.episode(phone)["episode"])
