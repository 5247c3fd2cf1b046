"""Who may be let go: somebody who can set the clinic up is always left."""

import pytest

from routing.team import leaves_nobody_in_charge

BEA, OLGA, ANA = 1, 2, 3


@pytest.mark.parametrize(
    ("admins", "person", "stays", "is_last"),
    [
        ((BEA,), BEA, False, True),
        ((BEA,), BEA, True, False),
        ((BEA, OLGA), BEA, False, False),
        ((BEA,), ANA, False, False),
        ((), ANA, False, False),
    ],
)
def test_the_last_administrator_stays(
    admins: tuple[int, ...], person: int, stays: bool, is_last: bool
) -> None:
    assert leaves_nobody_in_charge(admins, person, stays=stays) is is_last
