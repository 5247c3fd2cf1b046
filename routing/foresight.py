"""What would happen if a danger came now and nobody answered, told by the engine itself."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from routing import alerts, ladder
from routing.decision import Tell
from routing.situation import ClinicView, ContactView, EpisodeFields, Situation, StaffView
from routing.types import (
    Automation,
    Consent,
    ContactKind,
    EpisodeState,
    Hazard,
    StaffChannel,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One step: how long after the beginning, and who is told in which ways.

    The person is None for the clinic's own telephone, and for its services.
    """

    after: timedelta
    told: tuple[tuple[StaffView | None, tuple[StaffChannel, ...]], ...]


def foresee(
    clinic: ClinicView, urgency: Urgency, owner_id: int | None, now: datetime
) -> tuple[Foreseen, ...]:
    """Let a made-up medical danger climb to the last step.

    Args:
        clinic: as it is set; that it may be in shadow is left aside.
        urgency: of the danger.
        owner_id: whose family it is, or None for one that is nobody's.
        now: when it comes.
    """
    episode = EpisodeFields(
        EpisodeState.OPEN, urgency, Hazard.MEDICAL, (), needs_eyes=False, owner_id=owner_id,
        is_waiting=True, waiting_since=now,
    )  # fmt: skip
    situation = Situation(clinic=replace(clinic, automation=Automation.ON), contact=_somebody())
    alert, tells = alerts.after_danger(situation, urgency, episode, None, now)
    steps, moment = [Foreseen(timedelta(0), _gathered(clinic, tells))], now
    while alert.rung < ladder.height(clinic, moment) and alert.next_step_at is not None:
        moment = alert.next_step_at
        alert, tells = alerts.next_step(replace(situation, alert=alert), episode, moment)
        steps.append(Foreseen(moment - now, _gathered(clinic, tells)))
    return tuple(steps)


def _gathered(
    clinic: ClinicView, tells: tuple[Tell, ...]
) -> tuple[tuple[StaffView | None, tuple[StaffChannel, ...]], ...]:
    ways: dict[tuple[int | None, bool], list[StaffChannel]] = {}
    for tell in tells:
        is_service = tell.channel is StaffChannel.SERVICE
        ways.setdefault((tell.staff_id, is_service), []).append(tell.channel)
    return tuple((clinic.person(one), tuple(dict.fromkeys(how))) for (one, _), how in ways.items())


def _somebody() -> ContactView:
    return ContactView(
        id=0, family_id=0, thread_id=0, kind=ContactKind.FAMILY, channel="sms", address="",
        consent=Consent.GRANTED, language=None, cannot_text=False, our_address="",
        coordinator_id=None,
    )  # fmt: skip
