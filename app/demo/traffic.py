"""Lets the story of the trial happen: quickly, but through the same doors as real texts."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.compose import Kinline
from app.demo import story
from app.demo.clock import StoryClock
from app.demo.phone import message
from app.demo.story import STORY, Told
from bot.channels.console import arrived
from routing.events import ActionKind, Event, StaffAction
from routing.situation import ClinicView
from store.outcomes import Outcome
from store.people import note_presence


def tell(kinline: Kinline, clock: StoryClock, number: str) -> None:
    """Let the story happen; the clock runs from its end on.

    Args:
        kinline: composed with `clock`, not started yet.
        clock: of the trial.
        number: what the families text to.
    """
    with kinline.database.read() as connection:
        clinic = kinline.playbook.current(connection).clinic_for(number, "")
    timezone = clinic.schedule.timezone
    for told in STORY:
        clock.stand_at(told.moment(timezone))
        _be_at_work(kinline, clinic)
        outcome = _conduct(kinline, message(told.sender, number, told.text))
        if told.outcome or told.answer:
            clock.stand_at(clock() + timedelta(minutes=told.after))
            _care(kinline, clinic, told, outcome)
    clock.stand_at(story.moment(*story.OPENS_AT, timezone))
    _be_at_work(kinline, clinic)
    kinline.worker.run_once()
    clock.run()


def _be_at_work(kinline: Kinline, clinic: ClinicView) -> None:
    """Let everybody be there in their hours, so that nothing goes to the team (C7)."""
    now = kinline.clock()
    with kinline.database.write() as connection:
        for person in clinic.staff:
            if not clinic.is_off(person.id, now):
                note_presence(connection, clinic.id, person.id, now)


def _care(kinline: Kinline, clinic: ClinicView, told: Told, outcome: Outcome) -> None:
    """Let somebody read it, answer and close it, as far as the story says."""
    if outcome.episode_id is None:
        return
    person = next(person for person in clinic.staff if person.name == told.by)
    act = StaffAction(
        kind=ActionKind.TAKE,
        clinic_id=clinic.id,
        staff_id=person.id,
        episode_id=outcome.episode_id,
        key="",
        seen=outcome.message_id,
    )
    if told.answer:
        _conduct(kinline, _next(act, kind=ActionKind.REPLY, text=told.answer))
    if told.outcome:
        _conduct(kinline, _next(act, kind=ActionKind.RESOLVE, outcome=told.outcome))


def _next(act: StaffAction, **changes: Any) -> StaffAction:
    return replace(act, key=secrets.token_hex(8), **changes)


def _conduct(kinline: Kinline, event: Event) -> Outcome:
    """Let one thing happen, and everything that is due after it."""
    now = kinline.clock()
    (outcome,) = kinline.conductor.conduct([event], now)
    if outcome.answers:
        kinline.conductor.conduct([arrived(answer.ref) for answer in outcome.answers], now)
    kinline.worker.run_once()
    return outcome
