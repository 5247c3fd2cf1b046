"""Bea closes on public holidays, and on the days of a calendar that the school district sends."""

from datetime import date

import httpx
import pytest

from admin.calendar_file import LARGEST, Unreadable, read_calendar
from admin.public_holidays import public_holidays
from store.calendars import calendars_of, claim_due, not_read
from store.playbook import Playbook
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, shown

TODAY, IN_A_YEAR = date(2026, 11, 18), date(2027, 11, 18)


def calendar(*events: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//District 31//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:1", *event.split("|"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


CHRISTMAS = "SUMMARY:Christmas break|DTSTART;VALUE=DATE:20261224|DTEND;VALUE=DATE:20261227"
LABOR_DAY = "SUMMARY:Labor Day|DTSTART;VALUE=DATE:20200907|RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1MO"
MEETING = "SUMMARY:Staff meeting|DTSTART:20261201T150000Z|DTEND:20261201T160000Z"


def bea(desk: Desk, *roles: str) -> Visitor:
    with desk.database.write() as connection:
        boss = factories.staff_member(
            connection, desk.clinic_id, name="Bea", email="bea@maple.example",
            roles=list(roles or ("admin",)),
        )  # fmt: skip
    return desk.signed_in(desk.clinic_id, boss, "bea")


def closed(desk: Desk) -> dict[str, str]:
    with desk.database.read() as connection:
        clinic = Playbook(desk.database).current(connection).by_id[desk.clinic_id]
    return {day.date.isoformat(): day.name for day in clinic.schedule.days}


def upload(who: Visitor, content: bytes, name: str = "district.ics") -> httpx.Response:
    return who.send_file("/playbook/holidays/file", "calendar", name, content)


def test_holidays_of_the_state_are_ticked_and_become_closures_with_their_name(
    any_desk: Desk,
) -> None:
    who = bea(any_desk)
    page = shown(who.get("/playbook/holidays?state=IL"))
    assert "Illinois" in page
    assert "Thu, Nov 26 Thanksgiving" in page
    assert "Casimir Pulaski Day" in page
    assert "Casimir Pulaski Day" not in shown(who.get("/playbook/holidays"))
    both = {"shown": ["2026-11-26", "2026-12-25"], "pick": ["2026-11-26", "2026-12-25"]}
    assert who.post("/playbook/holidays?state=IL", both).status_code == 303
    assert closed(any_desk) == {"2026-11-26": "Thanksgiving Day", "2026-12-25": "Christmas Day"}
    both["pick"] = ["2026-12-25"]
    who.post("/playbook/holidays?state=IL", both)
    assert closed(any_desk) == {"2026-12-25": "Christmas Day"}


def test_a_date_with_hours_of_its_own_is_left_alone(desk: Desk) -> None:
    who = bea(desk)
    who.post("/playbook/day", {"date": "2026-12-25", "reason": "Short", "hours": "09:00-12:00"})
    both = {"shown": ["2026-12-25"], "pick": ["2026-12-25"]}
    who.post("/playbook/holidays", both)
    who.post("/playbook/holidays", {"shown": ["2026-12-25"]})
    assert closed(desk) == {"2026-12-25": "Short"}
    assert "has its own hours already" in shown(who.get("/playbook/holidays"))


def test_names_come_in_the_first_language_of_the_clinic_that_they_are_known_in() -> None:
    mexico = public_holidays("MX", "", ["es"], TODAY, IN_A_YEAR)
    assert mexico is not None
    assert "Navidad" in {one.name for one in mexico.days}
    assert public_holidays("XX", "", ["en"], TODAY, IN_A_YEAR) is None
    nowhere = public_holidays("US", "no such state", ["vi"], TODAY, IN_A_YEAR)
    assert nowhere is not None
    assert all(TODAY <= one.date <= IN_A_YEAR for one in nowhere.days)


def test_a_file_is_shown_first_and_then_closes_what_is_ticked(any_desk: Desk) -> None:
    who = bea(any_desk)
    page = upload(who, calendar(CHRISTMAS, LABOR_DAY, MEETING))
    assert page.status_code == 200
    assert "4 whole days in the coming year. 1 event has a time of day" in shown(page)
    assert "Mon, Sep 6, 2027 Labor Day" in shown(page)
    assert closed(any_desk) == {}
    picks = [box["value"] for box in elements(page, "input")
             if box.get("name") == "pick" and "|" in box["value"]]  # fmt: skip
    assert len(picks) == 4
    assert who.post("/playbook/closures", {"pick": picks[:2]}).status_code == 303
    assert closed(any_desk) == {"2026-12-24": "Christmas break", "2026-12-25": "Christmas break"}
    again = who.post("/playbook/closures", {"pick": picks})
    assert "done=some_left" in again.headers["location"]
    assert len(closed(any_desk)) == 4


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "The file is empty"),
        (b"\xff\xfe\x00", "line 1: This is not text in UTF-8."),
        (b"PK\x03\x04 a spreadsheet", "line 1: This is no calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "line 2: An event begins here and does not end."),
        (b"BEGIN:VCALENDAR\nEND:VEVENT\n", "line 2: An event ends here and has not begun."),
        (b"BEGIN:VCALENDAR\n", "END:VCALENDAR is missing."),
        (calendar(CHRISTMAS, "SUMMARY:No date"), "line 10: The event that begins here cannot"),
        (calendar("DTSTART;VALUE=DATE:20261399"), "line 4: The event that begins here cannot"),
        (calendar("DTSTART;VALUE=DATE:20261201|DTEND;VALUE=DATE:20270801"), "line 4: The event"),
        (calendar("DTSTART;VALUE=DATE:20261201|RRULE:FREQ=SECONDLY"), "repeats in a way"),
        (calendar("DTSTART;VALUE=DATE:20261201|RRULE:FREQ=YEARLY;BYSECOND=1"), "repeats in a way"),
        (calendar(CHRISTMAS) + b"x" * LARGEST, "The file is too large."),
    ],
)
def test_a_bad_file_says_where_and_nothing_is_closed(
    desk: Desk, content: bytes, place: str
) -> None:
    answer = upload(bea(desk), content)
    assert answer.status_code == 422
    assert place in shown(answer)
    assert "district.ics" in shown(answer)
    assert "Nothing was closed." in shown(answer)
    assert closed(desk) == {}


