"""The one question over every kind of event, and what holds for any danger (I-08, I-10, C2)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.decide import decide
from routing.events import ActionKind, Event, TimerKind
from routing.situation import AlertState, DeliverySituation, History, Situation
from routing.types import (
    Automation,
    Consent,
    ContactKind,
    DeliveryState,
    Hazard,
    Mark,
    ReplyKey,
    Urgency,
    is_danger,
)
from tests.routing.people import (
    ANA,
    LUIS,
    MIA,
    NEVER,
    NIGHT,
    NILS,
    NOW,
    WEEK,
    about,
    act,
    after,
    alert,
    callback,
    delivery,
    due,
    emergency,
    episode,
    judged,
    maple,
    rosa,
    said,
    situation,
    taken_alert,
    text,
    triage,
)
from tests.routing.test_reopening import resolved


@pytest.mark.parametrize(
    ("event", "known"),
    [
        pytest.param(text(), situation(), id="a-family-writes"),
        pytest.param(act(ActionKind.TAKE), situation(episode=episode()), id="a-person-acts"),
        pytest.param(due(TimerKind.UNOPENED), situation(episode=episode()), id="a-timer"),
        pytest.param(callback(DeliveryState.SENT), about(delivery()), id="a-provider-reports"),
    ],
)
def test_every_kind_of_event_is_decided_and_always_alike(
    event: Event, known: Situation | DeliverySituation
) -> None:
    decision = decide(event, known, NOW, triage())
    assert decision.episode is not None or decision.delivery is not None
    assert decision == decide(event, known, NOW, triage())


@pytest.mark.parametrize(
    ("event", "known"),
    [(text(), about(delivery())), (callback(DeliveryState.SENT), situation())],
)
def test_an_event_with_a_strangers_situation_is_a_mistake_of_ours(
    event: Event, known: Situation | DeliverySituation
) -> None:
    with pytest.raises(TypeError, match="does not go with"):
        decide(event, known, NOW, triage())


clinics = st.builds(
    maple,
    automation=st.sampled_from(Automation),
    country=st.sampled_from(["US", "IE"]),
    opt_out=st.sampled_from(["twilio", "own"]),
    is_system=st.booleans(),
    schedule=st.sampled_from([WEEK, NEVER]),
    on_call=st.sampled_from([(), (NILS,), (NILS, ANA)]),
)
contacts = st.builds(
    rosa,
    kind=st.sampled_from(ContactKind),
    consent=st.sampled_from(Consent),
    cannot_text=st.booleans(),
    language=st.sampled_from([None, "es", "so"]),
    address=st.sampled_from(["+13125550131", str(NILS.phone)]),
)
texts_before = st.lists(
    st.builds(
        said,
        st.sampled_from(ReplyKey),
        st.integers(0, 600).map(lambda n: timedelta(seconds=n)),
        st.sampled_from(Urgency),
    ),
    max_size=10,
)
hazards = st.none() | st.sampled_from(Hazard)
findings = st.fixed_dictionaries(
    {
        "hazard": hazards,
        "understood": st.booleans(),
        "marks": st.frozensets(st.sampled_from(Mark), max_size=2),
        "language": st.sampled_from([None, "es"]),
    }
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Anything that may be known when a text arrives, as the store keeps it consistent."""
    urgency, hazard = draw(st.sampled_from(Urgency)), draw(hazards)
    in_danger = is_danger(urgency, hazard)
    is_taken = draw(st.booleans())
    taker: dict[str, Any] = {"acknowledged_at": NOW, "acknowledged_by": NILS.id} if is_taken else {}
    view = episode(urgency=urgency, hazard=hazard, **taker)
    standing = taken_alert(urgency=urgency) if is_taken else alert(urgency=urgency)
    has_episode = draw(st.booleans())
    return situation(
        clinic=draw(clinics),
        contact=draw(contacts),
        children=draw(st.sampled_from([(), (LUIS,), (MIA,), (LUIS, MIA)])),
        episode=view if has_episode else None,
        alert=standing if has_episode and in_danger else None,
        promise_due=draw(st.sampled_from([None, NOW])),
        previous_episode_id=draw(st.sampled_from([None, 8])),
        history=History(said=tuple(draw(texts_before))),
    )


