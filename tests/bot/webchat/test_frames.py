"""Which pages of others may show the chat (A-13)."""

import pytest
from sqlalchemy import update

from store import tables
from tests.bot.webchat.conftest import Lobby


@pytest.mark.parametrize(
    ("path", "ancestors"),
    [("/chat", "'none'"), ("/chat/panel", "*"), ("/chat/news", "'self'")],
)
def test_only_the_panel_may_stand_in_a_page_of_others_a13(
    lobby: Lobby, path: str, ancestors: str
) -> None:
    policy = lobby.visitor().get(f"{path}?clinic=maple").headers["content-security-policy"]
    assert f"frame-ancestors {ancestors}" in policy
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_clinic_that_names_its_sites_lets_no_other_show_the_panel_a13(lobby: Lobby) -> None:
    sites = ["https://www.maple.example", "https://*.maple.example"]
    with lobby.kinline.database.write() as connection:
        connection.execute(update(tables.clinics).values(chat_sites=sites, revision=2))
    visitor = lobby.visitor()
    policy = visitor.get("/chat/panel?clinic=maple").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://www.maple.example https://*.maple.example")
    page = visitor.get("/chat?clinic=maple").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page