def test_a_form_with_a_file_has_a_bound_and_all_others_keep_theirs(desk: Desk) -> None:
    who = bea(desk)
    assert upload(who, b"x" * (1024 * 1024)).status_code == 413
    assert who.post("/playbook/day", {"reason": "x" * 70_000}).status_code == 413


def test_too_many_days_or_events_are_refused_as_a_whole() -> None:
    weekly = "SUMMARY:Closed|DTSTART;VALUE=DATE:20261201|RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE"
    with pytest.raises(Unreadable) as days:
        read_calendar(calendar(weekly), TODAY, IN_A_YEAR)
    assert days.value.kind == "too_many_days"
    with pytest.raises(Unreadable) as events:
        read_calendar(calendar(*["DTSTART;VALUE=DATE:20200101"] * 1001), TODAY, IN_A_YEAR)
    assert events.value.kind == "too_many_events"


@pytest.mark.parametrize(
    ("event", "days"),
    [
        ("SUMMARY:One|DTSTART;VALUE=DATE:20261201", ["2026-12-01"]),
        ("SUMMARY:Two|DTSTART;VALUE=DATE:20261201|DURATION:P2D", ["2026-12-01", "2026-12-02"]),
        ("SUMMARY:Old|DTSTART;VALUE=DATE:20251201", []),
        (
            "SUMMARY:Thrice|DTSTART;VALUE=DATE:20261201|RRULE:FREQ=WEEKLY;COUNT=3",
            ["2026-12-01", "2026-12-08", "2026-12-15"],
        ),
        (
            "DTSTART;VALUE=DATE:20261201|RRULE:FREQ=WEEKLY;UNTIL=20261208|EXDATE;VALUE=DATE:20261201",
            ["2026-12-08"],
        ),
        ("SUMMARY:Never|DTSTART;VALUE=DATE:20261201|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
         []),
    ],
)  # fmt: skip
def test_whole_days_are_read_as_the_calendar_means_them(event: str, days: list[str]) -> None:
    found = read_calendar(calendar(event), TODAY, IN_A_YEAR)
    assert [one.date.isoformat() for one in found.days] == days


