"""The people of the routing tests: clinic Maple in Chicago, Ana, Nils, Rosa and her son Luis.

Each function gives a frozen value; any field can be set by its name.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from routing.decision import Decision
from routing.events import (
    ActionKind,
    Inbound,
    Receipt,
    ReceiptSource,
    StaffAction,
    TimerDue,
    TimerKind,
)
from routing.hours import Schedule
from routing.situation import (
    AlertFields,
    AlertState,
    ChildView,
    ClinicView,
    ContactView,
    DeliveryFields,
    DeliverySituation,
    DeliveryView,
    EpisodeFields,
    EpisodeView,
    Said,
    Situation,
    StaffView,
)
from routing.types import (
    Assessment,
    Automation,
    ChildFlag,
    Consent,
    ContactKind,
    DeliveryClass,
    DeliveryState,
    EpisodeState,
    Hazard,
    Lane,
    Note,
    Reason,
    ReplyKey,
    Topic,
    Urgency,
)

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""A Wednesday, nine in the morning in Chicago."""
NIGHT = datetime(2026, 11, 19, 5, 0, tzinfo=UTC)
"""The same Wednesday, eleven at night in Chicago; the office opens in nine and a half hours."""
OPENING = datetime(2026, 11, 19, 14, 30, tzinfo=UTC)
"""Thursday, half past eight in Chicago."""
MINUTE = timedelta(minutes=1)

OFFICE = [["08:30", "12:00"], ["12:30", "17:00"]]
WEEK = Schedule.read(
    dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE), (), "America/Chicago"
)
NEVER = Schedule.read({}, (), "America/Chicago")

ROSAS_PHONE, ON_CALL_PHONE = "+13125550131", "+13125550100"
ANA = StaffView(1, "Ana", "+13125550121", frozenset({"coordinator"}), ("en", "es"))
NILS = StaffView(2, "Nils", "+13125550122", frozenset({"nurse"}), ("en",))
CARLA = StaffView(3, "Carla", None, frozenset({"supervisor"}), ())
OLGA = StaffView(4, "Olga", "+13125550124", frozenset({"coordinator"}), ())

EMERGENCY_WORDS = "Call 911 now. It is free and works without minutes. Say your language."


def maple(**fields: Any) -> ClinicView:
    """Clinic Maple: live, English and Spanish, Nils on call, Ana on the staff."""
    defaults: dict[str, Any] = {
        "id": 1,
        "key": "maple",
        "name": "Maple Complex Care",
        "country": "US",
        "languages": ("en", "es"),
        "template_policy": "allow_draft",
        "emergency_number": "911",
        "on_call_phone": ON_CALL_PHONE,
        "automation": Automation.ON,
        "opt_out": "twilio",
        "is_system": False,
        "schedule": WEEK,
        "on_call": (NILS,),
        "staff": (ANA, NILS, CARLA),
        "flags_cared_for": frozenset({ChildFlag.TRACH, ChildFlag.CENTRAL_LINE}),
        "numbers": ("+13125550111",),
    }
    return ClinicView(**{**defaults, **fields})


def rosa(**fields: Any) -> ContactView:
    """Rosa's phone: the mother, who writes Spanish and has agreed to texts."""
    defaults: dict[str, Any] = {
        "id": 31,
        "family_id": 7,
        "thread_id": 5,
        "kind": ContactKind.FAMILY,
        "channel": "sms",
        "address": ROSAS_PHONE,
        "consent": Consent.GRANTED,
        "language": "es",
        "cannot_text": False,
        "our_address": "+13125550111",
        "coordinator_id": ANA.id,
    }
    return ContactView(**{**defaults, **fields})


def grandmother(**fields: Any) -> ContactView:
    """A phone that nobody knows yet (C8)."""
    unclaimed: dict[str, Any] = {
        "kind": ContactKind.UNCLAIMED,
        "language": None,
        "coordinator_id": None,
        "consent": Consent.UNKNOWN,
    }
    return rosa(**{**unclaimed, **fields})


LUIS = ChildView(frozenset({ChildFlag.TRACH, ChildFlag.G_TUBE}), 68, is_active=True)
MIA = ChildView(frozenset(), 30, is_active=True)


def situation(**fields: Any) -> Situation:
    """Rosa's thread with clinic Maple, about Luis, with nothing open."""
    defaults: dict[str, Any] = {"clinic": maple(), "contact": rosa(), "children": (LUIS,)}
    return Situation(**{**defaults, **fields})


def fields(**changes: Any) -> EpisodeFields:
    """An episode of Rosa's, `soon`, that Ana owns and nobody has opened."""
    defaults: dict[str, Any] = {
        "state": EpisodeState.OPEN,
        "urgency": Urgency.SOON,
        "hazard": None,
        "topics": (),
        "needs_eyes": False,
        "owner_id": ANA.id,
        "is_waiting": True,
        "waiting_since": NOW - 10 * MINUTE,
    }
    return EpisodeFields(**{**defaults, **changes})


def episode(**changes: Any) -> EpisodeView:
    """The open episode of Rosa's thread."""
    return EpisodeView(id=9, fields=fields(**changes), last_inbound=100)


def emergency(**changes: Any) -> EpisodeView:
    """The open episode of Rosa's thread: Luis could not breathe."""
    return episode(**{"urgency": Urgency.EMERGENCY, "hazard": Hazard.MEDICAL, **changes})


def alert(**changes: Any) -> AlertFields:
    """The open alert of that episode, after its first step."""
    defaults: dict[str, Any] = {
        "state": AlertState.OPEN,
        "step": 0,
        "urgency": Urgency.EMERGENCY,
        "opened_at": NOW - 2 * MINUTE,
        "next_step_at": NOW + 3 * MINUTE,
        "ref": "opaque",
    }
    return AlertFields(**{**defaults, **changes})


