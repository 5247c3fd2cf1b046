"""News that help has come, in an emergency that somebody has taken (C1, C9, I-10)."""

from dataclasses import replace
from typing import Any

import pytest

from routing.arrivals import decide_inbound
from routing.decision import Decision
from routing.situation import AlertState, Situation
from routing.types import Consent, Hazard, Mark, Reason, ReplyKey, StaffChannel, Urgency
from tests.routing.people import (
    NILS,
    NOW,
    alert,
    emergency,
    judged,
    maple,
    rosa,
    situation,
    taken_alert,
    text,
)

TAKEN: dict[str, Any] = {"acknowledged_at": NOW, "acknowledged_by": NILS.id}


def taken(**changes: Any) -> Situation:
    """Nils has taken the emergency of Rosa's son."""
    return situation(**{"episode": emergency(**TAKEN), "alert": taken_alert(), **changes})


def writes(
    known: Situation, *rules: str, urgency: Urgency = Urgency.URGENT, **found: Any
) -> Decision:
    reasons = tuple(Reason(rule, "", "", (), urgency) for rule in rules)
    found = {"hazard": Hazard.MEDICAL, "marks": frozenset({Mark.IN_CARE}), **found}
    return decide_inbound(
        text("ya llegó la ambulancia"),
        known,
        NOW,
        lambda _: judged(urgency, reasons=reasons, **found),
    )


def test_the_ambulance_is_here_leaves_a_taken_alert_with_whoever_took_it_c9() -> None:
    """It had begun anew: after three minutes everybody was told while Nils was with the family."""
    decision = writes(taken(), "care.emergency_called")
    assert [reply.key for reply in decision.replies] == [ReplyKey.IN_CARE]
    assert decision.alert is not None
    assert replace(decision.alert, step=0) == taken_alert()
    assert decision.episode is not None
    assert decision.episode.acknowledged_by == NILS.id
    assert [(t.staff_id, t.channel) for t in decision.tells] == [(NILS.id, StaffChannel.SMS)]
    assert decision.tells[0].step != taken_alert().step, "a text of its own"


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        pytest.param(("care.emergency_called", "breathing.blue"), {}, id="another-rule"),
        pytest.param(("unread.device",), {}, id="not-understood"),
        pytest.param((), {}, id="no-reason"),
        pytest.param(("care.emergency_called",), {"hazard": Hazard.VIOLENCE}, id="violence"),
        pytest.param(
            ("care.emergency_called",), {"urgency": Urgency.EMERGENCY}, id="above-what-was-taken"
        ),
    ],
)
def test_whatever_else_is_said_is_a_danger_of_its_own_c1(
    rules: tuple[str, ...], found: dict[str, Any]
) -> None:
    known = taken(alert=taken_alert(urgency=Urgency.URGENT))
    decision = writes(known, *rules, **found)
    assert decision.alert is not None
    assert decision.alert.state == AlertState.OPEN
    assert decision.episode is not None
    assert decision.episode.acknowledged_at is None


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(taken(alert=alert(), episode=emergency()), id="nobody-has-taken-it"),
        pytest.param(situation(), id="nothing-was-known"),
        pytest.param(taken(clinic=maple(staff=())), id="who-took-it-has-left"),
        pytest.param(taken(contact=rosa(consent=Consent.OPTED_OUT)), id="C13-no-answer"),
    ],
)
def test_every_danger_still_has_somebody_who_is_told_i10(known: Situation) -> None:
    decision = writes(known, "care.emergency_called")
    assert decision.alert is not None
    assert decision.alert.state == AlertState.OPEN
    assert decision.alert.next_step_at is not None
