"""What a provider's error code means for us: the closed list of ways in which a text can fail.

The codes of each provider are data in one table, so that the decision when to try again needs
to know nothing about a provider, and staff read the same sentence wherever a text failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Fault(StrEnum):
    """The ways in which bringing words to somebody can go wrong (FACTS A5)."""

    NONE = "none"
    THROTTLED = "throttled"  # too much at once; the text was not taken
    TEMPORARY = "temporary"  # the phone or a network is away for now
    UNUSABLE_NUMBER = "unusable_number"  # this number will never take a text
    OPTED_OUT = "opted_out"  # C13: they said STOP to the provider: cannot text, must call
    BLOCKED = "blocked"  # a carrier or the provider refuses these words or this recipient
    REJECTED = "rejected"  # what we asked for is wrong: a mistake of ours
    CONFIGURATION = "configuration"  # nothing goes out until somebody repairs the set-up
    UNKNOWN = "unknown"  # no reason given, or a code that we do not know

    @property
    def can_retry(self) -> bool:
        """Tell whether the same words may arrive later by themselves.

        A configuration fault may: once the set-up is repaired, what waits goes out. An unknown
        one is worth one more try, then a call (FACTS A5, 30008).
        """
        return self in {Fault.THROTTLED, Fault.TEMPORARY, Fault.CONFIGURATION, Fault.UNKNOWN}

    @property
    def is_alarm(self) -> bool:
        """Tell whether an administrator must hear of it, because other texts fail as well."""
        return self in {Fault.CONFIGURATION, Fault.REJECTED}

    @property
    def ends_texting(self) -> bool:
        """Tell whether no later text to this address can arrive either (C13)."""
        return self in {Fault.UNUSABLE_NUMBER, Fault.OPTED_OUT}


@dataclass(frozen=True, slots=True)
class Cause:
    """One error code: its fault, and what to tell staff in one sentence."""

    fault: Fault
    sentence: str


NO_CAUSE = Cause(Fault.NONE, "Nothing went wrong.")
NOT_KNOWN = Cause(Fault.UNKNOWN, "The text failed for a reason that we do not know.")


def fault_of(provider: str, error: int | None) -> Fault:
    """Give the fault behind a provider's error code; see `cause_of`."""
    return cause_of(provider, error).fault


def cause_of(provider: str, error: int | None) -> Cause:
    """Look an error code up.

    Args:
        provider: whose code it is, as in `Receipt.provider`.
        error: the provider's code, or the HTTP status where the answer held no code.

    Returns:
        `NO_CAUSE` without a code, `NOT_KNOWN` for a code or provider that is not in the tables.
    """
    if error is None:
        return NO_CAUSE
    return CAUSES.get(provider, {}).get(error, NOT_KNOWN)


