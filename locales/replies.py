"""Turns a reply key into words that a family can act on, in a language somebody vouches for."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Literal

from locales.catalogs import SOURCE, Catalogs, Status, direction, placeholders
from locales.own import OwnWords, overlaid
from locales.segments import utf16_units
from locales.times import Saying, When, time_keys, word_time

Policy = Literal["reviewed_only", "allow_draft"]
Params = Mapping[str, str | When]

CALL_LINE = "language.call_line"
LAST_RESORT = "safety.call_local_emergency"
"""Safety words that need no value at all."""

# What is said when a value for the first choice is not known: never silence, never an error.
_PLAINER = {
    "safety.comfort_plan": "safety.call_emergency",
    "safety.self_harm": "safety.self_harm_no_line",
}
_ALWAYS_SENT = ("safety.", "voice.")
_TO_STAFF = ("staff.", "auto.staff_note")
_PHONES = frozenset({"emergency", "on_call", "suicide_line", "comfort_phone"})
_LONGEST_TEXT = 1600
"""Characters of one text; a provider refuses a longer one whole (FACTS A3)."""
_US_NUMBER = re.compile(r"\+1(\d{3})(\d{3})(\d{4})")
_LEFT_TO_RIGHT_MARK = "\u200e"


class WordsMissing(Exception):
    """A reply was asked for that has no words, or without a value that its words need."""


@dataclass(frozen=True, slots=True)
class Part:
    """The words of one language within a reply; pages give each its `lang` and `dir`."""

    language: str
    text: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A worded reply.

    `key` is what was said, which differs from what was asked for only when a safety text had to
    fall back. `reviewed` holds when every part is. `version` names the exact templates for ever.
    """

    key: str
    text: str
    parts: tuple[Part, ...]
    reviewed: bool
    version: str

    @property
    def languages(self) -> tuple[str, ...]:
        """Name the languages in the order in which they are said, each once."""
        return tuple(dict.fromkeys(part.language for part in self.parts))


