"""Bea, who supervises, tells all families with a ventilator that the power is out (C20)."""

from urllib.parse import urlencode

from bot.broadcasting import Broadcasting
from store import broadcasts, tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.test_staff import bea
from tests.admin.visitor import field, shown

PAGE = "/playbook/broadcast"
WORDS = {"words:en": "The power is out.", "words:es": "No hay luz."}


def ventilators(desk: Desk) -> None:
    """Add the Haddads, who are answered in English, and the Lopezes, in Spanish."""
    with desk.database.write() as connection:
        for name, phone, language in (
            ("Haddad", "+13125550141", "en"), ("Lopez", "+13125550142", "es"),
        ):  # fmt: skip
            factories.household(
                connection, desk.clinic_id, name=name, phone=phone, language=language,
                flags=("ventilator",),
            )  # fmt: skip


def test_bea_chooses_writes_looks_again_and_sends(any_desk: Desk) -> None:
    ventilators(any_desk)
    boss = bea(any_desk, "supervisor")
    page = boss.get(f"{PAGE}?flags=ventilator")
    assert "2 families get a text." in shown(page)
    typed = {"key": field(page, f"{PAGE}/look", "key"), "flags": "ventilator", **WORDS}
    again = boss.post(f"{PAGE}/look", typed)
    assert "Send to 2 families now" in shown(again)
    assert "No hay luz." in again.text
    answer = boss.post(PAGE, typed | {"key": field(again, PAGE, "key")})
    assert answer.status_code == 303
    page = boss.get(answer.headers["location"])
    assert "begin to leave in half a minute" in shown(page)
    assert "2 not handed on yet" in shown(page)
    any_desk.clock.advance(broadcasts.TIME_TO_STOP)
    for _ in range(2):
        assert Broadcasting(any_desk.database, any_desk.conductor, any_desk.clock).run_once() == 1
        any_desk.clock.advance(broadcasts.A_PART)
    assert "2 waiting to be sent" in shown(boss.get(PAGE))


def test_it_can_be_stopped_while_nothing_has_left(desk: Desk) -> None:
    ventilators(desk)
    boss = bea(desk, "supervisor")
    assert boss.post(PAGE, {"key": "k1", "flags": "ventilator", **WORDS}).status_code == 303
    answer = boss.post(f"{PAGE}/1/stop", {})
    page = shown(boss.get(answer.headers["location"]))
    assert "2 stopped" in page
    assert "Stop what has not left yet" not in page


def test_a_family_whose_language_has_no_words_is_shown_to_be_called(desk: Desk) -> None:
    ventilators(desk)
    typed = {"key": "k1", "flags": "ventilator", "words:en": "The power is out."}
    page = shown(bea(desk, "supervisor").post(f"{PAGE}/look", typed))
    assert "Send to 1 family now" in page
    assert "Lopez no words in their language" in page


def test_without_words_nothing_goes_and_nothing_is_lost(desk: Desk) -> None:
    ventilators(desk)
    boss = bea(desk, "supervisor")
    for path in (PAGE, f"{PAGE}/look"):
        answer = boss.post(path, {"key": "k1", "flags": "ventilator"})
        assert answer.status_code == 422
        assert "ventilator" in answer.text
    long = {"key": "k1", "flags": "ventilator", "words:en": "x" * 1501}
    answer = boss.post(PAGE, long)
    assert answer.status_code == 422
    assert "x" * 1501 in answer.text
    with desk.database.read() as connection:
        assert connection.execute(tables.broadcasts.select()).all() == []


def test_going_back_keeps_the_words(desk: Desk) -> None:
    ventilators(desk)
    typed = {"key": "k1", "flags": "ventilator", **WORDS}
    page = bea(desk, "supervisor").post(f"{PAGE}/write", typed)
    assert page.status_code == 200
    assert "No hay luz.</textarea>" in page.text


def test_a_coordinator_tells_nobody(desk: Desk) -> None:
    ventilators(desk)
    ana = desk.ana()
    assert ana.get(PAGE).status_code == 404
    for path in (PAGE, f"{PAGE}/look", f"{PAGE}/write", f"{PAGE}/1/stop"):
        answer = ana.post(path, {"key": "k1", "flags": "ventilator", **WORDS})
        assert answer.status_code == 404, path


def test_no_condition_reaches_nobody(desk: Desk) -> None:
    ventilators(desk)
    boss = bea(desk, "supervisor")
    page = boss.get(f"{PAGE}?{urlencode({'flags': 'unheard-of'})}")
    assert "get a text" not in shown(page)
    assert boss.post(PAGE, {"key": "k1", **WORDS}).status_code == 422
