"""How often people are woken, whether rightly, and what is usual for a child (C21)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from routing.baselines import Usual
from routing.types import Urgency
from store import tables
from store.baselines import baselines_of, end_baseline, set_baseline
from store.verdicts import NightPages, judge, night_pages
from tests import factories
from tests.store.clinic import ELEVEN_AT_NIGHT, Clinic

LOW_WORDS = "his saturation is 86"
LOW = Usual("breathing.saturation_low", "usually 84 to 88", 84)
DAY = timedelta(days=1)


def usual(maple: Clinic, ends_in: timedelta = 30 * DAY, rule: Usual = LOW) -> None:
    with maple.database.write() as connection:
        assert set_baseline(
            connection, (maple.id, maple.nils), maple.garcias.child_id, rule,
            maple.now + ends_in, maple.now,
        )  # fmt: skip


def urgency(maple: Clinic) -> Urgency:
    maple.text(LOW_WORDS)
    return Urgency(maple.episode().urgency)


def test_a_low_saturation_is_urgent_until_a_nurse_calls_it_usual_c21(maple: Clinic) -> None:
    usual(maple)
    assert urgency(maple) is Urgency.SOON
    assert maple.rows(tables.alerts) == []


def test_a_saturation_under_the_usual_one_is_an_emergency_c21(maple: Clinic) -> None:
    usual(maple)
    maple.text("his saturation is 79")
    assert maple.episode().urgency == Urgency.EMERGENCY


def test_a_baseline_runs_out_by_itself_c21(maple: Clinic) -> None:
    usual(maple, ends_in=DAY)
    maple.later(days=1)
    assert urgency(maple) >= Urgency.URGENT
    with maple.database.read() as connection:
        assert baselines_of(connection, maple.id, maple.garcias.family_id, maple.now) == {}


def test_a_baseline_that_was_ended_counts_no_more_and_leaves_a_trace_c21(maple: Clinic) -> None:
    usual(maple)
    with maple.database.write() as connection:
        end_baseline(
            connection, (maple.id, maple.nils), maple.garcias.child_id, LOW.rule, maple.now
        )
    assert urgency(maple) >= Urgency.URGENT
    traces = [row.action for row in maple.rows(tables.audit_events) if "baseline" in row.action]
    assert traces == ["baseline.set", "baseline.ended"]


def test_no_baseline_is_set_for_a_child_of_another_clinic_i22(maple: Clinic) -> None:
    with maple.database.write() as connection:
        oak = factories.clinic(connection, key="oak")
        stranger = factories.staff_member(connection, oak, name="Jo", roles=["nurse"])
        assert not set_baseline(
            connection, (oak, stranger), maple.garcias.child_id, LOW, maple.now + DAY, maple.now
        )


def test_pages_at_night_are_counted_once_for_a_danger_and_person_c21(maple: Clinic) -> None:
    maple.text("mi hijo no puede respirar")
    maple.now = ELEVEN_AT_NIGHT + DAY
    maple.text("mi hijo no puede respirar", "+13125550999")
    for _ in range(3):
        maple.later(minutes=5)
        maple.wake()
    with maple.database.read() as connection:
        counted = night_pages(connection, maple.id, maple.now)
    by_nils = [
        row.episode_id
        for row in maple.rows(tables.deliveries)
        if row.staff_id == maple.nils and row.created_at >= ELEVEN_AT_NIGHT + DAY
    ]
    assert counted.pages == len(set(by_nils))
    assert counted.people == 1
    assert counted.per_night == pytest.approx(counted.pages / 7)


def test_a_page_is_judged_and_the_last_word_counts_c21(maple: Clinic) -> None:
    episode = maple.text("mi hijo no puede respirar").episode_id or 0
    for right in (True, False):
        with maple.database.write() as connection:
            assert judge(connection, (maple.id, maple.nils), episode, maple.now, right=right)
    with maple.database.read() as connection:
        counted = night_pages(connection, maple.id, maple.now)
    assert (counted.judged, counted.right) == (1, 0)
    with maple.database.write() as connection:
        connection.execute(update(tables.alerts).values(opened_at=maple.now - 8 * DAY))
    with maple.database.read() as connection:
        assert night_pages(connection, maple.id, maple.now).judged == 0
    assert NightPages(0, 0, 0, 0).per_night == 0
