"""What every answer of the staff pages carries, and which forms are refused."""

import pytest

from store import tables
from tests.admin.conftest import Desk
from tests.admin.visitor import SITE, shown

FORMS = ("/login", "/logout", "/invite/x", "/episodes/1/take", "/episodes/1/reply",
         "/episodes/1/resolve", "/episodes/1/attach")  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/login", 200), ("/episodes/999", 404), ("/nowhere", 404), ("/logout", 405)],
)
def test_every_page_is_locked_down_and_kept_by_no_cache(desk: Desk, path: str, status: int) -> None:
    """A-08, A-38."""
    answer = desk.ana().get(path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'none'", "style-src 'self'", "form-action 'self'",
                 "frame-ancestors 'none'", "script-src 'self'", "connect-src 'self'"):  # fmt: skip
        assert rule in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store, private"


def test_the_stylesheet_may_be_kept(desk: Desk) -> None:
    answer = desk.visitor().get("/static/css/tokens.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert desk.visitor().get("/static/none.css").headers["cache-control"] == "no-store, private"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
    ],
    ids=["cross-site", "same-site", "other origin", "null origin"],
)
def test_a_form_of_another_site_is_refused(desk: Desk, headers: dict[str, str]) -> None:
    """A-22."""
    ana = desk.ana()
    answers = {path: ana.post(path, {}, _only(headers)).status_code for path in FORMS}
    assert answers == dict.fromkeys(FORMS, 403)


def test_a_browser_without_fetch_metadata_is_judged_by_its_origin(desk: Desk) -> None:
    ana = desk.ana()
    assert ana.post("/logout", _only({"Origin": SITE})).status_code == 303


def test_a_form_that_is_too_large_is_refused_before_it_is_read(desk: Desk) -> None:
    answer = desk.ana().post("/login", {"email": "x" * 70_000})
    assert answer.status_code == 413


def test_an_error_of_ours_shows_no_detail_and_keeps_its_headers(desk: Desk) -> None:
    episode_id = desk.episode("palabras de Rosa")
    with desk.database.write() as connection:
        connection.execute(tables.episodes.update().values(urgency=17))
    answer = desk.ana().get(f"/episodes/{episode_id}")
    assert answer.status_code == 500
    assert "Something went wrong" in shown(answer)
    assert "palabras" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def _only(headers: dict[str, str]) -> dict[str, str]:
    """Take away what the visitor would send by itself; an empty value leaves a header out."""
    return {"Sec-Fetch-Site": "", "Origin": ""} | headers
