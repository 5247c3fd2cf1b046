"""The calendar of duty: an address that can be renewed, names of staff, nothing about families."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from icalendar import Calendar

from tests import factories
from tests.admin.conftest import Desk
from tests.admin.test_duty import LINES, bea, line, stamp, with_phones
from tests.admin.visitor import Visitor, shown

FEED = "/playbook/duty/feed"


def address(page: httpx.Response) -> str:
    (link,) = re.findall(r"https://desk\.maple\.example(/calendar/[\w-]+\.ics)", page.text)
    return str(link)


def events(desk: Desk, path: str) -> dict[str, tuple[str, datetime, datetime]]:
    """Read the calendar as a stranger's telephone does: by UID, what and when."""
    answer = desk.visitor().get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    return {
        str(one["UID"]): (str(one["SUMMARY"]), one.decoded("DTSTART"), one.decoded("DTEND"))
        for one in calendar.walk("VEVENT")
    }


@pytest.fixture
def who(desk: Desk) -> Visitor:
    """Bea, with Nils on first call."""
    with_phones(desk)
    visitor = bea(desk)
    assert visitor.post(LINES, line(desk)).status_code == 303
    return visitor


def test_a_telephone_reads_the_turns_by_an_address_that_is_shown_once(
    desk: Desk, who: Visitor
) -> None:
    path = address(who.post(FEED))
    found = events(desk, path)
    first = found["1-20261116T140000Z@maple.kinline"]
    assert first == (
        "First call: Nils",
        datetime(2026, 11, 16, 14, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 14, 0, tzinfo=UTC),
    )
    assert len(found) == 27, "of half a year"
    page = who.get("/playbook/duty")
    assert path not in page.text
    assert "There is one; it is not shown again." in shown(page)


def test_names_of_events_stay_the_same_while_time_goes_on(desk: Desk, who: Visitor) -> None:
    path = address(who.post(FEED))
    before = events(desk, path)
    desk.clock.advance(timedelta(days=3, minutes=7))
    after = events(desk, path)
    assert {uid: before[uid] for uid in before.keys() & after.keys()} == {
        uid: after[uid] for uid in before.keys() & after.keys()
    }
    assert before.keys() <= after.keys()


def test_a_gap_says_nobody_in_letters_that_are_seen(desk: Desk, who: Visitor) -> None:
    path = address(who.post(FEED))
    over = {"who": "nobody", "starts": "2026-12-24T08:00", "ends": "2026-12-26T08:00"}
    who.post(f"{LINES}/1/overrides", over | {"stamp": stamp(who, f"{LINES}/1")})
    assert "First call: NOBODY" in {what for what, _, _ in events(desk, path).values()}


def test_a_renewed_address_ends_the_earlier_one_and_can_be_ended_itself(
    desk: Desk, who: Visitor
) -> None:
    old = address(who.post(FEED))
    new = address(who.post(FEED))
    assert old != new
    assert len(new) > 50, "it cannot be guessed"
    assert desk.visitor().get(old).status_code == 404
    assert desk.visitor().get(new).status_code == 200
    who.post(f"{FEED}/stop")
    assert desk.visitor().get(new).status_code == 404
    assert desk.visitor().get("/calendar/None.ics").status_code == 404


def test_nothing_about_families_is_in_it(desk: Desk, who: Visitor) -> None:
    desk.episode("Luis tiene fiebre")
    text = desk.visitor().get(address(who.post(FEED))).text
    for secret in ("Garcia", "Rosa", "Luis", "fiebre", "+1312"):
        assert secret not in text


def test_each_clinic_has_its_own_and_only_administrators_make_one(desk: Desk, who: Visitor) -> None:
    who.post(FEED)
    with desk.database.write() as connection:
        birch = factories.clinic(connection, key="birch")
        eve = factories.staff_member(connection, birch, name="Eve", roles=["admin"])
    theirs = address(desk.signed_in(birch, eve, "eve").post(FEED))
    assert events(desk, theirs) == {}
    for roles in (("supervisor",), ("nurse",)):
        other = bea(desk, *roles, name=roles[0])
        assert other.post(FEED).status_code == 404
        assert other.post(f"{FEED}/stop").status_code == 404
