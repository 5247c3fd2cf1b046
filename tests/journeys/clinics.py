"""The clinics of the stories, as files for `kinline apply`."""

from collections.abc import Sequence
from dataclasses import dataclass

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = ("00:00-24:00",)
OFFICE_HOURS = ("08:30-12:00", "12:30-17:00")
NEVER: tuple[str, ...] = ()
PASSWORD = "only-for-trials"


@dataclass(frozen=True, slots=True)
class Household:
    """One family with a child and those who write; each writer is (name, language, phone)."""

    key: str
    name: str
    writers: tuple[tuple[str, str, str], ...]
    flags: tuple[str, ...] = ()

    @property
    def phone(self) -> str:
        """Give the number of the first who writes."""
        return self.writers[0][2]


@dataclass(frozen=True, slots=True)
class Clinic:
    """One clinic; `number` takes texts, Ana coordinates, Nils is the night nurse on call."""

    key: str
    name: str
    number: str
    on_call_phone: str
    ana: str
    nils: str
    hours: tuple[str, ...] = ALWAYS
    timezone: str = "America/Chicago"
    automation: str = "on"
    opt_out: str = "twilio"
    alert_channels: tuple[str, ...] = ()
    interpreters: str = ""  # the telephone of their line
    services: tuple[tuple[str, str], ...] = ()  # name, and the variable of the address
    households: tuple[Household, ...] = ()

    @property
    def email(self) -> str:
        """Give the address that Ana signs in with."""
        return f"ana@{self.key}.example"

    def file(self) -> str:
        """Write the clinic as a file for `apply`."""
        return "\n".join((_clinic(self), *(_family(self, one) for one in self.households)))


def households(
    first: str, count: int, language: str = "en", name: str = "Garcia", flags: Sequence[str] = ()
) -> tuple[Household, ...]:
    """Make families with one mother each, whose telephones count up from `first`."""
    start = int(first)
    return tuple(
        Household(
            f"{name.lower()}-{number}",
            f"{name} {number}",
            (("Rosa", language, f"+{start + number}"),),
            tuple(flags),
        )
        for number in range(count)
    )


def _clinic(clinic: Clinic) -> str:
    quoted = ", ".join(f'"{stretch}"' for stretch in clinic.hours)
    hours = "\n".join(f"{day} = [{quoted}]" for day in WEEK if clinic.hours)
    services = ", ".join(
        f'{{ name = "{name}", address_env = "{variable}" }}' for name, variable in clinic.services
    )
    line = f'interpreter_phone = "{clinic.interpreters}"' if clinic.interpreters else ""
    return f"""\
[clinic]
key = "{clinic.key}"
name = "{clinic.name}"
timezone = "{clinic.timezone}"
country = "US"
languages = ["en", "es"]
template_policy = "allow_draft"
emergency_number = "911"
on_call_phone = "{clinic.on_call_phone}"
sms_numbers = ["{clinic.number}"]
{line}
automation = "{clinic.automation}"
alert_channels = [{", ".join(f'"{channel}"' for channel in clinic.alert_channels)}]
alert_services = [{services}]

[clinic.twilio]
opt_out = "{clinic.opt_out}"

[hours]
{hours}

[[staff]]
email = "{clinic.email}"
name = "Ana"
roles = ["coordinator"]
languages = ["en"]
phone = "{clinic.ana}"
password = "{PASSWORD}"

[[staff]]
email = "nils@{clinic.key}.example"
name = "Nils"
roles = ["nurse"]
languages = ["en"]
phone = "{clinic.nils}"
password = "{PASSWORD}"

[[on_call]]
staff = "nils@{clinic.key}.example"
"""


def _family(clinic: Clinic, household: Household) -> str:
    flags = ", ".join(f'"{flag}"' for flag in household.flags)
    return f"""
[[families]]
key = "{household.key}"
name = "{household.name}"
coordinator = "{clinic.email}"
[[families.children]]
name = "Luis"
birth_month = "2021-03"
flags = [{flags}]
""" + "".join(
        f"""[[families.caregivers]]
name = "{name}"
relation = "mother"
language = "{language}"
phone = "{phone}"
consent = "granted"
"""
        for name, language, phone in household.writers
    )
