"""What each error code of a provider means for the family, for us and for staff."""

import pytest

from routing.faults import CAUSES, NO_CAUSE, NOT_KNOWN, Fault, cause_of, fault_of

# FACTS A5, row by row; written down here a second time on purpose.
CODES = [
    (20429, Fault.THROTTLED),
    (429, Fault.THROTTLED),
    (14107, Fault.THROTTLED),
    (21611, Fault.THROTTLED),
    (30001, Fault.THROTTLED),
    (30022, Fault.THROTTLED),
    (30023, Fault.THROTTLED),
    (30026, Fault.THROTTLED),
    (30027, Fault.THROTTLED),
    (63018, Fault.THROTTLED),
    (30003, Fault.TEMPORARY),
    (30410, Fault.TEMPORARY),
    (21211, Fault.UNUSABLE_NUMBER),
    (21614, Fault.UNUSABLE_NUMBER),
    (21635, Fault.UNUSABLE_NUMBER),
    (30005, Fault.UNUSABLE_NUMBER),
    (30006, Fault.UNUSABLE_NUMBER),
    (63003, Fault.UNUSABLE_NUMBER),
    (63024, Fault.UNUSABLE_NUMBER),
    (21610, Fault.OPTED_OUT),
    (63014, Fault.OPTED_OUT),
    (30004, Fault.BLOCKED),
    (30007, Fault.BLOCKED),
    (30450, Fault.BLOCKED),
    (30610, Fault.BLOCKED),
    (30640, Fault.BLOCKED),
    (63013, Fault.BLOCKED),
    (63032, Fault.BLOCKED),
    (21602, Fault.REJECTED),
    (21617, Fault.REJECTED),
    (21619, Fault.REJECTED),
    (21620, Fault.REJECTED),
    (21623, Fault.REJECTED),
    (63016, Fault.REJECTED),
    (400, Fault.REJECTED),
    (20003, Fault.CONFIGURATION),
    (401, Fault.CONFIGURATION),
    (403, Fault.CONFIGURATION),
    (404, Fault.CONFIGURATION),
    (21408, Fault.CONFIGURATION),
    (21606, Fault.CONFIGURATION),
    (21608, Fault.CONFIGURATION),
    (21703, Fault.CONFIGURATION),
    (30002, Fault.CONFIGURATION),
    (30032, Fault.CONFIGURATION),
    (30034, Fault.CONFIGURATION),
    (63007, Fault.CONFIGURATION),
    (30008, Fault.UNKNOWN),
]


@pytest.mark.parametrize(("code", "fault"), CODES, ids=[str(code) for code, _ in CODES])
def test_each_code_of_twilio_has_its_fault(code: int, fault: Fault) -> None:
    assert fault_of("twilio", code) is fault


def test_no_code_is_in_the_table_that_is_not_tested() -> None:
    assert set(CAUSES["twilio"]) == {code for code, _ in CODES}


def test_no_code_means_no_fault() -> None:
    assert cause_of("twilio", None) is NO_CAUSE


@pytest.mark.parametrize(("provider", "code"), [("twilio", 30999), ("pigeon", 21610)])
def test_a_code_that_nobody_knows_is_unknown(provider: str, code: int) -> None:
    assert cause_of(provider, code) is NOT_KNOWN


@pytest.mark.parametrize(
    ("fault", "can_retry", "is_alarm", "ends_texting"),
    [
        (Fault.NONE, False, False, False),
        (Fault.THROTTLED, True, False, False),
        (Fault.TEMPORARY, True, False, False),
        (Fault.UNUSABLE_NUMBER, False, False, True),
        (Fault.OPTED_OUT, False, False, True),
        (Fault.BLOCKED, False, False, False),
        (Fault.REJECTED, False, True, False),
        (Fault.CONFIGURATION, True, True, False),
        (Fault.UNKNOWN, True, False, False),
    ],
)
def test_a_fault_says_what_to_do(
    fault: Fault, *, can_retry: bool, is_alarm: bool, ends_texting: bool
) -> None:
    assert (fault.can_retry, fault.is_alarm, fault.ends_texting) == (
        can_retry,
        is_alarm,
        ends_texting,
    )


def test_staff_read_one_sentence_for_every_code() -> None:
    for cause in (*CAUSES["twilio"].values(), NOT_KNOWN, NO_CAUSE):
        assert cause.sentence.endswith(".")
        assert len(cause.sentence) <= 70


@pytest.mark.parametrize("code", [21610, 30004, 30640, 63014, 63032])
def test_who_cannot_be_texted_must_be_called(code: int) -> None:
    """C13: cannot text, must call."""
    assert "call them" in cause_of("twilio", code).sentence
