"""A danger at night: the family is told what to do at once, and a nurse that somebody waits."""

import re

import pytest

from tests.faketwilio.client import Sent
from tests.journeys.cast import MAPLE
from tests.journeys.clinics import Household
from tests.journeys.desk import Desk
from tests.journeys.stage import Stage, reports_of, words_of

CANNOT_BREATHE = "mi hijo no puede respirar"
# C14: words that would claim that a person knows, or that somebody is coming.
CLAIMS = re.compile(
    r"le[ií]d[oa]|ley[óo]|vist[oa]|avisa|informa|notific|en camino|enviamos|"
    r"\bread\b|\bseen\b|\btold\b|notified|informed|coming|on (the|their|our) way|"
    r"nurse (knows|has|will|is)|we (will|are|have)",
    re.IGNORECASE,
)
FIRST_CHARACTERS = 70


def test_a_child_who_cannot_breathe_at_eleven_at_night(stage: Stage) -> None:
    """C12, C14, I-12: the words of the answer, the order of the inbox, the text to the nurse."""
    family, other = stage.family(MAPLE, "es"), stage.family(MAPLE)
    stage.text(other.phone, "Can we move the appointment on Friday?", MAPLE)
    stage.twilio.wait_for(to=other.phone, containing="Our office is closed")

    (words,) = words_of(stage.text(family.phone, CANNOT_BREATHE, MAPLE).twiml)
    assert "911" in words[:FIRST_CHARACTERS]
    assert "Llame ya al 911" in words
    assert not CLAIMS.search(words), words

    answer = stage.twilio.wait_for(to=family.phone, containing="911")
    assert answer.direction == "outbound-reply"
    nils = stage.twilio.wait_for(to=MAPLE.nils, containing="emergency")
    _expect_no_health_words(nils, family)
    episode = stage.delivered(family.phone, 2)
    assert episode["messages"][1]["provider_id"] == answer.sid
    assert reports_of(stage, answer.sid) == {204}
    _expect_first_in_the_inbox(stage, family)
    _expect_that_only_a_person_acknowledges(stage, family, nils)


def test_a_repeated_webhook_gets_the_same_words_and_makes_no_second_message(stage: Stage) -> None:
    """DESIGN 4.3: as long as nothing shows that they arrived."""
    family = stage.family(MAPLE, "es")
    lost = stage.text(family.phone, CANNOT_BREATHE, MAPLE, lose_answer=True)
    again = stage.text(family.phone, CANNOT_BREATHE, MAPLE, sid=lost.sid)
    assert again.twiml == lost.twiml
    assert words_of(again.twiml)
    stage.twilio.wait_for(to=family.phone, containing="911")
    stage.twilio.wait_for(to=MAPLE.nils, containing="emergency")
    episode = stage.delivered(family.phone, 2)
    confirmed = stage.text(family.phone, CANNOT_BREATHE, MAPLE, sid=lost.sid)
    assert words_of(confirmed.twiml) == []
    assert len(stage.running.episode(family.phone)["messages"]) == 2
    stage.settle(MAPLE, episode["episode"])


def test_words_that_were_lost_on_the_way_are_looked_up_and_sent_the_ordinary_way(
    hurried_stage: Stage,
) -> None:
    """DESIGN 4.3: no sign of the answer in a minute, so Twilio is asked, then it is sent."""
    stage = hurried_stage
    family = stage.family(MAPLE, "es")
    stage.text(family.phone, CANNOT_BREATHE, MAPLE, lose_answer=True)
    stage.twilio.allow(to=MAPLE.nils, containing="emergency")
    answer = stage.twilio.wait_for(to=family.phone, containing="Llame ya al 911", within=12)
    assert answer.direction == "outbound-api"
    assert answer.validity is not None
    assert answer.validity <= 15 * 60, "a late call for help is harmful"
    episode = stage.delivered(family.phone, 2)
    stage.settle(MAPLE, episode["episode"])


@pytest.mark.parametrize(
    "words",
    ["stop he is not breathing", "STOP\nshe turned blue", "HELP"],
    ids=["stop he is not breathing", "stop, then blue", "help alone"],
)
def test_a_keyword_in_a_cry_for_help_is_a_cry_for_help(stage: Stage, words: str) -> None:
    """FACTS B: a parent may write HELP and mean it; STOP inside a sentence is no opt-out."""
    family = stage.family(MAPLE)
    (said,) = words_of(stage.text(family.phone, words, MAPLE).twiml)
    assert "911" in said
    assert not CLAIMS.search(said), said
    stage.twilio.wait_for(to=family.phone, containing="911")
    stage.twilio.wait_for(to=MAPLE.nils, containing="sign in")
    episode = stage.delivered(family.phone, 2)
    assert episode["urgency"] in {"emergency", "urgent"}
    stage.settle(MAPLE, episode["episode"])


def _expect_no_health_words(text: Sent, family: Household) -> None:
    """I-24: whoever finds the phone on a table learns nothing about anybody."""
    assert "/alerts/" in text.body
    # The address and the word that takes the message are drawn by lot, from any letters.
    words = re.sub(r"/alerts/\S+|(?<=reply )[A-Z]+", "", text.body)
    for word in (*CANNOT_BREATHE.split(), "breath", family.name, "Lopez", "Luis", "Rosa", "trach"):
        assert not re.search(rf"\b{word}", words, re.IGNORECASE), word
    assert family.phone[-4:] not in words
    assert MAPLE.name in words


def _expect_first_in_the_inbox(stage: Stage, family: Household) -> None:
    inbox = stage.running.inbox_by_command()
    place = next(i for i, one in enumerate(inbox) if one["contact"] == family.phone)
    assert not inbox[place]["acknowledged"]
    assert inbox[place]["urgency"] == "emergency"
    assert inbox[place]["hazard"] == "medical"
    before = [(one["urgency"], one["acknowledged"]) for one in inbox[:place]]
    assert set(before) <= {("emergency", False)}
    assert any(one["urgency"] != "emergency" for one in inbox[place + 1 :])


def _expect_that_only_a_person_acknowledges(stage: Stage, family: Household, told: Sent) -> None:
    """I-12: links are fetched by phones, scanners and previews; a button is pressed by a person."""
    link = re.search(r"/alerts/\S+", told.body)
    assert link is not None
    assert stage.running.get(link[0])[1].count("password"), "nobody is let in without signing in"
    with Desk.of(stage.running, MAPLE, "nils") as nils:
        status, page = nils.follow(link[0])
        assert status == 303
        shown = nils.page(page)
        assert CANNOT_BREATHE in shown
        assert "Why emergency" in shown
        assert "breathing.none" in shown
        episode = stage.running.episode(family.phone)
        assert not episode["acknowledged"]
        assert nils.act(episode["episode"], "take").status_code == 303
        assert stage.running.episode(family.phone)["acknowledged"]
        assert nils.act(episode["episode"], "resolve").status_code == 422, "C2: an outcome first"
        ended = nils.act(episode["episode"], "resolve", outcome="emergency_care")
        assert ended.status_code == 303
