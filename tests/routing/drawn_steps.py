"""Draws the steps of a day or a night that a clinic may set."""

from hypothesis import strategies as st

from routing.steps import EVERYBODY_BY, EVERYBODY_BY_URGENT, MINUTE, MOST_STEPS, Group, Rung
from routing.types import StaffChannel

EVERYBODY = ((Group.STAFF,), (Group.LIST, Group.NURSES))
GROUPS = st.lists(st.sampled_from(list(Group)), min_size=1, max_size=4, unique=True)
WAYS = st.none() | st.frozensets(st.sampled_from(list(StaffChannel)))


@st.composite
def parts(draw: st.DrawFn) -> tuple[Rung, ...]:
    """Draw the steps of a day or a night that a clinic may set."""
    count = draw(st.integers(1, MOST_STEPS))
    later = [
        sorted(draw(st.sets(st.integers(1, last), min_size=count - 1, max_size=count - 1)))
        for last in (EVERYBODY_BY // MINUTE, EVERYBODY_BY_URGENT // MINUTE)
    ]
    whole = draw(st.integers(0, count - 1))
    rungs = []
    for number, (after, urgent) in enumerate(zip(*([0, *times] for times in later), strict=True)):
        groups = tuple(draw(GROUPS))
        if number == whole:
            groups = tuple(dict.fromkeys((*groups, *draw(st.sampled_from(EVERYBODY)))))
        rungs.append(Rung(groups, after * MINUTE, urgent * MINUTE, draw(WAYS)))
    return tuple(rungs)
