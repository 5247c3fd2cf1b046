"""A broken way brings the next people forward; whoever was reached keeps their own time (I-11)."""

from dataclasses import replace

from routing import alerts, rounds
from routing.situation import Notified, Situation
from routing.types import StaffChannel
from tests.routing.people import (
    ANA,
    CARLA,
    MINUTE,
    NILS,
    NOW,
    OLGA,
    ON_CALL_PHONE,
    alert,
    emergency,
    maple,
    situation,
)

CLINIC = maple(staff=(ANA, NILS, CARLA, OLGA))
TEXT, CALL = StaffChannel.SMS, StaffChannel.CALL


def told(staff_id: int | None, address: str | None, *, failed: bool = False,
         channel: StaffChannel = TEXT) -> Notified:  # fmt: skip
    return Notified(staff_id, str(address), channel, failed)


def early(*notified: Notified, rung: int = 0) -> Situation:
    """Ana was told a minute ago, her own next time is in four minutes."""
    open_alert = alert(
        rung=rung, next_step_at=NOW, round_at=NOW - MINUTE, round_ends_at=NOW + 4 * MINUTE
    )
    return situation(clinic=CLINIC, episode=emergency(), alert=open_alert, notified=notified)


def step(known: Situation) -> tuple[list[str], Situation]:
    assert known.episode is not None
    stepped, tells = alerts.next_step(known, known.episode.fields, NOW)
    return [tell.address for tell in tells], replace(known, alert=stepped)


def test_a_text_that_failed_brings_the_next_people_and_not_those_who_were_told() -> None:
    addresses, after = step(early(told(ANA.id, ANA.phone, failed=True),
                                  told(NILS.id, NILS.phone)))  # fmt: skip
    assert OLGA.phone in addresses
    assert not {ANA.phone, NILS.phone} & set(addresses)
    assert after.alert is not None
    assert after.alert.next_step_at == NOW + 4 * MINUTE, "the own time of those who were told"


def test_at_their_own_time_everybody_is_told_again_i10() -> None:
    known = early(told(ANA.id, ANA.phone), told(NILS.id, NILS.phone))
    assert known.alert is not None
    due = replace(known, alert=replace(known.alert, round_ends_at=NOW))
    addresses, after = step(due)
    assert {ANA.phone, NILS.phone} <= set(addresses)
    assert after.alert is not None
    assert (after.alert.round_at, after.alert.round_ends_at) == (NOW, NOW + 5 * MINUTE)


def test_at_the_top_whoever_was_reached_is_left_in_peace_until_their_time() -> None:
    everybody = [told(one.id, one.phone, failed=one is not NILS) for one in CLINIC.staff]
    addresses, after = step(early(*everybody, told(None, ON_CALL_PHONE), rung=alerts.LOUDEST))
    assert not addresses
    assert after.alert is not None
    assert after.alert.next_step_at == NOW + 4 * MINUTE


def test_at_the_top_everybody_is_told_again_at_once_where_nobody_was_reached_i11() -> None:
    everybody = [told(one.id, one.phone, failed=True) for one in CLINIC.staff]
    addresses, _ = step(
        early(*everybody, told(None, ON_CALL_PHONE, failed=True), rung=alerts.LOUDEST)
    )
    assert {ANA.phone, NILS.phone, OLGA.phone, ON_CALL_PHONE} <= set(addresses)


def test_a_telephone_that_two_share_rings_once_in_a_round() -> None:
    twin = replace(OLGA, phone=NILS.phone)
    assert rounds.not_told([told(NILS.id, NILS.phone)], (twin, ANA)) == (ANA,)


def test_a_failed_text_brings_no_step_forward_at_the_top_while_somebody_is_reached() -> None:
    known = early(told(NILS.id, NILS.phone, channel=CALL), rung=alerts.LOUDEST)
    assert rounds.sooner(known, NOW) is None


def test_a_push_or_a_mail_that_went_out_reaches_nobody_for_this() -> None:
    beside = [told(NILS.id, "nils@maple.example", channel=StaffChannel.EMAIL),
              told(NILS.id, "browser", channel=StaffChannel.PUSH)]  # fmt: skip
    known = early(*beside, rung=alerts.LOUDEST)
    assert known.alert is not None
    late = replace(known, alert=replace(known.alert, next_step_at=NOW + 4 * MINUTE))
    sooner = rounds.sooner(late, NOW)
    assert sooner is not None
    assert sooner.next_step_at == NOW + MINUTE


def test_who_takes_it_ends_the_round() -> None:
    taken = alerts.acknowledged(early().alert or alert(), NILS.id, NOW)
    assert (taken.round_at, taken.round_ends_at) == (None, None)
