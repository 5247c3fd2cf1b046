"""What a signed-in person does, on a real database."""

from routing.events import ActionKind
from routing.types import DeliveryState, Problem
from store import tables
from tests.store.clinic import ROSA, Clinic


def test_c5_a_reply_counts_when_it_was_sent_and_not_before(maple: Clinic) -> None:
    outcome = maple.text("Need to ask about the appointment")
    maple.reply(outcome.episode_id, "Tuesday at 9.")
    assert maple.episode().is_waiting
    [sent] = [o for o in maple.claim() if o.text.startswith("Tuesday")]
    assert sent.text == "Tuesday at 9.\n- Ana"
    maple.attempt(sent, DeliveryState.SENDING, provider_id="SMout1")
    assert maple.episode().is_waiting
    maple.callback("SMout1", "sent")
    assert not maple.episode().is_waiting
    assert maple.rows(tables.promises)[0].state == "kept"


def test_a_reply_sent_twice_by_a_double_click_goes_out_once(maple: Clinic) -> None:
    outcome = maple.text("Need to ask about the appointment")
    for _ in range(2):
        maple.act(ActionKind.REPLY, outcome.episode_id, maple.ana, text="Tuesday.", key="k1")
    assert sum(text.startswith("Tuesday") for text in maple.texts_to(ROSA)) == 1


def test_c6_resolving_refuses_while_something_is_unseen(maple: Clinic) -> None:
    first = maple.text("Need to ask about the appointment")
    second = maple.text("and a refill please")
    episode = first.episode_id
    refused = maple.act(ActionKind.RESOLVE, episode, maple.ana, seen=first.message_id)
    assert refused.problem is Problem.NEWER_MESSAGE
    done = maple.act(
        ActionKind.RESOLVE, episode, maple.ana, seen=second.message_id, outcome="called"
    )
    assert done.problem is None
    again = maple.act(
        ActionKind.RESOLVE, episode, maple.ana, seen=second.message_id, outcome="called"
    )
    assert again.problem is Problem.ALREADY_CLOSED


def test_c2_an_emergency_closes_with_an_outcome_only(maple: Clinic) -> None:
    outcome = maple.text("mi hijo no puede respirar")
    seen = outcome.message_id
    refused = maple.act(ActionKind.RESOLVE, outcome.episode_id, maple.nils, seen=seen)
    assert refused.problem is Problem.NEEDS_OUTCOME
    maple.act(
        ActionKind.RESOLVE, outcome.episode_id, maple.nils, seen=seen, outcome="went to the ED"
    )
    assert maple.rows(tables.alerts)[0].state == "closed"
    assert [timer.kind for timer in maple.rows(tables.timers)] == ["follow_up"]


def test_i12_the_first_person_who_takes_it_is_on_record(maple: Clinic) -> None:
    outcome = maple.text("mi hijo no puede respirar")
    maple.act(ActionKind.TAKE, outcome.episode_id, maple.nils)
    maple.act(ActionKind.TAKE, outcome.episode_id, maple.ana)
    assert maple.episode().acknowledged_by == maple.nils
    alert = maple.rows(tables.alerts)[0]
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", maple.nils)
    maple.later(minutes=14)
    maple.wake()
    assert maple.rows(tables.alerts)[0].step == 0


def test_i13_who_took_it_is_asked_and_then_it_goes_on_to_everybody(maple: Clinic) -> None:
    outcome = maple.text("mi hijo no puede respirar")
    maple.act(ActionKind.TAKE, outcome.episode_id, maple.nils)
    maple.later(minutes=15)
    maple.wake()
    alert = maple.rows(tables.alerts)[0]
    assert (alert.state, alert.asked) == ("acknowledged", True)
    maple.later(minutes=5)
    maple.wake()
    assert maple.rows(tables.alerts)[0].state == "open"
    assert maple.episode().acknowledged_by is None
    assert maple.episode().inbox_rank == 0


def test_an_alert_that_is_passed_on_twice_by_a_double_click_goes_one_step(maple: Clinic) -> None:
    episode_id = maple.text("mi hijo no puede respirar").episode_id
    first = maple.act(ActionKind.PASS_ON, episode_id, maple.nils, key="one-form")
    after_one = maple.rows(tables.alerts)[0].step
    second = maple.act(ActionKind.PASS_ON, episode_id, maple.nils, key="one-form")
    assert (first.repeated, second.repeated) == (False, True)
    assert maple.rows(tables.alerts)[0].step == after_one


def test_i10_an_alert_that_nobody_takes_goes_on_for_three_days(maple: Clinic) -> None:
    maple.text("mi hijo no puede respirar")
    for step in range(1, 73):
        maple.later(hours=1)
        maple.wake()
        alert = maple.rows(tables.alerts)[0]
        assert alert.step >= step
        assert alert.next_step_at > maple.now


def test_c13_an_opted_out_family_in_an_emergency_must_be_called(maple: Clinic) -> None:
    maple.text("STOP")
    outcome = maple.text("mi hijo no puede respirar")
    assert outcome.answers == ()
    [kept] = [d for d in maple.rows(tables.deliveries) if d.purpose == "safety.call_emergency"]
    assert (kept.state, kept.needs_call) == ("blocked", "opted_out")
    alert = maple.rows(tables.alerts)[-1]
    assert alert.no_answer == "opted_out"
    assert maple.reply(outcome.episode_id, "hello").problem is Problem.CANNOT_TEXT


def test_an_act_on_another_clinics_episode_finds_nothing(maple: Clinic) -> None:
    outcome = maple.text("Need to ask about the appointment", recipient="+13125550177")
    assert maple.reply(outcome.episode_id, "hello").problem is Problem.NOT_FOUND


def test_the_ambulance_is_here_leaves_the_alert_with_whoever_took_it_c9(maple: Clinic) -> None:
    emergency = maple.text("mi hijo no puede respirar")
    maple.act(ActionKind.TAKE, emergency.episode_id, maple.nils)
    maple.later(minutes=6)
    maple.text("ya llegó la ambulancia")
    [alert] = maple.rows(tables.alerts)
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", maple.nils)
    maple.text("está morado otra vez")
    [alert] = maple.rows(tables.alerts)
    assert alert.state == "open"
