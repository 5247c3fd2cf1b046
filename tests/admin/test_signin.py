"""Signing in: who gets in, who does not, and what a stranger can learn (nothing)."""

from datetime import timedelta

import pytest

from store import people, tables
from store.db import Database
from tests import factories
from tests.admin.conftest import PASSWORD, Desk, opened_desk
from tests.admin.visitor import Visitor, field, shown
from tests.clock import MovableClock
from tests.factories import NOW

ANA = "ana@maple.example"


def _sign_in(visitor: Visitor, email: str = ANA, password: str = PASSWORD, **more: str) -> int:
    return visitor.post("/login", {"email": email, "password": password, **more}).status_code


def _set_staff(desk: Desk, **columns: object) -> None:
    with desk.database.write() as connection:
        connection.execute(
            tables.staff.update().where(tables.staff.c.id == desk.ana_id).values(**columns)
        )


def test_ana_signs_in_and_sees_her_inbox(desk: Desk) -> None:
    visitor = desk.visitor()
    answer = visitor.post("/login", {"email": " Ana@Maple.example ", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-kinline=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "Inbox" in shown(visitor.get("/"))


def test_without_https_the_cookie_has_a_plain_name(
    sqlite_database: Database, clock: MovableClock
) -> None:
    """A browser drops a `__Host-` cookie that does not come over https: a trial at home."""
    site = "http://127.0.0.1:8000"
    with opened_desk(sqlite_database, clock, site) as desk:
        visitor = Visitor(desk.app, site=site)
        answer = visitor.post("/login", {"email": ANA, "password": PASSWORD})
        assert answer.headers["set-cookie"].startswith("kinline=")
        assert "Secure" not in answer.headers["set-cookie"]
        assert visitor.get("/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ANA, "wrong-password-1"),
        (ANA, ""),
        ("nobody@maple.example", PASSWORD),
        ("nils@maple.example", ""),  # invited, has no password yet
        ("nils@maple.example", "None"),
        ("", ""),
    ],
    ids=["wrong", "empty", "unknown", "no password yet", "None", "nothing"],
)
def test_every_refusal_reads_the_same(desk: Desk, email: str, password: str) -> None:
    """A-25."""
    answer = desk.visitor().post("/login", {"email": email, "password": password})
    assert answer.status_code == 401
    assert "This e-mail address and password do not fit." in shown(answer)
    assert "set-cookie" not in answer.headers


def test_a_deactivated_person_is_out_at_once_and_cannot_come_back(desk: Desk) -> None:
    """A-23, I-25."""
    ana = desk.ana()
    assert ana.get("/").status_code == 200
    _set_staff(desk, active=False)
    assert ana.get("/").headers["location"] == "/login"
    assert _sign_in(desk.visitor()) == 401


def test_guessing_is_stopped_without_locking_out_ana(desk: Desk) -> None:
    """A-23: a stranger's guesses stop the stranger, never the nurse on call."""
    stranger = desk.visitor("198.51.100.66")
    for _ in range(10):
        assert _sign_in(stranger, password="guess-guess-guess") == 401
    assert _sign_in(stranger) == 429  # not even with the right password
    assert _sign_in(desk.visitor()) == 303
    desk.clock.advance(timedelta(minutes=5, seconds=1))
    assert _sign_in(stranger) == 303


def test_a_new_session_at_every_sign_in_ends_the_one_before(desk: Desk) -> None:
    """A-23: a session that somebody slipped in is not taken over."""
    visitor = desk.visitor()
    visitor.cookies.set("__Host-kinline", "slipped-in", domain="desk.maple.example")
    _sign_in(visitor)
    first = visitor.cookies["__Host-kinline"]
    assert first != "slipped-in"
    _sign_in(visitor)
    assert visitor.cookies["__Host-kinline"] != first
    assert people.person_of(desk.database, first, desk.clock()) is None


def test_signing_out_ends_the_session_on_the_server(desk: Desk) -> None:
    ana = desk.ana()
    stolen = desk.visitor()
    stolen.cookies = ana.cookies.__class__(ana.cookies)
    assert ana.post("/logout").headers["location"] == "/login"
    assert stolen.get("/").headers["location"] == "/login"


def test_a_session_ends_after_a_quarter_of_an_hour_without_use(desk: Desk) -> None:
    """FACTS J: 15 minutes idle, 12 hours at most."""
    ana = desk.ana()
    for _ in range(3):
        desk.clock.advance(timedelta(minutes=14))
        assert ana.get("/").status_code == 200
    desk.clock.advance(timedelta(minutes=15))
    assert ana.get("/").headers["location"] == "/login"


def test_a_session_ends_after_twelve_hours_even_in_use(desk: Desk) -> None:
    ana = desk.ana()
    for _ in range(51):
        desk.clock.advance(timedelta(minutes=14))
        assert ana.get("/").status_code == 200
    desk.clock.advance(timedelta(minutes=7))
    assert ana.get("/").headers["location"] == "/login"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//e"],
)
def test_signing_in_never_leads_to_another_site(desk: Desk, elsewhere: str) -> None:
    answer = desk.visitor().post("/login", {"email": ANA, "password": PASSWORD, "next": elsewhere})
    assert answer.headers["location"] == "/"


