"""What an administrator typed about a person who works here, and what is wrong with it."""

import re
from dataclasses import dataclass
from typing import Annotated

import phonenumbers
from fastapi import Depends, Form

from admin.desk import LARGEST_ID
from admin.words import OFFERED
from store.clinicfile.schema import Role
from store.team import Member, Wanted

ROLES = tuple(role.value for role in Role)
LONGEST_NAME = 200
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")
Words = Annotated[str, Form(max_length=400)]


@dataclass(frozen=True, slots=True)
class PersonTyped:
    """One filled form; `pages` is the language of the pages, `speaks` are further ones."""

    email: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    pages: str = ""
    speaks: tuple[str, ...] = ()
    phone: str = ""
    backup: str = ""

    @classmethod
    def of(cls, member: Member, spoken: tuple[str, ...]) -> "PersonTyped":
        """Fill the form with what stands; `spoken` are the languages of the pages."""
        languages = member.set.languages
        pages = next((tag for tag in languages if tag in spoken), spoken[0])
        return cls(
            email=member.email,
            name=member.set.name,
            roles=member.set.roles,
            pages=pages,
            speaks=tuple(tag for tag in languages if tag != pages),
            phone=member.set.phone or "",
            backup=str(member.set.backup_id or ""),
        )


def _typed(
    *,
    email: Words = "",
    name: Words = "",
    roles: Annotated[list[str] | None, Form()] = None,
    pages: Annotated[str, Form(max_length=16)] = "",
    speaks: Annotated[list[str] | None, Form()] = None,
    phone: Annotated[str, Form(max_length=40)] = "",
    backup: Annotated[str, Form(max_length=20)] = "",
) -> PersonTyped:
    return PersonTyped(
        email=email.strip(), name=name.strip(), roles=tuple(roles or ()), pages=pages,
        speaks=tuple(speaks or ()), phone=phone.strip(), backup=backup,
    )  # fmt: skip


PersonForm = Annotated[PersonTyped, Depends(_typed)]


def read_email(typed: PersonTyped) -> tuple[str, dict[str, str]]:
    """Read the address that somebody signs in with, in small letters as the clinic's file does."""
    email = typed.email.lower()
    is_address = EMAIL.fullmatch(email) and len(email) <= LONGEST_NAME
    return email, {} if is_address else {"email": "email"}


def read_person(
    typed: PersonTyped, spoken: tuple[str, ...], country: str, known: tuple[str, ...] = ()
) -> tuple[Wanted, dict[str, str]]:
    """Read the other fields.

    Args:
        typed: as it came.
        spoken: languages that pages speak.
        country: of the clinic, for a telephone number without a country code.
        known: languages that the person has already, beside those that pages offer.

    Returns:
        What is wanted, and for each field that cannot be so the key of a sentence.
    """
    problems = {}
    if not 0 < len(typed.name) <= LONGEST_NAME:
        problems["name"] = "name"
    roles = tuple(role for role in ROLES if role in typed.roles)
    if not roles:
        problems["roles"] = "roles"
    if typed.pages not in spoken:
        problems["pages"] = "pages"
    phone = telephone(typed.phone, country)
    if typed.phone and phone is None:
        problems["phone"] = "phone"
    also = (tag for tag in dict.fromkeys((*known, *OFFERED)) if tag in typed.speaks)
    languages = tuple(dict.fromkeys((typed.pages, *also)))
    return Wanted(typed.name, roles, languages, phone, _number(typed.backup)), problems


def telephone(typed: str, country: str) -> str | None:
    """Read a number as people type it, in the country's way or with `+`; None: it is none."""
    if not typed:
        return None
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    # Possible, not assigned: 555 numbers belong to nobody and stand in every trial clinic.
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _number(digits: str) -> int | None:
    is_number = digits.isascii() and digits.isdigit() and len(digits) < len(str(LARGEST_ID))
    return int(digits) if is_number else None
