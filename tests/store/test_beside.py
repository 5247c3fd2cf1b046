"""What goes beside the text: to services and browsers, with the level and a link and no name."""

import json

import pytest

from routing.types import DeliveryState, Lane
from store import browsers, staffing, tables
from store.browsers import Browser
from store.manage import Change
from tests.store.clinic import LINK, NILS, Clinic

CANNOT_BREATHE = "no puede respirar"
NIGHT_HOURS = 14
NEVER = ("Maple", "Luis", "Rosa", "Garcia", "Nils", "respirar", "0131", "0122")


@pytest.fixture
def at_night(maple: Clinic) -> Clinic:
    """Nils is on call and has push in two browsers; the clinic has a room."""
    maple.later(hours=NIGHT_HOURS)
    room = [{"name": "The room", "address_env": "MAPLE_ROOM"}]
    maple.set_clinic(alert_channels=["service", "push"], alert_services=room)
    for name in ("work", "home"):
        switch_on(maple, maple.nils, f"https://push.example/{name}")
    return maple


def switch_on(maple: Clinic, staff_id: int, endpoint: str) -> str:
    with maple.database.write() as connection:
        change = Change(maple.id, staff_id, maple.now)
        return browsers.switch_on(connection, change, Browser(endpoint, "key", "auth"), "Firefox")


def told(maple: Clinic) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in maple.rows(tables.deliveries):
        if row.message_id is None:
            found.setdefault(row.channel, []).append((row.to_address, row.notification))
    return found


def test_a_room_and_two_browsers_are_told_beside_the_text(at_night: Clinic) -> None:
    at_night.text(CANNOT_BREATHE)
    ref = at_night.rows(tables.alerts)[0].ref
    found = told(at_night)
    assert [address for address, _ in found["sms"]] == [NILS]
    ((variable, words),) = found["service"]
    assert variable == "MAPLE_ROOM"
    assert words.endswith(f"{LINK}/alerts/{ref}")
    assert "emergency level" in words
    assert len(found["push"]) == 2
    for _, payload in found["push"]:
        assert json.loads(payload) == {"urgency": "emergency", "link": f"{LINK}/alerts/{ref}"}
    for _, words in (*found["service"], *found["push"]):
        assert not [one for one in NEVER if one in words]


def test_what_may_be_slow_waits_in_a_lane_of_its_own(at_night: Clinic) -> None:
    """A room that hangs must not hold up the text of the next emergency."""
    at_night.text(CANNOT_BREATHE)
    lanes = {row.channel: row.lane for row in at_night.rows(tables.deliveries)
             if row.message_id is None}  # fmt: skip
    assert lanes == {"sms": Lane.SAFETY, "push": Lane.BESIDE, "service": Lane.BESIDE}
    by_text = at_night.claim((Lane.SAFETY,))
    assert {one.channel for one in by_text} == {"sms"}


def test_a_room_that_was_not_told_is_tried_once_more_and_never_slows_the_steps(
    at_night: Clinic,
) -> None:
    at_night.text(CANNOT_BREATHE)
    due = at_night.rows(tables.alerts)[0].next_step_at
    for _ in range(2):
        (room,) = [one for one in at_night.claim((Lane.BESIDE,)) if one.channel == "service"]
        at_night.attempt(room, DeliveryState.FAILED)
        at_night.later(seconds=10)
    states = {row.channel: row.state for row in at_night.rows(tables.deliveries)
              if row.channel == "service"}  # fmt: skip
    assert states == {"service": DeliveryState.FAILED}
    assert at_night.rows(tables.alerts)[0].next_step_at == due


def test_a_browser_belongs_to_whoever_switched_it_on_last(at_night: Clinic) -> None:
    """Two people share a computer of the ward: only the one who is there now is told on it."""
    switch_on(at_night, at_night.ana, "https://push.example/work")
    at_night.text(CANNOT_BREATHE)
    assert len(told(at_night)["push"]) == 1


def test_a_browser_that_was_switched_off_is_told_nothing(at_night: Clinic) -> None:
    with at_night.database.write() as connection:
        (first, second) = browsers.of_person(connection, at_night.id, at_night.nils)
        browsers.switch_off(connection, Change(at_night.id, at_night.ana, at_night.now), first.id)
        browsers.switch_off(connection, Change(at_night.id, at_night.nils, at_night.now), second.id)
    at_night.text(CANNOT_BREATHE)
    assert [ref for ref, _ in told(at_night)["push"]] == [first.ref], "nobody else's can be taken"


def test_a_browser_that_is_gone_is_forgotten(at_night: Clinic) -> None:
    with at_night.database.write() as connection:
        for row in browsers.of_person(connection, at_night.id, at_night.nils):
            browsers.forget(connection, at_night.id + 1, row.ref)
            assert browsers.find(connection, at_night.id + 1, row.ref) is None
            assert browsers.find(connection, at_night.id, row.ref) is not None
            browsers.forget(connection, at_night.id, row.ref)
    at_night.text(CANNOT_BREATHE)
    assert "push" not in told(at_night)


def test_whoever_leaves_is_pushed_nothing_also_when_they_come_back(at_night: Clinic) -> None:
    change = Change(at_night.id, at_night.ana, at_night.now)
    with at_night.database.write() as connection:
        assert staffing.let_go(connection, change, at_night.nils) is None
        assert staffing.take_back(connection, change, at_night.nils)
    at_night.text(CANNOT_BREATHE)
    assert "push" not in told(at_night)


def test_the_eleventh_browser_takes_the_place_of_the_first(at_night: Clinic) -> None:
    for number in range(10):
        switch_on(at_night, at_night.nils, f"https://push.example/{number}")
    at_night.text(CANNOT_BREATHE)
    assert len(told(at_night)["push"]) == browsers.MOST
