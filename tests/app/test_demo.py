"""The trial: families text it, staff see it, and a person who tries it is not misled."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from app.__main__ import main
from app.compose import Kinline
from app.demo import show
from store.inbox.open_episodes import open_episodes

ADDRESS = "http://127.0.0.1:8000"
JORGE, NILS = "13125550138", "13125550122"


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
    return asyncio.run(
        _ask(kinline, "POST", "/demo/send", data={"who": who, "text": text}, headers=headers)
    )


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
    assert len(inbox) >= 6
    assert len({episode["family"] for episode in inbox}) >= 6
    assert inbox[0]["urgency"] in {"emergency", "urgent"}


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


def test_the_start_page_of_the_trial_leads_to_the_phone_and_the_root_to_the_sign_in(
    demo: Kinline,
) -> None:
    assert _get(demo, "/demo").headers["location"] == "/demo/phone"
    assert _get(demo, "/").headers["location"] == "/login"


def test_the_demo_has_no_sign_in_and_so_stays_on_this_machine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["demo", "--host", "192.0.2.7"]) == 2
    assert capsys.readouterr().err == (
        "--host 192.0.2.7: the demo has no sign-in for its phone. Use 127.0.0.1.\n"
    )
