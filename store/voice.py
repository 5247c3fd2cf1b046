"""Reads what a call to one of our numbers needs: which languages to speak, whom to ring (C17)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from routing.hours import window_at
from store.db import AnyRow
from store.schedules import schedules
from store.tables import clinic_numbers, clinics


@dataclass(frozen=True, slots=True)
class VoicePlan:
    """How to answer a call.

    `connect_to` is the telephone to ring now, or None where there is none: then the call counts
    as missed at once. `emergency_number` and `on_call_phone` are empty where nobody set them.
    """

    clinic_name: str = ""
    languages: tuple[str, ...] = ("en",)
    emergency_number: str = ""
    on_call_phone: str = ""
    connect_to: str | None = None


UNKNOWN_NUMBER = VoicePlan()
"""The plan for a number that no clinic has: general words, nobody to ring."""


def plan(connection: Connection, number: str, now: datetime) -> VoicePlan:
    """Tell how to answer a call to `number` (E.164) at `now`.

    In office hours the office is rung, where it has a telephone of its own; otherwise, and when
    closed, the on-call telephone. This holds in every mode of automation: C22 is about texts.
    """
    clinic = connection.execute(
        select(
            clinics.c.id,
            clinics.c.name,
            clinics.c.timezone,
            clinics.c.hours,
            clinics.c.languages,
            clinics.c.emergency_number,
            clinics.c.on_call_phone,
            clinics.c.office_phone,
        )
        .join(clinic_numbers, clinic_numbers.c.clinic_id == clinics.c.id)
        .where(clinic_numbers.c.number == number)
    ).one_or_none()
    if clinic is None:
        return UNKNOWN_NUMBER
    office = clinic.office_phone if _is_open(connection, clinic, now) else None
    candidates = (office, clinic.on_call_phone)
    return VoicePlan(
        clinic_name=clinic.name,
        languages=tuple(clinic.languages),
        emergency_number=clinic.emergency_number,
        on_call_phone=clinic.on_call_phone,
        # A clinic whose office number is the one that was called would ring itself for ever.
        connect_to=next((phone for phone in candidates if phone and phone != number), None),
    )


def _is_open(connection: Connection, clinic: AnyRow, now: datetime) -> bool:
    return window_at(schedules(connection, clinic.id)[clinic.id], now).is_open
