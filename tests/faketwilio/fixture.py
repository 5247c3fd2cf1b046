"""The fixture `twilio`: a fake of the test's own, which fails the test for a text too many."""

from collections.abc import Iterator

import pytest

from tests.faketwilio.client import FakeTwilio


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """A Twilio without faults; every text that goes out must be waited for or allowed."""
    with FakeTwilio() as fake:
        yield fake
        fake.expect_nothing_more()
