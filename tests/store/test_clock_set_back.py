"""A machine's clock that is set back delays no alert, no words and no watch (I-10, I-31, F-21)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, update
from structlog.testing import capture_logs

from bot.redating import ALERT_AGAIN_AFTER, Redating
from routing.events import ActionKind, Receipt, ReceiptSource
from routing.types import ChildFlag, DeliveryState, Urgency
from store import ahead, attachments, broadcasts, calendars, gathering, probes, tables
from store.manage import Change
from store.outgoing import Step
from store.upkeep.audit import Wrong, violations
from tests import factories
from tests.store.clinic import ELEVEN_AT_NIGHT, NILS, NINE_IN_THE_MORNING, ROSA, Clinic

AN_HOUR, A_DAY, TEN_YEARS = {"hours": -1}, {"days": -1}, {"days": -3650}
EACH = pytest.mark.parametrize("back", [AN_HOUR, A_DAY, TEN_YEARS])
DANGER = "mi hijo no puede respirar"
LETTER = "necesito la carta de la escuela"


def set_back(maple: Clinic, **back: float) -> None:
    """Set the clock of the machine, and let a worker look once."""
    maple.later(**back)
    look(maple)


def look(maple: Clinic) -> int:
    return Redating(maple.database, lambda: maple.now).run_once()


def set_row(maple: Clinic, table: Table, **columns: Any) -> None:
    with maple.database.write() as connection:
        connection.execute(update(table).values(**columns))


def taken(maple: Clinic, words: str = DANGER) -> int:
    """Let Rosa write of a danger at night, and Nils take it."""
    maple.now = ELEVEN_AT_NIGHT
    episode_id = maple.text(words).episode_id or 0
    maple.act(ActionKind.TAKE, episode_id, maple.nils)
    return episode_id


def wrongs(maple: Clinic) -> set[Wrong]:
    with maple.database.read() as connection:
        return {one.wrong for one in violations(connection, maple.now)}


# Alerts.


@EACH
def test_an_alert_goes_on_at_once_when_the_clock_is_set_back_i31(
    maple: Clinic, back: dict[str, float]
) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text(DANGER)
    before = len(maple.texts_to(NILS))
    set_back(maple, **back)
    maple.wake()
    [alert] = maple.rows(tables.alerts)
    assert len(maple.texts_to(NILS)) == before + 1, "nobody knows how long Nils has been told"
    assert alert.opened_at == alert.round_at == maple.now < alert.next_step_at
    maple.wake()
    assert len(maple.texts_to(NILS)) == before + 1, "then it goes on by the new clock"


def test_clocks_of_two_workers_that_differ_by_seconds_tell_nobody_twice_i31(
    maple: Clinic,
) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text(DANGER)
    before = len(maple.texts_to(NILS))
    set_back(maple, seconds=-30)
    maple.wake()
    assert len(maple.texts_to(NILS)) == before


def test_two_workers_whose_clocks_differ_for_good_wake_nobody_every_second(maple: Clinic) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text(DANGER)
    seconds = 1000.0
    behind = Redating(maple.database, lambda: maple.now, lambda: seconds)
    for _ in range(5):
        maple.later(hours=-1)
        behind.run_once()
        maple.wake_only()
        maple.later(hours=1)
        maple.wake_only()
    assert maple.rows(tables.alerts)[0].step <= 3
    seconds += ALERT_AGAIN_AFTER
    maple.later(hours=-1)
    assert behind.run_once() > 0


@EACH
def test_whoever_took_it_is_asked_after_fifteen_minutes_all_the_same_c1(
    maple: Clinic, back: dict[str, float]
) -> None:
    taken(maple)
    told = len(maple.texts_to(NILS))
    set_back(maple, **back)
    maple.wake()
    assert len(maple.texts_to(NILS)) == told, "nothing is asked before its time"
    maple.later(minutes=15)
    maple.wake()
    assert len(maple.texts_to(NILS)) == told + 1
    set_back(maple, **back)
    maple.later(minutes=5)
    maple.wake()
    [alert] = maple.rows(tables.alerts)
    assert alert.state == "open", "no answer of theirs: it goes on to everybody (I-13)"


@EACH
def test_a_second_danger_goes_on_after_three_minutes_all_the_same_c1(
    maple: Clinic, back: dict[str, float]
) -> None:
    taken(maple)
    maple.later(minutes=4)
    maple.text("he is turning blue, not breathing")
    set_back(maple, **back)
    maple.later(minutes=3)
    step = maple.rows(tables.alerts)[0].step
    maple.wake()
    assert maple.rows(tables.alerts)[0].step == step + 1


def test_an_act_since_then_stands(maple: Clinic) -> None:
    """F-03: what is dated anew is what was found, not what somebody has done meanwhile."""
    maple.now = ELEVEN_AT_NIGHT
    episode_id = maple.text(DANGER).episode_id
    maple.later(hours=-1)
    with maple.database.read() as connection:
        rows = ahead.found(connection, maple.now)
    maple.act(ActionKind.TAKE, episode_id, maple.nils)
    with maple.database.write() as connection:
        ahead.put_right(connection, rows)
    [alert] = maple.rows(tables.alerts)
    assert (alert.state, alert.next_step_at) == ("acknowledged", maple.now + timedelta(minutes=15))


# Words.


@EACH
def test_what_was_queued_leaves_at_once(maple: Clinic, back: dict[str, float]) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text(DANGER, takes_answer=False)
    maple.later(**back)
    assert maple.claim() == []
    look(maple)
    assert {sent.to for sent in maple.claim()} >= {ROSA, NILS}
    for row in maple.rows(tables.deliveries):
        assert row.expires_at <= maple.now + timedelta(minutes=30), "and is too old as soon as ever"


def test_what_a_dead_worker_had_taken_is_looked_up_after_a_lease_i27(maple: Clinic) -> None:
    maple.text(LETTER)
    assert maple.claim()
    set_back(maple, **AN_HOUR)
    assert maple.claim() == [], "it may be on its way this moment"
    maple.later(minutes=1)
    [again] = maple.claim()
    assert again.step is Step.LOOK_UP
    assert again.since < maple.now - timedelta(minutes=30), "by Twilio's clock it left before"


@EACH
def test_what_is_tried_again_is_tried_again(maple: Clinic, back: dict[str, float]) -> None:
    maple.text(LETTER)
    [sent] = maple.claim()
    maple.attempt(sent, DeliveryState.FAILED, error=20429)
    set_back(maple, **back)
    [again] = maple.claim()
    assert (again.step, again.attempt) == (Step.SEND, 2)


def test_a_try_of_before_the_wrong_clock_waits_no_longer_than_any(maple: Clinic) -> None:
    maple.text(LETTER)
    maple.later(hours=2)
    set_row(
        maple, tables.deliveries, attempts=1, due_at=maple.now + timedelta(seconds=3),
        first_tried_at=NINE_IN_THE_MORNING, expires_at=maple.now + timedelta(days=1),
    )  # fmt: skip
    set_back(maple, hours=-2)
    assert [sent.to for sent in maple.claim()] == [ROSA]


def test_what_became_of_a_text_is_asked_once_and_not_every_second(maple: Clinic) -> None:
    maple.text(LETTER)
    [sent] = maple.claim()
    maple.attempt(sent, DeliveryState.SENT, provider_id="SMout1")
    set_back(maple, **A_DAY)
    [asked] = maple.claim()
    assert asked.step is Step.LOOK_UP
    maple.conduct(Receipt(ReceiptSource.LOOKUP, "twilio", DeliveryState.SENT, "sent",
                          provider_id="SMout1", ref=asked.ref, fence=asked.fence))  # fmt: skip
    assert look(maple) == 0
    assert maple.claim() == []


def test_words_of_ana_leave_in_ten_seconds_and_those_for_the_morning_in_the_morning(
    maple: Clinic,
) -> None:
    asked = maple.text(LETTER)
    maple.claim()
    maple.act(ActionKind.REPLY, asked.episode_id, maple.ana, text="I send it today.",
              hold=timedelta(seconds=10))  # fmt: skip
    set_back(maple, minutes=-50)
    maple.later(seconds=10)
    assert [sent.text for sent in maple.claim() if "Ana" in sent.text]
    maple.now = ELEVEN_AT_NIGHT
    maple.act(ActionKind.REPLY, asked.episode_id, maple.ana, text="Come at nine.")
    held = maple.rows(tables.deliveries)[-1]
    set_back(maple, **AN_HOUR)
    assert maple.rows(tables.deliveries)[-1].due_at == held.due_at > maple.now
    assert look(maple) == 0


@EACH
def test_who_writes_again_of_the_danger_is_answered_c13(
    maple: Clinic, back: dict[str, float]
) -> None:
    maple.text(DANGER)
    before = len(maple.texts_to(ROSA))
    maple.later(**back)
    maple.text(DANGER)
    assert len(maple.texts_to(ROSA)) == before + 1
    maple.later(seconds=20)
    maple.text(DANGER)
    assert len(maple.texts_to(ROSA)) == before + 1, "then not twice in five minutes"


def test_texts_of_a_clock_that_was_ahead_are_no_loop(maple: Clinic) -> None:
    for _ in range(9):
        maple.text(DANGER)
        maple.later(minutes=6)
    said = len(maple.texts_to(ROSA))
    maple.later(days=-1)
    maple.text(DANGER)
    assert len(maple.texts_to(ROSA)) == said + 1


# Timers.


def due_ats(maple: Clinic) -> dict[str, datetime]:
    return {row.kind: row.due_at for row in maple.rows(tables.timers)}


@EACH
def test_what_nobody_opens_rises_within_as_long_as_ever_c3(
    maple: Clinic, back: dict[str, float]
) -> None:
    maple.text("can we move the appointment")
    planned = due_ats(maple)["unopened"] - maple.now
    before = maple.episode().urgency
    set_back(maple, **back)
    maple.later(seconds=planned.total_seconds())
    maple.wake()
    assert maple.episode().urgency == before + 1


@EACH
def test_a_draft_in_an_emergency_waits_ten_minutes_c5(
    maple: Clinic, back: dict[str, float]
) -> None:
    episode_id = taken(maple)
    maple.act(ActionKind.DRAFT, episode_id, maple.ana, text="Venga hoy a las dos.")
    told = len(maple.texts_to(NILS))
    set_back(maple, **back)
    maple.later(minutes=10)
    maple.wake()
    maple.wake()
    assert len(maple.texts_to(NILS)) == told + 1


def test_what_a_family_was_told_and_a_person_chose_stands(maple: Clinic) -> None:
    asked = maple.text(LETTER)
    maple.act(ActionKind.PUT_OFF, asked.episode_id, maple.ana, text="the school",
              seen=asked.message_id, until=maple.now + timedelta(hours=20))  # fmt: skip
    before = due_ats(maple)
    set_back(maple, **AN_HOUR)
    after = due_ats(maple)
    for kind in ("promise", "promise_warning", "return"):
        assert after.get(kind) == before.get(kind)
    assert {"promise", "return"} <= after.keys()


# What is taken by lease, and the watch.


@EACH
def test_what_waits_for_a_worker_waits_no_longer_than_a_lease(
    maple: Clinic, back: dict[str, float]
) -> None:
    maple.picture("his tube looks like this")
    with maple.database.write() as connection:
        bea = factories.staff_member(connection, maple.id, name="Bea", roles=["supervisor"])
        change = Change(maple.id, bea, maple.now)
        broadcasts.approve(connection, change, "power", (ChildFlag.G_TUBE,), {"es": "No hay luz."})
        calendars.subscribe(connection, change, "https://school.example/holidays.ics")
        gathering.claim_due(connection, maple.now)
    set_row(maple, tables.calendars, due_at=maple.now + calendars.READ_EVERY)
    set_back(maple, **back)
    maple.later(seconds=30)
    with maple.database.write() as connection:
        assert attachments.claim_due(connection, maple.now, limit=1, lease_seconds=60)
        assert broadcasts.is_due(connection, maple.now)
        assert gathering.is_due(connection, maple.now)
        assert calendars.is_due(connection, maple.now)
    assert maple.rows(tables.clinic_numbers)[0].heard_until <= maple.now
    set_back(maple, **back)
    maple.later(minutes=1)
    with maple.database.write() as connection:
        assert attachments.claim_due(connection, maple.now, limit=1, lease_seconds=60)


def test_a_message_is_read_again_after_the_lease_of_a_dead_reader(maple: Clinic) -> None:
    outcome = maple.text(LETTER)
    with maple.database.write() as connection:
        factories.row(
            connection, tables.second_readings, clinic_id=maple.id, reader="linear", tries=1,
            message_id=outcome.message_id, due_at=maple.now + timedelta(seconds=30),
        )  # fmt: skip
    set_back(maple, **AN_HOUR)
    [row] = maple.rows(tables.second_readings)
    assert row.due_at == maple.now + ahead.A_LEASE


def test_test_messages_go_on_and_are_missed_when_they_do_not(maple: Clinic) -> None:
    maple.set_clinic(probe_minutes=5)
    with maple.database.write() as connection:
        assert probes.claim_due(connection, maple.now)
    set_back(maple, **AN_HOUR)
    with maple.database.read() as connection:
        assert probes.is_due(connection, maple.now)
    maple.later(minutes=3)
    assert Wrong.TEST_MESSAGE_LOST in wrongs(maple)


def test_the_watch_finds_what_no_worker_has_put_right(maple: Clinic) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text(DANGER, takes_answer=False)
    assert wrongs(maple) == set()
    maple.later(**AN_HOUR)
    assert wrongs(maple) == {Wrong.ALERT_STANDS_STILL, Wrong.SAFETY_WORDS_WAIT}
    look(maple)
    maple.wake()
    assert wrongs(maple) == set()
    maple.later(minutes=31)
    assert Wrong.NOBODY_TAKES_IT in wrongs(maple), "half an hour by the new clock"


def test_it_is_logged_in_numbers_only(maple: Clinic) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text(DANGER, takes_answer=False)
    with capture_logs() as said:
        set_back(maple, **AN_HOUR)
        assert look(maple) == 0, "once, and another worker finds nothing"
    [line] = said
    assert line["event"] == "clock.was_set_back"
    assert line["alerts"] == 1
    assert all(isinstance(v, int) or k in {"event", "log_level"} for k, v in line.items())


def test_a_clock_that_is_right_finds_nothing_to_put_right(maple: Clinic) -> None:
    taken(maple)
    maple.text("she is wheezing", sender="+13125550199")
    for sent in maple.claim()[::2]:
        maple.attempt(sent, DeliveryState.SENT, provider_id=f"SM{sent.delivery_id}")
    for minutes in (0, 1, 3, 30, 300):
        maple.later(minutes=minutes)
        assert look(maple) == 0
        maple.wake_only()
    assert {row.urgency for row in maple.rows(tables.episodes)} & set(Urgency)
