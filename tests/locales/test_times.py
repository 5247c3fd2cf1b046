"""How a promise and an opening read in each language."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from locales.catalogs import load
from locales.replies import Speaker
from locales.segments import Encoding, segments

CHICAGO = "America/Chicago"
SPEAKER = Speaker(load())


def chicago(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(CHICAGO)).astimezone(UTC)


WEDNESDAY_EVENING = chicago("2026-12-30 18:05")


@pytest.mark.parametrize(
    ("at", "language", "words"),
    [
        pytest.param("2026-12-30 21:00", "en", "today by 9:00 pm", id="today"),
        pytest.param("2026-12-31 10:30", "en", "tomorrow by 10:30 am", id="tomorrow"),
        pytest.param("2027-01-04 12:00", "en", "Monday by noon", id="noon"),
        pytest.param("2027-01-04 12:30", "en", "Monday by 12:30 pm", id="half past noon"),
        pytest.param("2027-01-05 09:00", "en", "Tuesday by 9:00 am", id="six days ahead"),
        pytest.param(
            "2027-01-06 09:00", "en", "Wednesday, January 6 by 9:00 am", id="seven days ahead"
        ),
        pytest.param("2026-12-31 00:00", "en", "today by 11:59 pm", id="midnight is no puzzle"),
        pytest.param("2026-12-31 00:30", "en", "tomorrow by 12:30 am", id="after midnight"),
        pytest.param("2026-12-29 09:00", "en", "Tuesday, December 29 by 9:00 am", id="past"),
        pytest.param("2026-12-30 21:00", "es", "hoy antes de las 9:00 pm", id="es today"),
        pytest.param("2026-12-31 13:30", "es", "mañana antes de la 1:30 pm", id="es one o'clock"),
        pytest.param("2027-01-02 12:00", "es", "el sábado antes del mediodía", id="es noon"),
        pytest.param("2026-12-30 21:00", "ar", "اليوم قبل الساعة 9:00 م", id="ar today"),
        pytest.param("2026-12-31 12:00", "ar", "غدًا قبل الساعة 12 ظهرًا", id="ar noon"),
        pytest.param("2027-01-04 08:30", "ar", "يوم الاثنين قبل الساعة 8:30 ص", id="ar Monday"),
        pytest.param("2026-12-30 21:00", "om", "today by 9:00 pm", id="no words yet: English"),
        pytest.param("2026-12-30 21:00", "es-MX", "hoy antes de las 9:00 pm", id="a region"),
    ],
)
def test_a_promise_reads_as_a_person_would_say_it(at: str, language: str, words: str) -> None:
    assert SPEAKER.promise_time(chicago(at), WEDNESDAY_EVENING, CHICAGO, language) == words


@pytest.mark.parametrize(
    ("at", "language", "words"),
    [
        pytest.param("2026-12-30 22:30", "en", "today at 10:30 pm", id="today"),
        pytest.param("2026-12-31 08:30", "en", "tomorrow at 8:30 am", id="tomorrow"),
        pytest.param("2027-01-04 08:30", "en", "Monday at 8:30 am", id="Monday"),
        pytest.param("2027-01-11 08:30", "en", "Monday, January 11 at 8:30 am", id="far"),
        pytest.param("2027-01-04 00:00", "en", "Monday at 12:00 am", id="a night clinic"),
        pytest.param("2027-01-04 13:00", "es", "el lunes a la 1:00 pm", id="es one o'clock"),
        pytest.param("2027-01-11 08:30", "es", "el lunes 11 de enero a las 8:30 am", id="es far"),
        pytest.param("2027-01-11 08:30", "ar", "يوم الاثنين 11 يناير الساعة 8:30 ص", id="ar far"),
    ],
)
def test_an_opening_reads_as_a_person_would_say_it(at: str, language: str, words: str) -> None:
    assert SPEAKER.opening_time(chicago(at), WEDNESDAY_EVENING, CHICAGO, language) == words


def test_the_day_is_the_clinics_day_and_not_greenwichs() -> None:
    now = datetime(2026, 12, 31, 5, 30, tzinfo=UTC)  # 23:30 of the 30th in Chicago
    morning = datetime(2026, 12, 31, 14, 30, tzinfo=UTC)
    assert SPEAKER.opening_time(morning, now, CHICAGO, "en") == "tomorrow at 8:30 am"
    assert SPEAKER.opening_time(morning, now, "Asia/Tokyo", "en") == "today at 11:30 pm"


def test_a_promise_across_the_end_of_summer_time_keeps_its_wall_clock() -> None:
    saturday = datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
    sunday_ten = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)  # clocks went back at 2:00
    assert SPEAKER.promise_time(sunday_ten, saturday, CHICAGO, "en") == "tomorrow by 10:00 am"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_time_brings_no_dear_letters_on_most_days(language: str) -> None:
    """CLDR separates hours and "pm" by a narrow space that would double the price (FACTS D)."""
    monday = SPEAKER.promise_time(chicago("2027-01-04 16:00"), WEDNESDAY_EVENING, CHICAGO, language)
    assert segments(monday).encoding is Encoding.GSM_7


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_every_hour_and_day_has_words_with_western_digits(language: str) -> None:
    for day in ("30", "31"):
        for hour in range(24):
            at = chicago(f"2026-12-{day} {hour:02d}:05")
            said = SPEAKER.opening_time(at, WEDNESDAY_EVENING, CHICAGO, language)
            assert f"{(hour - 1) % 12 + 1}:05" in said
            assert "{" not in said
