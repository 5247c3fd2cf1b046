"""A model that the clinic hosts reads what Rosa wrote, after she has been answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.model import Model, listening
from tests.journeys.cast import REEF
from tests.journeys.conftest import ELEVEN_AT_NIGHT
from tests.journeys.running import Running, Time
from tests.journeys.secrecy import Twilio, expect_secrecy
from tests.journeys.stage import Stage, words_of

PUZZLING = "Can you send the letter for school, Luis is just like my uncle was before the end"


@pytest.fixture
def model() -> Iterator[Model]:
    with listening() as model:
        yield model


@pytest.fixture
def read_twice(tmp_path: Path, model: Model) -> Iterator[Stage]:
    """Kinline with a second reader, on SQLite, while the office of Reef is open."""
    more = {"KINLINE_SECOND_READERS": "endpoint", "KINLINE_READER_URL": model.url,
            "KINLINE_READER_MODEL": "ours"}  # fmt: skip
    with Twilio() as twilio:
        url, time = f"sqlite:///{tmp_path / 'kinline.db'}", Time.beginning(ELEVEN_AT_NIGHT)
        with Running(tmp_path, url, twilio, time=time, more=more) as running:
            running.set_up(REEF)
            running.start()
            yield Stage(running, twilio)
            expect_secrecy(running, twilio, running.get("/metrics")[1])


def test_a_danger_between_the_lines_reaches_a_nurse_a_moment_after_the_answer(
    read_twice: Stage, model: Model
) -> None:
    """The rules answer first; what the model says raises, and none of its words leaves."""
    stage, family = read_twice, read_twice.family(REEF)
    stage.text(family.phone, PUZZLING, REEF)
    stage.twilio.wait_for(to=family.phone, containing="Your text arrived", within=15)
    told = stage.twilio.wait_for(to=REEF.nils, within=15)
    safe = stage.twilio.wait_for(to=family.phone, containing="671-555-0100", within=15)
    episode = stage.delivered(family.phone, 3)
    assert (episode["urgency"], episode["hazard"]) == ("urgent", "medical")
    for words in (told.body, safe.body):
        assert "grey" not in words
        assert "reader" not in words
    assert model.data()["message"] == PUZZLING.replace("Luis", "[name]")
    stage.twilio.allow(to=REEF.ana)
    stage.settle(REEF, episode["episode"])


def test_an_emergency_is_answered_and_passed_on_without_asking_anybody(
    read_twice: Stage, model: Model
) -> None:
    stage, family = read_twice, read_twice.family(REEF)
    [said] = words_of(stage.text(family.phone, "he is not breathing", REEF).twiml)
    assert "911" in said
    stage.twilio.wait_for(to=family.phone, containing="911")
    stage.twilio.wait_for(to=REEF.nils, containing="sign in")
    stage.settle(REEF, stage.delivered(family.phone, 2)["episode"])
    assert model.asked == [], "nothing goes beyond an emergency"