@dataclass(frozen=True, slots=True)
class _Line:
    key: str
    language: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Words replies from loaded catalogs; pure, and shared by the whole process."""

    catalogs: Catalogs

    def of(self, own: OwnWords, policy: Policy) -> "Speaker":
        """Give the speaker of a clinic that has words of its own (DESIGN 6)."""
        if not own:
            return self
        return Speaker(overlaid(self.catalogs, own, drafts=policy == "allow_draft"))

    def say(self, key: str, languages: Sequence[str], *, policy: Policy, params: Params) -> Said:
        """Word a reply in the first of some languages, as far as its words may be trusted.

        Reviewed words stand alone. A draft of a safety text follows the English (C12), whatever
        the policy. Another draft is sent under `allow_draft`; under `reviewed_only`, and where
        there are no words, English is sent with one line that says which number to call.

        Args:
            key: an id of the catalogs, such as `safety.call_nurse`.
            languages: tags in order of preference, the family's own first.
            policy: the clinic's `template_policy` (DESIGN 6).
            params: a value for each placeholder that `needs` names; more are ignored. Moments
                come as `When`, because only this method knows the language in the end.

        Raises:
            WordsMissing: unknown key, or a value is missing (safety texts fall back instead).
        """
        key = self._sayable(key, params)
        language = languages[0] if languages else SOURCE
        return self._join(key, self._plan(key, language, policy, params), params)

    def say_in_all(
        self, key: str, languages: Sequence[str], *, policy: Policy, params: Params
    ) -> Said:
        """Word a reply once in each of a clinic's languages, a line or more each (C8, C17).

        Languages whose words may not be sent share the English words. Drafts that the policy
        allows keep their place; drafts of safety texts come last, after the English (C12).
        Of many languages the last ones are left out, where one text cannot hold them all.
        Arguments and errors are those of `say`.
        """
        key = self._sayable(key, params)
        plans = [self._plan(key, tag, policy, params) for tag in languages or (SOURCE,)]
        lines = dict.fromkeys(line for plan in plans for line in plan)
        order = sorted(lines, key=lambda line: self._rank(line, params))
        return self._join(key, self._fitting(order, params), params)

    def needs(self, key: str) -> frozenset[str]:
        """Name the values that a reply may ask for in any of its forms.

        Raises:
            WordsMissing: unknown key.
        """
        named = placeholders(self._source(key))
        has_line = not key.startswith((*_ALWAYS_SENT, *_TO_STAFF))
        return named | placeholders(self._source(CALL_LINE)) if has_line else named

    def promise_time(self, at: datetime, now: datetime, timezone: str, language: str) -> str:
        """Word the time of a promise: "today by 3:00 pm", "Monday by noon".

        `at` and `now` are aware UTC, `timezone` an IANA name. A language that lacks the words
        gets them in English.
        """
        return self._time(When(Saying.BY, at, now, timezone), language)

    def opening_time(self, at: datetime, now: datetime, timezone: str, language: str) -> str:
        """Word the next opening: "today at 8:30 am", "Monday, January 4 at 8:30 am".

        Arguments are those of `promise_time`.
        """
        return self._time(When(Saying.AT, at, now, timezone), language)

    def _time(self, when: When, language: str) -> str:
        tag = self.catalogs.resolve(language) or SOURCE
        if any(self.catalogs.text(key, tag) is None for key in time_keys(when, tag)):
            tag = SOURCE
        return word_time(when, tag, self.catalogs.texts[tag])

    def _plan(self, key: str, language: str, policy: Policy, params: Params) -> tuple[_Line, ...]:
        tag = self.catalogs.resolve(language)
        english = _Line(key, SOURCE)
        if tag == SOURCE:
            return (english,)
        status = self._status(key, tag, params) if tag else Status.MISSING
        match status, key.startswith(_ALWAYS_SENT):
            case Status.REVIEWED, _:
                return (_Line(key, tag or SOURCE),)
            case Status.DRAFT, True:
                return (english, _Line(key, tag or SOURCE))
            case Status.DRAFT, False if policy == "allow_draft":
                return (_Line(key, tag or SOURCE),)
            case _, False if not key.startswith(_TO_STAFF):
                return (english, self._call_line(tag))
            case _:
                return (english,)

    def _call_line(self, tag: str | None) -> _Line:
        is_reviewed = tag and self.catalogs.status(CALL_LINE, tag) is Status.REVIEWED
        return _Line(CALL_LINE, tag if tag and is_reviewed else SOURCE)

    def _status(self, key: str, tag: str, params: Params) -> Status:
        """Judge a text by its weakest words, those of the moments inside it included."""
        found = {self.catalogs.status(used, tag) for used in self._used(key, tag, params)}
        return next(s for s in (Status.MISSING, Status.DRAFT, Status.REVIEWED) if s in found)

    def _used(self, key: str, tag: str, params: Params) -> list[str]:
        values = (params.get(name) for name in sorted(placeholders(self._source(key))))
        moments = [value for value in values if isinstance(value, When)]
        return [key, *(used for moment in moments for used in time_keys(moment, tag))]

    def _rank(self, line: _Line, params: Params) -> int:
        if line.key == CALL_LINE:
            return 2
        is_draft = self._status(line.key, line.language, params) is Status.DRAFT
        return int(is_draft and line.key.startswith(_ALWAYS_SENT) and line.language != SOURCE)

    def _fitting(self, order: Sequence[_Line], params: Params) -> tuple[_Line, ...]:
        """Keep as many lines as one text holds, the first in any case."""
        lengths = accumulate(utf16_units(self._part(line, params).text) + 1 for line in order)
        most = sum(length <= _LONGEST_TEXT for length in lengths)
        return tuple(order[: max(most, 1)])

    def _sayable(self, key: str, params: Params) -> str:
        key = str(key)  # callers pass members of an enumeration; records keep the plain word
        while missing := self._without_value(key, params):
            if not key.startswith("safety."):
                raise WordsMissing(f"{key} needs a value for {', '.join(missing)}.")
            key = _PLAINER.get(key, LAST_RESORT)
        return key

    def _without_value(self, key: str, params: Params) -> list[str]:
        names = sorted(self.needs(key))
        is_safety = key.startswith("safety.")
        return [
            name
            for name in names
            if name not in params or (is_safety and name in _PHONES and not params[name])
        ]

    def _source(self, key: str) -> str:
        text = self.catalogs.text(key, SOURCE)
        if text is None:
            raise WordsMissing(f"No words have the id {key}.")
        return text

    def _join(self, key: str, lines: tuple[_Line, ...], params: Params) -> Said:
        parts = tuple(self._part(line, params) for line in lines)
        return Said(
            key=key,
            text="\n".join(part.text for part in parts),
            parts=parts,
            reviewed=all(part.reviewed for part in parts),
            version=self._version(lines, params),
        )

    def _part(self, line: _Line, params: Params) -> Part:
        words = self.catalogs.texts[line.language]
        values = {
            name: _worded(name, params[name], line.language, words)
            for name in placeholders(words[line.key])
        }
        is_reviewed = self._status(line.key, line.language, params) is Status.REVIEWED
        return Part(line.language, words[line.key].format_map(values), is_reviewed)

    def _version(self, lines: tuple[_Line, ...], params: Params) -> str:
        named = [
            (used, line.language, self.catalogs.texts[line.language][used])
            for line in lines
            for used in self._used(line.key, line.language, params)
        ]
        return hashlib.sha256(repr(named).encode()).hexdigest()[:12]


def phone_for_text(e164: str) -> str:
    """Write a telephone number as families read it: `+13125550100` becomes `312-555-0100`.

    No spaces and no parentheses, so that phones make one link of it. Short numbers and those of
    other countries stay as they are (FACTS D, H).
    """
    match = _US_NUMBER.fullmatch(e164)
    return "-".join(match.groups()) if match else e164


def _worded(name: str, value: str | When, tag: str, words: Mapping[str, str]) -> str:
    if isinstance(value, When):
        return word_time(value, tag, words)
    shown = phone_for_text(value) if name in _PHONES else value
    if direction(tag) == "rtl" and (name in _PHONES or name == "link") and not shown.isdigit():
        # After Arabic letters "312-555-0100" would be drawn as "0100-555-312" (UAX 9, W2).
        return f"{_LEFT_TO_RIGHT_MARK}{shown}{_LEFT_TO_RIGHT_MARK}"
    return shown
