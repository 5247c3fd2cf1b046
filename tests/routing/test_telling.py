"""Beside the text: services are told once at each step, browsers of everybody who is told."""

from dataclasses import replace
from typing import Any

from routing import alerts
from routing.situation import ClinicView, Service
from routing.types import Hazard, ReplyKey, StaffChannel, Urgency
from tests.routing.people import ANA, NIGHT, NILS, alert, fields, maple, situation

ROOM, PAGER = Service("The room", "MAPLE_ROOM"), Service("The pager", "MAPLE_PAGER")
NILS_WITH_TWO = replace(NILS, browsers=("work", "home"))
BESIDE = frozenset({StaffChannel.SERVICE, StaffChannel.PUSH})


def with_services(**changes: Any) -> ClinicView:
    known = {"on_call": (NILS_WITH_TWO,), "staff": (ANA, NILS_WITH_TWO),
             "services": (ROOM, PAGER), "alert_channels": BESIDE}  # fmt: skip
    return maple(**(known | changes))


def told(clinic: ClinicView, urgency: Urgency = Urgency.EMERGENCY) -> list[tuple[str, str, str]]:
    danger = fields(urgency=urgency, hazard=Hazard.MEDICAL)
    _, tells = alerts.after_danger(situation(clinic=clinic), urgency, danger, None, NIGHT)
    return [(one.channel.value, one.address, one.key) for one in tells]


def test_each_service_is_told_once_and_each_browser_of_nils() -> None:
    assert told(with_services()) == [
        ("sms", NILS.phone, ReplyKey.STAFF_ALERT),
        ("push", "work", ReplyKey.STAFF_BARE),
        ("push", "home", ReplyKey.STAFF_BARE),
        ("service", "MAPLE_ROOM", ReplyKey.STAFF_BARE),
        ("service", "MAPLE_PAGER", ReplyKey.STAFF_BARE),
    ]


def test_what_is_urgent_says_so() -> None:
    keys = {key for channel, _, key in told(with_services(), Urgency.URGENT) if channel != "sms"}
    assert keys == {ReplyKey.STAFF_BARE_URGENT}


def test_what_the_clinic_has_not_chosen_is_not_used() -> None:
    assert {way for way, _, _ in told(with_services(alert_channels=frozenset()))} == {"sms"}


def test_a_browser_or_a_room_replaces_no_telephone_i11() -> None:
    """Nils has a browser and no telephone: somebody who can be rung is told at the same time."""
    silent = replace(NILS_WITH_TWO, phone=None)
    ways = told(with_services(on_call=(silent,), staff=(silent, ANA)))
    assert ("push", "work", ReplyKey.STAFF_BARE) in ways
    assert any(way == "sms" for way, _, _ in ways)


def test_rooms_hear_of_every_further_step_too() -> None:
    danger = fields(urgency=Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    known = situation(clinic=with_services(), alert=alert(next_step_at=NIGHT))
    _, tells = alerts.next_step(known, danger, NIGHT)
    assert [one.address for one in tells if one.channel is StaffChannel.SERVICE] == [
        "MAPLE_ROOM", "MAPLE_PAGER",
    ]  # fmt: skip
