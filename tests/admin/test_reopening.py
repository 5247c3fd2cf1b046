"""Ana resolves the wrong family by a slip, and opens it again from the inbox or from its page."""

from datetime import timedelta

from routing.types import Urgency
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, elements, field, shown


def _press(who: Visitor, page_address: str, action: str, **typed: str) -> str:
    """Fill one form of a page as a person does; give where it leads."""
    page = who.get(page_address)
    hidden = {"key": field(page, action, "key")}
    if "seen" in {one.get("name") for one in elements(page, "input")}:
        hidden["seen"] = field(page, action, "seen")
    answer = who.post(action, hidden | typed)
    assert answer.status_code == 303, shown(answer)
    return str(answer.headers["location"])


def _resolve(who: Visitor, episode_id: int) -> str:
    path = f"/episodes/{episode_id}"
    return _press(who, path, f"{path}/resolve", outcome="not_needed")


def _offers(who: Visitor, address: str) -> bool:
    forms = elements(who.get(address), "form")
    return any(form.get("action", "").endswith("/reopen") for form in forms)


def test_the_inbox_offers_to_open_again_what_was_just_resolved(any_desk: Desk) -> None:
    episode_id, ana = any_desk.episode(), any_desk.ana()
    inbox = _resolve(ana, episode_id)
    assert inbox == f"/?done=resolved&of={episode_id}"
    assert "Resolved." in shown(ana.get(inbox))
    then = _press(ana, inbox, f"/episodes/{episode_id}/reopen")
    assert then == f"/episodes/{episode_id}?done=reopened"
    page = shown(ana.get(then))
    assert "It is open again." in page
    assert "opened it again; it had been resolved as: No answer needed" in page
    assert "I take it" in page
    with any_desk.database.read() as connection:
        row = connection.execute(tables.episodes.select()).one()
    assert (row.state, row.is_waiting, row.resolved_at, row.outcome) == ("open", True, None, None)
    assert not _offers(ana, inbox), "it is open: there is nothing to offer"
    assert shown(ana.get(f"/episodes/{episode_id}/chart")).count("opened it again") == 1


def test_its_own_page_offers_it_for_a_day_and_while_nothing_newer_is_there(desk: Desk) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    path = f"/episodes/{episode_id}"
    _resolve(ana, episode_id)
    assert _offers(ana, path)
    open_page = ana.get(path)
    newer = desk.episode("y otra cosa")
    assert not _offers(ana, path)
    late = ana.post(f"{path}/reopen", {"key": field(open_page, f"{path}/reopen", "key")})
    assert late.status_code == 409
    assert "The family has something newer with us." in shown(late)
    _resolve(ana, newer)
    desk.clock.advance(timedelta(hours=25))
    ana = desk.signed_in(desk.clinic_id, desk.ana_id, "ana-the-next-day")
    assert not _offers(ana, f"/episodes/{newer}")
    refused = ana.post(f"/episodes/{newer}/reopen", {"key": "late"})
    assert "This was resolved more than a day ago." in shown(refused)


def test_a_slow_double_click_opens_it_once_and_it_can_be_resolved_again(any_desk: Desk) -> None:
    """Also what asks the next day how it went: that of the slip ends, and one is planned anew."""
    episode_id = any_desk.episode("mi hijo no puede respirar", Urgency.EMERGENCY)
    ana, path = any_desk.ana(), f"/episodes/{episode_id}"
    _resolve(ana, episode_id)
    page = ana.get(path)
    form = {"key": field(page, f"{path}/reopen", "key")}
    for _ in range(2):
        assert ana.post(f"{path}/reopen", form).status_code == 303
    assert shown(ana.get(path)).count("opened it again") == 1
    with any_desk.database.read() as connection:
        alert = connection.execute(tables.alerts.select()).one()
        ended = connection.execute(tables.follow_ups.select()).one()
    assert (alert.state, alert.next_step_at is not None) == ("open", True), "C2, I-10"
    assert ended.how == "reopened"
    _resolve(ana, episode_id)
    with any_desk.database.read() as connection:
        planned = connection.execute(tables.follow_ups.select()).one()
    assert (planned.how, planned.ended_at) == (None, None)


def test_nobody_opens_what_belongs_to_another_clinic(desk: Desk) -> None:
    """I-22."""
    episode_id = desk.episode()
    _resolve(desk.ana(), episode_id)
    with desk.database.write() as connection:
        other = factories.clinic(connection, key="other")
        olga = factories.staff_member(connection, other, name="Olga", email="olga@x.example")
    stranger = desk.signed_in(other, olga, "olga")
    assert not _offers(stranger, f"/?done=resolved&of={episode_id}")
    assert stranger.post(f"/episodes/{episode_id}/reopen", {"key": "k"}).status_code == 404
