"""A machine's clock that is set back delays no alert (I-10, I-31, F-21)."""

import pytest

from store import tables
from tests.store.clinic import ELEVEN_AT_NIGHT, NILS, Clinic


@pytest.mark.parametrize("back", [{"hours": -1}, {"days": -3650}])
def test_an_alert_goes_on_at_once_when_the_clock_is_set_back_i31(
    maple: Clinic, back: dict[str, float]
) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text("mi hijo no puede respirar")
    before = len(maple.texts_to(NILS))
    maple.later(**back)
    maple.wake()
    [alert] = maple.rows(tables.alerts)
    assert len(maple.texts_to(NILS)) == before + 1, "nobody knows how long Nils has been told"
    assert alert.round_at == maple.now < alert.next_step_at
    maple.wake()
    assert len(maple.texts_to(NILS)) == before + 1, "then it goes on by the new clock"


def test_clocks_of_two_workers_that_differ_by_seconds_tell_nobody_twice_i31(
    maple: Clinic,
) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text("mi hijo no puede respirar")
    before = len(maple.texts_to(NILS))
    maple.later(seconds=-30)
    maple.wake()
    assert len(maple.texts_to(NILS)) == before
