"""Who answers while the coordinator is away: the named person, the backup, the team."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.cover import Absence, Answering, answering
from tests.routing.people import NOW

ANA, BO, CY, DEE = 1, 2, 3, 4
EVERYBODY = frozenset({ANA, BO, CY, DEE})
DAY = timedelta(days=1)


def away(who: int, cover: int | None = None, *, days: int = 3) -> Absence:
    return Absence(who, NOW - DAY, NOW + days * DAY, cover)


BACK = NOW + 3 * DAY


@pytest.mark.parametrize(
    ("absences", "backup", "answers"),
    [
        ([], None, Answering(ANA)),
        ([away(ANA, BO)], None, Answering(BO, (ANA,), BACK)),
        ([away(ANA, BO), away(BO, CY)], None, Answering(CY, (ANA, BO), BACK)),
        ([away(ANA, BO), away(BO)], DEE, Answering(DEE, (ANA, BO), BACK)),
        ([away(ANA)], BO, Answering(BO, (ANA,), BACK)),
        ([away(ANA)], None, Answering(None, (ANA,), BACK)),
        ([away(ANA, BO), away(BO, ANA)], None, Answering(None, (ANA, BO), BACK)),
        ([away(BO, CY)], None, Answering(ANA)),
    ],
    ids=[
        "there", "named cover", "cover of the cover", "then the backup", "backup without a name",
        "nobody named: the team", "each covers the other: the team", "somebody else is away",
    ],
)  # fmt: skip
def test_cover_is_followed_until_somebody_is_there(
    absences: list[Absence], backup: int | None, answers: Answering
) -> None:
    assert answering(ANA, absences, EVERYBODY, NOW, backup) == answers


def test_families_of_somebody_who_left_fall_to_the_backup_and_then_to_the_team() -> None:
    assert answering(ANA, [], frozenset({BO}), NOW, BO) == Answering(BO)
    assert answering(ANA, [], frozenset({BO}), NOW) == Answering(None)
    assert answering(None, [], EVERYBODY, NOW) == Answering(None)


def test_two_absences_that_meet_are_one() -> None:
    later = Absence(ANA, NOW + DAY, NOW + 9 * DAY, BO)
    assert answering(ANA, [later, away(ANA, BO, days=1)], EVERYBODY, NOW).back == NOW + 9 * DAY


@given(
    covers=st.lists(st.tuples(st.integers(1, 6), st.none() | st.integers(1, 6)), max_size=12),
    backup=st.none() | st.integers(1, 6),
)
def test_whoever_answers_is_there_and_works_here_i11(
    covers: list[tuple[int, int | None]], backup: int | None
) -> None:
    absences = [away(who, cover) for who, cover in covers]
    found = answering(ANA, absences, EVERYBODY, NOW, backup)
    assert found.staff_id is None or found.staff_id in EVERYBODY
    assert found.staff_id not in {who for who, _ in covers}
    assert len(set(found.away)) == len(found.away)
