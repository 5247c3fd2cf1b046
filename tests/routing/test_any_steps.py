"""Whatever steps a clinic can set: somebody at once, everybody in time, and no end (I-10)."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing import alerts
from routing.situation import ClinicView, Situation, StaffView
from routing.steps import (
    Ladder,
    everybody_by,
    faults,
)
from routing.types import Hazard, StaffChannel, Urgency
from tests.routing.drawn_steps import parts
from tests.routing.people import ANA, CARLA, NILS, NOW, OLGA, fields, maple, situation

PEOPLE = (ANA, NILS, replace(CARLA, phone="+13125550123"), OLGA)


@st.composite
def clinics(draw: st.DrawFn) -> ClinicView:
    """Draw a clinic with its own steps, of whose staff some have no telephone."""
    silent = draw(st.sets(st.sampled_from([one.id for one in PEOPLE])))
    staff = tuple(replace(one, phone=None) if one.id in silent else one for one in PEOPLE)
    on_call = draw(st.lists(st.sampled_from(staff), max_size=3, unique=True))
    ladder = Ladder(draw(parts()), draw(parts()))
    assert list(faults(ladder)) == []
    return maple(staff=staff, on_call=tuple(on_call), ladder=ladder)


@settings(max_examples=300, deadline=None)
@given(
    clinic=clinics(),
    urgency=st.sampled_from([Urgency.EMERGENCY, Urgency.URGENT]),
    minutes=st.integers(0, 24 * 60),
    owner=st.none() | st.sampled_from([one.id for one in PEOPLE]),
)
def test_whoever_sets_what_somebody_is_told_at_once_and_everybody_in_time(
    clinic: ClinicView, urgency: Urgency, minutes: int, owner: int | None
) -> None:
    """Also where the office opens or closes in the middle."""
    begun = NOW + timedelta(minutes=minutes)
    told = _climbed(situation(clinic=clinic), urgency, owner, begun)
    assert told[0][1], "somebody at once"
    gaps = [later - earlier for (earlier, _), (later, _) in itertools.pairwise(told)]
    assert all(timedelta(0) < gap for gap in gaps), "no step turns in circles"
    limit = everybody_by(emergency=urgency is Urgency.EMERGENCY)
    in_time = {phone for at, phones in told if at <= begun + limit for phone in phones}
    assert _everybody(clinic) <= in_time
    assert max(gaps) <= limit
    last = told[-1][1]
    assert _everybody(clinic) <= last, "above the last step everybody, without end"
    assert clinic.on_call_phone in last


def _everybody(clinic: ClinicView) -> set[str]:
    """Name the telephones that both ways of naming everybody have in common."""
    nurses = [one for one in clinic.staff if "nurse" in one.roles]
    return {one.phone for one in (*clinic.on_call, *nurses) if one.phone}


def _climbed(
    known: Situation, urgency: Urgency, owner: int | None, begun: datetime
) -> list[tuple[datetime, set[str]]]:
    """Let nobody answer for two hours; give who is told when."""
    danger = fields(urgency=urgency, hazard=Hazard.MEDICAL, owner_id=owner)
    current, tells = alerts.after_danger(known, urgency, danger, None, begun)
    told = [(begun, {tell.address for tell in tells if tell.channel is StaffChannel.SMS})]
    while told[-1][0] < begun + timedelta(hours=2):
        assert current.next_step_at is not None
        moment = current.next_step_at
        current, tells = alerts.next_step(replace(known, alert=current), danger, moment)
        told.append((moment, {t.address for t in tells if t.channel is StaffChannel.SMS}))
    return told


def test_the_people_of_this_test_are_a_nurse_and_others() -> None:
    def nurses(people: tuple[StaffView, ...]) -> list[str]:
        return [one.name for one in people if "nurse" in one.roles]

    assert nurses(PEOPLE) == ["Nils"]