@settings(max_examples=100, deadline=None)
@given(
    known=situations(),
    words=st.sampled_from(["no respira", "STOP", "HELP", "YES", "gracias", ""]),
    urgency=st.sampled_from(Urgency),
    found=findings,
    now=st.sampled_from([NOW, NIGHT]),
)
def test_no_text_lowers_anything_and_every_danger_has_a_next_step(
    known: Situation, words: str, urgency: Urgency, found: dict[str, Any], now: Any
) -> None:
    """I-08, I-10, C1, C2, I-17 for whatever is known and whatever is written."""
    decision = decide(text(words), known, now, lambda _: judged(urgency, **found))
    assert decision.assessment is not None
    assert decision.assessment.urgency >= urgency
    if known.episode is not None:
        assert decision.episode is not None, "an open episode is never dropped"
        assert decision.episode.urgency >= known.episode.fields.urgency
        assert decision.episode.hazard is not None or known.episode.fields.hazard is None
    standing = decision.alert or known.alert
    if is_danger(urgency, found["hazard"]):
        assert decision.episode is not None
        assert decision.alert is not None
        assert decision.alert.state == AlertState.OPEN
        assert decision.alert.next_step_at is not None
        assert decision.alert.next_step_at > now or decision.alert == known.alert
        assert decision.episode.acknowledged_at is None
        assert decision.episode.reply_due is None or decision.episode.urgency < Urgency.URGENT
    if standing is not None:
        assert standing.state == AlertState.ACKNOWLEDGED or standing.next_step_at is not None
        assert known.alert is None or standing.urgency >= known.alert.urgency
    if known.clinic.automation is not Automation.ON:
        assert not decision.replies
        assert not decision.tells
    for reply in decision.replies:
        is_confirmation = reply.key in {ReplyKey.OPTED_OUT, ReplyKey.OPTED_IN}
        cannot = known.contact.consent is Consent.OPTED_OUT or known.contact.cannot_text
        assert is_confirmation or not cannot or reply.state is DeliveryState.BLOCKED
    assert known.contact.address not in {tell.address for tell in decision.tells}
    addresses = [tell.address for tell in decision.tells]
    assert len(set(addresses)) == len(addresses)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("text"), st.sampled_from(Urgency)),
        st.tuples(st.just("act"), st.sampled_from([ActionKind.OPENED, ActionKind.TAKE])),
        st.tuples(st.just("wait"), st.integers(1, 600)),
        st.tuples(st.just("slip"), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=50, deadline=None)
@given(steps=steps)
def test_an_emergency_stays_one_and_first_until_somebody_takes_it_i10(
    steps: list[tuple[str, Any]],
) -> None:
    """Whatever is written, looked at or waited for; opening a page is not taking it (I-12)."""
    known, now = situation(episode=emergency(), alert=alert()), NOW
    for what, value in steps:
        is_taking = what == "act" and value is ActionKind.TAKE
        if what == "text":
            hazard = Hazard.MEDICAL if value >= Urgency.URGENT else None
            event: Event = text()
            decision = decide(event, known, now, triage(value, hazard=hazard))
        elif what == "act":
            decision = decide(act(value), known, now, triage())
        elif what == "slip":  # resolved, and opened again
            known = resolved(known, now)
            decision = decide(act(ActionKind.REOPEN), known, now, triage())
        else:
            now += timedelta(seconds=value)
            decision = decide(due(TimerKind.ALERT_STEP, now), known, now, triage())
        known = after(known, decision)
        assert known.episode is not None
        assert known.alert is not None
        assert known.episode.fields.urgency is Urgency.EMERGENCY
        is_taken = known.alert.state == AlertState.ACKNOWLEDGED
        assert is_taken == (known.episode.fields.acknowledged_at is not None)
        assert known.alert.next_step_at is not None, "I-13: taken is not finished"
        assert is_taken or known.episode.fields.inbox_rank == 0
        assert is_taken or not is_taking
        if what == "text" and value >= Urgency.URGENT:
            assert not is_taken, "C1"
    assert known == replace(known, clinic=maple())
