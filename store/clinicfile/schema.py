"""The shape of an apply file: sections, keys, and what one value by itself may be."""

import re
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale
from babel.core import parse_locale
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator
from rapidfuzz import process

from routing.oncall import LONGEST_TURN
from routing.steps import Group
from routing.types import Automation, ChildFlag, Consent, StaffChannel

# Spoken by families of American clinics, and without an English name in Babel's data.
MORE_LANGUAGES = frozenset({"kjb", "ksw", "mam", "mix", "prs", "yua"})
SHORTEST_PASSWORD = 12  # FACTS J
NEAR_ENOUGH = 60  # of 100: below this a suggestion would only confuse

Stretch = tuple[str, str]
"""Opening and closing time of one stretch, `("08:30", "12:00")`."""


class Role(StrEnum):
    """What a member of staff may do."""

    COORDINATOR = "coordinator"
    NURSE = "nurse"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class ChildStatus(StrEnum):
    """Whether automatic messages about this child make sense (C20)."""

    ACTIVE = "active"
    ADMITTED = "admitted"
    MOVED = "moved"
    DECEASED = "deceased"


class TemplatePolicy(StrEnum):
    """Whether words without a review may be sent (DESIGN 6)."""

    REVIEWED_ONLY = "reviewed_only"
    ALLOW_DRAFT = "allow_draft"


class OptOut(StrEnum):
    """Who keeps the list of those who said STOP."""

    TWILIO = "twilio"
    OWN = "own"


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


class Section(BaseModel):
    """A table of the file. Empty stands for absent; `apply_checks` says what must be there."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    def has(self, key: str) -> bool:
        """Tell whether the file itself has this key."""
        return key in self.model_fields_set


class TwilioSection(Section):
    """A clinic's own account at the provider."""

    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")] = ""
    token_env: Annotated[str, AfterValidator(_variable)] = ""
    messaging_service_sid: Annotated[str, Field(pattern=r"^MG[0-9a-fA-F]{32}$")] = ""
    opt_out: OptOut = OptOut.TWILIO
    alert_number: Phone = ""


class ClinicSection(Section):
    """The clinic itself."""

    key: Key = ""
    name: Words = ""
    timezone: Annotated[str, AfterValidator(_zone)] = ""
    country: Annotated[str, AfterValidator(_country)] = ""
    languages: tuple[Language, ...] = ()
    template_policy: TemplatePolicy = TemplatePolicy.REVIEWED_ONLY
    emergency_number: Annotated[str, AfterValidator(_emergency_number)] = ""
    on_call_phone: Phone = ""
    office_phone: Phone = ""
    sms_numbers: tuple[Phone, ...] = ()
    chat_sites: Annotated[tuple[Site, ...], Field(max_length=20)] = ()
    alert_channels: tuple[StaffChannel, ...] = ()
    automation: Automation = Automation.SHADOW
    twilio: TwilioSection | None = None


class StepSection(Section):
    """One step of an alert."""

    who: tuple[Group, ...] = ()
    after: Minutes = 0
    after_urgent: Minutes = 0
    channels: tuple[StaffChannel, ...] = ()


class LadderSection(Section):
    """Who is told of a danger, step by step; a key that is absent is as the product has it."""

    day: tuple[StepSection, ...] = ()
    night: tuple[StepSection, ...] = ()


class HoursSection(Section):
    """The week; an absent day is closed."""

    mon: Hours = ()
    tue: Hours = ()
    wed: Hours = ()
    thu: Hours = ()
    fri: Hours = ()
    sat: Hours = ()
    sun: Hours = ()


class ClosureSection(Section):
    """One day on which the clinic is closed whatever the week says."""

    date: Day | None = None
    reason: Words = ""


class StaffSection(Section):
    """One member of staff, known by the e-mail address; empty `hours`: the clinic's."""

    email: Email = ""
    name: Words = ""
    roles: tuple[Role, ...] = ()
    languages: tuple[Language, ...] = ()
    phone: Phone = ""
    password: Annotated[str, AfterValidator(_password)] = Field(default="", repr=False)
    hours: HoursSection | None = None


class OnCallSection(Section):
    """One step of the escalation order."""

    staff: Email = ""


class RotationSection(Section):
    """One line of on-call turns, known by its name; what lies over it is set in pages."""

    name: Annotated[str, Field(max_length=100)] = ""
    staff: tuple[Email, ...] = ()
    first: Day | None = None
    days: Annotated[int, PlainValidator(_days_of_turn)] = 7
    handover: Annotated[str, AfterValidator(_handover)] = "08:00"


class ChildSection(Section):
    """One child of a family, known by name within it."""

    name: Words = ""
    birth_month: Annotated[str, AfterValidator(_month)] = ""
    flags: tuple[ChildFlag, ...] = ()
    status: ChildStatus = ChildStatus.ACTIVE
    comfort_phone: Phone = ""
    comfort_until: Day | None = None


class CaregiverSection(Section):
    """One person who writes, known by the phone."""

    name: Words = ""
    relation: Annotated[str, Field(max_length=50)] = ""
    language: Language = ""
    phone: Phone = ""
    consent: Consent = Consent.UNKNOWN


class FamilySection(Section):
    """One household, known by its key."""

    key: Key = ""
    name: Words = ""
    coordinator: Email = ""
    children: tuple[ChildSection, ...] = ()
    caregivers: tuple[CaregiverSection, ...] = ()


class TemplateSection(Section):
    """The clinic's own words for one automatic text in one language."""

    key: Annotated[str, Field(max_length=64)] = ""
    language: Language = ""
    text: Annotated[str, Field(max_length=1000)] = ""
    reviewed_by: Words = ""
    qualification: Words = ""
    reviewed_on: Day | None = None


class ClinicFile(Section):
    """The whole file. A section that is None was not in it."""

    clinic: ClinicSection = ClinicSection()
    ladder: LadderSection | None = None
    hours: HoursSection | None = None
    closures: tuple[ClosureSection, ...] | None = None
    staff: tuple[StaffSection, ...] | None = None
    on_call: tuple[OnCallSection, ...] | None = None
    rotations: tuple[RotationSection, ...] | None = None
    families: tuple[FamilySection, ...] | None = None
    templates: tuple[TemplateSection, ...] | None = None


def section_at(path: tuple[str | int, ...]) -> type[Section] | None:
    """Give the kind of section that a path of the file leads to, or None where it is a value."""
    kind: type[Section] = ClinicFile
    for name in path:
        if isinstance(name, int):
            continue
        field = kind.model_fields.get(name)
        inner = _sections(field.annotation) if field else ()
        if not inner:
            return None
        kind = inner[0]
    return kind


def _sections(annotation: Any) -> tuple[type[Section], ...]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return (annotation,)
    return tuple(found for part in get_args(annotation) for found in _sections(part))
