"""What a nurse has called usual for Luis wakes nobody, and nothing else is talked away (C21)."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from routing.arrivals import decide_inbound
from routing.baselines import NAMED, Usual, as_usual
from routing.types import Assessment, Hazard, Reason, Urgency
from tests.routing.people import LUIS, MIA, NOW, judged, situation, text

LOW = "breathing.saturation_low"
SAYS = "usually 84 to 88 when asleep"
RULES = Path(__file__).parents[2] / "routing/triage/rules"
USUAL = (Usual(LOW, SAYS, 84),)


def reason(rule: str, urgency: Urgency, hazard: Hazard | None = Hazard.MEDICAL) -> Reason:
    return Reason(rule, "why", "sat 86", (), urgency, hazard)


def low(*more: Reason, **fields: Any) -> Assessment:
    reasons = (reason(LOW, Urgency.URGENT), *more)
    urgency = max(one.urgency for one in reasons)
    return judged(urgency, **{"hazard": Hazard.MEDICAL, "reasons": reasons, **fields})


def test_what_is_usual_for_the_child_is_due_today_and_says_why_c21() -> None:
    calm = as_usual(low(), USUAL)
    assert (calm.urgency, calm.hazard) == (Urgency.SOON, None)
    assert calm.reasons[0].why == f"A nurse has called this usual for this child: {SAYS} (C21)."
    assert calm.reasons[1].rule == LOW, "what was found stays among the reasons"
    assert {one.urgency for one in calm.reasons} == {Urgency.SOON}, "never under soon"


@pytest.mark.parametrize(
    ("words", "is_usual"),
    [("sat 84", True), ("sat 83", False), ("sat 88, then 61", False), ("he is desatting", False)],
)
def test_a_value_under_the_usual_one_or_without_a_number_is_a_danger_as_ever_c21(
    words: str, is_usual: bool
) -> None:
    found = low()
    said = replace(found, reasons=(replace(found.reasons[0], text=words),))
    assert (as_usual(said, USUAL).urgency is Urgency.SOON) == is_usual


@pytest.mark.parametrize("lowest", [None, 69, 93])
def test_a_usual_saturation_has_a_lowest_value_that_makes_sense_c21(lowest: int | None) -> None:
    assert not Usual(LOW, SAYS, lowest).is_complete
    assert as_usual(low(), (Usual(LOW, SAYS, lowest),)) == low()


@pytest.mark.parametrize(
    "assessment",
    [
        pytest.param(low(reason("breathing.none", Urgency.EMERGENCY)), id="another-danger"),
        pytest.param(low(reason("fever.any", Urgency.SOON)), id="another-hazard-below-urgent"),
        pytest.param(low(hazard=Hazard.SELF_HARM), id="another-kind-of-danger"),
        pytest.param(judged(Urgency.EMERGENCY, reasons=low().reasons), id="beside-the-rules"),
        pytest.param(judged(Urgency.URGENT, reasons=()), id="no-reason"),
    ],
)
def test_whatever_else_the_message_holds_counts_as_ever_c21(assessment: Assessment) -> None:
    assert as_usual(assessment, USUAL) == assessment


def test_a_baseline_of_another_rule_or_of_none_that_may_be_named_changes_nothing_c21() -> None:
    assert as_usual(low(), (Usual("seizure.any", "x"),)) == low()
    now = judged(Urgency.EMERGENCY, hazard=Hazard.MEDICAL,
                 reasons=(reason("seizure.now", Urgency.EMERGENCY),))  # fmt: skip
    assert as_usual(now, (Usual("seizure.now", "x"),)) == now


def test_rules_that_may_be_named_exist_and_none_is_about_breath_or_a_seizure_that_goes_on() -> None:
    known = {
        rule["id"]
        for file in RULES.glob("*.toml")
        for rule in tomllib.loads(file.read_text(encoding="utf-8")).get("rule", ())
    }
    assert set(NAMED) <= known
    assert not {"breathing.none", "seizure.now", "seizure.long", "seizure.first"} & set(NAMED)


def test_a_usual_saturation_tells_nobody_but_a_siblings_does_c21() -> None:
    usual = replace(LUIS, usual=USUAL)
    calm = decide_inbound(text("sat 86"), situation(children=(usual,)), NOW, lambda _: low())
    assert calm.alert is None
    assert calm.tells == ()
    assert calm.episode is not None
    assert calm.episode.urgency is Urgency.SOON
    both = situation(children=(usual, MIA))
    assert decide_inbound(text("sat 86"), both, NOW, lambda _: low()).alert is not None, (
        "the words may be about the other child (C8)"
    )
