"""Nils tries whether he can be told of a danger, and switches push on in his browser."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.channels import push
from routing.events import ActionKind, Receipt, ReceiptSource
from routing.types import DeliveryState, Lane
from store import alert_calls, deliveries, tables
from store.alert_calls import Standing
from store.browsers import Pushing
from store.db import Database
from store.outgoing import Outgoing
from store.settings import PUSH_HOSTS
from tests.admin.conftest import Desk, opened_desk
from tests.admin.visitor import SITE, Visitor, elements, shown
from tests.clock import MovableClock

FCM = "https://fcm.googleapis.com/fcm/send/his-browser"
POINT = push.public_key(push.new_key())
AUTH = "c2l4dGVlbiBieXRlcyBvaw"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
NILS_PHONE = "+13125550122"


@pytest.fixture
def desk(sqlite_database: Database, clock: MovableClock) -> Iterator[Desk]:
    """A clinic with pushes set up, one room, and a telephone for Nils."""
    pushing = Pushing(POINT, PUSH_HOSTS)
    with opened_desk(sqlite_database, clock, SITE, pushing) as opened:
        with opened.database.write() as connection:
            connection.execute(
                tables.staff.update()
                .where(tables.staff.c.id == opened.nils_id)
                .values(phone=NILS_PHONE, languages=["en"])
            )
            connection.execute(
                tables.clinics.update()
                .where(tables.clinics.c.id == opened.clinic_id)
                .values(alert_services=[{"name": "Ward room", "address_env": "WARD_ROOM"}])
            )
        yield opened


def nils(desk: Desk) -> Visitor:
    return desk.signed_in(desk.clinic_id, desk.nils_id, "nils")


def attempt(who: Visitor, way: str) -> Any:
    return who.post("/reach/try", {"way": way})


def switch_on(who: Visitor, **typed: str) -> Any:
    form = {"endpoint": FCM, "p256dh": POINT, "auth": AUTH} | typed
    return who.post("/reach/browsers", form, {"User-Agent": FIREFOX})


def claimed(desk: Desk) -> list[Outgoing]:
    with desk.database.write() as connection:
        return deliveries.claim(
            connection, desk.clock(), limit=9, lease_seconds=30, lanes=tuple(Lane)
        )


def report(desk: Desk, sent: Outgoing, state: DeliveryState, **fields: Any) -> None:
    receipt = Receipt(ReceiptSource.ATTEMPT, "twilio", state, str(state), ref=sent.ref,
                      fence=sent.fence, **fields)  # fmt: skip
    desk.conduct(receipt)


def test_nils_texts_himself_a_test_and_sees_what_becomes_of_it(desk: Desk) -> None:
    who = nils(desk)
    assert "Nothing was tried" in shown(who.get("/reach"))
    assert attempt(who, "sms").status_code == 303
    (sent,) = claimed(desk)
    assert (sent.channel, sent.to) == ("sms", NILS_PHONE)
    assert sent.text == (
        "TEST from Kinline: alerts of Maple Complex Care reach you this way. "
        "There is nothing to do."
    )
    assert "text · 9:00 AM · on its way" in shown(who.get("/reach"))
    report(desk, sent, DeliveryState.SENDING, provider_id="SM1")
    report(desk, sent, DeliveryState.FAILED, provider_id="SM1", error=21610)
    page = shown(who.get("/reach"))
    assert "text · 9:00 AM · failed They opted out of texts: call them." in page


def test_a_test_opens_nothing_and_is_no_part_of_an_alert(desk: Desk) -> None:
    attempt(nils(desk), "sms")
    with desk.database.read() as connection:
        for table in (tables.alerts, tables.episodes, tables.messages):
            assert connection.execute(table.select()).all() == []


def test_a_test_call_says_that_it_is_one_and_no_key_takes_anything(desk: Desk) -> None:
    attempt(nils(desk), "call")
    (sent,) = claimed(desk)
    with desk.database.read() as connection:
        call = alert_calls.call_of(connection, sent.ref)
    assert (call.standing, call.language) == (Standing.TEST, "en")
    assert call.words.startswith("TEST from Kinline")
    assert call.act(ActionKind.TAKE, "CA1") is None


def test_a_second_press_within_half_a_minute_rings_no_second_time(desk: Desk) -> None:
    who = nils(desk)
    attempt(who, "call")
    again = attempt(who, "call")
    assert again.status_code == 422
    assert "Wait half a minute" in shown(again)
    assert attempt(who, "sms").status_code == 303, "another way may be tried at once"
    desk.clock.advance(timedelta(seconds=31))
    assert attempt(who, "call").status_code == 303


def test_nobody_tries_a_way_of_somebody_else_or_one_that_is_not_there(desk: Desk) -> None:
    who = nils(desk)
    for way in ("push", "service-0", "fax", ""):
        assert attempt(who, way).status_code == 422
    assert claimed(desk) == []
    assert "Ward room" not in shown(who.get("/reach"))


def test_an_administrator_tries_a_room_without_a_name_in_it(desk: Desk) -> None:
    with desk.database.write() as connection:
        connection.execute(
            tables.staff.update().where(tables.staff.c.id == desk.ana_id).values(roles=["admin"])
        )
    who = desk.ana()
    assert "Tell the service Ward room" in shown(who.get("/reach"))
    attempt(who, "service-0")
    (sent,) = claimed(desk)
    assert (sent.channel, sent.to) == ("service", "WARD_ROOM")
    assert sent.text == "TEST from Kinline: alerts reach this place. There is nothing to do."


def test_nils_switches_push_on_tries_it_and_switches_it_off(desk: Desk) -> None:
    who = nils(desk)
    assert switch_on(who).status_code == 303
    page = who.get("/reach")
    assert "Firefox, Android since 9:00 AM" in shown(page)
    attempt(who, "push")
    (sent,) = claimed(desk)
    assert json.loads(sent.text) == {"urgency": "test", "link": f"{SITE}/reach"}
    (removal,) = [f["action"] for f in elements(page, "form") if "remove" in f.get("action", "")]
    assert desk.ana().post(removal).status_code == 303
    assert "Firefox, Android" in shown(who.get("/reach")), "nobody switches off for others"
    assert who.post(removal).status_code == 303
    assert "Firefox, Android" not in shown(who.get("/reach"))
    assert FCM not in page.text, "who has the address may push"


@pytest.mark.parametrize(
    "typed",
    [
        {"endpoint": "https://evil.example/x"},
        {"endpoint": "http://fcm.googleapis.com/x"},
        {"endpoint": ""},
        {"p256dh": "short"},
        {"p256dh": "***"},
        {"auth": POINT},
        {"auth": ""},
    ],
)
def test_what_no_browser_says_is_refused_a38(desk: Desk, typed: dict[str, str]) -> None:
    assert switch_on(nils(desk), **typed).status_code == 422
    with desk.database.read() as connection:
        assert connection.execute(tables.browsers.select()).all() == []


def test_the_script_that_shows_pushes_has_fixed_words_in_the_language_asked_for(
    desk: Desk,
) -> None:
    english = desk.visitor().get("/push-worker.js")
    assert english.headers["content-type"].startswith("text/javascript")
    assert '"emergency": "Emergency"' in english.text
    spanish = desk.visitor().get("/push-worker.js?language=es")
    assert '"emergency": "Emergencia"' in spanish.text
    assert desk.visitor().get("/push-worker.js?language=../../etc").status_code == 200


def test_without_a_key_the_page_says_so_and_takes_no_browser(
    sqlite_database: Database, clock: MovableClock
) -> None:
    with opened_desk(sqlite_database, clock) as desk:
        who = nils(desk)
        assert "KINLINE_PUSH_KEY is missing" in shown(who.get("/reach"))
        assert switch_on(who).status_code == 422


def test_whoever_has_no_telephone_is_told_that_alerts_pass_them_by(desk: Desk) -> None:
    assert "You have no telephone here." in shown(desk.ana().get("/reach"))
