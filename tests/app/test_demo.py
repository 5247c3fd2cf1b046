"""The trial: families text it, staff see it, and a person who tries it is not misled."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from app.__main__ import main
from app.compose import Kinline
from app.demo import show
from store import tables
from store.inbox.open_episodes import open_episodes
from tests.admin.visitor import shown

ADDRESS = "http://127.0.0.1:8000"
JORGE, NILS, ROSA, LIZA = "13125550138", "13125550122", "13125550131", "13125550141"
STEPS = ("night", "text", "open", "answer", "resolve")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kinline]:
    """One trial for all: what one test texts does not disturb another."""
    kinline = show.make(tmp_path_factory.mktemp("demo"), ADDRESS)
    kinline.start()
    yield kinline
    kinline.stop()


def _get(kinline: Kinline, path: str) -> httpx.Response:
    return asyncio.run(_ask(kinline, "GET", path))


def _send(kinline: Kinline, who: str, text: str, **headers: str) -> httpx.Response:
    return _post(kinline, "send", {"who": who, "text": text}, **headers)


def _post(kinline: Kinline, what: str, data: dict[str, str], **headers: str) -> httpx.Response:
    return asyncio.run(_ask(kinline, "POST", f"/demo/{what}", data=data, headers=headers))


async def _ask(
    kinline: Kinline,
    method: str,
    path: str,
    data: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    transport = httpx.ASGITransport(app=kinline.web)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        return await client.request(method, path, data=data, headers=headers)


def test_the_inbox_of_the_trial_is_not_empty_and_the_worst_stands_first(demo: Kinline) -> None:
    with demo.database.read() as connection:
        inbox = list(open_episodes(connection, "maple"))
    assert len(inbox) >= 8
    assert len({episode["family"] for episode in inbox}) >= 8
    # Other stories may have texted before this one: an emergency of theirs stands first.
    assert inbox[0]["urgency"] in {"emergency", "urgent"}
    assert [e["urgency"] for e in inbox].count("urgent") >= 2
    calmer = [e["urgency"] in {"soon", "routine"} for e in inbox]
    assert calmer == sorted(calmer)


def test_in_the_trial_everybody_came_to_work_and_no_answer_of_theirs_waits(demo: Kinline) -> None:
    with demo.database.read() as connection:
        gone = select(func.count()).where(tables.episodes.c.meant_for.is_not(None))
        waits = select(func.count()).where(
            tables.deliveries.c.purpose == "reply", tables.deliveries.c.state == "queued"
        )
        assert connection.execute(gone).scalar() == 0
        assert connection.execute(waits).scalar() == 0


def test_there_is_a_week_of_texts_of_twelve_families_in_eight_languages(demo: Kinline) -> None:
    with demo.database.read() as connection:
        families = connection.execute(
            select(func.count())
            .select_from(tables.families)
            .where(tables.families.c.kind == "family")
        )
        texts = connection.execute(
            select(tables.messages.c.at).where(tables.messages.c.direction == "in")
        ).scalars()
        moments = sorted(texts)
        languages = connection.execute(select(tables.caregivers.c.language).distinct()).scalars()
        assert families.scalar_one() == 12
        assert len(set(languages)) >= 8
    assert moments[0] + timedelta(days=6) < moments[-1] < demo.clock()


def test_the_trial_begins_in_office_hours_on_the_same_day_always(demo: Kinline) -> None:
    page = _get(demo, "/demo/phone").text
    assert "Wednesday 10:4" in page
    assert "open until 12:00" in page


def test_a_mother_texts_that_her_son_cannot_breathe_and_reads_911_on_the_phone(
    demo: Kinline,
) -> None:
    sent = _send(demo, JORGE, "mi hijo no puede respirar")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/demo/phone?who={JORGE}")
    screen = _get(demo, f"/demo/screen?who={JORGE}").text
    assert "mi hijo no puede respirar" in screen
    assert "Llame ya al 911" in screen
    with demo.database.read() as connection:
        first = next(iter(open_episodes(connection, "maple")))
    assert (first["urgency"], first["contact"]) == ("emergency", f"+{JORGE}")


def test_whose_phone_it_is_can_be_chosen_and_a_staff_phone_shows_its_alerts(
    demo: Kinline,
) -> None:
    page = _get(demo, f"/demo/phone?who={NILS}").text
    assert "Text from Nils, +13125550122" in page
    for owner in ("Rosa", "Layla", "Somebody unknown", "Ana"):
        assert owner in page
    assert "/alerts/" in _get(demo, f"/demo/screen?who={NILS}").text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "\u202eabc", ""])
def test_whatever_is_texted_is_shown_as_text(demo: Kinline, text: str) -> None:
    """A-08."""
    assert _send(demo, JORGE, text).status_code == 303
    answer = _get(demo, f"/demo/screen?who={JORGE}")
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_page_of_another_site_cannot_text_as_a_family(demo: Kinline) -> None:
    """A-22."""
    refused = _send(demo, JORGE, "hello", **{"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert "hello" not in _get(demo, f"/demo/screen?who={JORGE}").text


@pytest.mark.parametrize("what", ["skip", "mode"])
def test_a_page_of_another_site_turns_no_switch(demo: Kinline, what: str) -> None:
    refused = _post(demo, what, {"to": "night"}, **{"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403


def test_the_start_page_of_the_trial_leads_to_the_tour_and_the_root_to_the_sign_in(
    demo: Kinline,
) -> None:
    assert _get(demo, "/demo").headers["location"] == "/demo/tour"
    assert _get(demo, "/").headers["location"] == "/login"


def test_only_the_trials_own_page_may_show_the_inbox_in_a_frame(demo: Kinline) -> None:
    assert "frame-ancestors 'self'" in _get(demo, "/login").headers["content-security-policy"]


def test_what_is_switched_changes_what_a_family_gets_and_each_step_is_ticked_off(
    tmp_path: Path,
) -> None:
    """Night, shadow and back; the time goes ahead only, and nobody is signed out by it."""
    trial = show.make(tmp_path, ADDRESS)
    trial.start()
    try:
        assert _get(trial, "/demo/progress").json() == dict.fromkeys(STEPS, False)
        assert _post(trial, "skip", {"to": "night", "who": ROSA}).status_code == 303
        assert "Wednesday 23:00: closed until Thursday 08:30." in shown(_get(trial, "/demo/phone"))
        _post(trial, "mode", {"to": "shadow", "who": ROSA})
        _send(trial, LIZA, "Can we move the appointment?")
        assert "Our office is closed" not in _get(trial, f"/demo/screen?who={LIZA}").text
        _post(trial, "mode", {"to": "on", "who": ROSA})
        _send(trial, ROSA, "mi hijo no puede respirar")
        assert "911" in _get(trial, f"/demo/screen?who={ROSA}").text
        done = _get(trial, "/demo/progress").json()
        assert done == dict.fromkeys(STEPS, False) | {"night": True, "text": True}
        before = trial.clock()
        _post(trial, "skip", {"to": "open", "who": ROSA})
        assert "Thursday 10:00: open until 12:00." in shown(_get(trial, "/demo/phone"))
        assert trial.clock() > before + timedelta(hours=10)
    finally:
        trial.stop()


def test_a_switch_that_does_not_exist_changes_nothing(demo: Kinline) -> None:
    before = demo.clock()
    assert _post(demo, "skip", {"to": "yesterday"}).status_code == 422
    assert demo.clock() - before < timedelta(minutes=5)
    assert _get(demo, "/demo/static/clinic.toml").status_code == 404


def test_the_demo_has_no_sign_in_and_so_stays_on_this_machine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["demo", "--host", "192.0.2.7"]) == 2
    assert capsys.readouterr().err == (
        "--host 192.0.2.7: the demo has no sign-in for its phone. Use 127.0.0.1.\n"
    )
