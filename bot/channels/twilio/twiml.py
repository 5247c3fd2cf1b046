"""Writes TwiML, what Twilio carries out: texts to send, words to speak, whom to call."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from store.outcomes import Answer

MEDIA_TYPE = "text/xml; charset=utf-8"
LARGEST = 64_000
"""Twilio refuses more than 64 kB with error 11750 (FACTS A2)."""

RING_SECONDS = 25
"""Five or so rings: long enough to reach a bag, too short for most voice mail."""

KEY_SECONDS = 6
"""Time to find the key in the dark."""

_START = '<?xml version="1.0" encoding="UTF-8"?><Response>'
_END = "</Response>"
# Characters that XML 1.0 cannot carry, not even as a reference: one would lose the whole answer.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words and the voice to say them: `language` and `voice` in Twilio's names, or empty."""

    text: str
    language: str
    voice: str = ""


def texts(answers: Sequence[Answer], public_url: str) -> str:
    """Answer a text with texts, in order, each with the address for its status reports.

    Answers that no longer fit are left out: they are looked up, not found, and sent the ordinary
    way. Both names of the address are given, because Twilio's documentation names
    `statusCallback` while its own library calls that one deprecated in favour of `action`; a
    report that comes twice changes nothing. Only the last text has `action`, because what follows
    a text with `action` may not be carried out.
    """
    room = LARGEST - len(_START) - len(_END)
    messages: list[str] = []
    for place, answer in enumerate(answers, start=1):
        message = _message(answer, public_url, is_last=place == len(answers))
        room -= len(message.encode())
        if room < 0:
            break
        messages.append(message)
    return "".join((_START, *messages, _END))


def say(words: Iterable[Spoken]) -> str:
    """Answer a call with words, then hang up."""
    return "".join((_START, _said(words), "<Hangup/>", _END))


def say_and_connect(words: Iterable[Spoken], number: str, afterwards: str) -> str:
    """Answer a call with words, then ring `number`; Twilio asks at `afterwards` how that ended.

    The caller's own number is shown to who is rung, which is Twilio's default.
    """
    dial = (
        f'<Dial action={_attribute(afterwards)} method="POST" timeout="{RING_SECONDS}">'
        f"<Number>{_text(number)}</Number></Dial>"
    )
    return "".join((_START, _said(words), dial, _END))


def connect(number: str, shown: str) -> str:
    """Ring `number`, which sees `shown`, a number of the clinic's own."""
    return (
        f'{_START}<Dial callerId={_attribute(shown)} timeout="{RING_SECONDS}">'
        f"<Number>{_text(number)}</Number></Dial>{_END}"
    )


def join(words: Iterable[Spoken], conference: str, left: str = "") -> str:
    """Answer a call with words, then let it join a talk.

    Args:
        words: what is said first.
        conference: the opaque name; Twilio asks for one without personal data.
        left: where Twilio tells that whoever leads it has left; without one the caller leads
            nothing: they wait for who does, and their leaving ends nothing.
    """
    leads = "true" if left else "false"
    action = f' action={_attribute(left)} method="POST"' if left else ""
    return (
        f'{_START}{_said(words)}<Dial{action}><Conference beep="onEnter" '
        f'startConferenceOnEnter="{leads}" endConferenceOnExit="{leads}">'
        f"{_text(conference)}</Conference></Dial>{_END}"
    )


def say_and_return(words: Iterable[Spoken], pause_seconds: int, address: str) -> str:
    """Answer a call with words, wait, then let Twilio ask again at `address`."""
    again = f'<Pause length="{pause_seconds}"/><Redirect method="POST">{_text(address)}</Redirect>'
    return "".join((_START, _said(words), again, _END))


def ask(words: Iterable[Spoken], address: str, *, times: int) -> str:
    """Say words and wait for one key, some times over, then hang up.

    A pressed key is posted to `address`, also in the middle of the words.
    """
    said = _said(words)
    gather = (
        f'<Gather numDigits="1" timeout="{KEY_SECONDS}" method="POST" action={_attribute(address)}>'
        f"{said}</Gather>"
    )
    return "".join((_START, gather * times, "<Hangup/>", _END))


def hang_up() -> str:
    """End a call without a word."""
    return f"{_START}<Hangup/>{_END}"


def _message(answer: Answer, public_url: str, *, is_last: bool) -> str:
    reports = _attribute(f"{public_url}/twilio/status?ref={quote(answer.ref, safe='')}")
    action = f" action={reports}" if is_last else ""
    return f'<Message{action} statusCallback={reports} method="POST">{_text(answer.text)}</Message>'


def _said(words: Iterable[Spoken]) -> str:
    return "".join(
        f"<Say language={_attribute(spoken.language)}"
        f"{f' voice={_attribute(spoken.voice)}' if spoken.voice else ''}>"
        f"{_text(spoken.text)}</Say>"
        for spoken in words
    )


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("", value), {"\r": "&#13;"})


def _attribute(value: str) -> str:
    return quoteattr(_NOT_XML.sub("", value))
