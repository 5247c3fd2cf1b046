"""Every fault of an apply file is one line with its place, and nothing of the file is kept."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from store.apply import WrongFile, apply
from store.db import Database
from store.tables import audit_events, clinics, contacts, families, staff
from tests.store.clinic_files import MAPLE, NILS, NOW, SECOND_FAMILY, apply_text, changed


def with_fault(old: str, new: str, sentence: str, *, at: str = "") -> tuple[str, str]:
    """Give a file in which `old` is `new`, and the line that must be said about it.

    The line is that of `at`, or of `new`, in the file itself.
    """
    return fault_in(changed(old, new), at or new, sentence)


def fault_in(text: str, at: str, sentence: str) -> tuple[str, str]:
    """Give a file and what must be said about the last line that has `at` in it."""
    return text, f"{text[: text.rindex(at)].count(chr(10)) + 1}: {sentence}"


def with_ladder(step: str, sentence: str) -> tuple[str, str]:
    """Give a file whose steps by day are wrong."""
    return fault_in(f"{MAPLE}[ladder]\nday = [{{ {step} }}]\n", "day =", f"ladder.{sentence}")


FLAGS = (
    "trach, ventilator, oxygen, central_line, vp_shunt, g_tube, adrenal_insufficiency, epilepsy, "
    "immunocompromised, infant_under_3mo, diabetes_type1, cardiac"
)
SECTIONS = "clinic, ladder, hours, closures, staff, on_call, rotations, families, templates"
WRITE_A_PHONE = "is not a phone number. Write it like +13125550131."
WRITE_A_STRETCH = "is not a stretch of time. Write it like 08:30-12:00."
NOT_STAFF = "is not a member of staff of this clinic. Did you mean 'ana@maple.example'?"
ROSA = "families[0].caregivers[0]"
LUIS = "families[0].children[0]"
OWN_ACCOUNT = f'[clinic.twilio]\naccount_sid = "AC{"0" * 32}"'

ONE_FAULT = {
    "unknown_key": with_fault(
        'relation = "mother"',
        'relaton = "mother"',
        f"{ROSA}.relaton: this key is not known. Did you mean 'relation'?",
    ),
    "unknown_key_like_nothing": with_fault(
        'reason = "Holiday"',
        'zzz = "Holiday"',
        "closures[0].zzz: this key is not known. Known here: date, reason.",
    ),
    "unknown_section": with_fault(
        "[[closures]]",
        "[[holidays]]",
        f"holidays: this key is not known. Known here: {SECTIONS}.",
    ),
    "bad_time_zone": with_fault(
        "America/Chicago",
        "America/Chicgo",
        "clinic.timezone: 'America/Chicgo' is not a time zone. Did you mean 'America/Chicago'?",
    ),
    "overlap_within_a_day": with_fault(
        "12:30-17:00",
        "11:30-17:00",
        "hours.mon[1]: '11:30-17:00' overlaps with mon 08:30-12:00.",
    ),
    "overlap_past_midnight": with_fault(
        "12:30-17:00",
        "20:00-09:00",
        "hours.tue[0]: '08:30-17:00' overlaps with mon 20:00-09:00.",
        at="tue =",
    ),
    "overlap_of_sunday_and_monday": with_fault(
        'tue = ["08:30-17:00"]',
        'sun = ["20:00-09:00"]',
        "hours.mon[0]: '08:30-12:00' overlaps with sun 20:00-09:00.",
        at="mon =",
    ),
    "overlap_with_a_whole_day": with_fault(
        "08:30-12:00",
        "00:00-24:00",
        "hours.mon[1]: '12:30-17:00' overlaps with mon 00:00-24:00.",
    ),
    "not_a_stretch": with_fault(
        "12:30-17:00", "12:30-25:00", f"hours.mon[1]: '12:30-25:00' {WRITE_A_STRETCH}"
    ),
    "empty_stretch": with_fault(
        "12:30-17:00",
        "13:00-13:00",
        "hours.mon[1]: '13:00-13:00' is empty. A whole day is 00:00-24:00.",
    ),
    "not_a_site": with_fault(
        'country = "US"',
        'country = "US"\nchat_sites = ["http://maple.example/; script-src *"]',
        "clinic.chat_sites[0]: 'http://maple.example/; script-src *' is not a site. "
        "Write it like https://www.clinic.example.",
        at="chat_sites =",
    ),
    "not_a_group": with_ladder(
        'who = ["ownr"], after = 0',
        "day[0].who[0]: 'ownr' is not one of owner, backup, nurses, "
        "supervisors, first, second, list, staff. Did you mean 'owner'?",
    ),
    "a_step_that_tells_nobody": with_ladder(
        "after = 0", """day[0].who: tells nobody. Name people, like who = ["owner"]."""
    ),
    "a_first_step_that_waits": with_ladder(
        'who = ["staff"], after = 3',
        "day[0].after: must be 0: somebody is told of a danger at once.",
    ),
    "a_half_minute": with_ladder(
        'who = ["staff"], after = 0.5',
        "day[0].after: '0.5' is not a number of minutes. Write it like 5.",
    ),
    "everybody_too_late": with_ladder(
        'who = ["owner"] }, { who = ["staff"], after = 20, after_urgent = 60',
        "day[1].after: is too late: everybody is told within 15 minutes.",
    ),
    "steps_that_go_back": with_ladder(
        'who = ["owner"] }, { who = ["staff"], after = 5',
        "day[1].after_urgent: is not later than the step before. "
        "Let each step come after the one before it.",
    ),
    "steps_that_end_before_everybody": with_ladder(
        'who = ["owner"] }, { who = ["list"], after = 5, after_urgent = 15',
        'day[1].who: must tell everybody: name "staff", or "list" and "nurses", in a step.',
    ),
    "a_ladder_without_steps": fault_in(
        MAPLE + "[ladder]\nnight = []\n",
        "night =",
        "ladder.night: has no step. Write one at least, or leave the key out for the usual ones.",
    ),
    "not_a_weekday": with_fault(
        "tue =", "tues =", "hours.tues: this key is not known. Did you mean 'tue'?"
    ),
    "not_a_phone": with_fault(
        "+13125550131", "+1312", f"{ROSA}.phone: '+1312' {WRITE_A_PHONE}", at='"+1312"'
    ),
    "phone_without_country": with_fault(
        "+13125550131", "312-555-0131", f"{ROSA}.phone: '312-555-0131' {WRITE_A_PHONE}"
    ),
    "phone_with_letters": with_fault(
        "+13125550121", "+1312CALLANA", f"staff[0].phone: '+1312CALLANA' {WRITE_A_PHONE}"
    ),
    "two_families_with_one_phone": fault_in(
        MAPLE + SECOND_FAMILY.format(phone="+1 (312) 555-0131"),
        "+1 (312)",
        "families[1].caregivers[0].phone: '+13125550131' is already the phone of Rosa "
        "(family garcia) in this file.",
    ),
    "a_family_with_the_phone_of_staff": with_fault(
        "+13125550131",
        "+13125550121",
        f"{ROSA}.phone: '+13125550121' is already the phone of ana@maple.example, who is staff.",
    ),
    "a_family_with_the_clinics_number": with_fault(
        "+13125550131", "+13125550111", f"{ROSA}.phone: '+13125550111' is the clinic's own number."
    ),
    "staff_with_the_clinics_number": with_fault(
        "+13125550121",
        "+13125550111",
        "staff[0].phone: '+13125550111' is the clinic's own number.",
    ),
    "two_staff_with_one_address": fault_in(
        MAPLE + NILS.replace("nils@", "Ana@"),
        "Ana@",
        "staff[1].email: 'ana@maple.example': this member of staff stands here twice.",
    ),
    "unknown_on_call": with_fault(
        'staff = "ana@maple.example"',
        'staff = "anna@maple.example"',
        f"on_call[0].staff: 'anna@maple.example' {NOT_STAFF}",
    ),
    "unknown_coordinator": with_fault(
        'coordinator = "ana@',
        'coordinator = "zoe@',
        f"families[0].coordinator: 'zoe@maple.example' {NOT_STAFF}",
    ),
    "not_an_email": fault_in(
        MAPLE + NILS.replace("nils@maple.example", "nils at maple"),
        "nils at maple",
        "staff[1].email: 'nils at maple' is not an e-mail address. "
        "Write it like ana@clinic.example.",
    ),
    "unknown_flag": with_fault(
        '"g_tube"',
        '"gtube"',
        f"{LUIS}.flags[1]: 'gtube' is not one of {FLAGS}. Did you mean 'g_tube'?",
    ),
    "unknown_role": with_fault(
        'roles = ["coordinator"]',
        'roles = ["coordinater"]',
        "staff[0].roles[0]: 'coordinater' is not one of coordinator, nurse, supervisor, admin. "
        "Did you mean 'coordinator'?",
    ),
    "unknown_language": with_fault(
        'language = "es"',
        'language = "spanish"',
        f"{ROSA}.language: 'spanish' is not a language tag. Write it like en, es or zh-Hant.",
    ),
    "not_a_month": with_fault(
        "2021-03",
        "2021-13",
        f"{LUIS}.birth_month: '2021-13' is not a month. Write it like 2021-03.",
    ),
    "born_in_the_future": with_fault(
        "2021-03", "2026-12", f"{LUIS}.birth_month: '2026-12' is in the future.", at='"2026-12"'
    ),
    "comfort_plan_without_end": with_fault(
        'name = "Luis"',
        'name = "Luis"\ncomfort_phone = "+13125550188"',
        f"{LUIS}.comfort_until: is missing. A comfort plan has a phone and a last day.",
        at="[[families.children]]",
    ),
    "not_a_date": with_fault(
        "2026-12-25",
        '"25.12.2026"',
        "closures[0].date: '25.12.2026' is not a date. Write it like 2026-12-25.",
    ),
    "one_closure_twice": with_fault(
        "[[staff]]",
        "[[closures]]\ndate = 2026-12-25\n\n[[staff]]",
        "closures[1].date: '2026-12-25': this day is a closure already.",
        at="date = 2026-12-25",
    ),
    "short_password": with_fault(
        "only-for-trials", "secret", "staff[0].password: is too short. Use at least 12 characters."
    ),
    "password_that_is_a_number": with_fault(
        '"only-for-trials"',
        "314159265358979",
        'staff[0].password: … must be text in quotes, like "…".',
    ),
    "missing_key": with_fault(
        'emergency_number = "911"\n', "", "clinic.emergency_number: is missing.", at="[clinic]"
    ),
    "empty_name": with_fault(
        'name = "Luis"', 'name = ""', f"{LUIS}.name: is missing.", at='name = ""'
    ),
    "unknown_mode": with_fault(
        'automation = "on"',
        'automation = "live"',
        "clinic.automation: 'live' is not one of on, shadow, off.",
    ),
    "list_that_is_text": with_fault(
        '["+13125550111"]', '"+13125550111"', "clinic.sms_numbers: must be a list in [ ]."
    ),
    "country_in_words": with_fault(
        'country = "US"',
        'country = "USA"',
        "clinic.country: 'USA' is not a country. Write two capital letters like US.",
    ),
    "account_without_token": with_fault(
        "\n[hours]",
        f"\n{OWN_ACCOUNT}\n\n[hours]",
        "clinic.twilio.token_env: is missing. An account needs account_sid and token_env.",
        at="[clinic.twilio]",
    ),
    "key_of_the_system_clinic": with_fault(
        'key = "maple"',
        'key = "needs-routing"',
        "clinic.key: 'needs-routing' is kept for messages that belong to no clinic.",
    ),
    "one_family_twice": fault_in(
        MAPLE + SECOND_FAMILY.format(phone="+13125550132").replace("nguyen", "garcia"),
        'key = "garcia"',
        "families[1].key: 'garcia': this family stands here twice.",
    ),
    "repeated_key": with_fault(
        'name = "Rosa"',
        'name = "Rosa"\nname = "Rosario"',
        "this key stands here twice.",
        at="Rosario",
    ),
    "repeated_section": with_fault(
        "[[closures]]", "[hours]\n\n[[closures]]", "this section stands here twice.", at="[hours]"
    ),
    "not_toml": with_fault('country = "US"', "country = US", "this is not TOML: invalid value."),
    "empty_file": ("", "1: clinic: this section is missing. It needs a key at least."),
}


@pytest.mark.parametrize(("text", "fault"), ONE_FAULT.values(), ids=ONE_FAULT.keys())
def test_a_wrong_file_is_refused_with_the_place_and_nothing_of_it_is_kept(
    sqlite_database: Database, tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(WrongFile) as refused:
        apply_text(sqlite_database, tmp_path, text)
    assert refused.value.faults == (f"{tmp_path}/clinic.toml:{fault}",)
    assert rows_in(sqlite_database) == {"clinics": 1, "staff": 0, "families": 0, "audit_events": 0}


def test_one_run_names_all_faults_in_the_order_of_the_file(
    sqlite_database: Database, tmp_path: Path
) -> None:
    text = changed("America/Chicago", "Chicago")
    text = changed('"12:30-17:00"', '"11:00-17:00"', text)
    text = changed('name = "Ana"', 'nam = "Ana"', text)
    text = changed("+13125550131", "+1312", text)
    text += SECOND_FAMILY.format(phone="+13125550132")
    text += SECOND_FAMILY.format(phone="+13125550132").replace("nguyen", "okafor")
    with pytest.raises(WrongFile) as refused:
        apply_text(sqlite_database, tmp_path, text)
    places = [line.removeprefix(f"{tmp_path}/clinic.toml:") for line in refused.value.faults]
    assert [place.split(": ")[:2] for place in places] == [
        ["4", "clinic.timezone"],
        ["14", "hours.mon[1]"],
        ["21", "staff[0].name"],
        ["23", "staff[0].nam"],
        ["44", "families[0].caregivers[0].phone"],
        ["59", "families[2].caregivers[0].phone"],
    ]


def test_a_file_that_is_not_there_is_one_clear_line(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with pytest.raises(WrongFile) as refused:
        apply(sqlite_database, tmp_path / "maple.toml", NOW)
    assert refused.value.faults == (
        f"{tmp_path}/maple.toml: cannot be read: No such file or directory.",
    )


def test_a_file_that_is_not_text_names_the_line(sqlite_database: Database, tmp_path: Path) -> None:
    file = tmp_path / "clinic.toml"
    file.write_bytes(b'[clinic]\nname = "Cl\xednica"\n')
    with pytest.raises(WrongFile) as refused:
        apply(sqlite_database, file, NOW)
    assert refused.value.faults == (f"{file}:2: this is not UTF-8 text.",)


def test_a_fault_on_the_last_line_leaves_an_earlier_clinic_as_it_was(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    before = rows_in(sqlite_database)
    text = changed("Maple Complex Care", "Another name") + SECOND_FAMILY.format(phone="+1")
    with pytest.raises(WrongFile):
        apply_text(sqlite_database, tmp_path, text)
    with sqlite_database.read() as connection:
        names = connection.execute(select(clinics.c.name).where(clinics.c.key == "maple"))
        assert names.scalar_one() == "Maple Complex Care"
    assert rows_in(sqlite_database) == before


def rows_in(database: Database) -> dict[str, int]:
    """Count the rows of the tables that a file writes first and last."""
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(contacts)).scalar_one() in {0, 1}
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (clinics, staff, families, audit_events)
        }
