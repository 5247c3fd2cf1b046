"""The chat page against whoever looks over a shoulder or writes to do harm."""

import pytest

from tests.admin.visitor import elements, shown
from tests.bot.webchat.conftest import FORMS, Lobby
from tests.bot.webchat.visitor import PAGE, Visitor

PATHS = (
    "/chat?clinic=maple",
    "/chat/panel?clinic=maple",
    "/chat/news?clinic=maple",
    "/chat/messages?clinic=maple",
    "/chat?clinic=nobody",
    "/chat/messages?clinic=nobody",
)


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_about_a_family_is_kept_by_a_browser_or_a_proxy_a38(
    lobby: Lobby, path: str
) -> None:
    headers = lobby.visitor().get(path).headers
    assert headers["cache-control"] == "no-store, private"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "X-Chat-Token" in headers["vary"]


def test_the_panel_shows_nothing_of_a_chat_that_a_cookie_opened(lobby: Lobby) -> None:
    """A page around the frame must not be able to bring up a thread of this browser (A-13)."""
    rosa = lobby.visitor()
    rosa.fill({"text": FORMS, "id": "4f0b2c1d9a8e7766"})
    assert FORMS not in rosa.get("/chat/panel?clinic=maple").text


HOSTILE = (
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "{{ 7*7 }}",
    "' onfocus=alert(1) autofocus x='",
    "\u202eevil\u2066",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_is_only_text_on_the_page_a08(lobby: Lobby, hostile: str) -> None:
    rosa: Visitor = lobby.visitor()
    rosa.fill({"text": hostile, "id": "4f0b2c1d9a8e7766"})
    for page in (rosa.get(PAGE), rosa.fill({"text": hostile, "id": "no"})):
        assert hostile in shown(page)
        assert [s.get("src", "")[:14] for s in elements(page, "script")] == [
            "/chat/view.js?",
            "/chat/chat.js?",
        ]
        assert elements(page, "img") == []
        assert not any("onfocus" in tag for tag in elements(page, "textarea"))


def test_an_old_browser_that_says_nothing_about_itself_can_write(lobby: Lobby) -> None:
    """It sends neither header with a form; the cookie keeps to this site all the same."""
    old = lobby.visitor().ask(
        "POST", "/chat?clinic=maple", data={"text": FORMS, "id": "4f0b2c1d9a8e7766"}
    )
    assert old.status_code == 303