def taken_alert(**changes: Any) -> AlertFields:
    """The alert after Nils has taken it."""
    taken = {
        "state": AlertState.ACKNOWLEDGED,
        "next_step_at": NOW + 14 * MINUTE,
        "acknowledged_at": NOW - MINUTE,
        "acknowledged_by": NILS.id,
    }
    return alert(**{**taken, **changes})


def said(
    key: ReplyKey,
    ago: timedelta,
    urgency: Urgency = Urgency.SOON,
    episode_id: int | None = 9,
    now: datetime = NOW,
) -> Said:
    """One automatic text that Rosa was sent some time ago."""
    return Said(key, urgency, episode_id, now - ago)


def text(words: str = "necesito la carta de la escuela", **changes: Any) -> Inbound:
    """A text from Rosa's phone."""
    defaults: dict[str, Any] = {
        "provider": "twilio",
        "account": "AC1",
        "provider_id": "SM1",
        "channel": "sms",
        "sender": ROSAS_PHONE,
        "recipient": "+13125550111",
        "text": words,
        "raw": b"Body",
    }
    return Inbound(**{**defaults, **changes})


def act(kind: ActionKind, **changes: Any) -> StaffAction:
    """One act of Ana on Rosa's episode, with its last message on her screen."""
    defaults: dict[str, Any] = {
        "kind": kind,
        "clinic_id": 1,
        "staff_id": ANA.id,
        "episode_id": 9,
        "key": "k1",
        "seen": 100,
    }
    return StaffAction(**{**defaults, **changes})


def due(kind: TimerKind, at: datetime = NOW) -> TimerDue:
    """Something planned for Rosa's episode that has come."""
    return TimerDue(kind, 1, 9, at)


def judged(urgency: Urgency = Urgency.SOON, **changes: Any) -> Assessment:
    """What triage found in a message."""
    hazard = changes.get("hazard")
    reason = Reason("test.rule", "Because of a test.", "", (), urgency, hazard)
    defaults: dict[str, Any] = {
        "urgency": urgency,
        "hazard": None,
        "topics": (Topic.SYMPTOMS,),
        "language": "es",
        "understood": True,
        "reasons": (reason,),
        "set_aside": (),
        "version": "test-1",
    }
    return Assessment(**{**defaults, **changes})


def triage(urgency: Urgency = Urgency.SOON, **changes: Any) -> Callable[[Note], Assessment]:
    """Give a triage that finds the same in whatever it reads."""
    return lambda _: judged(urgency, **changes)


def delivery(**changes: Any) -> DeliveryView:
    """A safety text on its way to Rosa, claimed once, not yet reported on."""
    state = DeliveryFields(
        state=changes.pop("state", DeliveryState.SENDING),
        due_at=changes.pop("due_at", NOW),
        provider_id=changes.pop("provider_id", None),
        error=changes.pop("error", None),
        needs_call=changes.pop("needs_call", None),
    )
    defaults: dict[str, Any] = {
        "id": 70,
        "purpose": ReplyKey.CALL_EMERGENCY,
        "urgency": Urgency.EMERGENCY,
        "lane": Lane.SAFETY,
        "delivery_class": DeliveryClass.AT_LEAST_ONCE,
        "attempts": 1,
        "fence": 4,
        "expires_at": NOW + 15 * MINUTE,
        "is_to_family": True,
        "is_human": False,
        "is_safety": True,
    }
    return DeliveryView(**{**defaults, "fields": state, **changes})


def anas_reply(**changes: Any) -> DeliveryView:
    """What Ana has written to Rosa, on its way."""
    human = {
        "purpose": "reply",
        "urgency": Urgency.SOON,
        "lane": Lane.HUMAN,
        "delivery_class": DeliveryClass.AT_MOST_ONCE,
        "is_human": True,
        "is_safety": False,
    }
    return delivery(**{**human, **changes})


def to_nils(**changes: Any) -> DeliveryView:
    """The notification that tells Nils of the emergency, on its way."""
    told = {"purpose": ReplyKey.STAFF_ALERT, "is_to_family": False, "is_safety": False}
    return delivery(**{**told, **changes})


def about(view: DeliveryView, thread: Situation | None = None) -> DeliverySituation:
    """A delivery in Rosa's thread; unless told otherwise her emergency is open."""
    return DeliverySituation(view, thread or situation(episode=emergency(), alert=alert()))


def receipt(state: DeliveryState, **changes: Any) -> Receipt:
    """What came of our own call to Twilio, unless another source is named."""
    defaults: dict[str, Any] = {
        "source": ReceiptSource.ATTEMPT,
        "provider": "twilio",
        "state": state,
        "status": str(state),
        "ref": "opaque",
    }
    return Receipt(**{**defaults, **changes})


def callback(state: DeliveryState, **changes: Any) -> Receipt:
    """A status report of Twilio about its message SM1."""
    return receipt(state, **{"source": ReceiptSource.CALLBACK, "provider_id": "SM1", **changes})


def look_up(state: DeliveryState, **changes: Any) -> Receipt:
    """What we found when we asked Twilio."""
    return receipt(state, **{"source": ReceiptSource.LOOKUP, **changes})


def why(decision: Decision) -> str:
    """Everything that a decision says about itself, in one string."""
    return "; ".join(f"{b.what}: {b.why}" for b in decision.because)


def after(situation: Situation, decision: Decision) -> Situation:
    """Let a decision become what is known next, as the store does."""
    view, now_open = situation.episode, decision.episode
    if now_open is not None:
        view = EpisodeView(9, now_open, view.last_inbound if view else 100)
    standing = decision.alert or situation.alert
    return replace(situation, episode=view, alert=standing)
