"""The shape of an apply file: sections and keys; what a value may be stands in `values.py`."""

from enum import StrEnum
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field

from routing.steps import Group
from routing.types import Automation, ChildFlag, Consent, StaffChannel
from store.clinicfile.values import (
    Country,
    Day,
    Email,
    EmergencyNumber,
    Handover,
    Hours,
    Key,
    Language,
    Minutes,
    Month,
    Password,
    Phone,
    Site,
    TurnDays,
    Variable,
    Words,
    Zone,
)


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


class Section(BaseModel):
    """A table of the file. Empty stands for absent; `apply_checks` says what must be there."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    def has(self, key: str) -> bool:
        """Tell whether the file itself has this key."""
        return key in self.model_fields_set


class TwilioSection(Section):
    """A clinic's own account at the provider."""

    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")] = ""
    token_env: Variable = ""
    messaging_service_sid: Annotated[str, Field(pattern=r"^MG[0-9a-fA-F]{32}$")] = ""
    opt_out: OptOut = OptOut.TWILIO
    alert_number: Phone = ""


class ServiceSection(Section):
    """A service that is told of dangers as well; its address stands in a variable."""

    name: Annotated[str, Field(max_length=60)] = ""
    address_env: Variable = ""


class ClinicSection(Section):
    """The clinic itself."""

    key: Key = ""
    name: Words = ""
    timezone: Zone = ""
    country: Country = ""
    languages: tuple[Language, ...] = ()
    template_policy: TemplatePolicy = TemplatePolicy.REVIEWED_ONLY
    emergency_number: EmergencyNumber = ""
    on_call_phone: Phone = ""
    office_phone: Phone = ""
    interpreter_phone: Phone = ""
    sms_numbers: tuple[Phone, ...] = ()
    chat_sites: Annotated[tuple[Site, ...], Field(max_length=20)] = ()
    alert_channels: tuple[StaffChannel, ...] = ()
    alert_services: Annotated[tuple[ServiceSection, ...], Field(max_length=10)] = ()
    automation: Automation = Automation.SHADOW
    probe_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
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
    password: Password = Field(default="", repr=False)
    hours: HoursSection | None = None


class OnCallSection(Section):
    """One step of the escalation order."""

    staff: Email = ""


class RotationSection(Section):
    """One line of on-call turns, known by its name; what lies over it is set in pages."""

    name: Annotated[str, Field(max_length=100)] = ""
    staff: tuple[Email, ...] = ()
    first: Day | None = None
    days: TurnDays = 7
    handover: Handover = "08:00"


class ChildSection(Section):
    """One child of a family, known by name within it."""

    name: Words = ""
    birth_month: Month = ""
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
