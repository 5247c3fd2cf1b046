"""Opt-out and opt-in keywords: exact words only, so that clinical sentences are never mistaken."""

import unicodedata
from enum import StrEnum

from routing.types import Consent


class Keyword(StrEnum):
    """What a message that is nothing but a keyword asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


# FACTS B: the carrier's words, the per-se words of 47 CFR 64.1200(a)(10), and plain ones of other
# languages, which Twilio does not know. None that alone may tell of a child: Arabic has one word
# for "stop" and "it has stopped".
PROVIDER_STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
)
STOP_WORDS = PROVIDER_STOP_WORDS | {
    "opt-out", "opt out", "alto", "parar", "arret", "arrêt", "sair", "sispann", "itigil", "jooji",
    "стоп", "отписаться", "відписатися", "停止", "退订", "退訂", "중지", "수신거부", "dừng",
    "huỷ", "hủy", "الغاء الاشتراك", "إلغاء الاشتراك", "rezygnuję",
}  # fmt: skip
START_WORDS = frozenset({"start", "unstop"})
HELP_WORDS = frozenset({"help", "info", "ayuda"})
# An opt-in at Twilio, but a plain answer from somebody who never opted out (FACTS B3).
YES = "yes"
INVISIBLE = {"Cf", "Cc", "Mn"}


def keyword(text: str, *, opt_out: str | None, consent: Consent) -> Keyword | None:
    """Tell whether a message is an opt-out, opt-in or help keyword and nothing else (B-04).

    Args:
        text: the message as received.
        opt_out: the provider's own reading (`STOP`, `START`, `HELP`), which it has acted on.
        consent: the contact's state now; YES is an opt-in only after an opt-out.
    """
    if opt_out and opt_out.lower() in set(Keyword):
        return Keyword(opt_out.lower())
    word = _bare(text)
    if word in STOP_WORDS:
        return Keyword.STOP
    if word in HELP_WORDS:
        return Keyword.HELP
    if word in START_WORDS or (word == YES and consent is Consent.OPTED_OUT):
        return Keyword.START
    return None


def is_known_to_provider(text: str, opt_out: str | None) -> bool:
    """Tell whether Twilio deals with a keyword by itself; it knows English single words only.

    Whoever writes ALTO is opted out by us alone, and gets the confirmation from us (FACTS B).
    """
    word = _bare(text)
    return opt_out is not None or word in PROVIDER_STOP_WORDS | START_WORDS | {YES, "help", "info"}


def _bare(text: str) -> str:
    """Fold case, width and accents' carriers; drop what surrounds the word."""
    visible = (c for c in unicodedata.normalize("NFKC", text)
               if unicodedata.category(c) not in INVISIBLE or c in "\n\t")  # fmt: skip
    folded = " ".join("".join(visible).casefold().split())
    return folded.strip(".,;:!?。，！？،؟¡¿'\"“”‘’()[]{}*_~- ")
