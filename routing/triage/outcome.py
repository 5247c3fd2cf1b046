"""Draws the conclusion: from rules that held or were set aside to one assessment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from routing.triage.context import Because, Match
from routing.triage.evidence import Found
from routing.triage.facts import Facts
from routing.triage.matcher import Hit, Sighting
from routing.triage.rules import Rule
from routing.types import (
    Assessment,
    Hazard,
    Mark,
    Note,
    Reason,
    ReplyKey,
    SetAside,
    Topic,
    Urgency,
)

NEEDED = ("courtesy",)
"""Words that may stand beside "help" or "thanks" without saying anything more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that was asked, and what it found."""

    rule: Rule
    found: Found


@dataclass(frozen=True, slots=True)
class Message:
    """One message as read; `is_foreign`: nobody wrote more of its language than emergencies."""

    note: Note
    seen: Sighting
    facts: Facts
    language: str | None
    is_foreign: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """One reason of the result, with the rule that gave it (none for the triage's own)."""

    reason: Reason
    rule: Rule | None


def conclude(message: Message, findings: Sequence[Finding], version: str) -> Assessment:
    """Combine everything by maximum; nothing lowers what one rule has set (I-08)."""
    held = list(_held(message, findings))
    topics = list(_topics(findings, held))
    understood = bool(held) and not message.is_foreign
    if message.facts.impossible:
        understood = False
    held.extend(_raised(held))
    held.extend(_eyes(message, understood=understood))
    held.sort(key=lambda one: -one.reason.urgency)
    urgency = held[0].reason.urgency
    top = [one for one in held if one.reason.urgency is urgency]
    hazards = {one.reason.hazard for one in top}
    rules = [one.rule for one in held if one.rule is not None]
    marks = {mark for rule in rules for mark in rule.marks}
    is_wordless = not any(_is_telling(token.word) for token in message.seen.tokens)
    if is_wordless and urgency <= Urgency.SOON and not marks:
        marks.add(Mark.NO_WORDS)
        understood = False
    if urgency is not Urgency.ROUTINE:
        marks.discard(Mark.THANKS)
    return Assessment(
        urgency=urgency,
        hazard=next((hazard for hazard in _TOUCHY if hazard in hazards), None),
        topics=tuple(dict.fromkeys(topics)),
        language=message.language,
        understood=understood,
        reasons=tuple(one.reason for one in held),
        set_aside=tuple(_set_aside(message, findings)),
        version=version,
        marks=frozenset(marks),
        reply=_reply(top, urgency),
    )


def failed(note: Note, version: str) -> Assessment:
    """Give the result when triage itself failed: a person now (I-09)."""
    reason = Reason(
        "triage.failed",
        "Triage itself failed on this message: a person must read it now.",
        note.text[:_LONGEST_QUOTE],
        ((0, min(len(note.text), _LONGEST_QUOTE)),),
        Urgency.URGENT,
    )
    return Assessment(
        urgency=Urgency.URGENT,
        hazard=None,
        topics=(),
        language=None,
        understood=False,
        reasons=(reason,),
        set_aside=(),
        version=version,
        marks=frozenset({Mark.FAILED}),
        reply=ReplyKey.CALL_NURSE,
    )


# On a tie the kind that needs more discretion wins: C11 keeps it off the shared time line.
_TOUCHY = (Hazard.VIOLENCE, Hazard.SELF_HARM, Hazard.POISON, Hazard.MEDICAL)
_LONGEST_QUOTE = 200
_DEFAULT_REPLY = {
    Urgency.EMERGENCY: ReplyKey.CALL_EMERGENCY,
    Urgency.URGENT: ReplyKey.CALL_NURSE,
}
_HAZARD_REPLY = {Hazard.SELF_HARM: ReplyKey.SELF_HARM, Hazard.VIOLENCE: ReplyKey.VIOLENCE}


def _held(message: Message, findings: Iterable[Finding]) -> Iterator[_Held]:
    for finding in findings:
        rule, found = finding.rule, finding.found
        if found.live:
            if not rule.alone or _is_alone(message, found.live):
                yield _Held(_reason(message, rule, found.live, rule.urgency), rule)
            continue
        lowered = [
            (level, match)
            for match, because in found.aside
            if (level := _lowered(message.note, rule, because)) is not None
        ]
        if lowered and rule.urgency:
            level = max(level for level, _match in lowered)
            matches = tuple(match for _level, match in lowered)
            yield _Held(_reason(message, rule, matches, level), None)


def _lowered(note: Note, rule: Rule, because: Because) -> Urgency | None:
    """Say what is left of a danger that is over or asked ahead (C4)."""
    if because is Because.OVER:
        return max(Urgency.SOON, Urgency(rule.urgency - 1)) if rule.urgency else None
    if because is Because.NAMED:
        return Urgency.SOON
    if because in {Because.LONG_OVER, Because.AHEAD} and rule.condition & note.flags:
        return Urgency.SOON
    return None


def _raised(held: Sequence[_Held]) -> Iterator[_Held]:
    """Lift an urgent medical sign by one level where a parent's alarm joins it (E2 row 32)."""
    worry = next((one for one in held if one.rule is not None and one.rule.raises), None)
    others = [one for one in held if one.rule is None or not one.rule.raises]
    top = max((one.reason.urgency for one in others), default=Urgency.ROUTINE)
    if worry is None or worry.rule is None or top is not Urgency.URGENT:
        return
    if any(o.reason.urgency is top and o.reason.hazard is Hazard.MEDICAL for o in others):
        reason = Reason(
            f"{worry.rule.id}.raised",
            "A parent's alarm beside an urgent sign lifts it by one level.",
            worry.reason.text,
            worry.reason.spans,
            Urgency.EMERGENCY,
            Hazard.MEDICAL,
        )
        yield _Held(reason, None)


def _eyes(message: Message, *, understood: bool) -> Iterator[_Held]:
    """Give the triage's own reasons: nothing here is routine that was not understood (C3)."""
    text = message.note.text
    whole = ((0, min(len(text), _LONGEST_QUOTE)),)
    if message.facts.impossible:
        parts = [Hit(fact.first, fact.last) for fact in message.facts.impossible]
        yield _own(message, "triage.impossible_value", _IMPOSSIBLE, _spans(message, parts))
    if message.is_foreign:
        yield _own(message, "triage.unknown_language", _FOREIGN, whole)
    elif not understood and not message.facts.impossible:
        yield _own(message, "triage.not_understood", _NOT_UNDERSTOOD, whole)
    if message.note.media:
        yield _own(message, "triage.media", _MEDIA, ())


_IMPOSSIBLE = "A number beside a measuring word cannot be right: needs eyes."
_FOREIGN = "Triage reads little or nothing of the language of this message: needs eyes."
_NOT_UNDERSTOOD = "Nothing in this message was understood: needs eyes."
_MEDIA = "A photo or recording cannot be read by triage: needs eyes."


def _own(message: Message, rule: str, why: str, spans: tuple[tuple[int, int], ...]) -> _Held:
    return _Held(Reason(rule, why, _quote(message, spans), spans, Urgency.SOON), None)


def _topics(findings: Iterable[Finding], held: Iterable[_Held]) -> Iterator[Topic]:
    holding = {one.reason.rule for one in held}
    ordered = sorted(findings, key=lambda finding: -finding.rule.urgency)
    for finding in ordered:
        late = any(because in _STILL_ABOUT for _match, because in finding.found.aside)
        if finding.rule.id in holding or late:
            yield from finding.rule.topics


_STILL_ABOUT = frozenset({Because.AHEAD, Because.LONG_OVER, Because.OVER, Because.NAMED})


def _set_aside(message: Message, findings: Iterable[Finding]) -> Iterator[SetAside]:
    for finding in findings:
        told: set[Because] = set()
        for match, because in finding.found.aside:
            if because in told or not finding.rule.urgency:
                continue
            told.add(because)
            text = _quote(message, _spans(message, match.parts))
            yield SetAside(finding.rule.id, because.value, text)


def _reason(message: Message, rule: Rule, matches: Sequence[Match], urgency: Urgency) -> Reason:
    parts = [part for match in matches[:_MOST_MATCHES] for part in match.parts]
    spans = _spans(message, parts)
    return Reason(rule.id, rule.why, _quote(message, spans), spans, urgency, rule.hazard)


_MOST_MATCHES = 12


def _spans(message: Message, parts: Iterable[Hit]) -> tuple[tuple[int, int], ...]:
    """Give the places in the text as received, in order, those that touch joined."""
    tokens = message.seen.tokens
    merged: list[tuple[int, int]] = []
    behind = -1
    for first, last in sorted(set(parts)):
        start, end = tokens[first].start, tokens[last].end
        if merged and first <= behind + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
        behind = max(behind, last)
    return tuple(merged)


def _quote(message: Message, spans: Sequence[tuple[int, int]]) -> str:
    if not spans:
        return ""
    text = message.note.text
    start, end = spans[0][0], spans[-1][1]
    if end - start <= _LONGEST_QUOTE:
        return text[start:end]
    return " … ".join(text[first:behind] for first, behind in spans)[:_LONGEST_QUOTE]


def _is_alone(message: Message, matches: Iterable[Match]) -> bool:
    """Say whether the matches and polite words are all that the message says."""
    covered = {
        index
        for match in matches
        for part in match.parts
        for index in range(part.first, part.last + 1)
    }
    for hit in message.seen.clear("courtesy"):
        covered.update(range(hit.first, hit.last + 1))
    return all(
        index in covered or not _is_telling(token.word)
        for index, token in enumerate(message.seen.tokens)
    )


def _is_telling(word: str) -> bool:
    return any(char.isalnum() for char in word)


def _reply(top: Sequence[_Held], urgency: Urgency) -> ReplyKey | None:
    """Choose the words of the winning rules; calling for help comes before all others."""
    if urgency < Urgency.URGENT:
        return None
    replies = {
        (one.rule.reply if one.rule else None)
        or _HAZARD_REPLY.get(one.reason.hazard or Hazard.MEDICAL)
        or _DEFAULT_REPLY[urgency]
        for one in top
    }
    for reply in (
        ReplyKey.CALL_EMERGENCY, ReplyKey.SELF_HARM, ReplyKey.VIOLENCE, ReplyKey.CALL_NURSE,
    ):  # fmt: skip
        if reply in replies:
            return reply
    return None
