"""What cannot be started is said in one line, never passed over where it must be there."""

import socket

import pytest

from tests.servers import HOW_TO_GET_CHROMIUM, missing


def test_a_newcomer_without_a_browser_is_told_in_one_line_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium") as told:
        missing(HOW_TO_GET_CHROMIUM, required_by="REQUIRE_BROWSER")
    assert "\n" not in str(told.value)


def test_where_a_browser_is_required_its_absence_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        missing(HOW_TO_GET_CHROMIUM, required_by="REQUIRE_BROWSER")


@pytest.mark.parametrize(
    "address", [("192.0.2.1", 443), ("2001:db8::1", 443)], ids=["version 4", "version 6"]
)
def test_a_test_that_calls_the_outside_world_fails(address: tuple[str, int]) -> None:
    """No test ever texts a real telephone."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with (
        socket.socket(family) as line,
        pytest.raises(pytest.fail.Exception, match="nothing outside is ever called"),
    ):
        line.connect(address)


def test_a_test_may_call_its_own_machine() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as line,
    ):
        assert line.getpeername() == server.getsockname()
