"""What an apply file creates and changes, and what it leaves alone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import RowMapping, Table, select, update

from routing.types import ChildFlag
from store import tables
from store.db import Database
from store.people import invited
from store.playbook import Playbook
from tests import factories
from tests.store.clinic_files import MAPLE, NILS, NOW, OAK, apply_text, changed

CLINIC = '[clinic]\nkey = "maple"\n'


def rows(database: Database, table: Table) -> list[RowMapping]:
    with database.read() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)).mappings())


def one(database: Database, table: Table, **where: Any) -> RowMapping:
    found = [row for row in rows(database, table) if where.items() <= dict(row).items()]
    assert len(found) == 1, found
    return found[0]


def test_a_file_makes_a_clinic_with_everything_in_it(database: Database, tmp_path: Path) -> None:
    applied = apply_text(database, tmp_path, MAPLE)
    assert applied.changes == (
        "clinic maple: added",
        "numbers: +13125550111 added",
        "hours: mon 08:30-12:00, 12:30-17:00",
        "hours: tue 08:30-17:00",
        "closures: 2026-12-25 added",
        "staff ana@maple.example: added",
        "on call: ana@maple.example",
        "family garcia: added",
    )
    clinic = one(database, tables.clinics, key="maple")
    assert clinic["hours"] == {
        "mon": [["08:30", "12:00"], ["12:30", "17:00"]],
        "tue": [["08:30", "17:00"]],
    }
    assert one(database, tables.closures, clinic_id=clinic["id"])["date"] == date(2026, 12, 25)
    ana = one(database, tables.staff, email="ana@maple.example")
    family = one(database, tables.families, key="garcia")
    assert family["coordinator_id"] == ana["id"]
    child = one(database, tables.children, family_id=family["id"])
    assert (child["flags"], child["status"]) == (["trach", "g_tube"], "active")
    contact = one(database, tables.contacts, address="+13125550131")
    assert (contact["consent"], contact["language"], contact["channel"]) == ("granted", "es", "sms")
    assert one(database, tables.consents, contact_id=contact["id"])["how"] == "file"


def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    apply_text(database, tmp_path, MAPLE + NILS)
    before = {table.name: rows(database, table) for table in tables.metadata.sorted_tables}
    again = apply_text(database, tmp_path, MAPLE + NILS, NOW + timedelta(hours=1))
    assert (again.changes, again.invitations) == ((), ())
    assert before == {table.name: rows(database, table) for table in tables.metadata.sorted_tables}


def test_a_new_clinic_starts_in_shadow_and_sends_reviewed_words_only(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """C22: a clinic goes live because somebody decided so."""
    apply_text(sqlite_database, tmp_path, OAK)
    clinic = one(sqlite_database, tables.clinics, key="oak")
    assert clinic["automation"] == "shadow"
    assert clinic["template_policy"] == "reviewed_only"
    assert clinic["opt_out"] == "twilio"


def test_a_clinic_that_is_live_stays_live_when_the_file_does_not_say(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    applied = apply_text(sqlite_database, tmp_path, changed('automation = "on"\n', ""))
    assert applied.changes == ()
    assert one(sqlite_database, tables.clinics, key="maple")["automation"] == "on"


def test_sections_that_are_absent_stay_and_families_that_are_absent_stay(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    applied = apply_text(
        sqlite_database, tmp_path, CLINIC + '[[families]]\nkey = "okafor"\nname = "Okafor"\n'
    )
    assert applied.changes == ("family okafor: added",)
    assert {row["key"] for row in rows(sqlite_database, tables.families)} >= {"garcia", "okafor"}
    assert one(sqlite_database, tables.clinics, key="maple")["hours"]


def test_hours_closures_numbers_and_on_call_are_replaced_as_a_set(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE + NILS)
    later = """
        on_call = [{ staff = "nils@maple.example" }, { staff = "ana@maple.example" }]
        closures = []
        [clinic]
        key = "maple"
        sms_numbers = ["+13125550112"]
        [hours]
        wed = ["00:00-24:00"]
        fri = ["20:00-06:00"]
        """
    applied = apply_text(sqlite_database, tmp_path, later)
    assert applied.changes == (
        "numbers: +13125550111 removed",
        "numbers: +13125550112 added",
        "hours: mon closed",
        "hours: tue closed",
        "hours: wed 00:00-24:00",
        "hours: fri 20:00-06:00",
        "closures: 2026-12-25 removed",
        "on call: nils@maple.example, ana@maple.example",
    )
    assert apply_text(sqlite_database, tmp_path, later).changes == ()


def test_days_that_people_closed_stay_whatever_the_file_says(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    clinic = one(sqlite_database, tables.clinics, key="maple")
    with sqlite_database.write() as connection:
        for day in (date(2026, 11, 27), date(2026, 12, 31)):
            factories.row(
                connection, tables.closures, clinic_id=clinic["id"], date=day, reason="Bea"
            )
    without = 'closures = [{ date = 2026-12-31, reason = "Holiday" }]\n[clinic]\nkey = "maple"\n'
    assert apply_text(sqlite_database, tmp_path, without).changes == (
        "closures: 2026-12-25 removed",
        "closures: 2026-12-31 changed",
    )
    kept = {row["date"]: row["reason"] for row in rows(sqlite_database, tables.closures)}
    assert kept == {date(2026, 11, 27): "Bea", date(2026, 12, 31): "Holiday"}
    assert apply_text(sqlite_database, tmp_path, without).changes == ()


def test_each_change_is_named_and_counted_for_the_caches(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    text = changed('languages = ["en", "es", "vi"]', 'languages = ["en", "es"]')
    text = changed('reason = "Holiday"', 'reason = "Christmas"', text)
    text = changed('roles = ["coordinator"]', 'roles = ["coordinator", "admin"]', text)
    text = changed('flags = ["trach", "g_tube"]', 'flags = ["trach"]\nstatus = "admitted"', text)
    text = changed('language = "es"', 'language = "en"', text)
    text = changed('name = "Garcia"', 'name = "García"', text)
    applied = apply_text(sqlite_database, tmp_path, text)
    assert applied.changes == (
        "clinic maple: languages changed",
        "closures: 2026-12-25 changed",
        "staff ana@maple.example: roles changed",
        "family garcia: name changed",
        "family garcia: Luis: flags, status changed",
        "family garcia: Rosa: language changed",
    )
    assert one(sqlite_database, tables.clinics, key="maple")["revision"] == 2
    assert one(sqlite_database, tables.contacts, address="+13125550131")["language"] == "en"


def test_the_playbook_sees_what_a_file_has_changed(
    sqlite_database: Database, tmp_path: Path
) -> None:
    playbook = Playbook(sqlite_database)
    apply_text(sqlite_database, tmp_path, MAPLE)
    assert _care_for(playbook, sqlite_database) == {ChildFlag.TRACH, ChildFlag.G_TUBE}
    apply_text(sqlite_database, tmp_path, changed('"g_tube"', '"oxygen"'))
    assert _care_for(playbook, sqlite_database) == {ChildFlag.TRACH, ChildFlag.OXYGEN}


def _care_for(playbook: Playbook, database: Database) -> frozenset[ChildFlag]:
    with database.read() as connection:
        return playbook.current(connection).clinic_for("+13125550111", "").flags_cared_for


def test_a_password_counts_at_creation_only(sqlite_database: Database, tmp_path: Path) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    other = changed("only-for-trials", "something-else-now")
    assert apply_text(sqlite_database, tmp_path, other).changes == ()
    kept = one(sqlite_database, tables.staff, email="ana@maple.example")["password_hash"]
    assert PasswordHasher().verify(kept, "only-for-trials")


def test_staff_without_a_password_get_an_invitation_that_is_shown_once(
    sqlite_database: Database, tmp_path: Path
) -> None:
    first = apply_text(sqlite_database, tmp_path, MAPLE + NILS)
    (invitation,) = first.invitations
    assert invitation.email == "nils@maple.example"
    assert invitation.token not in repr(first)
    kept = one(sqlite_database, tables.staff, email="nils@maple.example")
    assert kept["invitation_hash"] != invitation.token
    person = invited(sqlite_database, invitation.token, NOW)
    assert person is not None
    assert person.name == "Nils"
    soon = apply_text(sqlite_database, tmp_path, MAPLE + NILS, NOW + timedelta(days=6))
    assert soon.invitations == ()


def test_an_invitation_that_nobody_used_in_time_is_made_again(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE + NILS)
    later = NOW + timedelta(days=8)
    applied = apply_text(sqlite_database, tmp_path, MAPLE + NILS, later)
    assert applied.changes == (
        "staff nils@maple.example: invited again, the earlier link is too old",
    )
    assert invited(sqlite_database, applied.invitations[0].token, later) is not None


def test_who_texted_stop_stays_opted_out_whatever_the_file_says(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """I-17: only the person takes an opt-out back."""
    apply_text(sqlite_database, tmp_path, MAPLE)
    _set_contact(sqlite_database, consent="opted_out")
    assert apply_text(sqlite_database, tmp_path, MAPLE).changes == ()
    assert one(sqlite_database, tables.contacts, address="+13125550131")["consent"] == "opted_out"


def test_an_opt_out_in_the_file_counts_and_is_on_record(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    text = changed('consent = "granted"', 'consent = "opted_out"')
    assert apply_text(sqlite_database, tmp_path, text).changes == (
        "family garcia: Rosa: consent changed",
    )
    states = [row["state"] for row in rows(sqlite_database, tables.consents)]
    assert states == ["granted", "opted_out"]


def test_a_new_phone_of_a_caregiver_ends_the_old_one(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """C8: from then on the old number may be somebody else's."""
    apply_text(sqlite_database, tmp_path, MAPLE)
    applied = apply_text(sqlite_database, tmp_path, changed("+13125550131", "+13125550139"))
    assert applied.changes == (
        "family garcia: Rosa has a new phone, the old one gets no more texts",
    )
    assert len(rows(sqlite_database, tables.caregivers)) == 1
    old = one(sqlite_database, tables.contacts, address="+13125550131")
    new = one(sqlite_database, tables.contacts, address="+13125550139")
    assert (old["unusable"], new["unusable"]) == ("replaced", None)
    assert old["caregiver_id"] == new["caregiver_id"]
    apply_text(sqlite_database, tmp_path, MAPLE)
    assert one(sqlite_database, tables.contacts, address="+13125550131")["unusable"] is None


