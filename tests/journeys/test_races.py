"""Two things at the same instant: nothing is doubled, nothing is lost, nobody waits for ever."""

from collections import Counter

import pytest

from tests.journeys.cast import RACERS
from tests.journeys.crowd import Crowd
from tests.journeys.posting import form
from tests.journeys.stage import Stage

RACES, CONNECTIONS, REPEATED = 50, 4, 25


@pytest.mark.fault
def test_two_caregivers_of_one_family_write_at_the_same_instant(stage: Stage) -> None:
    """I-01: one row for each text, one open episode for each thread, one answer for each phone."""
    crowd = Crowd(stage.running)
    for number, family in enumerate(RACERS.households[:RACES]):
        (_, _, mother), (_, _, father) = family.writers
        both = [
            form(f"mother {number}", mother, "Can we move the appointment?", RACERS.number),
            form(f"father {number}", father, "Which day is the appointment?", RACERS.number),
        ]
        assert crowd.at_once(both) == [200, 200]
    stage.twilio.allow(containing="A person will answer")
    inbox = {e["contact"]: e for e in stage.running.inbox(RACERS.key)}
    for family in RACERS.households[:RACES]:
        for _, _, phone in family.writers:
            stage.delivered(phone, 2)
            assert inbox[phone]["family"] == family.name
    phones = [phone for family in RACERS.households[:RACES] for _, _, phone in family.writers]
    told = Counter(sent.to for sent in stage.twilio.sent() if sent.to in phones)
    assert told == dict.fromkeys(phones, 1)


@pytest.mark.fault
def test_the_same_text_on_four_connections_at_once_is_one_message(stage: Stage) -> None:
    """I-01: Twilio may ask again while the first request is still being answered."""
    crowd = Crowd(stage.running)
    phones = [stage.stranger() for _ in range(REPEATED)]
    for phone in phones:
        text = form(phone, phone, "Can we move the appointment?", RACERS.number)
        assert crowd.at_once([text] * CONNECTIONS) == [200] * CONNECTIONS
    for phone in phones:
        stage.twilio.wait_for(to=phone, containing="new to us")
        episode = stage.delivered(phone, 2)
        assert [m["direction"] for m in episode["messages"]] == ["in", "out"]


@pytest.mark.fault
def test_two_first_texts_of_an_unknown_phone_meet_in_one_episode(stage: Stage) -> None:
    """C8: neither of them may make a second sender, and nobody is lost between them."""
    crowd = Crowd(stage.running)
    for _ in range(10):
        phone = stage.stranger()
        texts = [
            form(f"{phone} {n}", phone, "Can we move the appointment?", RACERS.number)
            for n in range(2)
        ]
        assert crowd.at_once(texts) == [200, 200]
        stage.twilio.wait_for(to=phone, containing="new to us")
        stage.running.wait_for_episode(phone, lambda episode: len(episode["messages"]) == 3)
