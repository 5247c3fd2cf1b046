"""What a call about an alert knows of the family: whom one more key rings (C18), or none (C11)."""

import pytest

from routing.events import ActionKind
from store import tables
from store.alert_calls import NO_CALL, AlertCall, call_of
from tests.store.clinic import ELEVEN_AT_NIGHT, ROSA, Clinic


def rung(maple: Clinic, words: str) -> tuple[AlertCall, int]:
    """Let a danger ring at night; give the call of Nils after he took it, and the episode."""
    maple.now = ELEVEN_AT_NIGHT
    maple.set_clinic(alert_channels=["call"])
    episode = maple.text(words).episode_id or 0
    maple.later(minutes=20)
    maple.wake()
    ref = next(
        one.ref
        for one in maple.rows(tables.deliveries)
        if one.channel == "call" and one.staff_id == maple.nils
    )
    maple.act(ActionKind.TAKE, episode, maple.nils)
    with maple.database.read() as connection:
        return call_of(connection, ref), episode


def test_nils_who_took_it_is_connected_with_the_family_that_wrote_c18(maple: Clinic) -> None:
    call, episode = rung(maple, "mi hijo no puede respirar")
    assert (call.connects, call.family_phone) == (True, ROSA)
    maple.conduct(call.connected("CA1"))
    maple.conduct(call.connected("CA1"))
    notes = [row for row in maple.rows(tables.messages) if row.kind == "call"]
    assert [(row.episode_id, row.author_id) for row in notes] == [(episode, maple.nils)]
    assert maple.episode().is_waiting, "whether somebody picked up is not known"


@pytest.mark.parametrize("words", ["he hits me and I am afraid", "I want to kill myself"])
def test_nobody_is_rung_where_somebody_near_them_must_not_know_c11(
    maple: Clinic, words: str
) -> None:
    call, _ = rung(maple, words)
    assert (call.connects, call.family_phone) == (False, "")


def test_a_name_that_no_call_has_finds_none(maple: Clinic) -> None:
    with maple.database.read() as connection:
        assert call_of(connection, "unknown") == NO_CALL
