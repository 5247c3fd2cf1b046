"""Reads Twilio's forms: a text that came in, a status report, the end of a call."""

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from bot.channels.twilio.statuses import call_state_of, state_of
from routing.events import Inbound, InboundKind, Media, Receipt, ReceiptSource
from routing.types import DeliveryState
from store.gathering import ANSWERED

PROVIDER = "twilio"
CHANNEL = "sms"
MOST_FIELDS = 200
NOBODY_KNOWN = "anonymous"
"""Who called when the caller's number is withheld."""
# Twilio's other ways to say so, which look like telephones and are none: ANONYMOUS, RESTRICTED,
# BLOCKED, UNKNOWN and UNAVAILABLE, spelt on a telephone's keys.
_HIDDEN = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})

Params = list[tuple[str, str]]

_OPT_OUTS = frozenset({"STOP", "START", "HELP"})
_LONGEST_ID = 64
_LONGEST_ACCOUNT = 40
_LONGEST_ADDRESS = 200
_LONGEST_STATUS = 40
_LONGEST_TYPE = 100
_LONGEST_CODE = 9  # digits that every database keeps as an integer
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MEDIA = re.compile(r"MediaUrl(\d{1,2})")


class UnreadableForm(Exception):
    """The form is not one that can be kept; the message names what is wrong, never a value."""


def read_params(body: bytes) -> Params:
    """Read the fields of a form in their order, repeated and empty ones included.

    Bytes that are not UTF-8 become lone surrogates, so that a signature is computed over exactly
    what was sent.

    Raises:
        UnreadableForm: more than 200 fields (a real form has about 25, FACTS A1).
    """
    text = body.decode("utf-8", "surrogateescape")
    try:
        return parse_qsl(
            text, keep_blank_values=True, errors="surrogateescape", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise UnreadableForm("too many fields") from error


def account_of(params: Params) -> str:
    """Name the account that the form says it is from; empty where it says nothing."""
    return _clean(dict(params).get("AccountSid", ""))


def inbound(params: Params, raw: bytes) -> Inbound:
    """Read a text or picture message; unknown fields are accepted and stay in `raw`.

    Raises:
        UnreadableForm: no message id, sender or recipient.
    """
    form = dict(params)
    sender, recipient = _sides(form)
    opt_out = _clean(form.get("OptOutType", "")).upper()
    return Inbound(
        provider=PROVIDER,
        account=_account(form),
        provider_id=_id(form, "MessageSid", "SmsSid", "SmsMessageSid"),
        channel=CHANNEL,
        sender=sender,
        recipient=recipient,
        text=_whole(form.get("Body", "")),
        raw=raw,
        media=_media(form),
        opt_out=opt_out if opt_out in _OPT_OUTS else None,
    )


def receipt(params: Params, ref: str | None) -> Receipt:
    """Read a status report about a message of ours; `ref` stands in the callback's address.

    A status word that Twilio adds one day moves nothing forward and is kept as it is written.

    Raises:
        UnreadableForm: nothing says which message it is about, or what became of it.
    """
    form = dict(params)
    status = _clean(form.get("MessageStatus") or form.get("SmsStatus") or "")[:_LONGEST_STATUS]
    if not status:
        raise UnreadableForm("no status")
    error = _clean(form.get("ErrorCode", ""))
    return Receipt(
        source=ReceiptSource.CALLBACK,
        provider=PROVIDER,
        state=state_of(status.lower()),
        status=status,
        provider_id=_id(form, "MessageSid", "SmsSid"),
        ref=ref,
        error=int(error) if error.isdecimal() and len(error) <= _LONGEST_CODE else None,
        account=_account(form),
    )


def call_receipt(params: Params, ref: str | None) -> Receipt:
    """Read how a call of ours to staff ended; `ref` stands in the callback's address.

    Raises:
        UnreadableForm: no call id, or no word of how it stands.
    """
    form = dict(params)
    status = _clean(form.get("CallStatus", ""))[:_LONGEST_STATUS]
    if not status:
        raise UnreadableForm("no status")
    return Receipt(
        source=ReceiptSource.CALLBACK,
        provider=PROVIDER,
        state=call_state_of(status.lower()),
        status=status,
        provider_id=_id(form, "CallSid"),
        ref=ref,
        account=_account(form),
    )


def is_about_call(params: Params) -> bool:
    """Tell whether a status report is about a call and not about a text."""
    form = dict(params)
    return "CallStatus" in form and "MessageStatus" not in form


def call_id(params: Params) -> str:
    """Name a call.

    Raises:
        UnreadableForm: it has no name.
    """
    return _id(dict(params), "CallSid")


def missed_call(params: Params, raw: bytes, began: datetime | None = None) -> Inbound:
    """Read a call that reached nobody as a message without words (C17).

    Args:
        began: when, for one that was found late (I-03).

    Raises:
        UnreadableForm: no call id.
    """
    form = dict(params)
    caller = _clean(form.get("From", ""))[:_LONGEST_ADDRESS]
    return Inbound(
        provider=PROVIDER,
        account=_account(form),
        provider_id=_id(form, "CallSid"),
        channel=CHANNEL,
        sender=NOBODY_KNOWN if not caller or caller in _HIDDEN else caller,
        recipient=called(params),
        text="",
        raw=raw,
        kind=InboundKind.MISSED_CALL,
        takes_answer=began is None,
        written_at=began,
    )


def answered_call(params: Params) -> Receipt:
    """Read that a call came to us at all: without this it is asked for later (I-03).

    Raises:
        UnreadableForm: no call id.
    """
    form = dict(params)
    return Receipt(
        source=ReceiptSource.CALLBACK,
        provider=PROVIDER,
        state=DeliveryState.UNKNOWN,
        status=ANSWERED,
        provider_id=_id(form, "CallSid"),
        account=_account(form),
    )


def called(params: Params) -> str:
    """Name the number of ours that was called."""
    return _clean(dict(params).get("To", ""))[:_LONGEST_ADDRESS]


def _sides(form: Mapping[str, str]) -> tuple[str, str]:
    sender, recipient = _clean(form.get("From", "")), _clean(form.get("To", ""))
    if not sender or len(sender) > _LONGEST_ADDRESS:
        raise UnreadableForm("no usable From")
    if not recipient or len(recipient) > _LONGEST_ADDRESS:
        raise UnreadableForm("no usable To")
    return sender, recipient


def _id(form: Mapping[str, str], *names: str) -> str:
    found = next((value for name in names if (value := _clean(form.get(name, "")))), "")
    if not found or len(found) > _LONGEST_ID:
        raise UnreadableForm(f"no usable {names[0]}")
    return found


def _account(form: Mapping[str, str]) -> str:
    return _clean(form.get("AccountSid", ""))[:_LONGEST_ACCOUNT]


def _media(form: Mapping[str, str]) -> tuple[Media, ...]:
    """Collect what is really there: `NumMedia` may be wrong and the numbers may have gaps."""
    numbers = sorted(int(match[1]) for name in form if (match := _MEDIA.fullmatch(name)))
    return tuple(
        Media(url, _clean(form.get(f"MediaContentType{number}", ""))[:_LONGEST_TYPE])
        for number in dict.fromkeys(numbers)
        if (url := _clean(form.get(f"MediaUrl{number}", "")))
    )


def _clean(value: str) -> str:
    return _UNPRINTABLE.sub("", _whole(value)).strip()


def _whole(value: str) -> str:
    """Show bytes that are not UTF-8 as U+FFFD: no database takes lone surrogates."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
