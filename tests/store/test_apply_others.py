"""What belongs to somebody else is refused by an apply file."""

from pathlib import Path

import pytest

from store.apply import WrongFile
from store.db import Database
from tests.store.clinic_files import MAPLE, NILS, OAK, SECOND_FAMILY, apply_text, changed


def test_a_number_of_another_clinic_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    with pytest.raises(WrongFile, match="1 faults") as refused:
        apply_text(sqlite_database, tmp_path, changed("+12125550111", "+13125550111", OAK))
    assert refused.value.faults[0].endswith(
        ":9: clinic.sms_numbers[0]: '+13125550111' belongs to another clinic."
    )


def test_staff_of_another_clinic_are_refused(sqlite_database: Database, tmp_path: Path) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    with pytest.raises(WrongFile) as refused:
        apply_text(sqlite_database, tmp_path, changed("ben@oak", "ana@maple", OAK))
    assert refused.value.faults[0].endswith(
        ":12: staff[0].email: 'ana@maple.example' belongs to the staff of another clinic."
    )


def test_a_phone_that_another_family_has_already_is_refused(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    later = '[clinic]\nkey = "maple"\n' + SECOND_FAMILY.format(phone="+13125550131")
    with pytest.raises(WrongFile) as refused:
        apply_text(sqlite_database, tmp_path, later)
    assert refused.value.faults[0].endswith(
        ":9: families[0].caregivers[0].phone: '+13125550131' already belongs to family garcia."
    )


def test_a_phone_of_a_family_cannot_become_the_phone_of_staff(
    sqlite_database: Database, tmp_path: Path
) -> None:
    apply_text(sqlite_database, tmp_path, MAPLE)
    later = f'[clinic]\nkey = "maple"\n{NILS}phone = "+13125550131"\n'
    with pytest.raises(WrongFile) as refused:
        apply_text(sqlite_database, tmp_path, later)
    assert refused.value.faults[0].endswith(
        ":8: staff[0].phone: '+13125550131' already belongs to family garcia."
    )