def test_names_of_a_file_are_one_line_and_no_markup(desk: Desk) -> None:
    hostile = "SUMMARY:<script>x</script>\\nsecond\u202e line|DTSTART;VALUE=DATE:20261201"
    page = upload(bea(desk), calendar(hostile))
    assert "<script>x" not in page.text
    assert "<script>x</script> second line" in shown(page)


@pytest.mark.parametrize(
    "pick", ["soon|Name", "2019-01-01|Long ago", "2044-01-01|Far away", "", "2026-12-25"]
)
def test_days_that_no_page_offered_are_refused_and_nothing_is_half_done(
    desk: Desk, pick: str
) -> None:
    answer = bea(desk).post("/playbook/closures", {"pick": ["2026-12-24|Eve", pick]})
    expected = {"2026-12-24": "Eve", "2026-12-25": ""} if pick == "2026-12-25" else {}
    assert answer.status_code == (303 if expected else 404)
    assert closed(desk) == expected


def test_supervisors_look_at_holidays_and_change_nothing(desk: Desk) -> None:
    who = bea(desk, "supervisor")
    assert "Thanksgiving" in shown(who.get("/playbook/holidays"))
    assert desk.ana().get("/playbook/holidays").status_code == 404
    assert who.post("/playbook/holidays", {"pick": ["2026-11-26"]}).status_code == 404
    assert who.post("/playbook/closures", {"pick": ["2026-11-26|X"]}).status_code == 404
    assert upload(who, calendar(CHRISTMAS)).status_code == 404
    assert closed(desk) == {}


DISTRICT = "https://district.example/closed.ics?key=canary-7"


def subscribed(desk: Desk) -> list[tuple[str, str | None]]:
    with desk.database.read() as connection:
        return [(one.address, one.problem) for one in calendars_of(connection, desk.clinic_id)]


def test_bea_names_a_calendar_by_address_and_takes_it_away_again(any_desk: Desk) -> None:
    who = bea(any_desk)
    typed = {"address": DISTRICT.replace("https", "webcal")}
    assert who.post("/playbook/calendars", typed).status_code == 303
    assert who.post("/playbook/calendars", typed).status_code == 303
    assert subscribed(any_desk) == [(DISTRICT, None)], "the same one is not read twice"
    page = who.get("/playbook/holidays")
    assert "Not read yet" in shown(page)
    (form,) = [one["action"] for one in elements(page, "form") if "remove" in one["action"]]
    assert who.post(form, {}).status_code == 303
    assert subscribed(any_desk) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://district.example/closed.ics",
        "https://bea:secret@district.example/closed.ics",
        "https://district.example:8443/closed.ics",
        "file:///etc/passwd",
        "https://",
        "https://[::1/x",
        "district.example",
        "",
    ],
)
def test_an_address_that_is_not_https_is_refused_and_kept_in_the_field(
    desk: Desk, address: str
) -> None:
    answer = bea(desk).post("/playbook/calendars", {"address": address})
    assert answer.status_code == 422
    assert "Write an address that begins with https://" in shown(answer)
    assert subscribed(desk) == []


def test_five_calendars_are_the_most(desk: Desk) -> None:
    who = bea(desk)
    for number in range(5):
        who.post("/playbook/calendars", {"address": f"https://c{number}.example/a.ics"})
    answer = who.post("/playbook/calendars", {"address": "https://c6.example/a.ics"})
    assert "Five calendars are the most" in shown(answer)
    assert len(subscribed(desk)) == 5


def test_a_calendar_that_cannot_be_read_says_so_on_the_page(desk: Desk) -> None:
    who = bea(desk)
    who.post("/playbook/calendars", {"address": DISTRICT})
    with desk.database.write() as connection:
        due = claim_due(connection, desk.clock())
        assert due is not None
        not_read(connection, due, "not_found", desk.clock())
    page = shown(who.get("/playbook/holidays"))
    assert "There is nothing at this address any more." in page
    assert "Its days stay closed" in page


def test_only_an_administrator_sees_or_names_an_address(desk: Desk) -> None:
    who = bea(desk)
    who.post("/playbook/calendars", {"address": DISTRICT})
    ana = desk.ana()
    assert ana.post("/playbook/calendars", {"address": DISTRICT}).status_code == 404
    assert "canary-7" not in ana.get("/playbook/holidays").text
