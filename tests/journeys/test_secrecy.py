"""The check that follows every story finds a private word that leaked."""

import pytest

from tests.journeys.secrecy import leaks

PRIVATE = {"13125552000", "Rosa", "he is not breathing"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"event": "serve.started", "level": "info"}', []),
        ('{"event": "sending.failed", "to": "+13125552000"}', ["13125552000"]),
        ('{"event": "library.says", "words": "IntegrityError: he is not breathing"}',
         ["he is not breathing"]),
        ('kinline_messages_in{family="Rosa"} 1', ["Rosa"]),
    ],
    ids=["nothing", "a telephone", "words of a family in an error", "a name in the metrics"],
)  # fmt: skip
def test_a_leak_is_found(text: str, found: list[str]) -> None:
    """I-24."""
    assert leaks(PRIVATE, "nothing here", text) == found
