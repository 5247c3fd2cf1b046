"""Puts a moment into a family's words: "today by 3:00 pm", "Monday at 8:30 am"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

_LAST_WEEKDAY_ALONE = 6
"""Days ahead up to which a weekday alone is clear; the seventh has today's name."""

_NOON = 12
_REGION = "US"
_PLAIN_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


class Saying(StrEnum):
    """What the moment is for, which chooses the connecting words."""

    BY = "by"  # a promise: an answer comes by then
    AT = "at"  # an opening: the office opens then


@dataclass(frozen=True, slots=True)
class When:
    """A moment that is still to be worded, in whatever language its text turns out to be in.

    `at` and `now` are aware UTC; `timezone` is the clinic's IANA name.
    """

    saying: Saying
    at: datetime
    now: datetime
    timezone: str


def time_keys(when: When, tag: str) -> tuple[str, ...]:
    """Name the catalog entries that a moment needs in a language."""
    local, days = _local(when)
    keys = [_phrase_key(when, local, days)]
    if not _is_noon(local) and _has_twelve_hours(tag):
        keys.append(_half_key(local))
    if not 0 <= days <= _LAST_WEEKDAY_ALONE:
        keys.append("time.weekday_date")
    return tuple(keys)


def word_time(when: When, tag: str, words: Mapping[str, str]) -> str:
    """Word a moment in one language.

    The connecting words are whole phrases of the catalog, because languages bend the words
    around a time (Spanish "a la 1:00" but "a las 2:00"). Day and month names come from CLDR.
    A promise for midnight is told as 11:59 pm of the day before: nobody misreads that.

    Args:
        when: the moment, the present, and the clinic's time zone.
        tag: the language of `words`.
        words: that language's catalog; needs the ids that `time_keys` names.
    """
    local, days = _local(when)
    phrase = words[_phrase_key(when, local, days)]
    values = {"day": _day(local, days, tag, words), "time": _clock(local, tag, words)}
    return phrase.format_map(values)


def _local(when: When) -> tuple[datetime, int]:
    zone = ZoneInfo(when.timezone)
    local = when.at.astimezone(zone)
    if when.saying is Saying.BY and (local.hour, local.minute) == (0, 0):
        local -= timedelta(minutes=1)
    return local, (local.date() - when.now.astimezone(zone).date()).days


def _phrase_key(when: When, local: datetime, days: int) -> str:
    day = {0: "today", 1: "tomorrow"}.get(days, "day")
    hour = "_noon" if _is_noon(local) else "_one" if local.hour % 12 == 1 else ""
    return f"time.{day}_{when.saying}{hour}"


def _is_noon(local: datetime) -> bool:
    return (local.hour, local.minute) == (_NOON, 0)


def _half_key(local: datetime) -> str:
    return "time.am" if local.hour < _NOON else "time.pm"


def _clock(local: datetime, tag: str, words: Mapping[str, str]) -> str:
    if not _has_twelve_hours(tag):
        return f"{local.hour:02d}:{local.minute:02d}"
    if _is_noon(local):
        return ""
    clock = f"{(local.hour - 1) % 12 + 1}:{local.minute:02d}"
    return words[_half_key(local)].format_map({"clock": clock})


def _day(local: datetime, days: int, tag: str, words: Mapping[str, str]) -> str:
    locale = _cldr(tag)
    weekday = format_date(local.date(), "EEEE", locale=locale).translate(_PLAIN_SPACES)
    if 0 <= days <= _LAST_WEEKDAY_ALONE:
        return weekday
    date = format_skeleton("MMMMd", local, locale=locale).translate(_PLAIN_SPACES)
    return words["time.weekday_date"].format_map({"weekday": weekday, "date": date})


def _has_twelve_hours(tag: str) -> bool:
    return "a" in _cldr(tag).time_formats["short"].pattern


@cache
def _cldr(tag: str) -> Locale:
    """Find CLDR's data for a tag, as used in the United States where CLDR knows that use.

    Languages that CLDR lacks (Hmong) get English day names. Source: ECOSYSTEM 7.1.
    """
    name = tag.replace("-", "_")
    for candidate in (f"{name}_{_REGION}", name, name.split("_", maxsplit=1)[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en_US")
