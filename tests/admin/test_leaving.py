"""Ana writes from home at night: her hours are offered first, and now wants a reason."""

from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import update

from routing.types import Urgency
from store.tables import messages
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, field, shown
from tests.clock import MovableClock

NIGHT = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
"""A Wednesday, eleven at night in Chicago."""
WORDS = "Sí, sin problema."


@pytest.fixture
def night(desk: Desk, clock: MovableClock) -> Desk:
    clock.set(NIGHT)
    return desk


def send(ana: Visitor, episode_id: int, **typed: str) -> tuple[int, str]:
    """Send a reply; give the status and the words of the page that follows."""
    path = f"/episodes/{episode_id}"
    page = ana.get(path)
    hidden = {name: field(page, f"{path}/reply", name) for name in ("key", "seen")}
    answer = ana.post(f"{path}/reply", hidden | {"text": WORDS} | typed)
    after = ana.get(answer.headers["location"]) if answer.status_code == 303 else answer
    return answer.status_code, shown(after).replace("\u202f", " ")


def buttons(page: httpx.Response) -> list[tuple[str, str]]:
    found = elements(page, "button")
    return [(b["name"], b["value"]) for b in found if b.get("name") == "sends"]


def test_outside_her_hours_the_first_button_sends_when_they_begin(night: Desk) -> None:
    episode_id, ana = night.episode("¿puede bañarse?"), night.ana()
    page = ana.get(f"/episodes/{episode_id}")
    assert buttons(page) == [("sends", "hours"), ("sends", "now")]
    assert "Send on Thu, Nov 19, 8:30 AM" in shown(page).replace("\u202f", " ")
    for pressed in ({"sends": "hours"}, {}):
        status, after = send(ana, episode_id, **pressed)
        assert status == 303
        assert "It leaves Thu, Nov 19, 8:30 AM." in after
        assert "Take it back" in after


def test_now_without_a_reason_is_refused_and_the_words_stay(night: Desk) -> None:
    episode_id, ana = night.episode("¿puede bañarse?"), night.ana()
    status, after = send(ana, episode_id, sends="now")
    assert status == 422
    assert "Say why it cannot wait for your hours" in after
    assert WORDS in after
    status, after = send(ana, episode_id, sends="now", now_because="The bus comes at six.")
    assert status == 303
    assert "It leaves in a few seconds." in after


def test_a_chosen_reason_does_not_wake_a_family_that_wrote_in_the_morning(night: Desk) -> None:
    """C20: she wrote more than twelve hours ago, and it is night for her."""
    episode_id, ana = night.episode("¿puede bañarse?"), night.ana()
    status, after = send(ana, episode_id, sends="now", why_now="asked")
    assert status == 303
    assert "It leaves Thu, Nov 19, 8:00 AM." in after


def test_in_her_hours_there_is_one_button(desk: Desk) -> None:
    assert buttons(desk.ana().get(f"/episodes/{desk.episode()}")) == []


def test_for_a_family_in_danger_there_is_one_button(night: Desk) -> None:
    grave = night.episode("no responde", Urgency.URGENT)
    assert buttons(night.ana().get(f"/episodes/{grave}")) == []


def test_whoever_is_on_call_has_one_button(night: Desk) -> None:
    with night.database.write() as connection:
        factories.on_call(connection, night.clinic_id, night.ana_id)
    assert buttons(night.ana().get(f"/episodes/{night.episode()}")) == []


def test_a_reply_that_was_kept_back_stands_in_the_box_with_one_press(night: Desk) -> None:
    episode_id, ana = night.episode("¿puede bañarse?"), night.ana()
    assert send(ana, episode_id)[0] == 303
    with night.database.write() as connection:
        connection.execute(
            update(messages).where(messages.c.direction == "out").values(kind="kept_back")
        )
    assert "a reply was kept back: read again" in shown(ana.get("/"))
    page = ana.get(f"/episodes/{episode_id}")
    assert "the family wrote of something more urgent" in shown(page)
    (again,) = [a["href"] for a in elements(page, "a") if "again=" in a.get("href", "")]
    refilled = ana.get(again.partition("#")[0])
    assert WORDS in refilled.text.partition("<textarea")[2].partition("</textarea>")[0]
    assert send(ana, episode_id)[0] == 303
    assert "a reply was kept back" not in shown(ana.get("/")), "somebody has written again"


def test_before_nils_resolves_he_reads_that_anas_reply_waits_and_chooses(night: Desk) -> None:
    episode_id, path = night.episode("¿puede bañarse?"), ""
    assert send(night.ana(), episode_id)[0] == 303
    path = f"/episodes/{episode_id}"
    nils = night.signed_in(night.clinic_id, night.nils_id, "nils")
    page = nils.get(path)
    assert "A reply has not left yet: what becomes of it?" in shown(page)
    assert [r["value"] for r in elements(page, "input") if r.get("name") == "unsent"] == [
        "leaves", "kept",
    ]  # fmt: skip
    hidden = {name: field(page, f"{path}/resolve", name) for name in ("key", "seen")}
    refused = nils.post(f"{path}/resolve", hidden | {"outcome": "called"})
    assert refused.status_code == 409
    assert "Say at the bottom what becomes of it." in shown(refused)
    hidden = {name: field(refused, f"{path}/resolve", name) for name in ("key", "seen")}
    resolved = nils.post(f"{path}/resolve", hidden | {"outcome": "called", "unsent": "kept"})
    assert resolved.status_code == 303
    assert "Never sent: it was resolved without these words." in shown(nils.get(path))


def test_her_own_reply_of_a_moment_ago_asks_nothing_when_she_resolves(desk: Desk) -> None:
    episode_id, ana = desk.episode("¿puede bañarse?"), desk.ana()
    send(ana, episode_id)
    assert "A reply has not left yet" not in shown(ana.get(f"/episodes/{episode_id}"))
