"""When a new number is asked for a name (C3, C8)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from routing.arrivals import decide_inbound
from routing.decision import Reply
from routing.situation import History, Situation
from routing.types import ChildFlag, ReplyKey, Urgency
from tests.routing.people import (
    MINUTE,
    NOW,
    episode,
    grandmother,
    judged,
    maple,
    said,
    situation,
    text,
)

CLOSING = NOW + timedelta(hours=8)
"""Five in the afternoon in Chicago."""
AT_LUNCH = NOW + timedelta(hours=2, minutes=50)


def stranger(**changes: Any) -> Situation:
    return situation(**{"contact": grandmother(), "children": (), **changes})


def answers(known: Situation, now: datetime) -> tuple[Reply, ...]:
    return decide_inbound(text("hi"), known, now, lambda _: judged(Urgency.SOON)).replies


@pytest.mark.parametrize(
    ("now", "flags", "key"),
    [
        pytest.param(NOW, {ChildFlag.TRACH}, ReplyKey.NEW_SENDER, id="in-the-morning"),
        pytest.param(AT_LUNCH, {ChildFlag.TRACH}, ReplyKey.NEW_SENDER, id="before-lunch"),
        pytest.param(CLOSING - 61 * MINUTE, {ChildFlag.TRACH}, ReplyKey.NEW_SENDER, id="in-time"),
        pytest.param(CLOSING - MINUTE, {ChildFlag.TRACH}, ReplyKey.RECEIVED_NO_TIME, id="too-late"),
        pytest.param(CLOSING - MINUTE, set(), ReplyKey.NEW_SENDER, id="no-child-with-a-device"),
    ],
)
def test_a_minute_before_closing_nobody_is_asked_for_a_name_that_would_wake_the_nurse(
    now: datetime, flags: set[ChildFlag], key: ReplyKey
) -> None:
    """At 16:59 it was; "Maria Lopez" at 17:02 was not understood, and so urgent."""
    clinic = maple(flags_cared_for=frozenset(flags))
    (reply,) = answers(stranger(clinic=clinic), now)
    assert (reply.key, reply.in_all) == (key, True)


def test_it_is_said_once_and_the_name_is_asked_the_next_day() -> None:
    last = CLOSING - 2 * MINUTE
    told = said(ReplyKey.RECEIVED_NO_TIME, MINUTE, now=last)
    known = stranger(episode=episode(), history=History(said=(told,)))
    assert answers(known, last) == ()
    (reply,) = answers(known, NOW + timedelta(days=1))
    assert reply.key is ReplyKey.NEW_SENDER
