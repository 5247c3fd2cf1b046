"""How a text is judged: by whose child it may be, and by the family's own words (C3, C8, C15)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from routing.arrivals import decide_inbound
from routing.decision import Decision
from routing.events import InboundKind, Media
from routing.situation import ChildView, History, Situation
from routing.types import (
    Assessment,
    ChildFlag,
    Consent,
    ContactKind,
    Hazard,
    Mark,
    Note,
    Reason,
    Topic,
    Urgency,
)
from tests.routing.people import (
    EMERGENCY_WORDS,
    LUIS,
    MIA,
    MINUTE,
    NEVER,
    NIGHT,
    NOW,
    OPENING,
    alert,
    emergency,
    grandmother,
    judged,
    maple,
    rosa,
    situation,
    taken_alert,
    text,
    triage,
    why,
)

HOUR = timedelta(hours=1)


def danger(**changes: Any) -> Callable[[Note], Assessment]:
    return triage(Urgency.EMERGENCY, **{"hazard": Hazard.MEDICAL, **changes})


def read(known: Situation, words: str = "hola", **event: Any) -> tuple[Decision, list[Note]]:
    """Decide a text; give what triage was asked to read as well."""
    notes: list[Note] = []

    def reader(note: Note) -> Assessment:
        notes.append(note)
        return judged(Urgency.SOON)

    return decide_inbound(text(words, **event), known, NOW, reader), notes


# Whose child it is about.


def test_triage_reads_with_the_child_and_the_mother_in_mind() -> None:
    _, (note,) = read(situation(), "se le salió", media=(Media("https://x", "image/jpeg"),))
    assert note == Note("se le salió", LUIS.flags, LUIS.age_months, "es", media=1)


def by_flags(levels: dict[ChildFlag, Urgency]) -> Callable[[Note], Assessment]:
    def reader(note: Note) -> Assessment:
        level = max((levels.get(flag, Urgency.ROUTINE) for flag in note.flags), default=0)
        hazard = Hazard.MEDICAL if level else None
        reason = Reason(f"for {sorted(note.flags)}", "why", "", (), Urgency(level))
        return judged(Urgency(level), hazard=hazard, reasons=(reason,))

    return reader


FEVER = by_flags({ChildFlag.CENTRAL_LINE: Urgency.EMERGENCY, ChildFlag.TRACH: Urgency.URGENT})


def test_of_several_children_the_one_in_most_danger_counts_c8() -> None:
    line = ChildView(frozenset({ChildFlag.CENTRAL_LINE}), 40, is_active=True)
    decision = decide_inbound(text("fiebre"), situation(children=(MIA, line)), NOW, FEVER)
    assert decision.assessment is not None
    assert decision.assessment.urgency is Urgency.EMERGENCY
    assert len(decision.assessment.reasons) == 2, "the reasons of both are kept"


def test_an_unknown_sender_is_judged_as_if_the_child_had_every_flag_c8() -> None:
    known = situation(contact=grandmother(), children=())
    decision = decide_inbound(text("fiebre"), known, NOW, FEVER)
    assert decision.episode is not None
    assert decision.episode.urgency is Urgency.EMERGENCY


def test_a_known_family_without_a_child_on_file_is_judged_plainly() -> None:
    _, notes = read(situation(children=()))
    assert notes == [Note("hola", frozenset(), None, "es")]


def test_twins_with_the_same_conditions_are_read_once() -> None:
    _, notes = read(situation(children=(LUIS, LUIS)))
    assert len(notes) == 1


@pytest.mark.parametrize("kind", [ContactKind.FAMILY, ContactKind.UNCLAIMED])
def test_an_attached_sender_is_judged_by_the_familys_children(kind: ContactKind) -> None:
    _, notes = read(situation(contact=rosa(kind=kind), children=(MIA,)))
    assert [note.flags for note in notes] == [MIA.flags]


# What was said.


def test_a_missed_call_opens_an_episode_that_needs_eyes_c17() -> None:
    decision = decide_inbound(
        text("", kind=InboundKind.MISSED_CALL, takes_answer=False), situation(), NOW, danger()
    )
    assert decision.opens_episode
    assert decision.episode is not None
    assert decision.episode.urgency is Urgency.SOON
    assert decision.episode.needs_eyes


OURS = History(ours=(EMERGENCY_WORDS,))


def by_words(note: Note) -> Assessment:
    """Find danger in "blue", an everyday matter in "refill", thanks in "thank"; else nothing."""
    if "blue" in note.text:
        return judged(Urgency.EMERGENCY, hazard=Hazard.MEDICAL)
    if "refill" in note.text:
        return judged(Urgency.ROUTINE, topics=(Topic.MEDICATION,))
    if "thank" in note.text.lower():
        return judged(Urgency.ROUTINE, topics=(Topic.SOCIAL,))
    return judged(Urgency.SOON, topics=(), understood=False)


@pytest.mark.parametrize("verb", ["Liked", "Le gustó", "👍 to", "Thanks for"])
def test_a_reaction_says_nothing_and_asks_for_nothing_c15(verb: str) -> None:
    words = f"{verb} “{EMERGENCY_WORDS}”"
    known = situation(episode=emergency(is_waiting=False), history=OURS)
    decision = decide_inbound(text(words), known, NOW, by_words)
    assert decision.assessment is not None
    assert decision.assessment.urgency is Urgency.ROUTINE
    assert Mark.THANKS in decision.assessment.marks
    assert not decision.replies
    assert decision.alert is None


@pytest.mark.parametrize(
    ("words", "urgency"), [("She is blue", Urgency.EMERGENCY), ("refill please", Urgency.ROUTINE)]
)
def test_words_in_front_of_our_quotation_are_read_and_never_hidden_i08(
    words: str, urgency: Urgency
) -> None:
    known = situation(history=OURS, previous_episode_id=8)
    decision = decide_inbound(text(f"{words} “{EMERGENCY_WORDS}”"), known, NOW, by_words)
    assert decision.episode is not None
    assert decision.episode.urgency is urgency
    assert decision.episode.is_waiting


def test_our_own_words_quoted_are_not_judged_c15() -> None:
    _, (note,) = read(situation(history=OURS), f"{EMERGENCY_WORDS} ok?")
    assert note.text == " " * len(EMERGENCY_WORDS) + " ok?"


def test_thanks_after_the_end_open_nothing_c15() -> None:
    known = situation(previous_episode_id=8)
    thanks = triage(Urgency.ROUTINE, marks=frozenset({Mark.THANKS}))
    decision = decide_inbound(text("gracias"), known, NOW, thanks)
    assert decision.episode is None
    assert not decision.opens_episode
    assert not decision.timers
    assert "C15" in why(decision)


def test_thanks_from_somebody_new_are_still_seen_by_a_person() -> None:
    thanks = triage(Urgency.ROUTINE, marks=frozenset({Mark.THANKS}))
    decision = decide_inbound(text("gracias"), situation(), NOW, thanks)
    assert decision.opens_episode
    assert decision.episode is not None
    assert not decision.episode.is_waiting
    assert decision.episode.reply_due is None


def test_thanks_beside_a_danger_hide_nothing_i08() -> None:
    both = danger(marks=frozenset({Mark.THANKS}))
    decision = decide_inbound(text("gracias no respira"), situation(), NOW, both)
    known = situation(previous_episode_id=8)
    assert decide_inbound(text("gracias no respira"), known, NOW, both).opens_episode
    assert decision.episode is not None
    assert decision.episode.is_waiting


def test_a_stop_that_reads_like_thanks_is_kept_all_the_same_i17() -> None:
    thanks = triage(Urgency.ROUTINE, marks=frozenset({Mark.THANKS}))
    decision = decide_inbound(text("STOP"), situation(previous_episode_id=8), NOW, thanks)
    assert decision.consent is Consent.OPTED_OUT
    assert decision.opens_episode


# C3: not understood.

UNREAD = triage(Urgency.SOON, understood=False, topics=())
VENT = ChildView(frozenset({ChildFlag.VENTILATOR}), 20, is_active=True)


@pytest.mark.parametrize(
    ("now", "known", "urgency"),
    [
        pytest.param(NIGHT, situation(children=(VENT,)), Urgency.URGENT, id="device-at-night"),
        pytest.param(NIGHT, situation(children=(MIA, LUIS)), Urgency.URGENT, id="one-of-two"),
        pytest.param(NIGHT, situation(children=(MIA,)), Urgency.SOON, id="no-device"),
        pytest.param(NOW, situation(children=(VENT,)), Urgency.SOON, id="office-open"),
        pytest.param(
            OPENING - 4 * HOUR, situation(children=(VENT,)), Urgency.SOON, id="opens-in-four-hours"
        ),
        pytest.param(
            OPENING - 4 * HOUR - MINUTE, situation(children=(VENT,)), Urgency.URGENT,
            id="a-minute-more",
        ),
        pytest.param(
            NOW, situation(children=(VENT,), clinic=maple(schedule=NEVER)), Urgency.URGENT,
            id="never-opens",
        ),
        pytest.param(
            NIGHT, situation(contact=grandmother(), children=()), Urgency.URGENT,
            id="C8-unknown-sender",
        ),
        pytest.param(
            NIGHT,
            situation(
                contact=grandmother(), children=(), clinic=maple(flags_cared_for=frozenset())
            ),
            Urgency.SOON,
            id="C8-no-such-child-in-the-clinic",
        ),
    ],
)  # fmt: skip
def test_what_is_not_understood_at_night_is_urgent_for_a_child_on_a_device_c3(
    now: Any, known: Situation, urgency: Urgency
) -> None:
    decision = decide_inbound(text("???"), known, now, UNREAD)
    assert decision.episode is not None
    assert decision.episode.urgency is urgency
    assert decision.episode.needs_eyes
    assert (decision.alert is not None) == (urgency is Urgency.URGENT)


def test_a_picture_that_the_nurse_asked_for_at_night_wakes_nobody_c1_c3() -> None:
    """She has taken it and looks; no machine tells the family to call the nurse they talk to."""
    known = situation(children=(VENT,), episode=emergency(), alert=taken_alert())
    decision = decide_inbound(text(""), known, NIGHT, UNREAD)
    assert (decision.replies, decision.tells, decision.alert) == ((), (), None)
    assert decision.episode is not None
    assert (decision.episode.urgency, decision.episode.needs_eyes) == (Urgency.EMERGENCY, True)
    not_taken = replace(known, alert=alert())
    assert decide_inbound(text(""), not_taken, NIGHT, UNREAD).replies, "nobody has it yet"


def test_c3_never_lowers_what_triage_has_found() -> None:
    reader = triage(Urgency.EMERGENCY, understood=False)
    decision = decide_inbound(text("?"), situation(), NIGHT, reader)
    assert decision.assessment == reader(Note("?"))
