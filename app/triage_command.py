"""The command `kinline triage`: JSON lines in, assessments out; no database, no network."""

import json
from collections.abc import Mapping
from typing import TextIO

from app.engine import packaged_engine
from routing.triage import Engine
from routing.types import Assessment, ChildFlag, Note, Reason


def run(stdin: TextIO, stdout: TextIO, stderr: TextIO, *, pretty: bool) -> int:
    """Assess each line of `stdin` in order and flush each answer (DESIGN 8).

    A line that cannot be read goes to `stderr` only, with its number and without its words.
    Gives the exit code: 0, or 1 when a line could not be read.
    """
    engine = packaged_engine()
    unread = 0
    for number, line in enumerate(stdin, start=1):
        if not line.strip():
            continue
        try:
            answer = _answer(engine, line)
        except (ValueError, TypeError, RecursionError) as error:
            unread += 1
            stderr.write(f"line {number}: {_fault(error)}\n")
            stderr.flush()
            continue
        text = json.dumps(answer, ensure_ascii=not pretty, indent=2 if pretty else None)
        stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
        stdout.flush()
    return 1 if unread else 0


_KEYS = frozenset({"id", "text", "child_flags", "age_months", "prior_language"})


def _answer(engine: Engine, line: str) -> dict[str, object]:
    document = json.loads(line)
    if not isinstance(document, dict):
        message = "is not a JSON object"
        raise TypeError(message)
    note = _note(document)
    return {"id": document["id"], **_shown(engine.assess(note))}


def _note(document: Mapping[str, object]) -> Note:
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise _Unreadable("has an unknown key")
    if "id" not in document:
        raise _Unreadable("has no id")
    text = document.get("text")
    if not isinstance(text, str):
        raise _Unreadable("has no text")
    flags = document.get("child_flags") or []
    if not isinstance(flags, list) or not set(map(str, flags)) <= set(ChildFlag):
        raise _Unreadable("child_flags is not a list of known flags")
    age = document.get("age_months")
    if isinstance(age, bool) or not (age is None or (isinstance(age, int | float) and age >= 0)):
        raise _Unreadable("age_months is not a number of months")
    prior = document.get("prior_language")
    if not (prior is None or isinstance(prior, str)):
        raise _Unreadable("prior_language is not a language tag")
    return Note(
        text=text,
        flags=frozenset(ChildFlag(str(flag)) for flag in flags),
        age_months=None if age is None else int(age),
        prior_language=prior.partition("-")[0].lower() if prior else None,
    )


class _Unreadable(ValueError):
    """A line whose shape is wrong; the sentence holds none of the message's words."""


def _fault(error: Exception) -> str:
    match error:
        case _Unreadable():
            return str(error)
        case json.JSONDecodeError():
            return f"is not JSON (column {error.colno})"
        case TypeError():
            return "is not a JSON object"
    return "cannot be read"


def _shown(result: Assessment) -> dict[str, object]:
    return {
        "urgency": result.urgency.word,
        "hazard": result.hazard,
        "topics": list(result.topics),
        "language": result.language,
        "understood": result.understood,
        "reasons": [_shown_reason(reason) for reason in result.reasons],
        "set_aside": [
            {"rule": one.rule, "because": one.because, "text": one.text} for one in result.set_aside
        ],
        "version": result.version,
    }


def _shown_reason(reason: Reason) -> dict[str, object]:
    spans = [list(span) for span in reason.spans]
    hull = [spans[0][0], spans[-1][1]] if spans else [0, 0]
    return {
        "rule": reason.rule,
        "why": reason.why,
        "text": reason.text,
        "span": hull,
        "spans": spans,
    }
