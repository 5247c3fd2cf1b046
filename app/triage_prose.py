"""Explains one assessment in sentences, as a colleague would: `kinline triage --pretty`."""

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property

from babel import Locale, UnknownLocaleError

from locales import catalogs
from locales.replies import Speaker
from routing.triage.rules import RuleBook
from routing.types import Assessment, Mark, Note, Reason, ReplyKey, SetAside, Urgency

_WIDTH = 88
_HEADLINE = {
    Urgency.EMERGENCY: "EMERGENCY. Somebody must act now.",
    Urgency.URGENT: "URGENT. A nurse should know within minutes.",
    Urgency.SOON: "SOON. Somebody should read this today.",
    Urgency.ROUTINE: "ROUTINE. It can wait for its turn.",
}
_COLOUR = {
    Urgency.EMERGENCY: "\x1b[1;31m",
    Urgency.URGENT: "\x1b[1;35m",
    Urgency.SOON: "\x1b[1;33m",
    Urgency.ROUTINE: "\x1b[1;32m",
}
_PLAIN = "\x1b[0m"
# Numbers that a clinic sets; here they only show where its own will stand.
_EXAMPLES = {
    "emergency": "911",
    "on_call": "(the nurse's number)",
    "suicide_line": "988",
    "clinic": "(the clinic)",
    "comfort_phone": "(the number of the plan)",
}


class Colleague:
    """Somebody who knows the rules and puts a result into words."""

    def __init__(self, book: RuleBook, *, colour: bool) -> None:
        """Know the rules; `colour` marks words by colour as well as by brackets."""
        self._rules = {rule.id: rule for rule in book.rules}
        self._colour = colour

    def explain(self, note: Note, result: Assessment) -> str:
        """Write everything that led to a result, as paragraphs."""
        return "\n".join(
            (
                self._headline(result),
                *_wrapped(self._marked(note, result), "  | "),
                *self._why(result),
                *self._aside(result.set_aside),
                *self._language(result),
                *self._told(result),
                f"Rules and words: version {result.version}.",
                "",
            )
        )

    def _headline(self, result: Assessment) -> str:
        hazard = f" ({str(result.hazard).replace('_', '-')})" if result.hazard else ""
        line = f"{_HEADLINE[result.urgency]}{hazard}"
        return f"{_COLOUR[result.urgency]}{line}{_PLAIN}" if self._colour else line

    def _marked(self, note: Note, result: Assessment) -> str:
        """Give the message with its words that counted in brackets."""
        if not note.text.strip():
            return "(no words)"
        out: list[str] = []
        behind = 0
        for start, end in _joined(_counting(result)):
            out.append(shown(note.text[behind:start]))
            words = f"[{shown(note.text[start:end])}]"
            out.append(f"{_COLOUR[result.urgency]}{words}{_PLAIN}" if self._colour else words)
            behind = end
        out.append(shown(note.text[behind:]))
        return "".join(out)

    def _why(self, result: Assessment) -> Iterator[str]:
        yield ""
        yield "Why"
        for reason in result.reasons:
            if reason.urgency is result.urgency:
                yield from _wrapped(self._sentence(reason), "  - ")
        others = [one for one in result.reasons if one.urgency is not result.urgency]
        if others:
            yield ""
            yield "Also noticed; it changes nothing, because the highest level wins"
            for reason in others:
                yield from _wrapped(
                    f"{self._sentence(reason)} Alone: {reason.urgency.word}.", "  - "
                )

    def _sentence(self, reason: Reason) -> str:
        rule = self._rules.get(reason.rule)
        source = f"; {rule.source}" if rule else ""
        quoted = f"“{shown(reason.text)}”: " if reason.text and rule else ""
        return f"{quoted}{reason.why} (rule {reason.rule}{source})"

    def _aside(self, aside: Sequence[SetAside]) -> Iterator[str]:
        if not aside:
            return
        yield ""
        yield "Considered and set aside"
        for one in aside:
            rule = self._rules.get(one.rule)
            because = _BECAUSE.get(one.because, one.because)
            level = f" It would have been {rule.urgency.word}: {rule.why}" if rule else ""
            said = f"“{shown(one.text)}” {because}.{level} (rule {one.rule})"
            yield from _wrapped(said, "  - ")

    def _language(self, result: Assessment) -> Iterator[str]:
        yield ""
        name = _language_name(result.language)
        line = f"Language: {name}." if name else "Language: too little to tell."
        if result.understood:
            topics = ", ".join(topic.replace("_", " ") for topic in result.topics)
            line += f" It is about {topics}." if topics else ""
        else:
            line += " Not understood: a person must read it, whatever it seems to say."
        yield from _wrapped(line, "")

    def _told(self, result: Assessment) -> Iterator[str]:
        if result.reply is None or Mark.IN_CARE in result.marks:
            yield from _wrapped(_NO_SAFETY_TEXT[Mark.IN_CARE in result.marks], "")
            return
        said = self._speaker.say(
            str(result.reply), [result.language or "en"], policy="allow_draft", params=_EXAMPLES
        )
        draft = "" if said.reviewed else "; nobody has reviewed the translation yet"
        yield from _wrapped(f"The family would be told at once ({said.key}{draft}):", "")
        for part in said.parts:
            yield from _wrapped(part.text, "  > ")
        if result.reply in {ReplyKey.SELF_HARM, ReplyKey.VIOLENCE}:
            yield from _wrapped(_DISCREET, "")

    @cached_property
    def _speaker(self) -> Speaker:
        return Speaker(catalogs.load())


def shown(text: str) -> str:
    """Write signs that move a cursor or turn the line around as what they are."""
    return "".join(_sign(char) for char in text)


_BECAUSE = {
    "look-alike": "belongs to something harmless that only sounds like it",
    "negated": "is denied",
    "told of television, news or a story": "is told of television, news or a story",
    "asked ahead": "is asked about ahead, it is not happening",
    "said to be over": "is said to be over; it happened lately, so somebody should still ask",
    "said to be over for more than a day": "is said to be over for more than a day",
}
_NO_SAFETY_TEXT = {
    False: "The family gets no safety words. In office hours: that the text arrived, and by when "
    "somebody answers. At night: when the office opens and whom to call until then.",
    True: "They are with a medical team or help is coming. The family would only be told to stay "
    "with it; the level stays, so that staff know.",
}
_DISCREET = "Another person may read this phone, so the words name nothing."


def _counting(result: Assessment) -> list[tuple[int, int]]:
    """List the places of the words that decided; a whole message that was not read marks none."""
    return [
        span
        for reason in result.reasons
        if reason.urgency is result.urgency and not reason.rule.startswith("triage.")
        for span in reason.spans
    ]


def _joined(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first = behind = -1
    for start, end in sorted(spans):
        if start > behind:
            if first >= 0:
                yield first, behind
            first, behind = start, end
        behind = max(behind, end)
    if first >= 0:
        yield first, behind


def _sign(char: str) -> str:
    if char in "\n\r\t":
        return " "
    is_hidden = unicodedata.category(char) in {"Cc", "Cs"} or char in _TURNING
    return f"<U+{ord(char):04X}>" if is_hidden else char


_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _wrapped(text: str, first: str) -> Iterator[str]:
    later = first if first.strip() in {"|", ">"} else " " * len(first)
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    ) or [first]


def _language_name(tag: str | None) -> str | None:
    if tag is None:
        return None
    try:
        return Locale.parse(tag).get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag
