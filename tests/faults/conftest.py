"""What one test may break: a Twilio of its own; databases come from the fixtures of all tests."""

from collections.abc import Iterator

import pytest

from tests.journeys.secrecy import Twilio


@pytest.fixture
def own_twilio() -> Iterator[Twilio]:
    """A Twilio for one test; every text that goes out must be waited for or allowed."""
    with Twilio() as twilio:
        yield twilio
        twilio.expect_nothing_more()
