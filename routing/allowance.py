"""How many automatic texts a contact gets, and for what the last of a day is kept (C14, C15)."""

from datetime import datetime, timedelta

from routing.clocks import is_within
from routing.situation import Situation
from routing.types import ReplyKey

MOST_AUTOMATIC_A_DAY = 2  # C15
A_DAY = timedelta(days=1)
# Twilio's own loop guard stops at 15 replies in 30 seconds (14107); ours is well under it.
LOOP_WINDOW, LOOP_MOST = timedelta(seconds=30), 8


def automatic_today(situation: Situation, now: datetime) -> int:
    """Count the automatic texts of a day to one contact; safety texts do not count (C15).

    Those of a clock that was set back by less than a day were sent as well.
    """
    said = situation.history.said
    return sum(abs(now - s.at) < A_DAY and not ReplyKey(s.key).is_safety for s in said)


def takes_room(situation: Situation, now: datetime) -> bool:
    """Tell whether a text now would take the one in which an open promise may be put right."""
    due = situation.promise_due
    if due is None or is_put_right(situation):
        return False
    counts_then = now > due - A_DAY
    return automatic_today(situation, due) + counts_then >= MOST_AUTOMATIC_A_DAY


def is_put_right(situation: Situation) -> bool:
    """Tell whether the family had its one new time in this episode."""
    episode = situation.episode
    return episode is not None and any(
        one.key == ReplyKey.NEW_TIME and one.episode_id == episode.id
        for one in situation.history.said
    )


def is_loop(situation: Situation, now: datetime) -> bool:
    """Tell whether two machines may be talking to each other (B-02)."""
    return sum(is_within(s.at, now, LOOP_WINDOW) for s in situation.history.said) >= LOOP_MOST
