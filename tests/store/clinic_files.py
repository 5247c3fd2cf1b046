"""The clinic file that the tests of `apply` begin with, and how they change it."""

from datetime import UTC, datetime
from pathlib import Path

from store.apply import Applied, apply
from store.db import Database

NOW = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)

MAPLE = """\
[clinic]
key = "maple"
name = "Maple Complex Care"
timezone = "America/Chicago"
country = "US"
languages = ["en", "es", "vi"]
template_policy = "allow_draft"
emergency_number = "911"
on_call_phone = "+13125550100"
sms_numbers = ["+13125550111"]
automation = "on"

[hours]
mon = ["08:30-12:00", "12:30-17:00"]
tue = ["08:30-17:00"]

[[closures]]
date = 2026-12-25
reason = "Holiday"

[[staff]]
email = "ana@maple.example"
name = "Ana"
roles = ["coordinator"]
languages = ["en", "es"]
phone = "+13125550121"
password = "only-for-trials"

[[on_call]]
staff = "ana@maple.example"

[[families]]
key = "garcia"
name = "Garcia"
coordinator = "ana@maple.example"
[[families.children]]
name = "Luis"
birth_month = "2021-03"
flags = ["trach", "g_tube"]
[[families.caregivers]]
name = "Rosa"
relation = "mother"
language = "es"
phone = "+13125550131"
consent = "granted"
"""

SECOND_FAMILY = """
[[families]]
key = "nguyen"
name = "Nguyen"
[[families.caregivers]]
name = "Linh"
phone = "{phone}"
"""

NILS = """
[[staff]]
email = "nils@maple.example"
name = "Nils"
roles = ["nurse"]
"""

OAK = """\
[clinic]
key = "oak"
name = "Oak Street Pediatrics"
timezone = "America/New_York"
country = "US"
languages = ["en"]
emergency_number = "911"
on_call_phone = "+12125550100"
sms_numbers = ["+12125550111"]

[[staff]]
email = "ben@oak.example"
name = "Ben"
roles = ["nurse"]
"""


def changed(old: str, new: str, text: str = MAPLE) -> str:
    """Put other words into a file; the old ones must be there exactly once."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def apply_text(database: Database, folder: Path, text: str, now: datetime = NOW) -> Applied:
    """Write a file and apply it."""
    file = folder / "clinic.toml"
    file.write_text(text, encoding="utf-8")
    return apply(database, file, now)
