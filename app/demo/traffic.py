"""What happened at the trial clinic before somebody opened it: a day of texts, told quickly."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.compose import Kinline
from app.demo.phone import message
from bot.channels.console import arrived
from routing.events import ActionKind, Event, StaffAction
from store.clock import Clock
from store.outcomes import Outcome

ROSA, ELENA, DENISE, LAYLA = "+13125550131", "+13125550132", "+13125550133", "+13125550134"
LINH, GRACE, PAWEL, JORGE = "+13125550135", "+13125550136", "+13125550137", "+13125550138"
STRANGER = "+13125550199"


@dataclass(frozen=True, slots=True)
class Told:
    """A family texted `ago`, and perhaps Ana answered after a while, and perhaps closed it."""

    ago: timedelta
    sender: str
    text: str
    answer: str = ""
    outcome: str = ""
    answered_after: timedelta = timedelta(minutes=12)


def hours(number: float) -> timedelta:
    """Say how long ago something was."""
    return timedelta(hours=number)


STORY: Sequence[Told] = (
    Told(hours(26), DENISE, "Hi, can we get a refill of Mias ondansetron? The pharmacy is CVS",
         "Sent to CVS just now, ready after 3 pm.", "answered"),
    Told(hours(25.5), DENISE, "thank you so much"),
    Told(hours(22), JORGE, "El lunes tenemos cita con neumologia, necesitamos transporte",
         "Hola Jorge, el transporte llega a las 8:15. Confirme con OK por favor.", "answered"),
    Told(hours(7), PAWEL, "The school wants the emergency form for Tomek again. Do you have it?"),
    Told(hours(6), GRACE, "Need more feeding bags and extension sets please, we have 2 left"),
    Told(hours(5), STRANGER, "hola soy la abuela, cual es el telefono de la enfermera?"),
    Told(hours(4), LINH, "Bé cần hẹn lại lịch khám tim mạch tuần tới được không?"),
    Told(hours(3), DENISE, "insurance denied the home nursing hours, what do we do now?",
         "I am calling them today and will text you what they say."),
    Told(hours(2), LAYLA, "متى موعد سامي القادم؟"),
    Told(hours(1.5), ELENA, "Luis tiene fiebre de 38.4 desde anoche y mas flemas"),
    Told(hours(0.75), JORGE, "the vent keeps beeping high pressure but his sats are 97"),
    Told(hours(0.1), GRACE, "Ada's g tube came out about 20 minutes ago"),
)  # fmt: skip


class StoryClock:
    """Stands where the story is; runs with the real clock after its end.

    Args:
        real: tells the present moment.
    """

    def __init__(self, real: Clock) -> None:
        self._real = real
        self._at: datetime | None = None

    def __call__(self) -> datetime:
        """Tell the moment."""
        return self._at or self._real()

    def stand_at(self, moment: datetime) -> None:
        """Stand still there."""
        self._at = moment

    def run(self) -> None:
        """Go with the real clock from now on."""
        self._at = None


def tell(kinline: Kinline, clock: StoryClock, number: str) -> None:
    """Let the story happen, up to now; Ana is the first of the clinic's staff.

    Args:
        kinline: composed with `clock`, not started yet.
        clock: runs again at the end.
        number: what the families text to.
    """
    end = clock()
    with kinline.database.read() as connection:
        clinic = kinline.playbook.current(connection).clinic_for(number, "")
    ana = clinic.staff[0]
    for told in STORY:
        clock.stand_at(end - told.ago)
        outcome = _conduct(kinline, message(told.sender, number, told.text))
        if told.answer and outcome.episode_id is not None:
            clock.stand_at(clock() + told.answered_after)
            act = StaffAction(
                kind=ActionKind.OPENED,
                clinic_id=clinic.id,
                staff_id=ana.id,
                episode_id=outcome.episode_id,
                key=secrets.token_hex(8),
                seen=outcome.message_id,
            )
            _conduct(kinline, act)
            _conduct(kinline, _next(act, kind=ActionKind.REPLY, text=told.answer))
            if told.outcome:
                _conduct(kinline, _next(act, kind=ActionKind.RESOLVE, outcome=told.outcome))
    clock.run()


def _next(act: StaffAction, **changes: Any) -> StaffAction:
    return replace(act, key=secrets.token_hex(8), **changes)


def _conduct(kinline: Kinline, event: Event) -> Outcome:
    """Let one thing happen, and everything that is due after it."""
    now = kinline.clock()
    (outcome,) = kinline.conductor.conduct([event], now)
    for answer in outcome.answers:
        kinline.conductor.conduct([arrived(answer.ref)], now)
    kinline.worker.run_once()
    return outcome