def test_the_page_that_was_asked_for_comes_after_signing_in(desk: Desk) -> None:
    episode_id = desk.episode()
    visitor = desk.visitor()
    at_door = visitor.get(f"/episodes/{episode_id}").headers["location"]
    assert at_door == f"/login?next=/episodes/{episode_id}"
    wanted = field(visitor.get(at_door), "/login", "next")
    answer = visitor.post("/login", {"email": ANA, "password": PASSWORD, "next": wanted})
    assert answer.headers["location"] == f"/episodes/{episode_id}"


def test_after_the_session_ended_a_form_leads_back_to_the_page_on_which_it_stands(
    desk: Desk,
) -> None:
    ana, family = desk.ana(), desk.garcia.family_id
    child = desk.garcia.child_id
    desk.clock.advance(timedelta(minutes=16))
    for form, page in (
        ("/playbook/week", "/playbook"),
        ("/playbook/duty/lines", "/playbook/duty"),
        (f"/families/{family}/children/{child}", f"/families/{family}"),
        ("/share", "/"),
    ):
        door = ana.post(form, {})
        wanted = door.headers.get("location") or field(door, "/login", "next")
        assert wanted.removeprefix("/login?next=").replace("/login", "/") == page


def test_first_words_to_rosa_come_along_through_the_door(desk: Desk) -> None:
    ana, home = desk.ana(), desk.garcia
    page = f"/families/{home.family_id}"
    write = f"{page}/contacts/{home.contact_id}/write"
    words = {name: field(ana.get(page), write, name) for name in ("key", "contact")}
    desk.clock.advance(timedelta(minutes=16))
    door = ana.post(write, words | {"text": "How is Luis today?"})
    assert "Nothing you typed is lost." in shown(door)
    who = {"email": ANA, "password": PASSWORD, "next": field(door, "/login", "next")}
    inside = ana.post("/login", who | {"text": "How is Luis today?", "contact": words["contact"]})
    assert inside.status_code == 200
    assert "How is Luis today?</textarea>" in inside.text


def test_an_invitation_gives_nils_a_password_once(desk: Desk) -> None:
    token, kept = people.new_invitation()
    with desk.database.write() as connection:
        connection.execute(
            tables.staff.update()
            .where(tables.staff.c.id == desk.nils_id)
            .values(invitation_hash=kept, invited_at=NOW)
        )
    nils = desk.visitor()
    form = nils.get(f"/invite/{token}")
    assert "Welcome, Nils." in shown(form)
    short = nils.post(f"/invite/{token}", {"password": "short", "again": "short"})
    assert "at least 12 characters" in shown(short)
    apart = {"password": "night-shift-nils", "again": "night-shift-nile"}
    assert "not the same" in shown(nils.post(f"/invite/{token}", apart))
    both = {"password": "night-shift-nils", "again": "night-shift-nils"}
    assert nils.post(f"/invite/{token}", both).headers["location"] == "/"
    assert "Nils" in shown(nils.get("/"))
    assert desk.visitor().post(f"/invite/{token}", both).status_code == 404
    assert _sign_in(desk.visitor(), "nils@maple.example", "night-shift-nils") == 303


def test_an_old_invitation_looks_like_one_that_never_was(desk: Desk) -> None:
    token, kept = people.new_invitation()
    with desk.database.write() as connection:
        factories.staff_member(
            connection, desk.clinic_id, name="Late", invitation_hash=kept, invited_at=NOW
        )
    visitor = desk.visitor()
    assert visitor.get(f"/invite/{token}").status_code == 200
    desk.clock.advance(timedelta(days=7))
    late, never = visitor.get(f"/invite/{token}"), visitor.get("/invite/never-was")
    assert (late.status_code, late.text) == (404, never.text)


def test_the_door_speaks_the_language_of_the_browser(desk: Desk) -> None:
    page = desk.visitor().get("/login", {"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"})
    assert "Correo electrónico" in shown(page)
    assert 'lang="es"' in page.text
