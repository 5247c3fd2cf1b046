"""What a family reads while the office is closed: tonight, a weekend, a holiday, for now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from routing.hours import Closing, Day, Schedule, notice_window, window_at
from routing.situation import History, Situation
from routing.types import ReplyKey
from tests.routing.people import MIA, NIGHT, WEEK, maple, said, situation
from tests.routing.test_replies import decide, only

SATURDAY = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
THANKSGIVING = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
SNOW = Closing(datetime(2026, 11, 18, 14, 0, tzinfo=UTC), datetime(2026, 11, 18, 22, 0, tzinfo=UTC))
SNOWING = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


def at(schedule: Schedule) -> Situation:
    return situation(clinic=maple(schedule=schedule), children=(MIA,))


def holiday(name: str) -> Schedule:
    return replace(WEEK, days=(Day(THANKSGIVING.date(), name),))


@pytest.mark.parametrize(
    ("schedule", "now", "key", "named"),
    [
        (WEEK, NIGHT, ReplyKey.CLOSED, ""),
        (WEEK, SATURDAY, ReplyKey.CLOSED_WEEKEND, ""),
        (holiday("Thanksgiving"), THANKSGIVING, ReplyKey.CLOSED_HOLIDAY, "Thanksgiving"),
        (holiday(""), THANKSGIVING, ReplyKey.CLOSED, ""),
        (holiday("A name that would cost one part more"), THANKSGIVING, ReplyKey.CLOSED, ""),
        (replace(WEEK, closings=(SNOW,)), SNOWING, ReplyKey.CLOSED_FOR_NOW, ""),
    ],
    ids=["tonight", "weekend", "holiday", "nameless", "too long a name", "snow"],
)
def test_the_notice_says_why_it_is_closed(
    schedule: Schedule, now: datetime, key: ReplyKey, named: str
) -> None:
    reply = only(decide(at(schedule), now=now))
    assert (reply.key, reply.holiday) == (key, named)
    assert reply.due is not None, "it says when somebody will read the text"


def test_a_snow_day_without_an_end_names_no_time() -> None:
    schedule = replace(WEEK, closings=(replace(SNOW, ends=None),))
    reply = only(decide(at(schedule), now=SNOWING))
    assert (reply.key, reply.due) == (ReplyKey.CLOSED_NO_TIME, None)


def test_who_was_told_last_night_that_it_opens_in_the_morning_hears_of_the_snow() -> None:
    """The night's notice named an opening that no longer holds; of the snow it is said once."""
    evening = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    asked = at(WEEK)
    told = only(decide(asked, now=evening))
    night = History(
        said=(said(told.key, SNOWING - evening, now=SNOWING),), once=frozenset({str(told.once)})
    )
    snowed_in = replace(at(replace(WEEK, closings=(SNOW,))), history=night)
    news = only(decide(snowed_in, now=SNOWING))
    assert news.key is ReplyKey.CLOSED_FOR_NOW
    assert news.once != told.once
    both = replace(night, once=night.once | {str(news.once)})
    later = SNOWING + timedelta(hours=2)
    assert not decide(replace(snowed_in, history=both), now=later).replies


def test_snow_that_begins_at_the_office_is_the_only_window_of_that_day() -> None:
    noon = replace(SNOW, starts=datetime(2026, 11, 18, 15, 0, tzinfo=UTC))
    schedule = replace(WEEK, closings=(noon,))
    assert notice_window(schedule, SNOWING) == window_at(schedule, SNOWING)
