"""How one person is told of a danger: always by text, and beside it as the clinic has set."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from routing import ladder
from routing.decision import Tell
from routing.hours import window_at
from routing.situation import AlertFields, ClinicView, Service, StaffView
from routing.types import ReplyKey, StaffChannel, Urgency

# What tells staff of a danger; a warning of a promise is none.
OF_ALERTS = (
    ReplyKey.STAFF_ALERT,
    ReplyKey.STAFF_ALERT_URGENT,
    ReplyKey.STAFF_ALERT_NO_ANSWER,
    ReplyKey.STAFF_MAIL,
    ReplyKey.STAFF_MAIL_URGENT,
    ReplyKey.STAFF_BARE,
    ReplyKey.STAFF_BARE_URGENT,
    ReplyKey.STAFF_STILL_WITH_FAMILY,
)


def to_person(
    clinic: ClinicView, alert: AlertFields, person: StaffView, now: datetime
) -> tuple[Tell, ...]:
    """Text a person, and let the telephone ring where a text alone may be slept through."""
    text = text_to(clinic, alert, person)
    return (text, *_call(clinic, alert, text, now))


def to_number(clinic: ClinicView, alert: AlertFields, now: datetime) -> tuple[Tell, ...]:
    """Tell the clinic's own on-call telephone."""
    text = Tell(clinic.on_call_phone, None, clinic.languages[0], _key(alert), alert.urgency,
                alert.step)  # fmt: skip
    return (text, *_call(clinic, alert, text, now))


def beside(
    clinic: ClinicView, alert: AlertFields, people: Sequence[StaffView], now: datetime
) -> tuple[Tell, ...]:
    """Tell people in the ways that need no telephone and replace none (I-11)."""
    ways = _ways(clinic, alert, now)
    tells: list[Tell] = []
    if StaffChannel.PUSH in ways:
        tells += (_push(clinic, alert, one, ref) for one in people for ref in one.browsers)
    if StaffChannel.EMAIL in ways:
        tells += (_mail(clinic, alert, one) for one in people if one.email)
    if StaffChannel.SERVICE in ways:
        tells += (_service(clinic, alert, one) for one in clinic.services)
    return tuple(tells)


def text_to(clinic: ClinicView, alert: AlertFields, person: StaffView) -> Tell:
    """Text a person."""
    language = person.languages[0] if person.languages else clinic.languages[0]
    return Tell(str(person.phone), person.id, language, _key(alert), alert.urgency, alert.step)


def _ways(clinic: ClinicView, alert: AlertFields, now: datetime) -> frozenset[StaffChannel]:
    """List what comes beside the text: what the steps climbed so far name, each for itself."""
    if alert.no_answer:  # C13: the family must be called, so everybody is, from the first step on
        return frozenset().union(clinic.alert_channels, *(filter(None, _named(clinic, alert, now))))
    own = (_usual(clinic, alert, now) if one is None else one for one in _named(clinic, alert, now))
    return frozenset().union(*own)


def _named(
    clinic: ClinicView, alert: AlertFields, now: datetime
) -> tuple[frozenset[StaffChannel] | None, ...]:
    return ladder.channels(clinic, alert.rung, now)


def _usual(clinic: ClinicView, alert: AlertFields, now: datetime) -> frozenset[StaffChannel]:
    """Ring at once for an emergency at night, else from the second step on."""
    is_night = not window_at(clinic.schedule, now).is_open
    rings = alert.step > 0 or (is_night and alert.urgency is Urgency.EMERGENCY)
    return clinic.alert_channels if rings else clinic.alert_channels - {StaffChannel.CALL}


def _call(clinic: ClinicView, alert: AlertFields, text: Tell, now: datetime) -> tuple[Tell, ...]:
    rings = StaffChannel.CALL in _ways(clinic, alert, now)
    return (replace(text, channel=StaffChannel.CALL),) if rings else ()


def _mail(clinic: ClinicView, alert: AlertFields, person: StaffView) -> Tell:
    is_emergency = alert.urgency is Urgency.EMERGENCY
    key = ReplyKey.STAFF_MAIL if is_emergency else ReplyKey.STAFF_MAIL_URGENT
    text = text_to(clinic, alert, person)
    return replace(text, address=person.email, key=key, channel=StaffChannel.EMAIL)


def _push(clinic: ClinicView, alert: AlertFields, person: StaffView, browser: str) -> Tell:
    text = text_to(clinic, alert, person)
    return replace(text, address=browser, key=_bare(alert), channel=StaffChannel.PUSH)


def _service(clinic: ClinicView, alert: AlertFields, service: Service) -> Tell:
    return Tell(service.address_env, None, clinic.languages[0], _bare(alert), alert.urgency,
                alert.step, StaffChannel.SERVICE)  # fmt: skip


def _bare(alert: AlertFields) -> ReplyKey:
    is_emergency = alert.urgency is Urgency.EMERGENCY
    return ReplyKey.STAFF_BARE if is_emergency else ReplyKey.STAFF_BARE_URGENT


def _key(alert: AlertFields) -> ReplyKey:
    if alert.no_answer:
        return ReplyKey.STAFF_ALERT_NO_ANSWER
    emergency = alert.urgency is Urgency.EMERGENCY
    return ReplyKey.STAFF_ALERT if emergency else ReplyKey.STAFF_ALERT_URGENT
