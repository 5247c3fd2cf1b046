"""The second text of a day is kept for a promise that broke, and people are told without it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from routing.arrivals import decide_inbound
from routing.decision import Decision
from routing.dues import decide_timer
from routing.events import TimerKind
from routing.situation import History, Situation
from routing.types import ReplyKey, Urgency
from tests.routing.people import (
    ANA,
    NIGHT,
    NOW,
    OPENING,
    due,
    episode,
    judged,
    said,
    situation,
    text,
)

HOUR = timedelta(hours=1)


def promised(due_at: Any, *before: Any) -> Situation:
    """Rosa was promised an answer by a time, and was told so in the afternoon."""
    told = said(ReplyKey.RECEIVED, 7 * HOUR, now=NIGHT)
    return situation(episode=episode(), promise_due=due_at, history=History(said=(*before, told)))


def at_night(known: Situation) -> Decision:
    return decide_inbound(text(), known, NIGHT, lambda _: judged(Urgency.SOON))


def test_a_notice_does_not_take_the_text_in_which_a_promise_is_put_right_c14_c15() -> None:
    """Safety words go out instead, which count for nothing (docs/decisions/0008, 0021)."""
    (reply,) = at_night(promised(OPENING + HOUR)).replies
    assert reply.key is ReplyKey.NOT_UNDERSTOOD


def test_it_may_where_the_day_of_the_promise_is_another_one() -> None:
    (reply,) = at_night(promised(NIGHT + 30 * HOUR)).replies
    assert reply.key is ReplyKey.CLOSED


def test_it_may_where_the_promise_was_put_right_already() -> None:
    known = promised(OPENING + HOUR, said(ReplyKey.NEW_TIME, 30 * HOUR, now=NIGHT))
    (reply,) = at_night(known).replies
    assert reply.key is ReplyKey.CLOSED


def broken(*texts: Any, **changes: Any) -> Decision:
    known = situation(
        episode=episode(owner_id=ANA.id, **changes), promise_due=NOW, history=History(said=texts)
    )
    return decide_timer(due(TimerKind.PROMISE), known, NOW)


TWO = (said(ReplyKey.RECEIVED, 4 * HOUR), said(ReplyKey.CLOSED, 10 * HOUR))


def test_what_no_text_may_put_right_a_person_is_told_c14_c15() -> None:
    decision = broken(*TWO)
    assert decision.replies == ()
    assert [(t.staff_id, t.key, t.due) for t in decision.tells] == [
        (ANA.id, ReplyKey.STAFF_PROMISE, NOW)
    ]


def test_nobody_is_told_of_what_a_text_has_said_or_a_person_has_answered() -> None:
    assert not broken(TWO[0]).tells, "the family gets the new time"
    assert not broken(*TWO, is_waiting=False).tells
    once = replace(TWO[1], key=ReplyKey.NEW_TIME)
    assert not broken(TWO[0], once).tells, "it was put right once"
