"""What one value of an apply file may be by itself, with how to mend it."""

import re
from datetime import date, datetime
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale
from babel.core import parse_locale
from pydantic import AfterValidator, Field, PlainValidator
from rapidfuzz import process

from routing.oncall import LONGEST_TURN

# Spoken by families of American clinics, and without an English name in Babel's data.
MORE_LANGUAGES = frozenset({"kjb", "ksw", "mam", "mix", "prs", "yua"})
SHORTEST_PASSWORD = 12  # FACTS J
NEAR_ENOUGH = 60  # of 100: below this a suggestion would only confuse

Stretch = tuple[str, str]
"""Opening and closing time of one stretch, `("08:30", "12:00")`."""


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Give ` Did you mean '…'?` for the known word that is most like this one, or nothing."""
    best = process.extractOne(word, known, score_cutoff=NEAR_ENOUGH)
    return f" Did you mean '{best[0]}'?" if best else ""


def _phone(text: str) -> str:
    fault = f"'{text}' is not a phone number. Write it like +13125550131."
    if not re.fullmatch(r"\+[0-9 ().-]+", text):
        raise ValueError(fault)
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise ValueError(fault) from None
    # Possible, not assigned: 555 numbers belong to nobody and stand in every trial file.
    if not phonenumbers.is_possible_number(number):
        raise ValueError(fault)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*", text):
        raise ValueError(f"'{text}' is not an e-mail address. Write it like ana@clinic.example.")
    return text.lower()


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _zone(text: str) -> str:
    if text not in _zones():
        advice = nearest(text, _zones()) or " Write it like America/Chicago."
        raise ValueError(f"'{text}' is not a time zone.{advice}")
    return text


@cache
def _english() -> Locale:
    return Locale.parse("en")


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", text) or text not in _english().territories:
        raise ValueError(f"'{text}' is not a country. Write two capital letters like US.")
    return text


def _language(text: str) -> str:
    try:
        language, territory, script, variant = parse_locale(text, sep="-")[:4]
    except ValueError:
        language, territory, script, variant = "", None, None, None
    names = _english()
    if (
        (language not in names.languages and language not in MORE_LANGUAGES)
        or (territory and territory not in names.territories)
        or (script and script not in names.scripts)
        or variant
    ):
        raise ValueError(f"'{text}' is not a language tag. Write it like en, es or zh-Hant.")
    return "-".join(part for part in (language, script, territory) if part)


def _key(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text):
        raise ValueError(f"'{text}' is not a key. Use small letters, digits, - and _.")
    return text


def _month(text: str) -> str:
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        raise ValueError(f"'{text}' is not a month. Write it like 2021-03.")
    return text


def _day(value: object) -> date:
    match value:
        case datetime():
            pass
        case date():
            return value
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
    raise ValueError(f"'{value}' is not a date. Write it like 2026-12-25.")


def _stretch(value: object) -> Stretch:
    text = re.sub(r"\s", "", value) if isinstance(value, str) else ""
    clock = r"((?:[01]\d|2[0-3]):[0-5]\d|24:00)"
    found = re.fullmatch(f"{clock}-{clock}", text)
    if not found or found[1] == "24:00":
        raise ValueError(f"'{value}' is not a stretch of time. Write it like 08:30-12:00.")
    if found[1] == found[2]:
        raise ValueError(f"'{value}' is empty. A whole day is 00:00-24:00.")
    return found[1], found[2]


def _days_of_turn(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LONGEST_TURN:
        raise ValueError(f"'{value}' is not a number of days. A turn has 1 to {LONGEST_TURN}.")
    return value


def _handover(text: str) -> str:
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"'{text}' is not a time of day. Write it like 08:00.")
    return text


def _minutes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"'{value}' is not a number of minutes. Write it like 5.")
    return value


def _emergency_number(text: str) -> str:
    if not re.fullmatch(r"\d{2,8}", text):
        raise ValueError(f"'{text}' is not an emergency number. Write it like 911.")
    return text


def _password(text: str) -> str:
    if len(text) < SHORTEST_PASSWORD:
        raise ValueError(f"is too short. Use at least {SHORTEST_PASSWORD} characters.")
    return text


def _site(text: str) -> str:
    if not re.fullmatch(r"https://(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+(:\d{1,5})?", text.lower()):
        raise ValueError(f"'{text}' is not a site. Write it like https://www.clinic.example.")
    return text.lower()


def _variable(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", text):
        raise ValueError("is not the name of a variable. Write it like MAPLE_TWILIO_TOKENS.")
    return text


Words = Annotated[str, Field(max_length=200)]
Phone = Annotated[str, AfterValidator(_phone)]
Email = Annotated[Words, AfterValidator(_email)]
Key = Annotated[str, AfterValidator(_key)]
Language = Annotated[str, AfterValidator(_language)]
Site = Annotated[Words, AfterValidator(_site)]
Day = Annotated[date, PlainValidator(_day)]
Minutes = Annotated[int, PlainValidator(_minutes)]
Hours = tuple[Annotated[Stretch, PlainValidator(_stretch)], ...]
Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, AfterValidator(_country)]
EmergencyNumber = Annotated[str, AfterValidator(_emergency_number)]
Variable = Annotated[str, AfterValidator(_variable)]
Password = Annotated[str, AfterValidator(_password)]
Month = Annotated[str, AfterValidator(_month)]
TurnDays = Annotated[int, PlainValidator(_days_of_turn)]
Handover = Annotated[str, AfterValidator(_handover)]
