"""What a call about an alert knows of the family: whom one more key rings (C18), or none (C11)."""

import pytest
from sqlalchemy import update

from routing.events import ActionKind
from store import tables
from store.alert_calls import NO_CALL, AlertCall, Standing, call_of
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


LINE = "+13125550102"


def connected(maple: Clinic) -> tuple[AlertCall, list[str]]:
    """Let Nils, who speaks English, press 3; give his call and whom the worker then calls."""
    call, _ = rung(maple, "mi hijo no puede respirar")
    maple.claim()
    maple.conduct(call.connected("CA1"))
    maple.conduct(call.connected("CA1"))
    return call, [leg.to for leg in maple.claim() if leg.channel == "call"]


def joining(maple: Clinic) -> dict[str, AlertCall]:
    legs = [one for one in maple.rows(tables.deliveries) if one.purpose.startswith("conference.")]
    with maple.database.read() as connection:
        return {leg.to_address: call_of(connection, leg.ref) for leg in legs}


def test_the_line_and_the_family_are_called_once_into_the_talk_of_nils_c18(maple: Clinic) -> None:
    maple.set_clinic(interpreter_phone=LINE)
    call, called = connected(maple)
    assert (call.reads, call.has_interpreter) == ("es", True)
    assert called == [LINE, ROSA]
    talk = joining(maple)
    assert {one.conference for one in talk.values()} == {call.talk("CA1")}
    assert {one.standing for one in talk.values()} == {Standing.JOINS}
    assert (talk[LINE].reads, talk[ROSA].reads) == ("es", "")
    [note] = [row for row in maple.rows(tables.messages) if row.kind == "call"]
    assert "the interpreter line was called too" in note.text


def test_without_a_line_two_are_connected_and_nobody_is_called_by_us(maple: Clinic) -> None:
    call, called = connected(maple)
    assert (call.reads, call.has_interpreter, called) == ("es", False, [])
    assert call.talk("CA1") == ""


def test_whoever_speaks_the_language_needs_no_line_c18(maple: Clinic) -> None:
    maple.set_clinic(interpreter_phone=LINE)
    with maple.database.write() as connection:
        connection.execute(
            update(tables.staff).where(tables.staff.c.id == maple.nils).values(languages=["es"])
        )
    call, called = connected(maple)
    assert (call.reads, called) == ("", [])


def test_when_nils_hangs_up_nobody_is_called_any_more_and_nobody_waits_for_him(
    maple: Clinic,
) -> None:
    maple.set_clinic(interpreter_phone=LINE)
    call, _ = rung(maple, "mi hijo no puede respirar")
    maple.claim()
    maple.conduct(call.connected("CA1"))
    maple.conduct(call.left("CA1"))
    assert [leg.to for leg in maple.claim() if leg.channel == "call"] == []
    assert {one.conference for one in joining(maple).values()} == {""}
