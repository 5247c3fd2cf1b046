"""How a text of ours is recognised among Twilio's records when Twilio has changed its form."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.channels.twilio.records import found_among
from routing.types import DeliveryState
from tests.bot.twilio.test_client import CLINIC, outgoing

SENT = datetime(2026, 11, 17, 16, 0, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    """One row of Twilio's list, with the names of its package."""

    body: str | None
    sid: str = "SM1"
    status: str = "sent"
    direction: str = "outbound-api"
    date_created: datetime | str | None = SENT
    from_: str | None = CLINIC
    messaging_service_sid: str | None = None
    error_code: int | None = None


@pytest.mark.parametrize(
    ("sent", "listed"),
    [
        pytest.param("“Hola”, Rosa – 16:00", '"Hola", Rosa - 16:00', id="SmartEncoded"),
        pytest.param(
            "We got your text.",
            "Sent from your Twilio trial account - We got your text.",
            id="trial account",
        ),
        pytest.param("Hi  Rosa\n", "Hi Rosa", id="white space"),
        pytest.param("Sofía", "Sofi\u0301a", id="accents taken apart"),
        pytest.param("👍", "👍", id="nothing but an emoji"),
        pytest.param("هل هو بخير؟", "هل هو بخير؟", id="Arabic"),
    ],
)
def test_the_same_words_are_recognised(sent: str, listed: str) -> None:
    assert found_among([Listed(listed)], outgoing(text=sent)).provider_id == "SM1"


@pytest.mark.parametrize(
    ("sent", "listed"),
    [
        pytest.param("We got your text.", "We got your text. Ana", id="more words"),
        pytest.param("👍", "👎", id="another emoji"),
        pytest.param("At 3:00", "At 4:00", id="another time"),
    ],
)
def test_other_words_are_not(sent: str, listed: str) -> None:
    assert found_among([Listed(listed)], outgoing(text=sent)).status == "not_found"


@pytest.mark.parametrize("body", ["", None])
def test_redacted_words_leave_the_outcome_unknown(body: str | None) -> None:
    """FACTS A7: with Message Redaction nobody can tell; so nothing is sent again blindly."""
    found = found_among([Listed(body)], outgoing())
    assert (found.state, found.status) == (DeliveryState.UNKNOWN, "redacted")


@pytest.mark.parametrize("date", [None, "not a date"])
def test_a_row_without_a_date_is_passed_over(date: str | None) -> None:
    assert found_among([Listed(outgoing().text, date_created=date)], outgoing()).status == (
        "not_found"
    )


def test_a_status_that_twilio_adds_one_day_still_proves_that_it_has_the_text() -> None:
    found = found_among([Listed(outgoing().text, status="levitating")], outgoing())
    assert (found.state, found.status) == (DeliveryState.SENDING, "levitating")
