"""The lines of `kinline triage`: a message read from JSON, an assessment written as JSON."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from routing.types import Assessment, ChildFlag, Note, Reason


class Unreadable(ValueError):
    """A line whose shape is wrong; the sentence holds none of the message's words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message as asked; `id` is any JSON value and comes back as it is."""

    id: object
    note: Note


def read(line: str) -> Line:
    """Read one line (DESIGN 8); raises `Unreadable` with a sentence about its shape.

    The keys of a labelled message may stand there and are passed over; any other unknown key is
    refused, because `child_flag` for `child_flags` would quietly judge another child.
    """
    try:
        document = json.loads(line)
    except json.JSONDecodeError as error:
        # Not chained: the parser's own error quotes the line.
        raise Unreadable(f"is not JSON (column {error.colno})") from None
    except (ValueError, RecursionError):
        raise Unreadable("is JSON that nobody can read: too deep, or a number too long") from None
    if not isinstance(document, dict):
        raise Unreadable("is not a JSON object")
    if "id" not in document:
        raise Unreadable("has no id")
    if not set(document) <= _KEYS | _LABELS:
        raise Unreadable(f"has an unknown key; known are {', '.join(sorted(_KEYS))}")
    return Line(document["id"], _note(document))


def written(one: Line, result: Assessment) -> dict[str, object]:
    """Give the answer of the contract, key by key (DESIGN 8)."""
    return {
        "id": one.id,
        "urgency": result.urgency.word,
        "hazard": result.hazard,
        "topics": list(result.topics),
        "language": result.language,
        "understood": result.understood,
        "reasons": [_reason(reason) for reason in result.reasons],
        "set_aside": [
            {"rule": one.rule, "because": one.because, "text": one.text} for one in result.set_aside
        ],
        "version": result.version,
    }


def printable(text: str) -> str:
    """Write what UTF-8 cannot hold (half of a surrogate pair) as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


_KEYS = frozenset({"id", "text", "child_flags", "age_months", "prior_language"})
_LABELS = frozenset({"gold", "topic", "look_alike", "accept"})


def _note(document: Mapping[str, object]) -> Note:
    text = document.get("text")
    if not isinstance(text, str):
        raise Unreadable("has no text")
    prior = document.get("prior_language")
    if not (prior is None or isinstance(prior, str)):
        raise Unreadable("prior_language is not a language tag")
    return Note(
        text=text,
        flags=_flags(document.get("child_flags")),
        age_months=_months(document.get("age_months")),
        prior_language=prior.partition("-")[0].lower() if prior else None,
    )


def _flags(value: object) -> frozenset[ChildFlag]:
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not all(isinstance(flag, str) for flag in value):
        raise Unreadable("child_flags is not a list of flags")
    if not set(value) <= set(ChildFlag):
        known = ", ".join(ChildFlag)
        raise Unreadable(f"child_flags holds an unknown flag; known are {known}")
    return frozenset(map(ChildFlag, value))


def _months(value: object) -> int | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise Unreadable("age_months is not a number of months")
    return int(value)


def _reason(reason: Reason) -> dict[str, object]:
    spans = [list(span) for span in reason.spans]
    hull = [spans[0][0], spans[-1][1]] if spans else [0, 0]
    return {
        "rule": reason.rule,
        "why": reason.why,
        "text": reason.text,
        "span": hull,
        "spans": spans,
    }