def test_an_unknown_sender_whose_phone_is_now_in_the_file_belongs_to_the_family(
    database: Database, tmp_path: Path
) -> None:
    """C8: what they wrote before comes along."""
    apply_text(database, tmp_path, changed("+13125550131", "+13125550130"))
    clinic_id = one(database, tables.clinics, key="maple")["id"]
    with database.write() as connection:
        family_id, thread_id = factories.stranger(connection, clinic_id, phone="+13125550177")
        episode_id = factories.episode(connection, clinic_id, family_id, thread_id)
    text = changed("+13125550131", "+13125550130") + (
        '[[families.caregivers]]\nname = "Elena"\nrelation = "grandmother"\n'
        'language = "es"\nphone = "+13125550177"\n'
    )
    applied = apply_text(database, tmp_path, text)
    assert applied.changes == (
        "family garcia: caregiver Elena added",
        "family garcia: +13125550177 was an unknown sender, now Elena",
    )
    family = one(database, tables.families, key="garcia")
    contact = one(database, tables.contacts, address="+13125550177")
    assert contact["family_id"] == family["id"]
    assert one(database, tables.threads, contact_id=contact["id"])["family_id"] == family["id"]
    episode = one(database, tables.episodes, id=episode_id)
    assert episode["family_id"] == family["id"]
    assert episode["owner_id"] == family["coordinator_id"]
    assert apply_text(database, tmp_path, text).changes == ()