# Source of each row: FACTS A5, the row of the same code, unless another source stands beside it.
_TWILIO: Mapping[int, Cause] = MappingProxyType(
    {
        # HTTP statuses of answers that hold no code of their own.
        400: Cause(Fault.REJECTED, "Twilio could not read our request."),
        401: Cause(Fault.CONFIGURATION, "Twilio does not accept our sign-in."),
        403: Cause(Fault.CONFIGURATION, "This Twilio account may not send texts."),
        404: Cause(Fault.CONFIGURATION, "Twilio does not know this account."),
        429: Cause(Fault.THROTTLED, "Too many requests at once; it is tried again."),
        # Signing in and rates.
        20003: Cause(Fault.CONFIGURATION, "Twilio does not accept our sign-in."),
        20429: Cause(Fault.THROTTLED, "Too many requests at once; it is tried again."),
        14107: Cause(Fault.THROTTLED, "Too many answers to one number within half a minute."),
        # The recipient.
        21211: Cause(Fault.UNUSABLE_NUMBER, "This is not a telephone number."),
        21610: Cause(Fault.OPTED_OUT, "They opted out of texts: call them."),
        21614: Cause(Fault.UNUSABLE_NUMBER, "This number cannot receive texts."),
        21635: Cause(Fault.UNUSABLE_NUMBER, "This number is a landline."),
        # The sender and the account.
        21408: Cause(Fault.CONFIGURATION, "Texts to this country are switched off at Twilio."),
        21606: Cause(Fault.CONFIGURATION, "The clinic's number cannot send texts."),
        21608: Cause(Fault.CONFIGURATION, "A trial account may text verified numbers only."),
        21611: Cause(Fault.THROTTLED, "Too many texts wait at this number; it is tried again."),
        21703: Cause(Fault.CONFIGURATION, "The Messaging Service has no number to send from."),
        # The words.
        21602: Cause(Fault.REJECTED, "The text was empty."),
        21617: Cause(Fault.REJECTED, "The text was longer than 1,600 characters."),
        21619: Cause(Fault.REJECTED, "There was nothing to send."),
        21620: Cause(Fault.REJECTED, "The address of an attachment was not usable."),
        21623: Cause(Fault.REJECTED, "There were more than ten attachments."),
        # On the way; these come by status callback.
        30001: Cause(Fault.THROTTLED, "Too many texts were waiting; it is tried again."),
        30002: Cause(Fault.CONFIGURATION, "Twilio has suspended the account."),
        30003: Cause(Fault.TEMPORARY, "The phone is switched off or out of reach."),
        30004: Cause(Fault.BLOCKED, "Their carrier or phone blocks our texts: call them."),
        30005: Cause(Fault.UNUSABLE_NUMBER, "This number is unknown or no longer in use."),
        30006: Cause(Fault.UNUSABLE_NUMBER, "This is a landline, or its carrier takes no texts."),
        30007: Cause(Fault.BLOCKED, "A carrier filtered the text; its words need a look."),
        30008: Cause(Fault.UNKNOWN, "The carrier gave no reason."),
        30022: Cause(Fault.THROTTLED, "The carriers' rate for our campaign was reached."),
        30023: Cause(Fault.THROTTLED, "The carriers' daily number of texts was reached."),
        30026: Cause(Fault.THROTTLED, "Most of T-Mobile's daily number of texts is used up."),
        30027: Cause(Fault.THROTTLED, "T-Mobile's daily number of texts was reached."),
        30032: Cause(Fault.CONFIGURATION, "The toll-free number is not verified."),
        30034: Cause(Fault.CONFIGURATION, "The number is not registered (A2P 10DLC)."),
        30410: Cause(Fault.TEMPORARY, "A network between us was too slow; it is tried again."),
        30450: Cause(Fault.BLOCKED, "Twilio's fraud protection stopped the text."),
        30610: Cause(Fault.BLOCKED, "Twilio stopped the text because of its quiet hours."),
        30640: Cause(Fault.BLOCKED, "Twilio's compliance list stopped the text: call them."),
        # Other channels than SMS on the same account.
        63003: Cause(Fault.UNUSABLE_NUMBER, "This address does not exist on the channel."),
        63007: Cause(Fault.CONFIGURATION, "The clinic's address on the channel is not set up."),
        63013: Cause(Fault.BLOCKED, "The channel's policy stopped the message."),
        63014: Cause(Fault.OPTED_OUT, "They blocked us on the channel: call them."),
        63016: Cause(Fault.REJECTED, "After 24 hours the channel takes templates only."),
        63018: Cause(Fault.THROTTLED, "The channel's rate was reached; it is tried again."),
        63024: Cause(Fault.UNUSABLE_NUMBER, "This recipient cannot be reached on the channel."),
        63032: Cause(Fault.BLOCKED, "WhatsApp does not deliver to this person: call them."),
    }
)

# HTTP statuses of the services that bring pushes to browsers (RFC 8030, 8292).
_PUSH: Mapping[int, Cause] = MappingProxyType(
    {
        400: Cause(Fault.CONFIGURATION, "The service of the browser refused our key."),
        401: Cause(Fault.CONFIGURATION, "The service of the browser refused our key."),
        403: Cause(Fault.CONFIGURATION, "The service of the browser refused our key."),
        404: Cause(Fault.UNUSABLE_NUMBER, "Push is no longer switched on in this browser."),
        410: Cause(Fault.UNUSABLE_NUMBER, "Push is no longer switched on in this browser."),
        413: Cause(Fault.REJECTED, "The push was too long."),
        429: Cause(Fault.THROTTLED, "Too many pushes at once; it is tried again."),
        500: Cause(Fault.TEMPORARY, "The service of the browser was away; it is tried again."),
        502: Cause(Fault.TEMPORARY, "The service of the browser was away; it is tried again."),
        503: Cause(Fault.TEMPORARY, "The service of the browser was away; it is tried again."),
    }
)

CAUSES: Mapping[str, Mapping[int, Cause]] = MappingProxyType({"twilio": _TWILIO, "push": _PUSH})
"""The codes of each provider, by the provider's name."""