def test_a_comfort_plan_lasts_to_the_end_of_its_last_day_at_the_clinic(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """C10."""
    plan = 'comfort_phone = "+13125550188"\ncomfort_until = 2027-01-31\nname = "Luis"'
    apply_text(sqlite_database, tmp_path, changed('name = "Luis"', plan))
    child = one(sqlite_database, tables.children, name="Luis")
    assert child["comfort_until"] == datetime(2027, 2, 1, 6, 0, tzinfo=UTC)


def test_the_sites_that_may_show_the_chat_are_kept_and_can_be_opened_to_all_again(
    sqlite_database: Database, tmp_path: Path
) -> None:
    sites = 'chat_sites = ["https://WWW.maple.example", "https://*.maple.example:8443"]\n'
    apply_text(sqlite_database, tmp_path, changed("[hours]", sites + "[hours]"))
    clinic = one(sqlite_database, tables.clinics, key="maple")
    assert clinic["chat_sites"] == ["https://www.maple.example", "https://*.maple.example:8443"]
    apply_text(sqlite_database, tmp_path, changed("[hours]", "chat_sites = []\n[hours]"))
    assert one(sqlite_database, tables.clinics, key="maple")["chat_sites"] is None


def test_the_clinics_own_account_is_kept_by_the_name_of_its_variable(
    sqlite_database: Database, tmp_path: Path
) -> None:
    account = f'[clinic.twilio]\naccount_sid = "AC{"a" * 32}"\ntoken_env = "MAPLE_TOKENS"\n'
    account += f'messaging_service_sid = "MG{"b" * 32}"\nopt_out = "own"\n'
    account += 'alert_number = "+13125550112"\n\n[hours]'
    apply_text(sqlite_database, tmp_path, changed("[hours]", account))
    clinic = one(sqlite_database, tables.clinics, key="maple")
    assert clinic["twilio_account_sid"] == f"AC{'a' * 32}"
    assert clinic["twilio_token_env"] == "MAPLE_TOKENS"
    assert (clinic["opt_out"], clinic["alert_number"]) == ("own", "+13125550112")


def test_every_change_is_in_the_audit_without_a_word_about_a_family(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """I-24."""
    applied = apply_text(sqlite_database, tmp_path, MAPLE)
    events = rows(sqlite_database, tables.audit_events)
    assert len(events) == len(applied.changes)
    assert {event["actor"] for event in events} == {"file"}
    assert "Garcia" not in str([dict(event) for event in events])
    assert "+1312" not in str([dict(event) for event in events])


def test_two_clinics_live_beside_each_other(sqlite_database: Database, tmp_path: Path) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    apply_text(sqlite_database, tmp_path, OAK)
    assert apply_text(sqlite_database, tmp_path, MAPLE).changes == ()
    oaks = OAK + '[[families]]\nkey = "garcia"\nname = "Garcia"\n[[families.caregivers]]\n'
    oaks += 'name = "Rosa"\nphone = "+13125550131"\n'
    assert apply_text(sqlite_database, tmp_path, oaks).changes == ("family garcia: added",)
    assert len(rows(sqlite_database, tables.contacts)) == 2


def _set_contact(database: Database, **values: Any) -> None:
    contacts = tables.contacts
    with database.write() as connection:
        connection.execute(
            update(contacts).where(contacts.c.address == "+13125550131").values(values)
        )
